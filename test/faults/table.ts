// Every fault the gateway must survive, where it can happen, how soon there must be an answer, and by which code it is told.

export type Runtime = 'node' | 'workerd' | 'browser'

export interface FaultRow {
  readonly id: string
  readonly fault: string
  /** Seconds from the click to a final answer, half a second of tolerance not counted; null where none is set. */
  readonly bound: number | null
  /** Where it is tried: a test `fault F01 [node]: …` for each. */
  readonly on: readonly Runtime[]
  /** Codes of findings and problems by which it is told, this row's own first; empty only where the answer is that all is well. */
  readonly codes: readonly string[]
  /** Why a runtime is missing, or why there is no test at all. */
  readonly absent?: string
  /** What the product says otherwise than the row's name makes one expect, and why. */
  readonly remark?: string
}

const both = ['node', 'workerd'] as const
const node = ['node'] as const
const workerd = ['workerd'] as const
const browser = ['browser'] as const
const unbuilt = [] as const

export const faults: readonly FaultRow[] = [
  { id: 'F01', fault: 'name does not exist', bound: 3, on: both, codes: ['dns.not-found'] },
  { id: 'F02', fault: 'name server silent', bound: 3, on: both, codes: ['dns.timeout', 'dns.failed'] },
  { id: 'F03', fault: 'name resolves to a forbidden address', bound: 1, on: both, codes: ['egress.address-refused'] },
  { id: 'F04', fault: 'connection refused', bound: 2, on: both, codes: ['connect.refused', 'connect.not-told'] },
  { id: 'F05', fault: 'packets dropped', bound: 5, on: both, codes: ['connect.timeout'] },
  { id: 'F06', fault: 'first of two addresses dead', bound: 10, on: node, codes: [], absent: 'the Workers runtime connects by name, and picks among its addresses itself' },
  { id: 'F07', fault: 'port 25 on an edge runtime', bound: 0.2, on: workerd, codes: ['settings.unavailable'], absent: 'Node can use every port' },
  { id: 'F08', fault: 'reset after connect', bound: 2, on: both, codes: ['smtp.greeting.closed', 'connect.not-told'] },
  { id: 'F09', fault: 'greeting never comes', bound: 5, on: both, codes: ['smtp.greeting.timeout'] },
  { id: 'F10', fault: 'greeting 554 / 421', bound: 2, on: both, codes: ['smtp.greeting.refused', 'smtp.greeting.busy'] },
  { id: 'F11', fault: 'greeting is HTTP or binary', bound: 2, on: both, codes: ['smtp.greeting.not-smtp'] },
  { id: 'F12', fault: 'TLS expected (465), server speaks plain', bound: 5, on: both, codes: ['tls.plain-port', 'tls.timeout', 'tls.not-told'] },
  { id: 'F13', fault: 'plain expected (587), server speaks TLS', bound: 5, on: both, codes: ['smtp.greeting.tls-first', 'smtp.greeting.timeout'] },
  { id: 'F14', fault: 'EHLO silent', bound: 5, on: both, codes: ['smtp.ehlo.timeout'] },
  { id: 'F15', fault: 'EHLO closes / 421', bound: 2, on: both, codes: ['smtp.ehlo.closed', 'smtp.ehlo.busy', 'smtp.auth.closed', 'smtp.auth.busy'] },
  { id: 'F16', fault: 'EHLO 500, HELO works, TLS required', bound: 2, on: both, codes: ['tls.too-old'] },
  { id: 'F17', fault: 'endless fast multi-line reply', bound: 2, on: both, codes: ['smtp.reply.too-large'] },
  { id: 'F18', fault: 'endless slow multi-line reply', bound: 5, on: both, codes: ['smtp.reply.unfinished'] },
  { id: 'F19', fault: 'one huge line', bound: 2, on: both, codes: ['smtp.reply.too-large'] },
  { id: 'F20', fault: 'one byte a second', bound: 5, on: both, codes: ['smtp.reply.unfinished'] },
  { id: 'F21', fault: 'reply split at every byte, valid', bound: 20, on: both, codes: [] },
  { id: 'F22', fault: 'wrong reply order, stray lines, bare LF, NUL, invalid UTF-8', bound: 5, on: both, codes: ['smtp.reply.protocol'] },
  { id: 'F23', fault: 'reply code from another class (150, 999, none)', bound: 5, on: both, codes: ['smtp.reply.protocol'] },
  { id: 'F24', fault: 'STARTTLS not offered, TLS required', bound: 5, on: both, codes: ['tls.unavailable'] },
  { id: 'F25', fault: 'STARTTLS 454 / 500', bound: 5, on: both, codes: ['tls.refused', 'tls.timeout', 'tls.closed'] },
  { id: 'F26', fault: 'plain bytes injected after 220', bound: 5, on: both, codes: ['tls.injection', 'tls.not-told'] },
  { id: 'F27', fault: 'refusal plus pipelined fake acceptances', bound: 5, on: both, codes: ['tls.refused'] },
  { id: 'F28', fault: 'handshake hangs', bound: 5, on: both, codes: ['tls.timeout', 'tls.closed', 'tls.not-told'] },
  { id: 'F29', fault: 'TLS alert', bound: 5, on: both, codes: ['tls.alert', 'tls.not-told'] },
  { id: 'F30', fault: 'certificate expired / not yet valid', bound: 5, on: both, codes: ['tls.certificate.expired', 'tls.certificate.not-yet-valid', 'tls.not-told'] },
  { id: 'F31', fault: 'certificate for another name', bound: 5, on: both, codes: ['tls.certificate.name', 'tls.not-told'] },
  { id: 'F32', fault: 'self-signed / private CA', bound: 5, on: both, codes: ['tls.certificate.chain', 'tls.certificate.private-ca', 'tls.not-told'] },
  { id: 'F33', fault: 'only TLS 1.0 or 1.1', bound: 5, on: both, codes: ['tls.version', 'tls.not-told'] },
  { id: 'F34', fault: 'only weak keys or ciphers', bound: 5, on: both, codes: ['tls.certificate.weak', 'tls.cipher', 'tls.not-told'] },
  { id: 'F35', fault: 'server closes without close_notify after success', bound: 20, on: both, codes: [] },
  { id: 'F36', fault: '535', bound: 5, on: both, codes: ['smtp.auth.refused'] },
  { id: 'F37', fault: '454 / 421 at AUTH', bound: 5, on: both, codes: ['smtp.auth.busy'] },
  { id: 'F38', fault: '530 / 538 must encrypt first', bound: 5, on: both, codes: ['smtp.auth.encrypt-first'] },
  { id: 'F39', fault: '534 / "SmtpClientAuthentication is disabled"', bound: 5, on: both, codes: ['smtp.auth.disabled'] },
  { id: 'F40', fault: 'AUTH not offered', bound: 5, on: both, codes: ['smtp.auth.not-offered'] },
  { id: 'F41', fault: 'only unknown mechanisms', bound: 5, on: both, codes: ['smtp.auth.mechanism', 'smtp.auth.no-xoauth2'] },
  { id: 'F42', fault: 'AUTH silent / closes', bound: 5, on: both, codes: ['smtp.auth.timeout', 'smtp.auth.closed'] },
  { id: 'F43', fault: 'endless 334 challenges', bound: 5, on: both, codes: ['smtp.auth.endless', 'smtp.reply.protocol'] },
  { id: 'F44', fault: 'junk, huge or empty challenge', bound: 5, on: both, codes: ['smtp.auth.protocol', 'smtp.auth.refused', 'smtp.auth.token-refused', 'smtp.reply.too-large'] },
  { id: 'F45', fault: 'XOAUTH2 refused with JSON in 334', bound: 5, on: both, codes: ['smtp.auth.token-refused'] },
  { id: 'F46', fault: 'server echoes the password', bound: 5, on: both, codes: ['smtp.auth.refused', 'smtp.auth.token-refused', 'smtp.sender.refused'] },
  { id: 'F47', fault: 'MAIL 550 5.7.60 / 553', bound: 5, on: both, codes: ['smtp.sender.refused'] },
  { id: 'F48', fault: 'MAIL 451 / 452', bound: 5, on: both, codes: ['smtp.sender.busy', 'smtp.sender.timeout', 'smtp.sender.closed'] },
  { id: 'F49', fault: 'RCPT 550 / 450 (greylist)', bound: 5, on: both, codes: ['smtp.recipient.refused', 'smtp.recipient.busy'] },
  { id: 'F50', fault: 'RCPT 530 / 554 relaying denied', bound: 5, on: both, codes: ['smtp.recipient.relay'] },
  { id: 'F51', fault: 'DATA 554 / silent', bound: 5, on: both, codes: ['smtp.message.timeout', 'smtp.message.refused', 'run.deadline'] },
  { id: 'F52', fault: 'final 554 / 452 / 552', bound: 10, on: both, codes: ['smtp.message.refused', 'smtp.message.busy', 'smtp.message.too-large'] },
  { id: 'F53', fault: 'silent, closes or drips after the final dot', bound: 10, on: both, codes: ['smtp.message.unproven'] },
  { id: 'F54', fault: '250, then QUIT silent', bound: 2, on: both, codes: [] },
  { id: 'F55', fault: 'accepted, but message id odd or huge', bound: 2, on: both, codes: [] },
  { id: 'F56', fault: '400 invalid_client, unauthorized_client, invalid_scope, tenant not found', bound: 6, on: both, codes: ['entra.aadsts-7000215', 'entra.aadsts-700016', 'entra.aadsts-70011', 'entra.aadsts-90002', 'entra.aadsts-65001', 'entra.aadsts-53003'] },
  { id: 'F57', fault: '401', bound: 6, on: both, codes: ['entra.aadsts-7000222'] },
  { id: 'F58', fault: '429 with Retry-After 1 / 60', bound: 8, on: both, codes: ['entra.429', 'entra.aadsts-90055'] },
  { id: 'F59', fault: '500, 502, 503, 504', bound: 11, on: both, codes: ['service.broken', 'entra.aadsts-90055'] },
  { id: 'F60', fault: 'hangs before / inside the body', bound: 11, on: both, codes: ['https.timeout'] },
  { id: 'F61', fault: 'HTML 200 (captive portal), bad JSON, wrong type', bound: 6, on: both, codes: ['https.not-json', 'https.shape', 'https.closed'] },
  { id: 'F62', fault: 'body of 300 MB / compressed bomb', bound: 6, on: both, codes: ['https.too-large', 'https.not-json'] },
  { id: 'F63', fault: '301, 302, 303, 307, 308', bound: 6, on: both, codes: ['https.redirect'] },
  { id: 'F64', fault: '200 without token, negative or missing lifetime, wrong token type', bound: 6, on: both, codes: ['token.unusable', 'token.audience', 'token.tenant'] },
  { id: 'F65', fault: 'TLS fault, DNS fault, proxy refused', bound: 6, on: both, codes: ['https.tls', 'https.refused', 'https.closed', 'https.name', 'https.not-told'] },
  { id: 'F66', fault: 'metadata (discovery) endpoint down, token endpoint up', bound: 6, on: both, codes: [] },
  { id: 'F67', fault: '401 then 202', bound: 14, on: both, codes: [] },
  { id: 'F68', fault: '401 twice', bound: 14, on: both, codes: ['graph.token-refused', 'graph.token-expired'] },
  { id: 'F69', fault: '403 ErrorAccessDenied / ErrorSendAsDenied', bound: 8, on: both, codes: ['graph.access-denied', 'graph.sendas-denied'] },
  { id: 'F70', fault: '404 ErrorInvalidUser, MailboxNotEnabledForRESTAPI', bound: 8, on: both, codes: ['graph.invalid-user', 'graph.mailbox-not-enabled'] },
  { id: 'F71', fault: '400 / 413', bound: 8, on: both, codes: ['graph.400-generic', 'graph.invalid-recipients', 'graph.size'] },
  { id: 'F72', fault: '429 Retry-After 2 / 120 / date form / missing', bound: 14, on: both, codes: ['graph.throttled'] },
  { id: 'F73', fault: '500, 502, 503, 504', bound: 14, on: both, codes: ['graph.5xx', 'service.broken', 'graph.message.unproven'], remark: '504 says that a gateway waited in vain for a message it had handed on: not proven, and never repeated' },
  { id: 'F74', fault: 'hang after the request was sent', bound: 8, on: both, codes: ['graph.message.unproven', 'https.refused', 'https.tls'] },
  { id: 'F75', fault: '202 with body, 200, 204, HTML, redirect', bound: 8, on: both, codes: ['graph.message.unproven', 'https.not-json'] },
  { id: 'F76', fault: 'locked 1 s / 60 s', bound: 3, on: node, codes: ['store.busy'], absent: 'a database at the edge is behind a service of its own: it tells when it is overloaded, which is the same code' },
  { id: 'F77', fault: 'disk full', bound: 2, on: node, codes: ['store.full', 'store.read-only'], absent: 'at the edge the limit is the service’s, which tells the same code' },
  { id: 'F78', fault: 'kill -9 at any instant of a save', bound: 5, on: node, codes: [], absent: 'at the edge the database does not live in the process that is killed; that one is F108' },
  { id: 'F79', fault: 'power loss (writes lost since last sync)', bound: 5, on: node, codes: [], absent: 'at the edge the disk is the service’s' },
  { id: 'F80', fault: 'row corrupt (bit flip, truncated, wrong JSON)', bound: 1, on: node, codes: ['settings.unreadable'], absent: 'the same reading of rows on both: the file is what a test can damage' },
  { id: 'F81', fault: 'wrong encryption key at start', bound: 2, on: both, codes: ['MAIL_GATEWAY_SECRETS'], remark: 'at the edge nothing starts: every call is refused until the key is right' },
  { id: 'F82', fault: 'key rotated; old key still present / gone', bound: 1, on: node, codes: ['secret.unreadable'], absent: 'the same code on both: conformance of the store and the sealing are tried there' },
  { id: 'F83', fault: 'rotation killed half-way, run again', bound: null, on: both, codes: [], remark: 'at the edge the cron trigger rotates: broken off in the middle by its runtime' },
  { id: 'F84', fault: 'read-only file system / store directory missing', bound: 2, on: node, codes: ['store.read-only'], absent: 'at the edge there is no file system' },
  { id: 'F85', fault: 'edge store answers stale', bound: 2, on: workerd, codes: [], absent: 'on Node the file is one, and what is saved is what is read' },
  { id: 'F86', fault: 'schema newer than the code (rollback)', bound: 2, on: both, codes: ['store.schema'] },
  { id: 'F87', fault: 'BFF down at load / at save / at test', bound: 10, on: browser, codes: ['client.unreachable'] },
  { id: 'F88', fault: 'offline, then online', bound: 2, on: browser, codes: ['client.unreachable'] },
  { id: 'F89', fault: 'answer lost after the save was done', bound: 10, on: browser, codes: ['client.lost'] },
  { id: 'F90', fault: 'double click, Enter plus click, 20 clicks', bound: null, on: browser, codes: [] },
  { id: 'F91', fault: 'two tabs edit', bound: 2, on: browser, codes: ['settings.stale'] },
  { id: 'F92', fault: 'two admins test at once', bound: 20, on: browser, codes: ['check.busy'] },
  { id: 'F93', fault: 'popup blocked', bound: 1, on: unbuilt, codes: [], absent: 'nothing opens a window or redirects to a sign-in page: nobody signs in as a person yet' },
  { id: 'F94', fault: 'popup closed by the user / opener cut by COOP', bound: 600, on: unbuilt, codes: [], absent: 'nothing opens a window or redirects to a sign-in page: nobody signs in as a person yet' },
  { id: 'F95', fault: 'user denies consent, or error comes back', bound: 2, on: unbuilt, codes: [], absent: 'nothing opens a window or redirects to a sign-in page: nobody signs in as a person yet' },
  { id: 'F96', fault: 'session expired mid-form', bound: 2, on: browser, codes: ['auth.required'] },
  { id: 'F97', fault: 'reload or navigation mid-test', bound: 2, on: browser, codes: ['run.cancelled'] },
  { id: 'F98', fault: 'element removed and added again mid-test', bound: null, on: browser, codes: [] },
  { id: 'F99', fault: 'two elements on one page, two versions loaded', bound: null, on: browser, codes: [] },
  { id: 'F100', fault: 'slow phone network (400 ms, 1 % loss)', bound: null, on: browser, codes: [] },
  { id: 'F101', fault: 'our clock 10 minutes or 10 years off', bound: 6, on: both, codes: ['clock.wrong', 'https.tls', 'https.not-told', 'entra.aadsts-7000215'] },
  { id: 'F102', fault: 'clock jumps back or forward during a test', bound: 20, on: node, codes: [], absent: 'the clock of a Worker is the platform’s: nothing of ours can set it' },
  { id: 'F103', fault: 'token expires between fetch and use', bound: 14, on: both, codes: [] },
  { id: 'F104', fault: '100 sends at the moment of expiry', bound: 20, on: both, codes: [] },
  { id: 'F105', fault: 'refresh token revoked or rotated elsewhere', bound: 6, on: unbuilt, codes: [], absent: 'applications sign in, and get no refresh token; nobody signs in as a person yet' },
  { id: 'F106', fault: '20 hostile servers tested at once', bound: 20, on: node, codes: ['check.queue-full'], absent: 'at the edge the runtime spreads calls over isolates and ends them itself' },
  { id: 'F107', fault: 'process asked to stop (SIGTERM) mid-test', bound: 25, on: node, codes: ['run.cancelled'], absent: 'at the edge no process is told to stop: that is F108' },
  { id: 'F108', fault: 'edge runtime cancels the request when the browser leaves', bound: 30, on: workerd, codes: ['run.cancelled', 'smtp.greeting.timeout'], absent: 'on Node a caller who leaves stops the work, which is F97; a process that is killed is tried with F107' },
]

