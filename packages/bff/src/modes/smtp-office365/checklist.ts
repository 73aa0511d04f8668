import type { Checklist, Explain, Step } from '../../checks/step.ts'
import { underClock } from '../../kits/microsoft/clock.ts'
import { permissionRow, tenantRow, tokenRow } from '../../kits/microsoft/rows.ts'
import type { Applicant } from '../../kits/microsoft/rows.ts'
import { reach, send } from '../../kits/smtp/conversation.ts'
import type { Held } from '../../kits/smtp/conversation.ts'
import type { Message } from '../../ports/ports.ts'
import type { ModePorts } from '../mode.ts'
import { accountOf } from './settings.ts'
import type { MailCloud, OfficeSettings } from './settings.ts'
import { signIn, wayTo } from './transport.ts'
import type { OfficeRow } from './words.ts'

/** Where a run goes, and as whom. */
export interface Journey {
  readonly settings: OfficeSettings
  readonly cloud: MailCloud
  readonly applicant: Applicant
  readonly explain: Explain
}

/** The whole check, top to bottom: the tenant, the way to its mail server, leave to send, then one connection to its end. */
export async function* checklist({ settings, cloud, applicant, explain }: Journey, steps: Step<OfficeRow>, world: ModePorts, test: Message): Checklist {
  const { step, ports } = underClock(steps, world, explain)
  const held: Held = { free: () => {} }
  try {
    const tenancy = yield* tenantRow(applicant, step, ports, explain)
    const reached = yield* reach(wayTo(cloud), step, ports, held)
    const admission = yield* tokenRow(applicant, step, ports)
    yield* permissionRow(applicant, tenancy, admission, step, explain)
    yield* step.must('sign-in', async () => ({ value: undefined, evidence: { ...await signIn(accountOf(settings), admission, reached) } }))
    yield* send(step, reached, ports, test)
  } finally {
    held.free()
  }
}
