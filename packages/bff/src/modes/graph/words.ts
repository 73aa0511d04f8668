import type { Cloud } from '../../kits/microsoft/clouds.ts'
import { graphGuide } from '../../kits/microsoft/guide/index.ts'
import { applicationWords } from '../../kits/microsoft/settings.ts'
import type { Words } from '../mode.ts'
import type { GraphSettings } from './settings.ts'

export type GraphRow = 'inputs' | 'tenant' | 'token' | 'permission' | 'message'

/** Everything the mode says in English, findings excepted: those lie with what finds them. */
export const wordsFor = (clouds: readonly Cloud[]): Words<Extract<keyof GraphSettings, string>, GraphRow> => ({
  label: 'Exchange Online (Graph API)',
  badge: 'Recommended for Microsoft 365.',
  hint: 'Needs an app registration. No password, no mail port.',
  groups: { sender: { label: 'Sender' }, app: { label: 'Microsoft app' }, advanced: { label: 'Advanced', advanced: true } },
  fields: {
    from: { label: 'From address', hint: 'A user or shared mailbox of this tenant.', required: 'Enter the From address, for example noreply@acme.example', format: 'Enter one address, for example noreply@acme.example' },
    fromName: { label: 'Sender name', format: 'Enter the sender name on one line, at most 128 characters' },
    replyTo: { label: 'Reply-to', hint: 'Where answers go, if not to the From address', format: 'Enter one address, for example helpdesk@acme.example' },
    signature: { label: 'Signature', hint: 'Plain text under every mail', format: 'Use plain text, at most 4000 characters' },
    saveToSentItems: { label: 'Keep a copy in Sent Items', hint: 'Give the mailbox a retention rule then: a full one sends no more.' },
    ...applicationWords(clouds, 'graph'),
    envelopeFrom: { label: 'Send through mailbox', hint: 'The mailbox that sends, if From is a group or another address it may send as.', format: 'Enter one address, for example gateway@acme.example' },
    timeout: { label: 'Timeout', unit: 'seconds', hint: 'For sending. A check ends after 20 seconds in any case.', range: 'Enter 5 to 300 seconds', format: 'Enter the seconds as a whole number, 5 to 300' },
  },
  checks: {
    inputs: 'Settings are complete',
    tenant: 'Microsoft knows the tenant',
    token: 'Microsoft gives a token',
    permission: 'The token carries Mail.Send',
    message: 'The test email is accepted',
  },
  guide: graphGuide(),
})
