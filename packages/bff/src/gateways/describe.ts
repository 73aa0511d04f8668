import { apiVersion } from '@mail-gateway/contract'
import type { MetaView, ModeView } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { demand } from '../access/caller.ts'
import { viewOf } from '../modes/view.ts'
import type { Deployment } from './deployment.ts'

/** What this deployment is and may do, and who asks. */
export const meta = ({ productName, capabilities, policy, clouds }: Deployment, { caller }: Call): MetaView => {
  demand(caller, 'read')
  const { rights, name, email } = caller
  return { apiVersion, productName, capabilities, rights, me: { ...(name && { name }), ...(email && { email }) }, clouds: clouds.map(({ id, label }) => ({ id, label })), sites: [], policy }
}

/** Every way of sending mail, as data for the form. The views never change while the process lives, so they are made once. */
export const describeModes = ({ modes, capabilities }: Deployment): ((call: Call) => { modes: readonly ModeView[] }) => {
  const views = modes.map((mode) => viewOf(mode, capabilities, modes))
  return ({ caller }) => {
    demand(caller, 'read')
    return { modes: views }
  }
}
