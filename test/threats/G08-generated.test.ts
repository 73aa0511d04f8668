// Goal G8: 100,000 generated inputs of five kinds a run. Nothing crashes, nothing is answered with 500, nobody is written to
// who was not named. The seed of a run is printed; MGS_SEED repeats it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import type { Parameters as Wish } from 'fast-check'
import { mailLibrary } from '../../packages/bff/src/adapters/nodemailer/library.ts'
import { messageOf } from '../../packages/bff/src/deliver/test-message.ts'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { SmtpFault } from '../../packages/bff/src/kits/smtp/fault.ts'
import { ReplyReader } from '../../packages/bff/src/kits/smtp/replies.ts'
import { modesFor } from '../../packages/bff/src/modes/index.ts'
import type { HttpReply, Network } from '../../packages/bff/src/ports/ports.ts'
import { judgeSettings } from '../../packages/bff/src/settings/judge.ts'
import { record } from '../figures.ts'
import { check } from '../peers/check.ts'
import { openLab, origin } from '../wire/lab.ts'

const seed = Number(process.env['MGS_SEED'] ?? Date.now() % 2 ** 31)
process.stderr.write(`generated inputs: MGS_SEED=${seed}\n`)
const runs = (numRuns: number): Wish<unknown> => ({ seed, numRuns, endOnFailure: true })
const rejections: unknown[] = []
process.on('unhandledRejection', (reason) => { rejections.push(reason) })

const tell = (kind: string, inputs: number, more: Record<string, number> = {}): void => {
  record({ of: 'goal G8', kind, inputs, crashes: rejections.length, fiveHundreds: 0, strangers: 0, seed, ...more })
  assert.deepEqual(rejections, [])
}

/** Text as people and attackers write it. */
const odd = fc.constantFrom('', ' ', '\r\n', '\0', '__proto__', 'constructor', '../..', '<script>', '\u202e', '😀', 'a'.repeat(5_000), '%0d%0a', '💥'.repeat(400), '٣', 'ⅷ', '\ud800', '-1', '1e309', 'null')
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), odd, fc.emailAddress(), fc.domain(), fc.ipV4(), fc.ipV6(), fc.webUrl(), fc.uuid())
const anything = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 }), fc.dictionary(text, text, { maxKeys: 3 }))
const modes = modesFor(builtInClouds)
const names = [...new Set(modes.flatMap(({ settings }) => Object.keys(settings.shape)))]
const named = fc.dictionary(fc.oneof(fc.constantFrom(...names), text), anything, { maxKeys: 12 })

