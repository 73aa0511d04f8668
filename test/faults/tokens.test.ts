// What the sign-in service, or whoever answers in its place, may do wrong: what is said, how soon, how often it was asked.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Cloud } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { entraError, inTurn, json, startWeb } from '../peers/https.ts'
import type { Answering } from '../peers/https.ts'
import { certificates, clientId, jwt, tokenFor } from '../peers/microsoft.ts'
import { cloudOf } from '../peers/realm.ts'
import type { Run, Runtime } from '../peers/seats.ts'
import { declare, inTime, onBoth } from './microsoft.ts'
import type { Row, Stage } from './microsoft.ts'
import { closedPort } from '../peers/closed-port.ts'

const passing = { verdict: 'passed', posts: 1 } as const
const failing = { verdict: 'failed', at: 'token', posts: 0, tokens: 1 } as const
/** One answer of the token endpoint, made anew for each runtime. */
const token = (...answers: readonly Answering[]) => ({ answers: () => ({ token: inTurn(...answers) }) })

const refusals: readonly [id: string, what: string, status: number, body: Record<string, unknown>, code: string, field?: string][] = [
  ['F56', 'a secret that is another one', 401, entraError('invalid_client', 7000215, 'Invalid client secret provided.'), 'entra.aadsts-7000215', 'clientSecret'],
  ['F56', 'an application nobody knows', 400, entraError('unauthorized_client', 700016, 'Application with identifier was not found in the directory.'), 'entra.aadsts-700016', 'clientId'],
  ['F56', 'a scope nobody knows', 400, entraError('invalid_scope', 70011, 'The provided value for the input parameter scope is not valid.'), 'entra.aadsts-70011', 'scope'],
  ['F56', 'a tenant nobody knows', 400, entraError('invalid_request', 90002, 'Tenant not found.'), 'entra.aadsts-90002', 'tenantId'],
  ['F56', 'a demand for consent', 400, { ...entraError('invalid_grant', 65001, 'The user or administrator has not consented.'), suberror: 'consent_required' }, 'entra.aadsts-65001'],
  ['F56', 'a policy, with claims for another request', 400, { ...entraError('interaction_required', 53003, 'Access has been blocked by Conditional Access policies.'), suberror: 'message_only', claims: '{"access_token":{}}' }, 'entra.aadsts-53003'],
  ['F57', 'an expired secret', 401, entraError('invalid_client', 7000222, 'The provided client secret keys are expired.'), 'entra.aadsts-7000222', 'clientSecret'],
]

const tooMany = entraError('temporarily_unavailable', 90055, 'Server is busy, please try again later.')
const later = (wait: string, status = 429): Answering => json(status, tooMany, { 'retry-after': wait })
const inTwoMinutes: Answering = (response, asked) => later(new Date(Date.now() + 120_000).toUTCString())(response, asked)
const good: Answering = (response, asked) => tokenFor(jwt({ tid: asked.path.split('/')[1] }))(response, asked)

