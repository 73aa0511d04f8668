// HTTPS through the gate, against real servers on this machine: whom it believes, what it never follows, and where it ends.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import https from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import net from 'node:net'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { gzipSync } from 'node:zlib'
import { trust } from '../../demo/sandbox/index.ts'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import { createEgress } from '../../packages/bff/src/ports/egress-gate.ts'
import { EgressRefused } from '../../packages/bff/src/ports/egress.ts'
import { HttpTooLarge } from '../../packages/bff/src/ports/ports.ts'
import type { Address, HttpReply, HttpRequest, LogEvent, Network } from '../../packages/bff/src/ports/ports.ts'
import { issue, makeAuthority, makeCertificates } from '../peers/certificates.ts'
import type { Authority, Certificate } from '../peers/certificates.ts'
import { settled, watchSockets } from '../peers/check.ts'
import { since, withinTime } from '../within-time.ts'

let authority: Authority
let stock: Awaited<ReturnType<typeof makeCertificates>>
let good: Certificate
const open: { close(): void }[] = []
const sockets = new Set<net.Socket>()
before(async () => {
  [authority, stock] = await Promise.all([makeAuthority('Authority of the test'), makeCertificates()])
  good = await issue(authority)
  trust(authority.pem)
  trust(stock.ca)
})
after(() => { for (const one of open) one.close(); for (const socket of sockets) socket.destroy() })

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const keep = <T extends net.Server>(server: T): T => {
  server.on('connection', (socket: net.Socket) => { sockets.add(socket); socket.on('error', () => {}).on('close', () => sockets.delete(socket)) })
  open.push(server)
  return server
}
/** What a machine does that was switched off and on again. */
const reset = () => { for (const socket of sockets) socket.resetAndDestroy() }
const portOf = (server: net.Server): number => (server.address() as net.AddressInfo).port

/** A web server of this test: what it was asked, which name the client called, and where it listens. */
const serve = async (answer: Answer, { certificate = good, address = '127.0.0.1', port = 0 }: { certificate?: Certificate; address?: string; port?: number } = {}) => {
  const asked: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[] = []
  const names: (string | false | null)[] = []
  const server = keep(https.createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    let body = ''
    response.on('error', () => {})
    request.on('data', (bytes: Buffer) => { body += bytes.toString() }).on('end', () => {
      asked.push({ method: request.method!, path: request.url!, headers: request.headers, body })
      answer(request, response)
    })
  }))
  server.on('secureConnection', (socket: tls.TLSSocket) => { names.push(socket.servername) }).on('tlsClientError', () => {})
  await once(server.listen(port, address), 'listening')
  return { asked, names, port: portOf(server), url: (path = '/', host = 'mail.demo.test') => new URL(`https://${host}:${portOf(server)}${path}`) }
}

/** A server of plain bytes behind a right certificate. */
const serveBytes = async (talk: (socket: tls.TLSSocket) => void): Promise<URL> => {
  const server = keep(tls.createServer({ cert: good.cert, key: good.key }, (socket) => { socket.on('error', () => {}).once('data', () => talk(socket)) }))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return new URL(`https://mail.demo.test:${portOf(server)}/`)
}

const named = (...addresses: readonly string[]): Network => ({ ...nodeNetwork, lookup: async () => addresses.map((address): Address => ({ address, family: address.includes(':') ? 6 : 4 })) })
const gate = (network: Network = named('127.0.0.1'), log?: (line: LogEvent) => void) => createEgress(network, { allow: ['127.0.0.0/8', '::1'], ports: '1024-65535', clearText: [] }, log)
const ask = (url: URL, more: Partial<HttpRequest> = {}, signal = new AbortController().signal, egress = gate()): Promise<HttpReply> => egress.request({ method: 'GET', url, ...more }, signal)
const json = (value: unknown): Answer => (_, response) => { response.setHeader('content-type', 'application/json'); response.end(JSON.stringify(value)) }
const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  const began = performance.now()
  const answer = await work
  withinTime(since(began), { to: ms })
  return answer
}

