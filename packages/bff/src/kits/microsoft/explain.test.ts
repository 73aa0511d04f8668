import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '@mail-gateway/contract'
import { NotProven } from '../../checks/step.ts'
import { entryOf } from '../../findings/catalogue.ts'
import { EgressRefused } from '../../ports/egress.ts'
import { SmtpFault } from '../smtp/fault.ts'
import { builtInClouds } from './clouds.ts'
import { explainMicrosoft } from './explain.ts'
import { MicrosoftFault } from './fault.ts'
import type { MicrosoftFacts, MicrosoftFaultCode } from './fault.ts'
import type { MicrosoftMode, Situation } from './situation.ts'

const situation: Situation = { cloud: builtInClouds[0]!, from: 'noreply@acme.example', account: 'sender@acme.example' }
const explain = (mode: MicrosoftMode, error: unknown, row = 'token', more: Partial<Situation> = {}) => explainMicrosoft(mode, { ...situation, ...more })(error, row)
const find = (mode: MicrosoftMode, code: MicrosoftFaultCode, facts: MicrosoftFacts, more: Partial<Situation> = {}): Finding => explain(mode, new MicrosoftFault(code, facts), 'token', more).finding

const marks = 'Trace ID: 0a0a0a0a-1111-2222-3333-444444444444 Correlation ID: 5b5b5b5b-1111-2222-3333-444444444444 Timestamp: 2026-11-20 10:00:00Z'
const entra = (number: number, error = 'invalid_client') => ({ service: 'token', host: 'login.microsoftonline.com', http: 400, body: { error, error_description: `AADSTS${number}: Words of the service. ${marks}`, error_codes: [number] } }) as const
const graph = (code: string, http: number, message = 'Words of Graph.', more: MicrosoftFacts = {}): MicrosoftFacts => ({ service: 'graph', host: 'graph.microsoft.com', http, body: { error: { code, message, innerError: { 'request-id': '0a0a0a0a-1111-2222-3333-444444444444', date: '2026-11-20T10:00:00' } } }, ...more })
const reply = (text: string) => ({ reply: { code: Number(text.slice(0, 3)), text } })

// [what, mode, fault, code, field, step, title]
const mustShow: readonly [what: string, mode: MicrosoftMode, code: MicrosoftFaultCode, facts: MicrosoftFacts, expected: string, field: string | undefined, step: string | undefined, title: RegExp][] = [
  ['wrong secret', 'graph', 'service.refused', entra(7000215), 'entra.aadsts-7000215', 'clientSecret', 'secret', /secret is not the right one/],
  ['expired secret', 'smtp-office365', 'service.refused', entra(7000222), 'entra.aadsts-7000222', 'clientSecret', 'secret', /secret has expired/],
  ['unknown tenant', 'graph', 'tenant.unknown', entra(90002, 'invalid_request'), 'entra.aadsts-90002', 'tenantId', 'ids', /no such tenant/],
  ['unknown tenant without a word', 'graph', 'tenant.unknown', {}, 'tenant.unknown', 'tenantId', 'ids', /no such tenant/],
  ['wrong cloud, by its metadata', 'graph', 'tenant.cloud', { wanted: 'a', found: 'Microsoft 365 operated by 21Vianet' }, 'tenant.cloud', 'cloud', 'ids', /21Vianet/],
  ['wrong cloud, by the service', 'graph', 'service.refused', entra(90038, 'invalid_request'), 'entra.aadsts-90038', 'cloud', 'ids', /another of Microsoft’s clouds/],
  ['app of another cloud', 'smtp-office365', 'service.refused', entra(900382, 'invalid_request'), 'entra.aadsts-900382', 'cloud', 'register', /different clouds/],
  ['app not found', 'graph', 'service.refused', entra(700016, 'unauthorized_client'), 'entra.aadsts-700016', 'clientId', 'ids', /no app with this Client ID/],
  ['swapped', 'graph', 'tenant.swapped', {}, 'tenant.swapped', 'tenantId', 'ids', /swapped/],
  ['missing consent', 'smtp-office365', 'service.refused', entra(65001, 'invalid_grant'), 'entra.aadsts-65001', undefined, 'permission', /consented/],
  ['policy', 'graph', 'service.refused', entra(53003, 'access_denied'), 'entra.aadsts-53003', undefined, 'network', /Conditional Access/],
  ['mailbox not found', 'graph', 'graph.refused', graph('ErrorInvalidUser', 404), 'graph.invalid-user', 'from', 'mailbox', /no mailbox noreply@acme\.example/],
  ['mailbox elsewhere', 'graph', 'graph.refused', graph('MailboxNotEnabledForRESTAPI', 404), 'graph.mailbox-not-enabled', 'from', 'mailbox', /no mailbox in Exchange Online/],
  ['sender refused', 'graph', 'graph.refused', graph('ErrorSendAsDenied', 403), 'graph.sendas-denied', 'from', 'limit', /may not send as/],
  ['refused, no role', 'graph', 'graph.refused', graph('ErrorAccessDenied', 403, 'Access is denied. Check credentials and try again.', { roles: [] }), 'graph.access-denied', 'from', 'limit', /may not send from/],
  ['policy in Exchange', 'graph', 'graph.refused', graph('ErrorAccessDenied', 403, 'Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.'), 'graph.raop', 'from', 'limit', /keeps the app from/],
  ['token refused', 'graph', 'graph.token-refused', graph('InvalidAuthenticationToken', 401, 'x', { found: 'https://other.example', roles: ['Mail.Send'] }), 'graph.token-refused', 'scope', 'network', /refuses our token/],
]

