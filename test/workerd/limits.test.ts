// Why: what this runtime cannot do has to be said before anybody tries, and what it does not tell must not be made up.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { ModeView, Problem } from '@mail-gateway/contract'
import { issue, localNames, makeAuthority } from '../peers/certificates.ts'
import { json, startWeb } from '../peers/https.ts'
import type { Answering, WebPeer } from '../peers/https.ts'
import { clientId, clientSecret, mailbox, metadataOf, tenantId } from '../peers/microsoft.ts'
import { bundleWorker } from './bundle.ts'
import { basePath, startGateway } from './gateway.ts'
import type { EdgeGateway } from './gateway.ts'
import { since, withinTime } from '../within-time.ts'

const day = 86_400_000
const authority = await makeAuthority()
const certificates = {
  good: await issue(authority),
  expired: await issue(authority, { from: new Date(Date.now() - 30 * day), until: new Date(Date.now() - day) }),
  another: await issue(authority, { names: [{ type: 'dns', value: 'elsewhere.example' }] }),
  unknown: await issue(await makeAuthority('Nobody knows'), { names: localNames }),
}

/** Everybody's answer: a name of the internal network. */
const inside = (address: string): Answering => (response, { path }) =>
  json(200, { Status: 0, Answer: path.includes('type=AAAA') ? [] : [{ type: 1, data: address }] })(response, { method: 'GET', path, headers: {}, body: '' })

const ends: (() => unknown)[] = []
const started = async <T extends { close(): unknown }>(starting: Promise<T>): Promise<T> => {
  const one = await starting
  ends.push(() => one.close())
  return one
}
const listening = async (server: net.Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(() => { server.close() })
  return (server.address() as AddressInfo).port
}

/** Greets in clear, grants STARTTLS, and shows this certificate. */
const mailServer = (secure: tls.SecureContextOptions): Promise<number> => listening(net.createServer((socket) => {
  socket.on('error', () => {}).write('220 peer.test\r\n')
  const hear = (bytes: Buffer): void => {
    if (!/^STARTTLS/i.test(bytes.toString())) { socket.write('250-peer.test\r\n250 STARTTLS\r\n'); return }
    socket.off('data', hear)
    socket.write('220 go\r\n')
    new tls.TLSSocket(socket, { isServer: true, secureContext: tls.createSecureContext(secure) }).on('error', () => {})
  }
  socket.on('data', hear)
}))

const smtp = (port: number, change: Readonly<Record<string, unknown>> = {}) => ({
  mode: 'smtp', settings: { host: 'localhost', port, security: 'starttls', authentication: 'none', from: 'a@acme.example', ...change },
})
const graph = { mode: 'graph', settings: { cloud: 'peer', tenantId, clientId, from: mailbox }, secrets: { clientSecret: { value: clientSecret } } }

let production: EdgeGateway
let local: EdgeGateway
let web: WebPeer
let script: string
before(async () => {
  web = await started(startWeb(certificates.good))
  const resolver = await started(startWeb(certificates.good, inside('10.1.2.3')))
  script = await bundleWorker(new URL('./gateway.worker.ts', import.meta.url))
  local = await started(startGateway({ script, ca: authority.pem, bindings: { MAIL_GATEWAY_CLOUDS: JSON.stringify([web.cloud]) } }))
  production = await started(startGateway({ script, ca: authority.pem, bindings: { MAIL_GATEWAY_DEV: '', MAIL_GATEWAY_RESOLVER: `${resolver.origin}/dns-query` } }))
})
after(async () => { await Promise.all(ends.map((end) => end())) })