test('a request goes out as it was given, and the answer comes back whole', async () => {
  const server = await serve((_, response) => { response.writeHead(400, { 'X-Two': ['a', 'b'], 'retry-after': '7' }).end('{"error":"näh"}') })
  const { status, headers, text } = await ask(server.url('/tenant/token?x=1'), { method: 'POST', headers: { 'Content-Type': 'text/plain', 'client-request-id': '4711' }, body: 'secret=ä' })
  assert.deepEqual([status, headers['x-two'], headers['retry-after'], text], [400, 'a, b', '7', '{"error":"näh"}'])
  const [request] = server.asked
  assert.deepEqual([request!.method, request!.path, request!.body], ['POST', '/tenant/token?x=1', 'secret=ä'])
  const { host, connection, 'accept-encoding': encoding, 'content-length': length, 'client-request-id': id, 'transfer-encoding': transfer } = request!.headers
  assert.deepEqual({ host, connection, encoding, length, id, transfer }, { host: `mail.demo.test:${server.port}`, connection: 'close', encoding: 'identity', length: '9', id: '4711', transfer: undefined })
})

test('threat T19: the name that was asked for is sent and verified; an address is verified and not sent', async () => {
  const server = await serve(json({}))
  assert.equal((await ask(server.url())).status, 200)
  assert.equal((await ask(server.url('/', '127.0.0.1'))).status, 200)
  assert.deepEqual(server.names, ['mail.demo.test', false])
})

test('threat T19: a name that the certificate does not carry is refused, though the address is in it', async () => {
  const server = await serve(json({}))
  await assert.rejects(ask(server.url('/', 'login.other.test'), { method: 'POST', body: 'secret' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  await assert.rejects(ask(server.url('/', '127.0.0.2'), {}, undefined, gate(named('127.0.0.1'))), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  assert.equal(server.asked.length, 0)
})

for (const [certificate, code] of [['expired', 'CERT_HAS_EXPIRED'], ['notYetValid', 'CERT_NOT_YET_VALID'], ['wrongName', 'ERR_TLS_CERT_ALTNAME_INVALID'], ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'], ['unknownCa', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']] as const) {
  test(`threat T25: over HTTPS a certificate that is ${certificate} ends with ${code}, and nothing was asked`, async () => {
    const server = await serve(json({}), { certificate: stock[certificate] })
    await assert.rejects(ask(server.url(), { method: 'POST', body: 'client_secret=canary' }), { code })
    assert.equal(server.asked.length, 0)
  })
}

for (const status of [300, 301, 302, 303, 307, 308]) {
  test(`threat T06: a ${status} is an answer; the other server hears nothing`, async () => {
    const other = await serve(json({}))
    const server = await serve((_, response) => { response.writeHead(status, { location: other.url('/token').href }).end() })
    const reply = await ask(server.url(), { method: 'POST', body: 'client_secret=canary' })
    assert.deepEqual([reply.status, reply.headers['location']], [status, other.url('/token').href])
    await settled()
    assert.deepEqual([server.asked.length, other.asked.length, other.names.length], [1, 0, 0])
  })
}

const limit = 256 * 1024
/** Writes until nobody takes it any more; says how much that was. */
const pour = (bytes: number): { answer: Answer; poured: () => number } => {
  let poured = 0
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const answer: Answer = (_, response) => {
    response.writeHead(200, Number.isFinite(bytes) ? { 'content-length': bytes } : {})
    const more = () => {
      while (!response.destroyed && poured < bytes) {
        poured += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  }
  return { answer, poured: () => poured }
}

for (const [what, bytes] of [['300 MB', 300 * 1024 * 1024], ['an endless body', Infinity]] as const) {
  test(`fault F62: ${what} is cut at the limit, in bounded memory`, async () => {
    const { answer, poured } = pour(bytes)
    const server = await serve(answer)
    const before = process.memoryUsage().rss
    await within(5_000, assert.rejects(ask(server.url()), HttpTooLarge))
    await settled()
    assert.ok(poured() < 16 * 1024 * 1024, `${poured()} bytes left the server`)
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024, 'memory grew')
  })
}

test('fault F62: the limit itself is still an answer, one byte more is none', async () => {
  for (const [bytes, fits] of [[limit, true], [limit + 1, false]] as const) {
    const server = await serve((_, response) => { response.end('x'.repeat(bytes)) })
    const length = await ask(server.url()).then(({ text }) => text.length, (error: unknown) => (error instanceof HttpTooLarge ? 'cut' : String(error)))
    assert.equal(length, fits ? limit : 'cut')
  }
})

test('fault F62: what was compressed unasked is not unfolded', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))
  const server = await serve((_, response) => { response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb) })
  const { text, headers } = await ask(server.url())
  assert.ok(text.length <= bomb.length, `${text.length}`)
  assert.equal(headers['content-encoding'], 'gzip')
  assert.equal(server.asked[0]!.headers['accept-encoding'], 'identity')
})