const busy: readonly Row[] = [
  { id: 'F58', what: '429, wait 1 s, then a token', ...token(later('1'), good), ...passing, tokens: 2, least: 1 },
  { id: 'F58', what: '429, wait 60 s, is told at once', ...token(later('60')), ...failing, wait: 60 },
  { id: 'F58', what: '429, wait 60 s, without another word', ...token(json(429, {}, { 'retry-after': '60' })), ...failing, code: 'entra.429', wait: 60 },
  { id: 'F58', what: '429 twice is asked no third time', ...token(later('1')), ...failing, tokens: 2 },
  { id: 'F58', what: '429 until a date in two minutes', ...token(inTwoMinutes), ...failing, wait: 120 },
  { id: 'F58', what: '429, wait a year: nobody is told more than an hour', ...token(later('31536000')), ...failing, wait: 3600 },
  ...[500, 502, 503, 504].flatMap((status): Row[] => [
    { id: 'F59', what: `${status}, then a token`, ...token(json(status, {}), good), ...passing, tokens: 2 },
    { id: 'F59', what: `${status} twice`, ...token((response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad</h1>')), ...failing, tokens: 2, code: 'service.broken', words: /having trouble/ },
  ]),
  { id: 'F59', what: '503, wait 120 s', ...token(later('120', 503)), ...failing, wait: 120 },
]

const dripping: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const drop = setInterval(() => response.write(' '), 100)
  response.on('close', () => clearInterval(drop))
}
const silent: Answering = () => {}
const halved: Answering = (response) => { response.writeHead(200, { 'content-type': 'application/json' }).write('{"token_type":"Bearer",') }
const late = { ...failing, tokens: 2, code: 'https.timeout', words: /within 5 seconds/, least: 9.5 } as const

const hanging: readonly Row[] = [
  { id: 'F60', what: 'hangs before its answer', ...token(silent), ...late },
  { id: 'F60', what: 'hangs inside the body', ...token(halved), ...late },
  { id: 'F60', what: 'drips a body without end', ...token(dripping), ...late },
  { id: 'F60', what: 'hangs once, then gives a token', ...token(silent, good), ...passing, tokens: 2, least: 5 },
]

const page = '<!doctype html><title>Welcome to the hotel</title>'
const html = (status: number): Answering => (response) => response.writeHead(status, { 'content-type': 'text/html' }).end(page)
const text = (body: string): Answering => (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body)


const strangers: readonly Row[] = [
  ...[200, 403, 407].map((status): Row => ({ id: 'F61', what: `HTML with ${status}${status === 407 ? ', as of a proxy that wants a sign-in' : ''}`, ...token(html(status)), ...failing, code: 'https.not-json', said: /Welcome to the hotel/, words: /Something between this server and Microsoft answered/ })),
  { id: 'F61', what: 'cut JSON', ...token(text('{"access_token":"abc"')), ...failing, code: 'https.not-json' },
  { id: 'F61', what: 'an empty body', ...token(text('')), ...failing, code: 'https.not-json' },
  ...([['a list', '[]'], ['a string', '"ok"'], ['null', 'null']] as const).map(([what, body]): Row => ({ id: 'F61', what, ...token(text(body)), ...failing, code: 'https.shape' })),
  { id: 'F61', what: 'an error of another shape', ...token(json(400, { error: { code: 'BadRequest' } })), ...failing, code: 'https.shape' },
  { id: 'F61', what: 'no HTTP at all', ...token((response) => { response.socket!.end('220 mail.demo.test ESMTP\r\n') }), ...failing, code: 'https.not-json', workerd: { code: 'https.closed', tokens: 2, why: 'what is no HTTP reads as a lost connection, which is asked again' } },
]

/** Bytes the server could push before we hung up. */
const pushed = new WeakMap<object, { bytes: number }>()
const endless = () => {
  const count = { bytes: 0 }
  const chunk = Buffer.alloc(65_536, 0x20)
  const answer: Answering = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = (): void => {
      while (count.bytes < 300e6 && !response.destroyed) { count.bytes += chunk.length; if (!response.write(chunk)) { response.once('drain', more); return } }
    }
    more()
  }
  const answers = { token: answer }
  pushed.set(answers, count)
  return answers
}
const counted = (): Row => {
  const counts: { bytes: number }[] = []
  return {
    id: 'F62', what: 'a body of 300 MB is hung up on', ...failing, code: 'https.too-large',
    answers: () => { const answers = endless(); counts.push(pushed.get(answers)!); return answers },
    also: () => { assert.ok(counts.at(-1)!.bytes < 32e6, `${counts.at(-1)!.bytes} bytes were taken`) },
  }
}
const bomb = gzipSync(Buffer.alloc(200e6, 0x20))
const bombing: Answering = (response) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)

const large: readonly Row[] = [
  counted(),
  { id: 'F62', what: 'a compressed bomb is not unfolded', ...token(bombing), ...failing, code: 'https.not-json', workerd: { code: 'https.too-large', why: 'the runtime unpacks by itself, and the unpacked bytes are counted' }, also: (_, organisation) => assert.equal(organisation.to('token')[0]!.headers['accept-encoding'], 'identity') },
]

