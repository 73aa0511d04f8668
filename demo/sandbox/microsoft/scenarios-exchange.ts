import { farewell, silent } from '../behaviours.ts'
import type { Reply } from '../manners.ts'
import type { MicrosoftScenario } from './scenarios.ts'

type One = Omit<MicrosoftScenario, 'group' | 'mode' | 'act'>
const place = '[DM0P000CA0001.demo.prod.outlook.com]'

/** The refused token, with the scope that was wanted, as RFC 7628 has it: an empty line comes back, then the refusal. */
const challenge: Reply = async (talk) => {
  await talk.say(`334 ${Buffer.from('{"status":"401","schemes":"Bearer","scope":"https://outlook.demo.test/.default"}').toString('base64')}`)
  await talk.line()
  await talk.say(`535 5.7.3 Authentication unsuccessful ${place}`)
}

/** Repeats the sign-in, as sent and decoded. */
const echo: Reply = async (talk, line) => {
  const initial = line.split(' ')[2] ?? ''
  const clear = Buffer.from(initial, 'base64').toString().replaceAll('\x01', ' ')
  await talk.say(`535-5.7.3 Authentication unsuccessful: ${initial.slice(0, 900)}\n535 5.7.3 You sent ${clear.slice(0, 900)}`)
}

const signIn: readonly One[] = [
  { id: 'exchange-principal', title: 'Service principal missing', sees: 'Exchange does not let this app into the mailbox.', change: (application) => { delete application.exchangeObjectId } },
  { id: 'exchange-object-id', title: 'Object ID of the registration', sees: 'Exchange does not let this app into the mailbox: it was registered with the wrong Object ID.', change: (application) => { application.exchangeObjectId = application.objectId } },
  { id: 'exchange-full-access', title: 'No right on the mailbox', sees: 'Exchange does not let this app into the mailbox.', change: ({ fullAccess }) => { fullAccess.clear() } },
  { id: 'exchange-consent', title: 'SMTP.SendAsApp missing', sees: 'The token carries no permission, and Exchange refuses.', change: ({ consented }) => { consented.splice(0) } },
  { id: 'exchange-smtp-auth-mailbox', title: 'SMTP AUTH off for the mailbox', sees: 'Which switch, and the line that turns it on.', typed: () => ({ account: 'front-desk@acme.example', from: 'front-desk@acme.example' }), change: ({ fullAccess }) => { fullAccess.add('front-desk@acme.example') } },
  { id: 'exchange-smtp-auth-tenant', title: 'SMTP AUTH off for the organisation', sees: 'Which switch, and the line that turns it on.', tenant: 'Harbour' },
  { id: 'exchange-security-defaults', title: 'Security defaults', sees: 'Security defaults block the sign-in.', fates: { smtp: { on: { AUTH: `535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator. ${place}` } } } },
  { id: 'exchange-criteria', title: 'Conditional Access at sign-in', sees: 'A policy does not let this sign-in through.', fates: { smtp: { on: { AUTH: `535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator. ${place}` } } } },
  { id: 'exchange-mechanism', title: 'XOAUTH2 not taken', sees: 'The server does not take tokens.', fates: { smtp: { on: { AUTH: `504 5.7.4 Unrecognized authentication type ${place}` } } } },
  { id: 'exchange-challenge', title: 'Refused with a challenge', sees: 'The server names the scope it wanted.', fates: { smtp: { on: { AUTH: challenge } } } },
  { id: 'exchange-busy', title: 'Too many connections', sees: 'Too many connections at a time; try later.', fates: { smtp: { on: { AUTH: farewell('421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel') } } } },
  { id: 'exchange-echo', title: 'Sign-in refusal that repeats the token', sees: 'The server’s words, with the token masked.', fates: { smtp: { on: { AUTH: echo } } } },
]

const sending: readonly One[] = [
  { id: 'exchange-send-as', title: 'Send As denied by Exchange', sees: 'The mailbox may not send as this From address.', typed: () => ({ from: 'boss@acme.example' }) },
  { id: 'exchange-sender', title: 'Sender refused by Exchange', sees: 'The mailbox may not send as this sender.', typed: () => ({ from: 'boss@acme.example' }), fates: { smtp: { on: { MAIL: `550 5.7.60 SMTP; Client does not have permissions to send as this sender ${place}` } } } },
  { id: 'exchange-concurrent', title: 'Concurrent connections limit', sees: 'Three connections at a time are allowed; try again.', fates: { smtp: { on: { MAIL: `432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. ${place}` } } } },
  { id: 'exchange-spam', title: 'Outbound spam', sees: 'Microsoft took the message for spam.', fates: { smtp: { on: { message: `554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message due to a permanent exception with message WASCL UserAction verdict is not None ${place}` } } } },
  { id: 'exchange-quota', title: 'Sending quota used up', sees: 'The mailbox has sent as much as it may.', fates: { smtp: { on: { message: `554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message ${place}` } } } },
  { id: 'exchange-later', title: 'Server busy', sees: 'Microsoft is throttling this address.', fates: { smtp: { on: { RCPT: `451 4.7.500 Server busy. Please try again later from [192.0.2.1]. ${place}` } } } },
  { id: 'exchange-traffic', title: 'Traffic not accepted', sees: 'Microsoft does not take mail of this tenant from this address.', fates: { smtp: { on: { RCPT: `550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP. ${place}` } } } },
  { id: 'exchange-silent', title: 'Silence after the message', sees: 'Not proven: it may have been delivered.', fates: { smtp: { on: { message: silent } } } },
]

const all = (group: MicrosoftScenario['group'], act: MicrosoftScenario['act'], some: readonly One[]): readonly MicrosoftScenario[] =>
  some.map((one) => ({ ...one, group, act, mode: 'smtp-office365' }))

/** What goes wrong once Microsoft's mail server is spoken to. */
export const exchangeScenarios: readonly MicrosoftScenario[] = [...all('Exchange sign-in', 'check', signIn), ...all('Exchange sending', 'deliver', sending)]
