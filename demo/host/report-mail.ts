import { randomUUID } from 'node:crypto'
import { Refusal, SendFailed } from '@mail-gateway/bff'
import type { MailGateway } from '@mail-gateway/bff'
import type { Person } from './people.ts'

/** How the product's own mail went, in words for the page. */
export interface Outcome {
  readonly sent: boolean
  readonly title: string
  readonly text: string
}

const findings = `Findings of the day

Kiln Street: handrail 4 cm too low, stair B. Due 24 Nov.
Kiln Street: fire door does not close by itself. Due 26 Nov.
Harbour Row 12: damp patch behind the boiler. Due 25 Nov.
Mill Yard: socket without cover, flat 3.2. Due 1 Dec.
`

const explained = (error: unknown): Outcome => {
  if (error instanceof SendFailed) return { sent: false, title: error.finding.title, text: error.finding.cause }
  if (error instanceof Refusal && error.code === 'gateway.unknown') return { sent: false, title: 'No mail gateway is set up yet', text: 'Set one up under Email settings, then send again.' }
  if (error instanceof Refusal && error.code === 'auth.right-missing') return { sent: false, title: 'Readers do not send reports', text: 'Ask an administrator of this workspace.' }
  throw error
}

/** What sends the product's own mail: a gateway in this process, or one elsewhere. */
export interface Sender {
  readonly api: Pick<MailGateway['api'], 'send'>
}

/** Sends the report of the day the way the product does every evening: through the customer's default gateway. */
export const sendReport = async (gateway: Sender, person: Person, tenant: string): Promise<Outcome> => {
  const caller = { subject: person.id, name: person.name, email: person.email, tenant, rights: person.rights }
  try {
    const { reply } = await gateway.api.send({ caller, requestId: randomUUID() }, { to: person.email, subject: 'Findings of the day', text: findings })
    return { sent: true, title: `Sent to ${person.email}`, text: `The mail server answered: ${reply}` }
  } catch (error) {
    return explained(error)
  }
}