for (const [what, change, field] of [
  ['port 25', { port: 25 }, 'port'], ['loopback by name', { host: 'localhost' }, 'host'], ['a private literal', { host: '10.0.0.1' }, 'host'],
  ['a name of an internal network', { host: 'mail.acme.internal' }, 'host'], ['an authority of one’s own', { ca: authority.pem.trim() }, 'ca'], ['another TLS version', { tlsVersion: '1.3' }, 'tlsVersion'],
] as const) {
  test(`fault F07 [workerd]: ${what} is refused at the settings, before anything is asked of the network`, async () => {
    const began = performance.now()
    const logged = (await production.log()).length
    const { ended, events } = await production.check(smtp(587, { host: 'smtp.acme.example', ...change }))
    assert.deepEqual([ended?.id, ended?.finding?.code, ended?.finding?.field, ended?.finding?.errors?.map(({ code }) => code)], ['inputs', 'settings.unavailable', field, ['unavailable']])
    withinTime(ended!.ms!, { to: 200 })
    withinTime(since(began), { to: 5000 })
    assert.deepEqual(events.flatMap((event) => (event.event === 'start' ? [event.id] : [])), ['inputs'])
    assert.doesNotMatch((await production.log()).slice(logged), /egress/)
  })
}

test('a name that leads inside is refused once it is known, with a cure that helps here', async () => {
  const { ended } = await production.check(smtp(587, { host: 'relay.acme.example' }))
  assert.deepEqual([ended?.id, ended?.finding?.code], ['address', 'egress.address-refused'])
  assert.match(JSON.stringify(ended?.finding), /installs it on Node/)
  assert.doesNotMatch(JSON.stringify(ended?.finding), /10\.1\.2\.3|EGRESS_ALLOW/)
})

test('the form hears of the limits with the modes', async () => {
  const { modes } = await (await production.call('GET', '/modes')).json() as { modes: ModeView[] }
  const [{ fields, aside }] = modes as [ModeView]
  const of = (name: string) => fields.find((field) => field.name === name)!
  assert.ok(of('ca').unavailable && of('tlsVersion').unavailable)
  assert.match(`${of('port').hint} ${of('host').hint} ${aside?.facts.at(-1)?.text}`, /Port 25 cannot.*internal network.*Not from this deployment/)
})

test('fault F04 [workerd]: a connection that does not come about names no reason, since none is told', async () => {
  const server = net.createServer()
  const port = await listening(server)
  await new Promise((resolve) => { server.close(resolve) })
  const { ended } = await local.check(smtp(port))
  assert.deepEqual([ended?.id, ended?.finding?.code, ended?.finding?.field], ['connect', 'connect.not-told', 'port'])
})

test('a connection by name tells the name, not an address that nobody saw', async () => {
  const { rows } = await local.check(smtp(await mailServer(certificates.good)))
  const evidence = (id: string) => rows.find((row) => row.id === id)?.evidence
  assert.equal(evidence('connect')?.['address'], 'localhost')
  assert.deepEqual(evidence('encryption'), { verified: true })
})

