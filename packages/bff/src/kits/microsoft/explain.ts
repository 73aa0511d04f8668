import type { Finding } from '@mail-gateway/contract'
import { NotProven } from '../../checks/step.ts'
import type { Explain } from '../../checks/step.ts'
import { diagnose } from '../../findings/diagnose.ts'
import { normalise } from '../../findings/normalise.ts'
import { retries } from '../../findings/retry.ts'
import { EgressRefused } from '../../ports/egress.ts'
import { SmtpFault } from '../smtp/fault.ts'
import { clockFirst, WrongClock } from './clock.ts'
import { MicrosoftFault } from './fault.ts'
import type { MicrosoftFaultCode } from './fault.ts'
import { findingFrom, stepAt, tell } from './finding.ts'
import { standardRefusal } from './oauth-words.ts'
import { named } from './situation.ts'
import type { MicrosoftMode, Situation } from './situation.ts'
import { explainSubmission } from './submission.ts'
import { words } from './words.ts'

/** Our own codes that say more than what the service's error is called: where it happened, and what was seen besides. */
const ours: ReadonlySet<MicrosoftFaultCode> = new Set<MicrosoftFaultCode>(['tenant.swapped', 'tenant.cloud', 'graph.token-refused'])

/** Entries that say why Graph refuses a token; nothing we saw of the token says as much. */
const tokenReasons = new Set(['graph-claims-challenge', 'graph-token-expired'])

/**
 * Explains what an exchange with Microsoft ran into: the catalogue where the service's error is known, our own words where
 * we know more. What SMTP ran into in these modes is told with their fields and steps.
 */
export const explainMicrosoft = (mode: MicrosoftMode, situation: Situation): Explain => (error, row) => {
  if (error instanceof WrongClock) {
    const { status, finding } = explainMicrosoft(mode, situation)(error.cause, row)
    return { status, finding: clockFirst(finding, findingOf(mode, new MicrosoftFault('clock.wrong', error.facts), situation), error.cause) }
  }
  if (error instanceof SmtpFault) return explainSubmission(situation)(error, row)
  if (error instanceof NotProven) return { status: 'unproven', finding: perhapsDelivered(mode) }
  if (error instanceof EgressRefused) return { status: 'fail', finding: refused(mode, error, row) }
  if (!(error instanceof MicrosoftFault)) return { status: 'unproven', finding: broken }
  return { status: error.code === 'permission.absent' ? 'unproven' : 'fail', finding: findingOf(mode, error, situation) }
}

const findingOf = (mode: MicrosoftMode, fault: MicrosoftFault, situation: Situation): Finding => {
  const { code, facts } = fault
  const entry = entryFor(mode, facts)
  if (entry && (tokenReasons.has(entry.id) || !ours.has(code))) return tell(mode, entry, facts, situation)
  const standard = standardRefusal(fault)
  const own = standard?.words ?? words[code]({ ...named(mode, situation), ...facts })
  return { ...findingFrom(mode, standard?.code ?? code, own, facts, situation), id: entry?.id ?? idOf(facts) }
}

const entryFor = (mode: MicrosoftMode, { body, http, service }: MicrosoftFault['facts']) =>
  body === undefined ? undefined : diagnose(normalise(body, { mode, http, where: service === 'graph' ? 'graph' : 'entra' }))[0]

/** A fault of the connection has an entry too; its words are about mail servers. */
const idOf = ({ cause }: MicrosoftFault['facts']): string | null =>
  cause ? diagnose({ node: { originalCode: cause, code: 'ESOCKET', text: '' } })[0]?.id ?? null : null

const perhapsDelivered = (mode: MicrosoftMode): Finding => ({
  code: mode === 'graph' ? 'graph.message.unproven' : 'smtp.message.unproven', id: null, retry: retries.look,
  title: 'The message may have been delivered',
  cause: `The whole message was handed over, and then ${mode === 'graph' ? 'Graph gave no answer that says how it ended' : 'the server fell silent'}. Nobody but the recipient can know.`,
  fixes: [{ text: 'Look in the inbox of the recipient, then in junk, then in Sent Items of the mailbox.' }, { text: 'If nothing arrives within some minutes, send the test again.' }],
})

/** Fixed words: whoever probes for machines behind this one learns nothing from the answer. */
const refused = (mode: MicrosoftMode, { reason, openable }: EgressRefused, row: string): Finding => {
  const common = { id: null, field: 'cloud', retry: retries.change, ...stepAt(mode, ['network.firewall']) }
  const overHttps = row === 'tenant' || row === 'token' || mode === 'graph'
  return reason === 'address'
    ? {
        ...common, code: 'egress.address-refused',
        title: 'This address is not allowed here',
        cause: 'The name of the service leads to an internal or reserved address, and this product only connects to the addresses it was given leave for.',
        fixes: [{ text: openable ? opening : installing }, { text: 'Otherwise ask the network team why Microsoft’s names lead to internal addresses.' }],
      }
    : {
        ...common, code: 'egress.port-refused',
        title: 'This port is not allowed here',
        cause: overHttps ? 'Microsoft’s services answer on port 443, which is open. The chosen cloud names another port.' : 'Mail leaves through the ports 25, 465, 587 and 2525, and through those the operator of this product added.',
        fixes: [{ text: 'Whoever runs this product adds the port to MAIL_GATEWAY_EGRESS_PORTS, or corrects the addresses of the cloud.' }, { text: 'Otherwise choose another cloud.' }],
      }
}

const opening = 'If the cloud has addresses of its own in your network: whoever runs this product adds them to MAIL_GATEWAY_EGRESS_ALLOW, for example MAIL_GATEWAY_EGRESS_ALLOW=10.1.2.3. The line to add is in the log of this product.'
const installing = 'If the cloud has addresses of its own in your network: the platform this product runs on does not reach them. Whoever runs it installs it on Node, inside that network.'

/** A crash of ours: never a pass, never Microsoft's fault. */
const broken: Finding = {
  code: 'internal', id: null, retry: retries.once,
  title: 'This step could not be carried out',
  cause: 'Something went wrong on our side, not on Microsoft’s. The log of this product has the details.',
  fixes: [{ text: 'Check again.' }],
}