const body = fc.oneof(
  fc.record({ mode: fc.oneof(fc.constantFrom('smtp', 'graph', 'smtp-office365'), anything), settings: fc.oneof(named, anything), secrets: fc.oneof(fc.dictionary(fc.constantFrom('password', 'clientSecret'), fc.oneof(anything, fc.record({ value: anything }), fc.constant({ keep: true }))), anything), name: anything, gatewayId: anything, until: fc.oneof(fc.constantFrom('input', 'network'), anything), to: anything, default: anything }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
  fc.json(), fc.string(), fc.jsonValue().map((value) => JSON.stringify(value).slice(0, -1)), fc.record({ raw: text, context: fc.oneof(anything, fc.record({ where: text, mode: text, http: fc.integer() })) }).map((value) => JSON.stringify(value)),
)
const header = fc.string().map((value) => value.replace(/[^\x21-\x7e]/g, ''))

test('goal G8, threat T49: 30,000 bodies to every route that takes one: an answer each, never a 500', async (t) => {
  let tenant = 0
  const lab = await openLab(t, { authorize: () => ({ subject: 's', tenant: `t${tenant++ % 2_000}`, rights: ['read', 'write', 'test'] }), egress: { allow: [], ports: '' } })
  const routes = [['POST', '/gateways'], ['POST', '/checks'], ['PUT', '/gateways/x'], ['POST', '/explain']] as const
  await fc.assert(fc.asyncProperty(fc.constantFrom(...routes), body, async ([method, path], sent) => {
    const response = await lab.request(method, path, { body: sent, headers: { 'if-match': '"1"' } })
    const answer = await response.text()
    assert.ok(response.status < 500, `${method} ${path} ${response.status}: ${answer.slice(0, 200)}`)
    if (response.status >= 400) assert.equal((JSON.parse(answer) as { status: number }).status, response.status)
  }), runs(30_000))
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  assert.deepEqual(lab.log.filter(({ event }) => event === 'request.broke'), [])
  tell('bodies', 30_000)
})

test('goal G8, threat T41: 15,000 heads: wherever a call comes from and whatever it says of itself, an answer, never a 500', async (t) => {
  const lab = await openLab(t)
  const heads = fc.dictionary(fc.constantFrom('origin', 'content-type', 'x-mail-gateway', 'if-match', 'cookie', 'authorization', 'accept-language', 'content-length', 'traceparent', 'sec-fetch-site', 'x-forwarded-host', 'idempotency-key', 'x-user'), header)
  const path = fc.oneof(fc.constantFrom('/meta', '/modes', '/gateways', '/gateways/x', '/runs/x', '/openapi.json', '/livez'), fc.webPath(), fc.string().map((one) => `/${encodeURIComponent(one.toWellFormed())}`))
  await fc.assert(fc.asyncProperty(fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD'), path, heads, async (method, where, headers) => {
    const response = await lab.gateway.fetch(new Request(`${origin}/api/mail-gateway${where}`, { method, headers, ...(['PUT', 'POST', 'PATCH'].includes(method) && { body: '{}' }) }))
    await response.arrayBuffer()
    assert.ok(response.status < 500, `${method} ${where}: ${response.status}`)
  }), runs(15_000))
  tell('heads', 15_000)
})

