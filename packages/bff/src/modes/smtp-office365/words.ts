import { smtpGuide } from '../../kits/microsoft/guide/index.ts'
import { applicationWords } from '../../kits/microsoft/settings.ts'
import type { EntraRow } from '../../kits/microsoft/rows.ts'
import type { ReachRow, SendRow } from '../../kits/smtp/conversation.ts'
import type { Words } from '../mode.ts'
import type { MailCloud, OfficeSettings } from './settings.ts'

export type OfficeRow = 'inputs' | EntraRow | ReachRow | 'sign-in' | SendRow

/** Everything the mode says in English, findings excepted: those lie with what finds them. */
export const wordsFor = (clouds: readonly MailCloud[]): Words<Extract<keyof OfficeSettings, string>, OfficeRow> => ({
  label: 'SMTP Office 365 (OAuth2)',
  hint: 'For senders that must use SMTP. Needs an app registration and port 587.',
  groups: { sender: { label: 'Sender' }, app: { label: 'Microsoft app' }, advanced: { label: 'Advanced', advanced: true } },
  fields: {
    from: { label: 'From address', hint: 'A mailbox of this tenant, or an address it may send as.', required: 'Enter the From address, for example noreply@acme.example', format: 'Enter one address, for example noreply@acme.example' },
    fromName: { label: 'Sender name', format: 'Enter the sender name on one line, at most 128 characters' },
    replyTo: { label: 'Reply-to', hint: 'Where answers go, if not to the From address', format: 'Enter one address, for example helpdesk@acme.example' },
    signature: { label: 'Signature', hint: 'Plain text under every mail', format: 'Use plain text, at most 4000 characters' },
    account: { label: 'Mailbox that signs in', hint: 'If not the From address. It needs Send As for From then.', format: 'Enter one address, for example gateway@acme.example' },
    ...applicationWords(clouds, 'smtp'),
    envelopeFrom: { label: 'Envelope sender', hint: 'Where bounces go, if not to the From address', format: 'Enter one address, for example bounces@acme.example' },
    timeout: { label: 'Timeout', unit: 'seconds', hint: 'For sending. A check ends after 20 seconds in any case.', range: 'Enter 5 to 300 seconds', format: 'Enter the seconds as a whole number, 5 to 300' },
  },
  checks: {
    inputs: 'Settings are complete',
    tenant: 'Microsoft knows the tenant',
    name: 'The mail server has an address',
    address: 'The address may be used',
    connect: 'The port answers',
    greeting: 'A mail server greets',
    encryption: 'The connection is encrypted',
    capabilities: 'The server says what it offers',
    token: 'Microsoft gives a token',
    permission: 'The token carries SMTP.SendAsApp',
    'sign-in': 'The sign-in is accepted',
    sender: 'The From address is accepted',
    recipient: 'The recipient is accepted',
    message: 'The test email is accepted',
  },
  guide: smtpGuide(),
})