/** Rows whose answer is that all is well. */
export const passing: readonly string[] = ['F06', 'F21', 'F35', 'F54', 'F55', 'F66', 'F67', 'F78', 'F79', 'F83', 'F85', 'F90', 'F98', 'F99', 'F100', 'F102', 'F103', 'F104']

/** Rows that honestly share the code they are told by: what the user can do next is the same. */
export const sharings: readonly { readonly code: string; readonly ids: readonly string[]; readonly why: string }[] = [
  { code: 'smtp.reply.too-large', ids: ['F17', 'F19'], why: 'too many lines or one that is too long: what answers is no mail server' },
  { code: 'smtp.reply.unfinished', ids: ['F18', 'F20'], why: 'line by line or byte by byte: the reply never ends' },
  { code: 'smtp.reply.protocol', ids: ['F22', 'F23'], why: 'whichever rule is broken, it is quoted, and something else answers in the server’s place' },
  { code: 'tls.refused', ids: ['F25', 'F27'], why: 'what follows a refusal is not read, so it is a refusal' },
  { code: 'smtp.auth.refused', ids: ['F36', 'F46'], why: 'that the server repeats the password changes nothing for whoever typed it; it is masked' },
  { code: 'client.unreachable', ids: ['F87', 'F88'], why: 'no answer, whoever’s network it is; being offline is said besides, because the browser knows it' },
  { code: 'run.cancelled', ids: ['F97', 'F107', 'F108'], why: 'a run that was cut off, by whom is no matter: nothing is proven, and it can be run again' },
  { code: 'graph.message.unproven', ids: ['F74', 'F75'], why: 'no answer, or one that says nothing of the message: only the recipient can know, and the inbox is where to look' },
]