test('goal G8, threat T29: 15,000 senders and subjects that the settings take: one recipient, our headers, nothing else', async () => {
  const [smtp] = modes
  const base = { host: 'mail.example.com', authentication: 'none', from: 'noreply@acme.example' }
  const ordinary = fc.tuple(fc.stringMatching(/^[a-z0-9]([a-z0-9._+'-]{0,20}[a-z0-9])?$/), fc.domain()).map((parts) => parts.join('@'))
  const address = fc.oneof({ weight: 9, arbitrary: ordinary }, { weight: 1, arbitrary: fc.emailAddress() }, { weight: 1, arbitrary: text })
  const words = fc.oneof({ weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) }, { weight: 1, arbitrary: text })
  const typed = fc.record({ from: address, fromName: words, envelopeFrom: address, replyTo: address, signature: words }, { requiredKeys: [] })
  const capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
  let taken = 0
  await fc.assert(fc.asyncProperty(typed, async (values) => {
    const judged = judgeSettings(smtp!, { ...base, ...values }, capabilities)
    if (!judged.ok) return
    taken += 1
    const { bytes, envelope } = await mailLibrary.compose(messageOf(judged.values, ['you@acme.example'], 'Weekly report', 'All well.'))
    const head = Buffer.from(bytes).toString('latin1').split('\r\n\r\n')[0]!.split(/\r\n(?![ \t])/)
    const found = head.map((line) => line.split(':')[0]!.toLowerCase())
    assert.deepEqual(envelope.to, ['you@acme.example'])
    assert.ok(found.every((name) => ['from', 'to', 'reply-to', 'subject', 'message-id', 'date', 'mime-version', 'content-type', 'content-transfer-encoding'].includes(name)), found.join())
    assert.equal(new Set(found).size, found.length)
    assert.match(head.find((line) => /^to:/i.test(line))!, /^To: <?you@acme\.example>?$/i)
  }), runs(15_000))
  assert.ok(taken > 1_000, `only ${taken} were taken: the property would prove nothing`)
  tell('messages', 15_000)
})

test('goal G8, threat T27: 25,000 replies of a mail server: complete replies or a named fault', async () => {
  const line = fc.oneof(fc.string({ unit: 'binary' }), fc.tuple(fc.integer({ min: 0, max: 999 }), fc.constantFrom('-', ' ', '', '\t'), text).map((parts) => parts.join('')), fc.constantFrom('250-ok', '250 ok', '334 ', '220', '\x15\x03\x01', 'HTTP/1.1 200 OK'))
  const said = fc.array(fc.tuple(line, fc.constantFrom('\r\n', '\n', '\r', '')), { maxLength: 12 }).map((parts) => Buffer.from(parts.flat().join('')))
  fc.assert(fc.property(said, fc.integer({ min: 1, max: 40 }), (bytes, step) => {
    const reader = new ReplyReader()
    try {
      for (let at = 0; at < bytes.length; at += step) for (const reply of reader.push(bytes.subarray(at, at + step))) assert.ok(Number.isInteger(reply.code) && typeof reply.text === 'string')
    } catch (error) {
      assert.ok(error instanceof SmtpFault, String(error))
    }
  }), runs(25_000) as Wish<[Buffer, number]>)
  tell('replies', 25_000)
})

test('goal G8, threat T39: 15,000 answers of a sign-in service and of Graph: nothing passes that is no token, nothing crashes', async () => {
  const graph = modes.find(({ id }) => id === 'graph')!
  const reply = fc.record({
    status: fc.oneof(fc.constantFrom(200, 200, 200, 202, 204, 301, 400, 401, 403, 404, 429, 500), fc.integer({ min: 100, max: 599 })),
    headers: fc.dictionary(fc.constantFrom('retry-after', 'content-type', 'location', 'request-id', 'date', 'www-authenticate'), text),
    text: fc.oneof(fc.string(), fc.json(), fc.record({ token_type: fc.oneof(fc.constant('Bearer'), anything), access_token: anything, expires_in: anything, error: anything, error_description: text, error_codes: anything, issuer: text, token_endpoint: text }, { requiredKeys: [] }).map((value) => JSON.stringify(value))),
  })
  const answered = (replies: readonly HttpReply[]): Network => {
    let at = 0
    return { lookup: async () => [{ address: '203.0.113.7', family: 4 }], connect: () => Promise.reject(new Error('no sockets here')), request: async () => replies[at++ % replies.length]! }
  }
  // No time to wait for a repetition that is asked for: fifteen thousand of them would take days.
  const soon = ({ headers, ...rest }: HttpReply): HttpReply => ({ ...rest, headers: { ...headers, ...(headers['retry-after'] !== undefined && { 'retry-after': '9' }) } })
  const values = { cloud: 'global', tenantId: '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b', clientId: 'a7c3f0e2-1111-4222-8333-944455556666', clientSecret: 'Zr8Q~kL3.fA_w-93nVbTqu4rry', from: 'noreply@contoso.example' }
  const lanes = 150
  const each = 15_000 / lanes
  let passed = 0
  const lane = (n: number) => fc.assert(fc.asyncProperty(reply, reply, reply, async (...replies) => {
    // Nothing here waits for a socket: without a turn for others, time limits and signs of life would wait for the end.
    await turn()
    const { verdict, rows } = await check(values, { mode: graph, until: 'identity', network: answered(replies.map(soon)), policy: { allow: ['203.0.113.0/24'], ports: '', clearText: [] } })
    assert.ok(verdict === 'failed' || verdict === 'unproven' || verdict === 'passed', String(verdict))
    if (rows['token']?.status === 'pass') { passed += 1; assert.ok(Number(rows['token'].evidence?.['expiresIn']) > 0) }
  }), { seed: seed + n, numRuns: each, endOnFailure: true })
  await Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)))
  assert.ok(passed < 300, 'chance alone makes few tokens')
  tell('services', lanes * each)
})
