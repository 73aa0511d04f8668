// What Graph, or whoever answers in its place, may do wrong with a message: what is said, how soon, how often it was asked.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { settled, watchSockets } from '../peers/check.ts'
import type { Answer } from '../peers/check.ts'
import { inTurn, json } from '../peers/https.ts'
import type { Answering } from '../peers/https.ts'
import { checkGraph, clientSecret, graphError, jwt, startMicrosoft, taken, tokenFor } from '../peers/microsoft.ts'
import type { Answers, MicrosoftPeer } from '../peers/microsoft.ts'

const open: { close(): Promise<void> }[] = []
const sockets = watchSockets()
after(async () => {
  for (let turn = 0; turn < 20 && sockets.left().length > 0; turn += 1) await settled()
  await Promise.all(open.map((one) => one.close()))
  assert.deepEqual(sockets.left().map(({ remotePort }) => remotePort), [])
})

const run = async (answers: Answers, values: Record<string, unknown> = {}): Promise<{ peer: MicrosoftPeer; answer: Answer }> => {
  const peer = await startMicrosoft(answers)
  open.push(peer)
  return { peer, answer: await checkGraph(peer, values) }
}

const unauthorized = graphError(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.')
const busy = (headers: Record<string, string>): Answering => graphError(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', headers)
const broken = (status: number, headers: Record<string, string> = {}): Answering => graphError(status, 'ServiceUnavailable', 'The service is temporarily unavailable.', headers)
const html: Answering = (response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to this network</html>') }
const silent: Answering = () => {}

interface Row {
  readonly sendMail: Answering
  readonly verdict: 'passed' | 'failed' | 'unproven'
  readonly code?: string | RegExp
  readonly id?: string
  readonly field?: string
  readonly words?: RegExp
  readonly said?: RegExp
  readonly seconds?: number
  /** How often the message was handed in, and a token asked for. */
  readonly posts?: number
  readonly tokens?: number
  /** Seconds. */
  readonly bound: number
  readonly least?: number
}

const table: readonly [id: string, what: string, row: Row][] = [
  ['F67', '401, then 202', { sendMail: inTurn(unauthorized, taken), verdict: 'passed', posts: 2, tokens: 2, bound: 14 }],
  ['F68', '401 twice', { sendMail: graphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed.'), verdict: 'failed', id: 'graph-token-expired', posts: 2, tokens: 2, bound: 14 }],
  ['F68', '401 twice, without a reason', { sendMail: graphError(401, 'UnknownError', ''), verdict: 'failed', code: 'graph.token-refused', words: /graph\.microsoft\.com.*Mail\.Send/, posts: 2, tokens: 2, bound: 14 }],
  ['F69', '403 ErrorAccessDenied', { sendMail: graphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'), verdict: 'failed', id: 'graph-access-denied', bound: 8 }],
  ['F69', '403 ErrorSendAsDenied', { sendMail: graphError(403, 'ErrorSendAsDenied', 'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.'), verdict: 'failed', id: 'graph-sendas-denied', field: 'from', bound: 8 }],
  ['F70', '404 ErrorInvalidUser', { sendMail: graphError(404, 'ErrorInvalidUser', "The requested user 'noreply@contoso.example' is invalid."), verdict: 'failed', id: 'graph-invalid-user', field: 'from', bound: 8 }],
  ['F70', '404 MailboxNotEnabledForRESTAPI', { sendMail: graphError(404, 'MailboxNotEnabledForRESTAPI', 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.'), verdict: 'failed', id: 'graph-mailbox-not-enabled', field: 'from', bound: 8 }],
  ['F71', '400 ErrorInvalidRecipients', { sendMail: graphError(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.'), verdict: 'failed', id: 'graph-invalid-recipients', bound: 8 }],
  ['F71', '400 nobody has listed', { sendMail: graphError(400, 'ErrorSomethingNew', 'Something new.'), verdict: 'failed', id: 'graph-400-generic', said: /ErrorSomethingNew: Something new/, bound: 8 }],
  ['F71', '413', { sendMail: graphError(413, 'RequestEntityTooLarge', 'The maximum request length supported is 4MB.'), verdict: 'failed', id: 'graph-size', bound: 8 }],
  ['F72', '429, wait 2 s, then 202', { sendMail: inTurn(busy({ 'retry-after': '2' }), taken), verdict: 'passed', posts: 2, tokens: 1, bound: 14, least: 2 }],
  ['F72', '429, wait 120 s', { sendMail: busy({ 'retry-after': '120' }), verdict: 'failed', id: 'graph-throttled', seconds: 120, posts: 1, bound: 8 }],
  ['F72', '429 until a date in two minutes', { sendMail: (response, asked) => busy({ 'retry-after': new Date(Date.now() + 120_000).toUTCString() })(response, asked), verdict: 'failed', seconds: 120, posts: 1, bound: 8 }],
  ['F72', '429 without a time', { sendMail: busy({}), verdict: 'failed', seconds: 10, posts: 1, bound: 8 }],
  ['F73', '503 without a time', { sendMail: broken(503), verdict: 'failed', id: 'graph-5xx', posts: 1, bound: 8 }],
  ['F73', '503 with a time, then 202', { sendMail: inTurn(broken(503, { 'retry-after': '1' }), taken), verdict: 'passed', posts: 2, bound: 14, least: 1 }],
  ['F73', '500 twice', { sendMail: broken(500, { 'retry-after': '1' }), verdict: 'failed', id: 'graph-5xx', posts: 2, bound: 14 }],
  ['F73', '502 without a word', { sendMail: (response) => { response.writeHead(502).end() }, verdict: 'failed', posts: 1, bound: 8 }],
  ['F73', '504: a gateway waited in vain, for a message it had', { sendMail: broken(504, { 'retry-after': '1' }), verdict: 'unproven', code: 'graph.message.unproven', posts: 1, bound: 8 }],
  ['F74', 'silence after the request was sent', { sendMail: silent, verdict: 'unproven', code: 'graph.message.unproven', posts: 1, bound: 8.5, least: 7.9 }],
  ['F74', 'reset after the request was sent', { sendMail: (response) => { response.socket?.destroy() }, verdict: 'unproven', code: 'graph.message.unproven', posts: 1, bound: 8 }],
  ['F74', 'an answer that never ends', { sendMail: (response) => { response.writeHead(202, { 'content-length': '5' }).write('a') }, verdict: 'unproven', code: 'graph.message.unproven', posts: 1, bound: 8.5 }],
  ['F75', '202 with a body', { sendMail: json(202, { ok: true }), verdict: 'unproven', code: 'graph.message.unproven', posts: 1, bound: 8 }],
  ['F75', '200', { sendMail: json(200, {}), verdict: 'unproven', posts: 1, bound: 8 }],
  ['F75', '204', { sendMail: (response) => { response.writeHead(204).end() }, verdict: 'unproven', posts: 1, bound: 8 }],
  ['F75', 'HTML', { sendMail: html, verdict: 'unproven', posts: 1, bound: 8 }],
  ...[301, 302, 303, 307, 308].map((status): [string, string, Row] => ['F75', `a redirect ${status}`, { sendMail: (response) => { response.writeHead(status, { location: 'https://127.0.0.1:1/elsewhere' }).end() }, verdict: 'unproven', posts: 1, bound: 8 }]),
  ['F75', '403 that is no answer of Graph', { sendMail: (response) => { response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Blocked by your network</html>') }, verdict: 'failed', code: 'https.not-json', said: /Blocked by your network/, posts: 1, bound: 8 }],
]

describe('what Graph answers to a message', { concurrency: 6 }, () => {
  for (const [id, what, row] of table) {
    test(`fault ${id}: ${what}`, async () => {
      const { peer, answer } = await run({ sendMail: row.sendMail })
      const { finding } = answer.rows.message!
      assert.equal(answer.verdict, row.verdict, JSON.stringify(answer.ended))
      if (row.verdict === 'passed') assert.equal(finding, undefined)
      else assert.equal(answer.ended?.id, 'message')
      if (row.code) assert.equal(finding?.code, row.code)
      if (row.id) assert.equal(finding?.id, row.id)
      if (row.field) assert.equal(finding?.field, row.field)
      if (row.words) assert.match(`${finding?.title} ${finding?.cause}`, row.words)
      if (row.said) assert.match(finding?.said ?? '', row.said)
      if (row.seconds !== undefined) assert.ok(Math.abs(finding!.retry.seconds! - row.seconds) <= 2, JSON.stringify(finding?.retry))
      assert.equal(peer.to('sendMail').length, row.posts ?? 1)
      assert.equal(peer.to('token').length, row.tokens ?? 1)
      assert.ok(answer.took < row.bound * 1000 && answer.took >= (row.least ?? 0) * 1000, `${answer.took} ms`)
      assert.ok(!JSON.stringify(answer.events).includes(clientSecret))
    })
  }

  test('fault F67: a token that was renewed is told, and the second try carries the fresh one', async () => {
    const { peer, answer } = await run({ token: inTurn(tokenFor(jwt({ uti: 'first' })), tokenFor(jwt({ uti: 'second' }))), sendMail: inTurn(unauthorized, taken) })
    assert.equal(answer.rows.message?.evidence?.renewed, true)
    const [first, second] = peer.to('sendMail').map(({ headers }) => headers.authorization)
    assert.notEqual(first, second)
    assert.deepEqual(peer.to('sendMail').map(({ body }) => body).filter((body, _, all) => body !== all[0]), [], 'the same message both times')
  })

  test('fault F69: which right is missing is told from the token: one that carries Mail.Send is kept out by Exchange, one without may lack consent', async () => {
    const sendMail = graphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
    const causes = await Promise.all([jwt(), jwt({ roles: [] }), 'an-opaque-token-of-some-length'].map(async (token) => (await run({ token: tokenFor(token), sendMail })).answer.rows.message!.finding!.cause))
    assert.doesNotMatch(causes[0]!, /carries no Mail\.Send/)
    assert.match(causes[1]!, /carries no Mail\.Send/)
    assert.doesNotMatch(causes[2]!, /token carries/, 'nothing is said of what cannot be read')
  })

  test('req C11: a token for several services fits if one of them is ours; one for others alone does not', async () => {
    const [ours, others] = await Promise.all([['https://other.example', 'https://graph.microsoft.com/'], ['https://other.example', 'https://third.example']].map(async (aud) => (await run({ token: tokenFor(jwt({ aud })) })).answer))
    assert.deepEqual([ours!.verdict, ours!.rows.token?.evidence?.audience], ['passed', 'https://other.example, https://graph.microsoft.com/'])
    assert.deepEqual([others!.verdict, others!.ended?.id, others!.code], ['failed', 'permission', 'token.audience'])
  })

  test('req C11: a typed tenant is what the token has to name, whatever GUID stands in the issuer; of a domain the issuer tells it', async () => {
    const discovery = json(200, { issuer: 'https://issuer.example/11111111-2222-4333-8444-555555555555/v2.0', token_endpoint: 'https://issuer.example/token' })
    assert.equal((await run({ discovery })).answer.verdict, 'passed')
    const { answer } = await run({ discovery }, { tenantId: 'contoso.example' })
    assert.deepEqual([answer.ended?.id, answer.code, answer.ended?.finding?.field], ['permission', 'token.tenant', 'tenantId'])
  })

  test('fault F62: a token no server could take is none, and is no mistake of ours', async () => {
    const { answer } = await run({ token: tokenFor(jwt({ pad: 'p'.repeat(150_000) })) })
    assert.deepEqual([answer.verdict, answer.ended?.id, answer.code], ['failed', 'token', 'token.unusable'])
    assert.equal((await run({ token: tokenFor(jwt({ pad: 'p'.repeat(8000) })) })).answer.verdict, 'passed')
  })

  test('fault F69: through another mailbox, what is said of the mailbox leads to its own field, and what is said of the sender to From', async () => {
    const values = { envelopeFrom: 'gateway@contoso.example' }
    const denied = (await run({ sendMail: graphError(403, 'ErrorSendAsDenied', 'No.') }, values)).answer.rows.message!.finding!
    assert.match(denied.title, /^gateway@contoso\.example may not send as noreply@contoso\.example$/)
    assert.equal(denied.field, 'from')
    const unknown = (await run({ sendMail: graphError(404, 'ErrorInvalidUser', "The requested user 'gateway@contoso.example' is invalid.") }, values)).answer.rows.message!.finding!
    assert.match(unknown.title, /no mailbox gateway@contoso\.example$/)
    assert.deepEqual([unknown.field, unknown.said?.includes("'gateway@contoso.example'")], ['envelopeFrom', true])
  })

  test('fault F72: whoever asks for no wait at all is told as one second', async () => {
    const { finding } = (await run({ sendMail: busy({ 'retry-after': '0' }) })).answer.rows.message!
    assert.doesNotMatch(JSON.stringify(finding), /\b0 seconds/)
  })

  test('fault F74: a Graph that cannot be reached has not got the message', async () => {
    const peer = await startMicrosoft()
    open.push(peer)
    const { cloud } = peer
    const answer = await checkGraph({ ...peer, cloud: { ...cloud, graph: 'https://127.0.0.1:1' } })
    assert.deepEqual([answer.verdict, answer.ended?.id, answer.code], ['failed', 'message', 'https.refused'])
  })

  test('fault F74: a certificate of somebody else has not got the message', async () => {
    const peer = await startMicrosoft()
    open.push(peer)
    // The certificate names this machine's address and some names, and this name is none of them.
    const answer = await checkGraph({ ...peer, cloud: { ...peer.cloud, graph: `https://127.0.0.2:${peer.port}` } })
    assert.equal(answer.verdict, 'failed')
    assert.equal(peer.to('sendMail').length, 0)
  })
})
