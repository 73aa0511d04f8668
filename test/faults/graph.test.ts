// What Graph, or whoever answers in its place, may do wrong with a message: what is said, how soon, how often it was asked.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inTurn, json, startWeb } from '../peers/https.ts'
import type { Answering } from '../peers/https.ts'
import { certificates, graphError, jwt, taken, tokenFor } from '../peers/microsoft.ts'
import { cloudOf } from '../peers/realm.ts'
import type { Organisation } from '../peers/realm.ts'
import type { Runtime } from '../peers/seats.ts'
import { declare, inTime, onBoth } from './microsoft.ts'
import type { Row, Stage } from './microsoft.ts'

const unauthorized = graphError(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.')
const busy = (headers: Record<string, string>): Answering => graphError(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', headers)
const broken = (status: number, headers: Record<string, string> = {}): Answering => graphError(status, 'ServiceUnavailable', 'The service is temporarily unavailable.', headers)
const plain = (status: number): Answering => (response) => { response.writeHead(status).end() }
const html = (status: number, text: string): Answering => (response) => { response.writeHead(status, { 'content-type': 'text/html' }).end(`<html>${text}</html>`) }
const denied = graphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
const noSendAs = graphError(403, 'ErrorSendAsDenied', 'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.')

const message = (...answers: readonly Answering[]) => ({ answers: () => ({ sendMail: inTurn(...answers) }) })
/** A token of the organisation's own, with other claims. */
const claiming = (claims: Readonly<Record<string, unknown>>): Answering => (response, asked) => tokenFor(jwt({ tid: asked.path.split('/')[1], ...claims }))(response, asked)
/** Another From, for which the organisation's mailbox sends. */
const throughItsOwn = ({ from }: Organisation) => ({ from: 'desk@contoso.example', envelopeFrom: from })
const passing = { verdict: 'passed', posts: 1, tokens: 1 } as const
const failing = { verdict: 'failed', at: 'message', posts: 1, tokens: 1 } as const
const open = { verdict: 'unproven', at: 'message', code: 'graph.message.unproven', posts: 1, tokens: 1 } as const

const rows: readonly Row[] = [
  {
    id: 'F67', what: '401, then 202: told, and the second try carries a fresh token and the same message', ...passing, posts: 2, tokens: 2,
    answers: () => ({ token: inTurn(claiming({ uti: 'first' }), claiming({ uti: 'second' })), sendMail: inTurn(unauthorized, taken) }),
    also({ rows }, organisation) {
      const [first, second] = organisation.to('sendMail')
      assert.equal(rows['message']?.evidence?.['renewed'], true)
      assert.notEqual(first!.headers.authorization, second!.headers.authorization)
      assert.equal(first!.body, second!.body)
    },
  },
  { id: 'F68', what: '401 twice', ...message(graphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed.')), ...failing, entry: 'graph-token-expired', posts: 2, tokens: 2 },
  { id: 'F68', what: '401 twice, without a reason', ...message(graphError(401, 'UnknownError', '')), ...failing, code: 'graph.token-refused', words: /graph\.microsoft\.com.*Mail\.Send/, posts: 2, tokens: 2 },
  { id: 'F69', what: '403 ErrorAccessDenied with a token that carries the right: Exchange keeps it out', ...message(denied), ...failing, entry: 'graph-access-denied', also: ({ ended }) => assert.doesNotMatch(ended!.finding!.cause, /carries no Mail\.Send/) },
  { id: 'F69', what: '403 ErrorAccessDenied with a token without the right: consent may be missing', answers: () => ({ token: claiming({ roles: [] }), sendMail: denied }), ...failing, entry: 'graph-access-denied', words: /carries no Mail\.Send/ },
  { id: 'F69', what: '403 ErrorAccessDenied with a token that cannot be read: nothing is said of it', answers: () => ({ token: tokenFor('an-opaque-token-of-some-length'), sendMail: denied }), ...failing, entry: 'graph-access-denied', also: ({ ended }) => assert.doesNotMatch(ended!.finding!.cause, /token carries/) },
  { id: 'F69', what: '403 ErrorSendAsDenied', ...message(noSendAs), ...failing, entry: 'graph-sendas-denied', field: 'from' },
  { id: 'F69', what: '403 ErrorSendAsDenied through another mailbox', ...message(noSendAs), settings: throughItsOwn, ...failing, field: 'from', words: /^gateway-\S+ may not send as desk@contoso\.example / },
  { id: 'F70', what: '404 ErrorInvalidUser', ...message(graphError(404, 'ErrorInvalidUser', "The requested user 'noreply@contoso.example' is invalid.")), ...failing, entry: 'graph-invalid-user', field: 'from' },
  { id: 'F70', what: '404 ErrorInvalidUser of another mailbox', ...message(graphError(404, 'ErrorInvalidUser', 'The requested user is invalid.')), settings: throughItsOwn, ...failing, field: 'envelopeFrom', words: /no mailbox gateway-/ },
  { id: 'F70', what: '404 MailboxNotEnabledForRESTAPI', ...message(graphError(404, 'MailboxNotEnabledForRESTAPI', 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.')), ...failing, entry: 'graph-mailbox-not-enabled', field: 'from' },
  { id: 'F71', what: '400 ErrorInvalidRecipients', ...message(graphError(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.')), ...failing, entry: 'graph-invalid-recipients' },
  { id: 'F71', what: '400 nobody has listed', ...message(graphError(400, 'ErrorSomethingNew', 'Something new.')), ...failing, entry: 'graph-400-generic', said: /ErrorSomethingNew: Something new/ },
  { id: 'F71', what: '413', ...message(graphError(413, 'RequestEntityTooLarge', 'The maximum request length supported is 4MB.')), ...failing, entry: 'graph-size' },
  { id: 'F72', what: '429, wait 2 s, then 202', ...message(busy({ 'retry-after': '2' }), taken), ...passing, posts: 2, least: 2 },
  { id: 'F72', what: '429, wait 120 s', ...message(busy({ 'retry-after': '120' })), ...failing, entry: 'graph-throttled', wait: 120 },
  { id: 'F72', what: '429 until a date in two minutes', ...message((response, asked) => busy({ 'retry-after': new Date(Date.now() + 120_000).toUTCString() })(response, asked)), ...failing, wait: 120 },
  { id: 'F72', what: '429 without a time', ...message(busy({})), ...failing, wait: 10 },
  { id: 'F72', what: '429, wait no time at all, twice: told as one second', ...message(busy({ 'retry-after': '0' })), ...failing, posts: 2, also: ({ ended }) => assert.doesNotMatch(JSON.stringify(ended), /\b0 seconds/) },
  ...[500, 502, 503].flatMap((status): Row[] => [
    { id: 'F73', what: `${status} without a time is not repeated`, ...message(broken(status)), ...failing, entry: 'graph-5xx' },
    { id: 'F73', what: `${status}, wait 1 s, then 202`, ...message(broken(status, { 'retry-after': '1' }), taken), ...passing, posts: 2, least: 1 },
  ]),
  { id: 'F73', what: '500 twice', ...message(broken(500, { 'retry-after': '1' })), ...failing, entry: 'graph-5xx', posts: 2 },
  { id: 'F73', what: '502 without a word', ...message(plain(502)), ...failing },
  { id: 'F73', what: '504: a gateway waited in vain, for a message it had', ...message(broken(504, { 'retry-after': '1' })), ...open },
  { id: 'F74', what: 'silence after the request was sent', ...message(() => {}), ...open, least: 7.4 },
  { id: 'F74', what: 'reset after the request was sent', ...message((response) => { response.socket?.destroy() }), ...open },
  { id: 'F74', what: 'an answer that never ends', ...message((response) => { response.writeHead(202, { 'content-length': '5' }).write('a') }), ...open, least: 7.4 },
  { id: 'F75', what: '202 with a body', ...message(json(202, { ok: true })), ...open },
  { id: 'F75', what: '200', ...message(json(200, {})), ...open },
  { id: 'F75', what: '204', ...message(plain(204)), ...open },
  { id: 'F75', what: 'HTML with 200', ...message(html(200, 'Sign in to this network')), ...open },
  ...[301, 302, 303, 307, 308].map((status): Row => ({ id: 'F75', what: `a redirect ${status}`, ...message((response, { path }) => { response.writeHead(status, { location: `https://localhost:${response.socket!.localPort}${path}` }).end() }), ...open })),
  { id: 'F75', what: '403 that is no answer of Graph', ...message(html(403, 'Blocked by your network')), ...failing, code: 'https.not-json', said: /Blocked by your network/ },
]

const audiences: readonly [what: string, claims: Readonly<Record<string, unknown>>, shown: Partial<Row>][] = [
  ['for several services, ours among them, fits', { aud: ['https://other.example', 'https://graph.microsoft.com/'] }, passing],
  ['for others alone does not fit', { aud: ['https://other.example', 'https://third.example'] }, { verdict: 'failed', at: 'permission', code: 'token.audience', posts: 0, tokens: 1 }],
  ['of another tenant than the typed one does not fit', { tid: '11111111-2222-4333-8444-555555555555' }, { verdict: 'failed', at: 'permission', code: 'token.tenant', field: 'tenantId', posts: 0, tokens: 1 }],
]
const claimRows = audiences.map(([what, claims, shown]): Row => ({ verdict: 'passed', ...(shown === passing && { also: ({ rows }) => assert.match(String(rows['token']?.evidence?.['audience']), /other\.example/) }), ...shown, id: 'F64', what: `a token ${what}`, answers: () => ({ token: claiming(claims) }) }))

// Where Graph cannot be reached at all, the sign-in service is well.
const gone = await startWeb(certificates.good)
await gone.close()
const stranger = await startWeb(certificates.wrongName)
after(() => stranger.close())
/** In workerd a request that never left cannot be told from one that was cut off: what may have happened is not denied. */
const unreachable: readonly (readonly [what: string, cloud: string, node: Partial<Row>])[] = [
  ['a Graph that cannot be reached', 'graph-gone', { code: 'https.refused' }],
  ['a Graph with somebody else’s certificate', 'graph-stranger', { code: 'https.tls' }],
]

const away = (runtime: Runtime, stage: () => Stage): void => {
  for (const [what, cloud, { code }] of unreachable) {
    test(`fault F74 [${runtime}]: ${what}: ${runtime === 'node' ? 'it has not got the message' : 'nobody can know'}`, async () => {
      const { seat, realm } = stage()
      const organisation = realm.organisation()
      const run = await seat.check(organisation.draft({ cloud }))
      inTime('F74', runtime, run.seconds)
      const expected = runtime === 'node' ? ['failed', code] : ['unproven', 'graph.message.unproven']
      assert.deepEqual([run.ended?.id, run.verdict, run.ended?.finding?.code], ['message', ...expected], JSON.stringify(run.ended))
      assert.equal(stranger.asked.length, 0)
    })
  }
}

onBoth('Graph', ({ cloud, origin }) => ({ clouds: [cloud, cloudOf('graph-gone', origin, `https://localhost:${gone.port}`), cloudOf('graph-stranger', origin, `https://localhost:${stranger.port}`)] }), (runtime, stage) => {
  declare([...rows, ...claimRows], runtime, stage)
  away(runtime, stage)
})