const sentOn = (status: number): Answering => (response, { path }) => response.writeHead(status, { location: `https://localhost:${response.socket!.localPort}${path}/elsewhere` }).end()
const redirects = [301, 302, 303, 307, 308].map((status): Row => ({
  id: 'F63', what: `${status} is not followed, and says where it points`, ...token(sentOn(status)), ...failing, code: 'https.redirect', words: /localhost:\d+/,
}))

const whole = { token_type: 'Bearer', expires_in: 3599, access_token: 'abc' }
const useless: readonly [what: string, body: Record<string, unknown>, lacking: string][] = [
  ['{}', {}, 'token_type, access_token, expires_in'],
  ['an empty token', { ...whole, access_token: '' }, 'access_token'],
  ['a token that is no text', { ...whole, access_token: 7 }, 'access_token'],
  ['a token with a line break', { ...whole, access_token: 'abc\r\nX-Evil: 1' }, 'access_token'],
  ['a token no server could take', { ...whole, access_token: 'p'.repeat(150_000) }, 'access_token'],
  ['a negative lifetime', { ...whole, expires_in: -1 }, 'expires_in'],
  ['no lifetime', { ...whole, expires_in: undefined }, 'expires_in'],
  ['a lifetime of nothing', { ...whole, expires_in: 0 }, 'expires_in'],
  ['an endless lifetime', { ...whole, expires_in: 1e300 }, 'expires_in'],
  ['a lifetime in words', { ...whole, expires_in: 'an hour' }, 'expires_in'],
  ['another kind of token', { ...whole, token_type: 'mac' }, 'token_type'],
  ['no kind of token', { ...whole, token_type: undefined }, 'token_type'],
]

const rows: readonly Row[] = [
  ...refusals.map(([id, what, status, body, code, field]): Row => ({ id, what, ...token(json(status, body)), ...failing, code, ...(field !== undefined && { field }), said: /AADSTS\d+: .*Trace ID/ })),
  ...busy, ...hanging, ...strangers, ...large, ...redirects,
  ...useless.map(([what, body, lacking]): Row => ({ id: 'F64', what, ...token(json(200, body)), ...failing, code: 'token.unusable', words: new RegExp(lacking) })),
  { id: 'F66', what: 'discovery is down, the token endpoint is up', answers: () => ({ discovery: json(503, {}) }), ...passing, tokens: 1, also: ({ rows }) => assert.equal(rows['tenant']?.status, 'unproven') },
  { id: 'F66', what: 'discovery hangs, the token endpoint is up', answers: () => ({ discovery: silent }), ...passing, tokens: 1, least: 4.5, also: ({ rows }) => assert.equal(rows['tenant']?.finding?.code, 'https.timeout') },
  { id: 'F66', what: 'discovery is a sign-in page of the network', answers: () => ({ discovery: html(200) }), ...passing, tokens: 1 },
]