for (const [what, secure] of [
  ['fault F30 [workerd]: expired', certificates.expired], ['fault F31 [workerd]: for another name', certificates.another], ['fault F32 [workerd]: of an unknown authority', certificates.unknown],
  ['fault F33 [workerd]: TLS 1.1 at most', { ...certificates.good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
] as const) {
  test(`${what}: refused without a reason, and the way to find it is told`, async () => {
    const port = await mailServer(secure)
    const { ended, verdict } = await local.check(smtp(port))
    assert.deepEqual([verdict, ended?.id, ended?.finding?.code, ended?.finding?.said], ['failed', 'encryption', 'tls.not-told', undefined])
    assert.ok(ended!.finding!.fixes.some(({ text }) => text.includes(`echo Q | openssl s_client -brief -connect 'localhost:${port}' -starttls smtp -servername 'localhost'`)))
  })
}

test('fault F65 [workerd]: a sign-in service that cannot be trusted or reached is told as that', async () => {
  const untrusted = await started(startWeb(certificates.another))
  const gone = await startWeb(certificates.good)
  await gone.close()
  for (const [peer, code] of [[untrusted, 'https.not-told'], [gone, 'https.closed']] as const) {
    const gateway = await startGateway({ script, ca: authority.pem, bindings: { MAIL_GATEWAY_CLOUDS: JSON.stringify([peer.cloud]) } })
    const { ended, verdict } = await gateway.check(graph).finally(() => gateway.close())
    const { finding } = ended!
    assert.deepEqual([verdict, finding?.code], ['failed', code])
    assert.doesNotMatch(JSON.stringify(finding), /MGS_|reference/)
    assert.equal(peer.asked.length, 0)
  }
})

const compressed = (encoding: string, bytes: Buffer): Answering => (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes)
}
const good = Buffer.from(JSON.stringify({ token_type: 'Bearer', expires_in: 3599, access_token: 'opaque' }))
const answers: readonly (readonly [what: string, answer: Answering, code: string])[] = [
  ['gzip', compressed('gzip', gzipSync(good)), 'https.not-json'], ['brotli', compressed('br', brotliCompressSync(good)), 'https.not-json'], ['deflate', compressed('deflate', deflateSync(good)), 'https.not-json'],
  ['a bomb of 300 MB', compressed('gzip', gzipSync(Buffer.alloc(300_000_000))), 'https.too-large'],
  ['300 MB as they are', (response) => { response.writeHead(200); const pour = () => { while (response.write(Buffer.alloc(65_536)) && !response.destroyed); }; response.on('drain', pour).on('error', () => {}); pour() }, 'https.too-large'],
  ['headers of 400 KB', (response) => { response.writeHead(200, Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-${n}`, 'y'.repeat(7000)]))).end('{}') }, 'https.too-large'],
]

for (const [what, answer, code] of answers) {
  test(`fault F62 [workerd]: a token answer compressed or huge is no token: ${what}`, async () => {
    web.will((response, asked) => (asked.path.includes('openid-configuration') ? json(200, metadataOf(web.origin)) : answer)(response, asked))
    const { rows, verdict } = await local.check(graph)
    const row = rows.find(({ id }) => id === 'token')!
    assert.deepEqual([verdict, row.finding?.code], ['failed', code])
    withinTime(row.ms!, { to: 6000 })
  })
}

test('api S13 [workerd]: a Worker that lacks settings answers with a problem, and its log names all of them for whoever runs it', async () => {
  const gateway = await startGateway({ script, bindings: { MAIL_GATEWAY_SECRETS: '', MAIL_GATEWAY_BASE_URL: 'http://console.example.com', MAIL_GATEWAY_STORE: 'd1:ELSEWHERE' } })
  ends.push(() => gateway.close())
  const response = await gateway.call('GET', '/meta')
  const problem = await response.json() as Problem
  assert.deepEqual([response.status, response.headers.get('content-type'), problem.code, problem.instance], [503, 'application/problem+json', 'service.not-set-up', `${basePath}/meta`])
  assert.deepEqual(['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'].filter((name) => !(name in problem)), [])
  assert.equal(response.headers.get('x-request-id'), problem.requestId)
  assert.match(await gateway.log(), /"event":"not-set-up".*MAIL_GATEWAY_BASE_URL must start with https:.*MAIL_GATEWAY_SECRETS is missing/)
  assert.doesNotMatch(await gateway.log(), /exit code|console\.example\.com/)
  await gateway.scheduled()
  assert.equal((await gateway.log()).match(/"event":"not-set-up"/g)?.length, 2, 'the cron run says it too')
})

test('a database that is not bound is named', async () => {
  const gateway = await startGateway({ script, bindings: { MAIL_GATEWAY_STORE: 'd1:ELSEWHERE' } })
  ends.push(() => gateway.close())
  assert.equal((await gateway.call('GET', '/meta')).status, 503)
  assert.match(await gateway.log(), /MAIL_GATEWAY_STORE cannot be opened: no D1 database is bound as ELSEWHERE/)
})