for (const [what, mode, code, facts, expected, field, step, title] of mustShow) {
  test(`must show 1: ${what} in ${mode} names its field and its step`, () => {
    const finding = find(mode, code, facts)
    assert.equal(finding.code, expected)
    assert.deepEqual([finding.field, finding.step], [field, step])
    assert.match(finding.title, title)
    if (facts.body === undefined) assert.equal(finding.id, null)
    else if (code !== 'graph.token-refused') assert.equal(finding.fixes[0]?.link, entryOf(finding.id!)!.docs[0])
  })
}

// [what, reply, row, field, step, title]
const submission: readonly [what: string, text: string, row: string, field: string | undefined, step: string, title: RegExp][] = [
  ['SMTP AUTH off for the organisation', '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled [X]', 'sign-in', 'account', 'smtp-auth', /whole organisation/],
  ['SMTP AUTH off for the mailbox', '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit x', 'sign-in', 'account', 'smtp-auth', /off for sender@acme\.example/],
  ['a policy', '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.', 'sign-in', 'account', 'network', /policy/],
  ['no service principal', '535 5.7.3 Authentication unsuccessful [AM0PR01CA0023.eurprd01.prod.exchangelabs.com]', 'sign-in', 'account', 'service-principal', /does not let the app in to sender@acme\.example/],
  ['a refusal without a reason', '535 5.7.8 no', 'sign-in', 'account', 'service-principal', /does not accept the token/],
  ['Send As denied after the message', '554 5.2.252 SendAsDenied; sender@acme.example not allowed to send as boss@acme.example; STOREDRV', 'message', 'from', 'send-as', /may not send as/],
  ['Send As denied at the sender', '550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'sender', 'from', 'send-as', /may not send as/],
]

for (const [what, text, row, field, step, title] of submission) {
  test(`must show 1: over SMTP, ${what} names its field and its step`, () => {
    const code = row === 'sign-in' ? 'smtp.auth.refused' : row === 'sender' ? 'smtp.sender.refused' : 'smtp.message.refused'
    const { status, finding } = explain('smtp-office365', new SmtpFault(code, reply(text)), row)
    assert.equal(status, 'fail')
    assert.deepEqual([finding.code, finding.field, finding.step], [code, field, step])
    assert.match(finding.title, title)
    assert.match(finding.who ?? '', /Exchange Administrator|Conditional Access/)
    assert.doesNotMatch(JSON.stringify(finding), /password|user name|exchangelabs|boss@acme/i)
  })
}

test('req X6: security defaults stand in the way of tokens too, and the way out is Graph', () => {
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.auth.refused', reply("535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.")), 'sign-in')
  assert.deepEqual([finding.id, finding.step], ['smtp-5.7.139-security-defaults', 'smtp-auth'])
  assert.match(finding.title, /security defaults/)
  assert.match(finding.fixes[0]!.text, /Graph API/)
  assert.doesNotMatch(JSON.stringify(finding), /password/i)
})

test('a host with a port of its own is named with that one', () => {
  for (const code of ['https.refused', 'https.timeout'] as const) {
    assert.match(JSON.stringify(find('graph', code, { service: 'token', host: 'login.own.example:8443' })), /reach login\.own\.example:8443\./)
    assert.match(JSON.stringify(find('graph', code, { service: 'token', host: 'login.own.example' })), /reach login\.own\.example on port 443\./)
  }
})

test('a refused token: what the server wanted is told', () => {
  const challenge = { text: '334 eyJzdGF0dXMiOiI0MDAifQ==', status: '400', scope: 'https://mail.other.example/' }
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.auth.refused', { ...reply('535 5.7.3 Authentication unsuccessful'), challenge }), 'sign-in')
  assert.match(finding.cause, /wants a token for https:\/\/mail\.other\.example\/\.$/)
  assert.equal(finding.step, 'service-principal')
})

test('on the way to the cloud’s mail server only the network can be changed: no field of another mode is named', () => {
  for (const code of ['connect.timeout', 'connect.refused', 'dns.not-found', 'tls.certificate.private-ca', 'tls.version', 'smtp.greeting.timeout', 'smtp.ehlo.refused'] as const) {
    const { finding } = explain('smtp-office365', new SmtpFault(code, { host: 'smtp.office365.com', port: 587 }), 'connect')
    assert.deepEqual([finding.field, finding.step, finding.who], [undefined, 'network', 'Whoever runs this product'], code)
    assert.match(JSON.stringify(finding.fixes), /smtp\.office365\.com/)
    assert.doesNotMatch(JSON.stringify(finding.fixes), /465|STARTTLS|Lowest TLS/)
  }
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.auth.not-offered', { offered: ['PLAIN'] }), 'sign-in')
  assert.match(finding.title, /does not offer sign-in with a token/)
  assert.equal(finding.step, 'network')
})

test('the end date of the secret is told where it is stored', () => {
  assert.match(find('graph', 'service.refused', entra(7000222), { secretExpires: '2026-10-03' }).cause, /3 Oct 2026/)
  assert.doesNotMatch(find('graph', 'service.refused', entra(7000222)).cause, /stored|undefined/)
})

test('permission judged rightly: a role that is absent is open, and the two causes of a refusal are told by the token', () => {
  const absent = explain('graph', new MicrosoftFault('permission.absent', { wanted: 'Mail.Send', roles: [] }), 'permission')
  assert.equal(absent.status, 'unproven')
  assert.match(absent.finding.cause, /leaves no trace in the token.*The test email decides/)
  assert.match(find('smtp-office365', 'permission.absent', { roles: [] }).cause, /The sign-in decides/)
  assert.match(find('graph', 'permission.absent', {}).cause, /only Microsoft can read/)
  const denied = (roles?: readonly string[]) => find('graph', 'graph.refused', graph('ErrorAccessDenied', 403, 'x', roles && { roles }))
  assert.match(denied([]).cause, /carries no Mail\.Send\. Either nobody.* or it was given in Exchange for other mailboxes/)
  assert.match(denied(['Mail.Send']).cause, /the consent is there\. Either a policy in Exchange.* or the right was given a short while ago/)
  assert.doesNotMatch(denied().cause, /Its token carries/)
  const excess = explain('graph', new MicrosoftFault('permission.excess', { wanted: 'Mail.Send', roles: ['Mail.Send', 'Mail.ReadWrite', 'Files.Read.All'] }), 'permission')
  assert.match(excess.finding.cause, /Mail\.ReadWrite, Files\.Read\.All as well/)
  assert.equal(excess.finding.step, 'limit')
  assert.equal(find('smtp-office365', 'permission.excess', { roles: ['SMTP.SendAsApp', 'IMAP.AccessAsApp'] }).step, 'permission')
})

test('who: the portal’s place decides', () => {
  assert.equal(find('graph', 'service.refused', entra(65001)).who, 'Privileged Role Administrator or Global Administrator')
  assert.equal(find('smtp-office365', 'service.refused', entra(65001)).who, 'Cloud Application Administrator or Application Administrator')
  assert.equal(find('graph', 'graph.refused', graph('ErrorAccessDenied', 403)).who, 'Exchange Administrator')
  assert.equal(find('graph', 'https.timeout', { service: 'graph' }).who, 'Whoever runs this product')
})

test('fault F58, F72: a wait the service asked for is told in seconds; without one, ten are assumed', () => {
  assert.deepEqual(find('graph', 'service.busy', { service: 'token', http: 429, retryAfter: 60, body: { error: 'temporarily_unavailable' } }).retry, { class: 'retry-after', text: 'Yes, in 60 seconds', seconds: 60 })
  assert.match(find('graph', 'service.busy', { service: 'token', http: 429, retryAfter: 60 }).title, /Microsoft asks to wait 60 seconds/)
  assert.deepEqual(find('graph', 'service.busy', graph('ApplicationThrottled', 429, 'x', { retryAfter: 120 })).retry, { class: 'retry-after', text: 'Yes, in 2 minutes', seconds: 120 })
  assert.equal(find('graph', 'service.busy', { service: 'graph', http: 429 }).retry.seconds, 10)
  assert.equal(find('graph', 'service.broken', { service: 'token', http: 503, retryAfter: 0 }).retry.seconds, 1)
})

test('fault F59, F61, F62, F63, F65, F73: what came in place of Microsoft’s answer, and trouble of its own, are told apart', () => {
  for (const code of ['https.redirect', 'https.too-large', 'https.not-json'] as const) assert.match(find('graph', code, { service: 'token' }).title, /between this server and Microsoft answered/)
  assert.match(find('graph', 'service.broken', { service: 'token', http: 502 }).title, /sign-in service is having trouble/)
  assert.match(find('graph', 'service.broken', graph('serviceNotAvailable', 503)).title, /Microsoft Graph is having trouble/)
  assert.equal(find('graph', 'service.broken', graph('serviceNotAvailable', 503)).retry.text, 'Yes, in 60 seconds, but the message may arrive twice')
  const tls = find('graph', 'https.tls', { service: 'token', cause: 'CERT_HAS_EXPIRED' })
  assert.deepEqual([tls.code, tls.id], ['https.tls', 'net-cert-expired'])
  assert.match(tls.cause, /CERT_HAS_EXPIRED/)
})

test('fault F71: whatever else Graph says is quoted, with what its support asks for', () => {
  const finding = find('graph', 'graph.refused', graph('SomethingNew', 400, 'Nobody has seen this.'))
  assert.equal(finding.code, 'graph.400-generic')
  assert.equal(finding.said, 'SomethingNew: Nobody has seen this. Request ID: 0a0a0a0a-1111-2222-3333-444444444444 Date: 2026-11-20T10:00:00')
  assert.equal(find('graph', 'graph.refused', graph('SomethingNew', 402)).code, 'graph.refused')
})

test('howToMatch 10: trace id, correlation id and time stay, however long the sentence is', () => {
  assert.equal(find('graph', 'service.refused', entra(7000215)).said, `invalid_client: AADSTS7000215: Words of the service. ${marks}`)
  const long = { ...entra(7000215), body: { error: 'invalid_client', suberror: 'message_only', error_description: `AADSTS7000215: ${'many words '.repeat(90)}${marks}`, claims: '{"access_token":{"polids":["x"]}}' } }
  const { said = '' } = find('graph', 'service.refused', long)
  assert.ok(said.length <= 512)
  assert.ok(said.startsWith('invalid_client, message_only: AADSTS7000215: many words'))
  assert.ok(said.endsWith(`… ${marks}`), said)
  assert.doesNotMatch(said, /polids/)
})

test('threat T28: hostile words of a service are inert, and hold neither tokens nor addresses of others', () => {
  const token = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoIn0.c2lnbmF0dXJl'
  const body = { error: 'x\u001b[31m', error_description: `<img onerror=alert(1)> \u202Egnp.exe ${token} client_secret=hunter2 eve@other.example noreply@acme.example` }
  const { said = '' } = find('graph', 'service.refused', { ...entra(1), body })
  assert.match(said, /\\u\{1b\}\[31m.*<img onerror=alert\(1\)> \\u\{202e\}gnp\.exe \[hidden\] client_secret=\[hidden\] \[address\] noreply@acme\.example/)
  const facts: MicrosoftFacts = { found: `\u202E${'a'.repeat(5000)}`, wanted: '\u0000', roles: Array.from({ length: 1000 }, () => `\u202E${'R'.repeat(1000)}`) }
  for (const code of ['tenant.cloud', 'token.audience', 'token.tenant', 'token.app', 'permission.excess', 'graph.token-refused', 'https.redirect', 'token.unusable'] as const) {
    const text = JSON.stringify(find('graph', code, facts))
    assert.ok(text.length < 3000, `${code} ${text.length}`)
    assert.doesNotMatch(text, /[\u202E\u0000]|\\u202e/i)
  }
})

test('threat T20, T56: silence and crashes are open, refused targets get fixed words', () => {
  for (const mode of ['graph', 'smtp-office365'] as const) {
    const open = explain(mode, new NotProven('silence'), 'message')
    assert.deepEqual([open.status, open.finding.title], ['unproven', 'The message may have been delivered'])
    const broken = explain(mode, new TypeError('secret detail'))
    assert.deepEqual([broken.status, broken.finding.code], ['unproven', 'internal'])
    assert.doesNotMatch(JSON.stringify(broken), /secret detail/)
    const all = ['10.0.0.1', '127.0.0.1'].map((address) => JSON.stringify(explain(mode, new EgressRefused('address', address), 'tenant')))
    assert.equal(new Set(all).size, 1)
    assert.match(all[0]!, /MAIL_GATEWAY_EGRESS_ALLOW/)
    assert.match(JSON.stringify(explain(mode, new EgressRefused('port', '8443'), 'token')), /MAIL_GATEWAY_EGRESS_PORTS/)
  }
})

test('another provider’s words are not told of the cloud’s mail server', () => {
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.auth.refused', reply('535-5.7.8 Username and Password not accepted.')), 'sign-in')
  assert.doesNotMatch(JSON.stringify({ ...finding, id: null, said: '' }), /google|password/i)
  assert.match(finding.title, /does not accept the token for sender@acme\.example/)
})

test('a server that wants encryption on an encrypted line: nothing untrue of what was offered or sent', () => {
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.auth.encrypt-first', reply('538 5.7.11 Encryption required')), 'sign-in')
  assert.doesNotMatch(JSON.stringify(finding), /did not list|not sent/)
  assert.deepEqual([finding.field, finding.step], ['cloud', 'network'])
})

test('a reply out of place leads to the network: this mode has neither server name nor port', () => {
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.reply.protocol', reply('250 Ok')), 'sign-in')
  assert.deepEqual([finding.field, finding.step], [undefined, 'network'])
  assert.doesNotMatch(JSON.stringify(finding.fixes), /server name/)
})

test('a sender refused for want of a sign-in is told as such, not as a wrong From', () => {
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.sender.refused', reply('530 5.7.57 Client not authenticated to send mail.')), 'sender')
  assert.deepEqual([finding.id, finding.field, finding.step], ['smtp-5.7.57', 'account', 'smtp-auth'])
})

test('only what came can be quoted: an empty answer promises no quotation', () => {
  for (const code of ['https.not-json', 'https.shape'] as const) {
    assert.doesNotMatch(find('graph', code, { service: 'token', http: 401, text: ' ' }).cause, /quoted/)
    assert.match(find('graph', code, { service: 'token', http: 401, text: '<html>' }).cause, /quoted/)
  }
})

test('what another organisation turns away is not for this server to change', () => {
  const { finding } = explain('smtp-office365', new SmtpFault('smtp.recipient.refused', reply('550 5.4.1 Recipient address rejected: Access denied.')), 'recipient')
  assert.deepEqual([finding.id, finding.field], ['smtp-5.4.1', 'to'])
  assert.doesNotMatch(JSON.stringify(finding.fixes), /host/)
})

test('what the metadata refuses is about the tenant: no other setting was sent', () => {
  const { field } = find('graph', 'service.refused', { service: 'discovery', http: 404, body: { error: 'not_found' } })
  assert.equal(field, 'tenantId')
})