// Faults of the way there belong to a place, not to an answer.
const places: Record<string, Cloud> = {}
let connections = 0
const resolver = await startWeb(certificates.good, json(200, { Status: 3 }))
const open: { close(): Promise<void> }[] = [resolver]
const listening = async (greet: (socket: net.Socket) => void): Promise<string> => {
  const server = net.createServer((socket) => { socket.on('error', () => {}); greet(socket) }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({ close: () => new Promise((resolve) => { server.close(() => resolve()) }) })
  return `https://localhost:${(server.address() as net.AddressInfo).port}`
}
const shown = { expired: 'CERT_HAS_EXPIRED', notYetValid: 'CERT_NOT_YET_VALID', wrongName: 'ERR_TLS_CERT_ALTNAME_INVALID', selfSigned: 'DEPTH_ZERO_SELF_SIGNED_CERT', unknownCa: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } as const
const untrusted = new Map<string, Awaited<ReturnType<typeof startWeb>>>()
for (const name of Object.keys(shown) as (keyof typeof shown)[]) {
  const peer = await startWeb(certificates[name])
  open.push(peer)
  untrusted.set(name.toLowerCase(), peer)
  places[name] = cloudOf(name.toLowerCase(), `https://localhost:${peer.port}`)
}
places['plain'] = cloudOf('plain', await listening((socket) => socket.end('220 mail.demo.test ESMTP\r\n')))
places['hangup'] = cloudOf('hangup', await listening((socket) => { connections += 1; socket.destroy() }))
places['refused'] = cloudOf('refused', `https://localhost:${await closedPort()}`)
places['nowhere'] = cloudOf('nowhere', 'https://login.nowhere.invalid')
after(() => Promise.all(open.map((one) => one.close())))

const draft = (cloud: string) => ({ mode: 'graph', settings: { cloud, tenantId: '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b', clientId, from: 'gateway@contoso.example' }, secrets: { clientSecret: { value: 'Zr8Q~kL3.fA_w-93nVbTqu4rryStone~77' } } })

/** Both ways to the service: a check begins with the metadata, a message of the host's own with the token. */
const reach = async ({ seat }: Stage, cloud: string): Promise<{ run: Run; code: string | undefined; seconds: number }> => {
  const tenant = `tenant-of-${cloud}`
  const run = await seat.check({ ...draft(cloud), until: 'delivery', to: 'ada@acme.example' }, tenant)
  assert.equal((await seat.call('POST', '/gateways', draft(cloud), tenant)).status, 201)
  const began = performance.now()
  const { finding } = await seat.send(tenant)
  return { run, code: finding?.code, seconds: (performance.now() - began) / 1000 }
}

/** Where it ends and what it is called, per runtime. In workerd a failed handshake has no reason, and a refused connection reads as a lost one. */
interface Named {
  readonly node: readonly [at: string, code: string]
  readonly workerd: readonly [at: string, code: string]
}
const unsaid = ['tenant', 'https.not-told'] as const
const cases: readonly (readonly [what: string, cloud: string, named: Named])[] = [
  ...Object.entries(shown).map(([name, cause]) => [`a certificate with ${cause}`, name.toLowerCase(), { node: ['tenant', 'https.tls'], workerd: unsaid }] as const),
  ['a port that speaks plain text', 'plain', { node: ['tenant', 'https.tls'], workerd: unsaid }],
  ['nobody listens', 'refused', { node: ['tenant', 'https.refused'], workerd: ['token', 'https.closed'] }],
  // The metadata may be all that is closed: the token decides.
  ['closed in the middle of the handshake', 'hangup', { node: ['token', 'https.closed'], workerd: unsaid }],
  ['a name that does not exist', 'nowhere', { node: ['tenant', 'https.name'], workerd: ['tenant', 'https.name'] }],
]

const wayThere = (runtime: Runtime, stage: () => Stage): void => {
  for (const [what, cloud, named] of cases) {
    const [at, expected] = named[runtime]
    test(`fault F65 [${runtime}]: ${what}: ${expected}, nothing secret left, and the same to a message`, async () => {
      const before = connections
      const { run, code, seconds } = await reach(stage(), cloud)
      assert.deepEqual([run.verdict, run.ended?.id, run.ended?.finding?.code, code], ['failed', at, expected, expected], JSON.stringify(run.ended))
      inTime('F65', runtime, run.seconds)
      inTime('F65', runtime, seconds)
      assert.equal(untrusted.get(cloud)?.asked.length ?? 0, 0, 'requests behind a certificate nobody may trust')
      // A check: metadata once, a token twice; a message: a token twice.
      if (cloud === 'hangup') assert.ok(connections - before <= 5, `${connections - before} connections`)
    })
  }
}

onBoth('the sign-in service', ({ cloud }) => ({ clouds: [cloud, ...Object.values(places)], resolver: `https://localhost:${resolver.port}/dns-query` }), (runtime, stage) => {
  declare(rows, runtime, stage)
  wayThere(runtime, stage)
})
