import { graphSays, portalPage } from './says.ts'
import type { MicrosoftScenario } from './scenarios.ts'

type One = Omit<MicrosoftScenario, 'group' | 'mode' | 'act'>

const some: readonly One[] = [
  { id: 'graph-mailbox-unknown', title: 'Mailbox not found', sees: 'This tenant has no such mailbox.', typed: () => ({ from: 'nobody@acme.example' }) },
  { id: 'graph-mailbox-unlicensed', title: 'Mailbox without a licence', sees: 'The mailbox is inactive or not in Exchange Online.', typed: () => ({ from: 'archive@acme.example' }) },
  { id: 'graph-resource-missing', title: 'Resource not discovered', sees: 'The address is known and has no mailbox Graph can reach.', fates: { graph: graphSays(404, 'ResourceNotFound', 'Resource could not be discovered.') } },
  { id: 'graph-access-policy', title: 'Access policy excludes the mailbox', sees: 'An application access policy leaves this mailbox out.', fates: { graph: graphSays(403, 'ErrorAccessDenied', 'Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.') } },
  { id: 'graph-send-as', title: 'Send As denied', sees: 'The mailbox may not send as this From address.', fates: { graph: graphSays(403, 'ErrorSendAsDenied', 'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.') } },
  { id: 'graph-token-old', title: 'Clocks disagree', sees: 'Graph takes the token for expired or not yet valid.', change: (application) => { application.claims = { nbf: Math.floor(Date.now() / 1000) + 86_400 * 3650 } } },
  { id: 'graph-token-renewed', title: 'Token refused once', sees: 'Passes with a new token.', fates: { graph: [graphSays(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.'), 'proper'] } },
  { id: 'graph-token-malformed', title: 'Token refused', sees: 'Graph does not take the token.', fates: { graph: graphSays(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.') } },
  { id: 'graph-throttled', title: 'Graph throttled for two minutes', sees: 'Graph asks to wait 120 seconds.', fates: { graph: graphSays(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', { 'retry-after': '120' }) } },
  { id: 'graph-daily-limit', title: 'Daily limit reached', sees: 'The mailbox has sent as much as it may for today.', fates: { graph: graphSays(429, 'ErrorExceededMessageLimit', 'Cannot send mail. Daily Message/Recipient limit exceeded.', { 'retry-after': '3600' }) } },
  { id: 'graph-suspended', title: 'Account suspended', sees: 'The account may not send until it is verified.', fates: { graph: graphSays(403, 'ErrorMessageSubmissionBlocked', 'Cannot send mail. Follow the instructions in your Inbox to verify your account.') } },
  { id: 'graph-too-large', title: 'Message too large', sees: 'Graph does not take a message of this size.', fates: { graph: graphSays(413, 'RequestEntityTooLarge', 'The request is too large') } },
  { id: 'graph-recipients', title: 'Recipients not valid', sees: 'Graph does not take the recipient.', fates: { graph: graphSays(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.') } },
  { id: 'graph-unavailable', title: 'Graph in trouble', sees: 'Graph is in trouble; try later.', fates: { graph: graphSays(503, 'serviceNotAvailable', 'The service is temporarily unavailable. Please retry after some time.') } },
  { id: 'graph-silent', title: 'Graph silent', sees: 'Not proven: it may have been delivered.', fates: { graph: 'hang' } },
  { id: 'graph-talkative', title: '202 with a page', sees: 'Not proven: only an empty 202 counts.', fates: { graph: { status: 202, headers: { 'content-type': 'text/html' }, body: '<html><body>Your request was accepted by the proxy.</body></html>' } } },
  { id: 'graph-portal', title: 'A portal answers Graph', sees: 'Not proven: something between us and Graph answered.', fates: { graph: portalPage } },
  { id: 'graph-redirect', title: 'Graph redirects', sees: 'Not proven: nothing was sent on.', fates: { graph: { status: 308, headers: { location: 'https://elsewhere.demo.test/v1.0/users' } } } },
  { id: 'graph-echo', title: 'Refusal that repeats the token', sees: 'Graph’s words, with the token masked.', fates: { graph: ({ headers }) => ({ status: 403, headers: { 'request-id': 'demo' }, body: { error: { code: 'ErrorAccessDenied', message: `Access is denied. Check credentials and try again. You sent ${headers['authorization'] ?? ''}` } } }) } },
]

/** What goes wrong once Graph is asked to send. */
export const graphScenarios: readonly MicrosoftScenario[] = some.map((one) => ({ ...one, group: 'Graph', mode: 'graph', act: 'deliver' }))
