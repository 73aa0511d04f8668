import type { Checklist, Explain, Step } from '../../checks/step.ts'
import { underClock } from '../../kits/microsoft/clock.ts'
import type { Cloud } from '../../kits/microsoft/clouds.ts'
import { permissionRow, tenantRow, tokenRow } from '../../kits/microsoft/rows.ts'
import type { Applicant } from '../../kits/microsoft/rows.ts'
import { cloudNamed } from '../../kits/microsoft/settings.ts'
import type { Message } from '../../ports/ports.ts'
import type { ModePorts } from '../mode.ts'
import { letterOf } from './letter.ts'
import type { GraphSettings } from './settings.ts'
import { submit } from './transport.ts'
import type { GraphRow } from './words.ts'

export const applicantOf = (settings: GraphSettings, clouds: readonly Cloud[]): Applicant =>
  ({ ...settings, cloud: cloudNamed(clouds, settings.cloud), clouds, purpose: 'graph' })

/** The whole check, top to bottom: who is asked, with what leave, and whether Graph takes a message. */
export async function* checklist(settings: GraphSettings, clouds: readonly Cloud[], steps: Step<GraphRow>, world: ModePorts, test: Message, explain: Explain): Checklist {
  const { step, ports } = underClock(steps, world, explain)
  const applicant = applicantOf(settings, clouds)
  const tenancy = yield* tenantRow(applicant, step, ports, explain)
  const admission = yield* tokenRow(applicant, step, ports)
  yield* permissionRow(applicant, tenancy, admission, step, explain)
  yield* step.must('message', async (signal) => {
    const letter = letterOf(test, await ports.mail.compose(test), { graph: applicant.cloud.graph, keepCopy: settings.saveToSentItems })
    const { requestId, messageId, renewed } = await submit(letter, admission, ports, signal)
    return { value: undefined, evidence: { ...(requestId && { requestId }), messageId, ...(renewed && { renewed }) } }
  })
}