test('fault F62: headers without an end are cut, too', async () => {
  const url = await serveBytes((socket) => { socket.write('HTTP/1.1 200 OK\r\n'); for (let n = 0; n < 400; n++) socket.write(`x-${n}: ${'y'.repeat(200)}\r\n`) })
  await within(5_000, assert.rejects(ask(url), { code: 'HPE_HEADER_OVERFLOW' }))
})

const silent = async (): Promise<URL> => {
  const server = keep(net.createServer())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return new URL(`https://mail.demo.test:${portOf(server)}/`)
}
const drip = (start: string, each: string) => (socket: tls.TLSSocket) => {
  socket.write(start)
  const timer = setInterval(() => socket.write(each), 40)
  socket.on('close', () => clearInterval(timer))
}
const slow: readonly [what: string, url: () => Promise<URL>][] = [
  ['says nothing, not even of TLS', silent],
  ['says nothing after the request', async () => (await serve(() => {})).url()],
  ['stops inside the body', () => serveBytes((socket) => { socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":') })],
  ['drips its body', () => serveBytes(drip('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n'))],
  ['drips its headers', () => serveBytes(drip('HTTP/1.1 200 OK\r\n', 'x: y\r\n'))],
  ['drips interim answers', () => serveBytes(drip('', 'HTTP/1.1 100 Continue\r\n\r\n'))],
]
for (const [what, url] of slow) {
  test(`fault F60: whoever ${what} is ended by the signal, with its reason, and no socket stays`, async () => {
    const watched = watchSockets()
    const reason = new Error('time is up')
    const stop = new AbortController()
    const address = await url()
    setTimeout(() => stop.abort(reason), 300)
    await within(900, assert.rejects(ask(address, { method: 'POST', body: 'x' }, stop.signal), (error) => error === reason))
    await settled()
    watched.stop()
    assert.deepEqual([watched.opened.length, watched.left().length], [1, 0])
  })
}

test('a signal that is aborted already opens nothing that stays', async () => {
  const server = await serve(json({}))
  const reason = new Error('before')
  await assert.rejects(ask(server.url(), {}, AbortSignal.abort(reason)), (error) => error === reason)
  await settled()
  assert.equal(server.asked.length, 0)
})

const broken: readonly [what: string, bytes: string, code: string][] = [
  ['closed in the middle of a counted body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"access_token":"half', 'ECONNRESET'],
  ['closed in the middle of a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n', 'ECONNRESET'],
  ['closed before any answer', '', 'ECONNRESET'],
  ['closed inside the headers', 'HTTP/1.1 200 OK\r\ncontent-ty', 'ECONNRESET'],
  ['not HTTP at all', '220 mail.demo.test ESMTP\r\n', 'HPE_INVALID_CONSTANT'],
  ['answering another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'ECONNRESET'],
  ['with two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}', 'HPE_UNEXPECTED_CONTENT_LENGTH'],
]
for (const [what, bytes, code] of broken) {
  test(`fault F65: a connection ${what} is an error, never a short text`, async () => {
    const url = await serveBytes((socket) => { socket.end(bytes) })
    await within(3_000, assert.rejects(ask(url), (error: Error & { code?: string }) => {
      assert.equal(error.code, code)
      return true
    }))
  })
}

test('a reset in the middle of the body is an error, and a late one ends no process', async () => {
  const url = await serveBytes((socket) => { socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":', () => setTimeout(reset, 50)) })
  await assert.rejects(ask(url), { code: 'ECONNRESET' })
  await settled()
})

test('characters of several bytes survive the seams between pieces; a mark in front is taken off', async () => {
  const text = '{"größe":"🔑 дом 漢字"}'
  const url = await serveBytes((socket) => {
    const bytes = Buffer.concat([Buffer.from('\uFEFF'), Buffer.from(text)])
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n\r\n`)
    let at = 0
    const timer = setInterval(() => { if (at < bytes.length) socket.write(bytes.subarray(at, ++at)); else { clearInterval(timer); socket.end() } }, 3)
  })
  assert.equal((await ask(url)).text, text)
})

for (const [what, headers] of [['a value', { authorization: 'Bearer x\r\nx-admin: 1' }], ['a name', { 'x\r\nx-admin': '1' }], ['a line feed alone', { 'client-request-id': 'a\nb' }], ['a null', { 'client-request-id': 'a\0b' }]] as const) {
  test(`threat T29: a header with a line break in ${what} is refused before anything is sent`, async () => {
    const server = await serve(json({}))
    await assert.rejects(ask(server.url(), { headers: headers as Record<string, string> }), (error: { code?: string }) => /^ERR_(INVALID_CHAR|INVALID_HTTP_TOKEN)$/.test(error.code ?? ''))
    await settled()
    assert.equal(server.asked.length, 0)
  })
}

test('a caller cannot name another host, another length or a compression', async () => {
  const server = await serve(json({}))
  await ask(server.url(), { method: 'POST', body: 'abc', headers: { Host: 'graph.other.test', 'Content-Length': '1', 'Accept-Encoding': 'gzip', Connection: 'keep-alive' } })
  const { host, 'content-length': length, 'accept-encoding': encoding, connection } = server.asked[0]!.headers
  assert.deepEqual([host, length, encoding, connection, server.asked[0]!.body], [`mail.demo.test:${server.port}`, '3', 'identity', 'close', 'abc'])
})

test('a connection of its own for every request', async () => {
  const server = await serve(json({}))
  const watched = watchSockets()
  for (let n = 0; n < 3; n++) await ask(server.url())
  await settled()
  watched.stop()
  assert.deepEqual([watched.opened.length, watched.left().length, server.names.length], [3, 0, 3])
})

const outside = () => { throw new Error('no packet may leave') }
const pretending = (...addresses: readonly string[]): Network => ({ ...named(...addresses), connect: outside, request: outside })
const closed = (network: Network, lines: LogEvent[] = []) => createEgress(network, { allow: [], ports: '', clearText: [] }, (line) => lines.push(line))
const refusal = (reason: 'address' | 'port') => (error: unknown) => error instanceof EgressRefused && error.reason === reason

test('threat T17: an address inside is refused over HTTPS before any packet, whatever it is called', async () => {
  const watched = watchSockets()
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.1.1', '::1', 'fd00::1', '::ffff:10.0.0.1', '168.63.129.16']) {
    const literal = address.includes(':') ? `[${address}]` : address
    await assert.rejects(ask(new URL('https://login.demo.test/x'), {}, undefined, closed(pretending(address))), refusal('address'))
    await assert.rejects(ask(new URL(`https://${literal}/latest/meta-data`), {}, undefined, closed({ ...nodeNetwork, request: outside })), refusal('address'))
  }
  watched.stop()
  assert.equal(watched.opened.length, 0)
})

test('threat T18: a name that points outside and inside is refused as a whole', async () => {
  for (const mixed of [['93.184.216.34', '127.0.0.1'], ['10.0.0.1', '93.184.216.34'], ['2606:4700::1', '::1']]) {
    await assert.rejects(ask(new URL('https://login.demo.test'), {}, undefined, closed(pretending(...mixed))), refusal('address'))
  }
})

test('threat T18: a name is looked up once, and the judged literal is what is asked', async () => {
  const [looked, reached]: [string[], string[]] = [[], []]
  const network: Network = {
    ...nodeNetwork,
    lookup: async (host) => [{ address: looked.push(host) === 1 ? '93.184.216.34' : '127.0.0.1', family: 4 }],
    request: async ({ host, address, port }) => { reached.push(`${host} ${address} ${port}`); return { status: 204, headers: {}, text: '' } },
  }
  assert.equal((await ask(new URL('https://login.demo.test/'), {}, undefined, closed(network))).status, 204)
  assert.deepEqual([looked, reached], [['login.demo.test'], ['login.demo.test 93.184.216.34 443']])
})

test('443 is open without being listed, another port only where the operator opened it, and the log has the line to add', async () => {
  const lines: LogEvent[] = []
  await assert.rejects(ask(new URL('https://login.demo.test:8443'), {}, undefined, closed(pretending('93.184.216.34'), lines)), refusal('port'))
  assert.equal(lines.find(({ event }) => event === 'egress.refused')?.fields?.['open'], 'MAIL_GATEWAY_EGRESS_PORTS=8443')
  const reached: number[] = []
  const network: Network = { ...named('93.184.216.34'), request: async ({ port }) => { reached.push(port); return { status: 200, headers: {}, text: '' } } }
  await ask(new URL('https://login.demo.test'), {}, undefined, closed(network))
  await ask(new URL('https://login.demo.test:8443'), {}, undefined, createEgress(network, { allow: [], ports: '8443', clearText: [] }))
  assert.deepEqual(reached, [443, 8443])
})

test('only https without a sign-in in the address is asked', async () => {
  for (const address of ['http://mail.demo.test/', 'ftp://mail.demo.test/', 'file:///etc/passwd', 'data:text/plain,x', 'https://ada@mail.demo.test/', 'https://:word@mail.demo.test/']) {
    await assert.rejects(ask(new URL(address), {}, undefined, closed(pretending('93.184.216.34'))), TypeError)
  }
})

test('an address nobody listens at gives way to the next, and the first one’s reason stands where none answers', async () => {
  const lines: LogEvent[] = []
  const server = await serve(json({}))
  assert.equal((await ask(server.url(), { method: 'POST', body: 'x' }, undefined, gate(named('127.0.0.9', '127.0.0.1'), (line) => lines.push(line)))).status, 200)
  assert.equal(server.asked.length, 1)
  assert.deepEqual(lines.map(({ fields }) => fields?.['address']), ['127.0.0.9', '127.0.0.1'])
  await assert.rejects(ask(server.url(), {}, undefined, gate(named('127.0.0.9', '127.0.0.8'))), (error: { code?: string; address?: string }) => error.code === 'ECONNREFUSED' && error.address === '127.0.0.9')
})

test('what was handed to a server is not sent to another address of its name', async () => {
  const second = await serve(json({}), { address: '127.0.0.2', certificate: await issue(authority) })
  const first = keep(tls.createServer({ cert: good.cert, key: good.key }, (socket) => { socket.on('error', () => {}).once('data', reset) }))
  await once(first.listen(second.port, '127.0.0.1'), 'listening')
  await assert.rejects(ask(second.url(), { method: 'POST', body: 'client_secret=canary' }, undefined, gate(named('127.0.0.1', '127.0.0.2'))), { code: 'ECONNRESET' })
  assert.equal(second.asked.length, 0)
})

test('an address that swallows packets gives way to the next after two seconds', async () => {
  const server = await serve(json({}), { address: '127.0.0.1' })
  // A full backlog: the machine drops what comes on top, as a firewall does.
  const full = await stuffed(server.port)
  const began = performance.now()
  const { status } = await ask(server.url(), {}, undefined, gate(named(full.address, '127.0.0.1')))
  full.free()
  assert.equal(status, 200)
  withinTime(since(began), { from: 2_000, to: 4_000 })
})

/** A listening address whose queue is full, so that new connections get no answer. */
const stuffed = async (port: number): Promise<{ address: string; free(): void }> => {
  const address = '127.0.0.77'
  const program = `const net=require('net');const s=net.createServer();s.listen({host:'${address}',port:${port},backlog:1},()=>{process.stdout.write('up');Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,20000)})`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 })
  await once(child.stdout, 'data')
  const held = Array.from({ length: 8 }, () => net.connect({ host: address, port }).on('error', () => {}))
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  return { address, free: () => { for (const socket of held) socket.destroy(); child.kill('SIGKILL') } }
}

test('threat T21: proxies of the environment are not asked', async () => {
  const server = await serve(json({}))
  let proxied = 0
  const proxy = keep(net.createServer((socket) => { proxied += 1; socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n') }))
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const http = `http://127.0.0.1:${portOf(proxy)}`
  const program = `
    import tls from 'node:tls'
    tls.setDefaultCACertificates([process.env.CA])
    const { requestHttps } = await import(${JSON.stringify(new URL('../../packages/bff/src/adapters/node/https.ts', import.meta.url).href)})
    const { status } = await requestHttps({ host: 'mail.demo.test', address: '127.0.0.1', port: ${server.port} }, { method: 'GET', url: new URL('https://mail.demo.test:${server.port}/') }, 1000, AbortSignal.timeout(5000))
    process.stdout.write(String(status))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: { CA: authority.pem, HTTPS_PROXY: http, https_proxy: http, HTTP_PROXY: http, ALL_PROXY: http, NODE_USE_ENV_PROXY: '1' }, stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 })
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => { said += bytes.toString() })
  await once(child, 'close')
  assert.deepEqual([said, proxied, server.asked.length], ['200', 0, 1])
})
