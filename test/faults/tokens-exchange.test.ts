// What the sign-in service, or whoever answers in its place, may do wrong: what is thrown, how soon, how often it was asked.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, describe, test } from 'node:test'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { trust } from '../../demo/sandbox/certificates.ts'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { discover } from '../../packages/bff/src/kits/microsoft/discover.ts'
import { MicrosoftFault } from '../../packages/bff/src/kits/microsoft/fault.ts'
import { acquireToken } from '../../packages/bff/src/kits/microsoft/tokens.ts'
import { makeCertificates } from '../peers/certificates.ts'
import type { Certificate } from '../peers/certificates.ts'
import { portsWith, settled, sixForms, watchSockets } from '../peers/check.ts'
import { entraError, inTurn, json, startWeb, token } from '../peers/https.ts'
import type { Answering, WebPeer } from '../peers/https.ts'
import { closedPort } from '../peers/closed-port.ts'
import { since, withinTime } from '../within-time.ts'

const tenantId = '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b'
const clientSecret = 'Zr8Q~kL3.fA_w-93nVbT+x/7 &=ü'
const ports = portsWith()
const certificates = await makeCertificates()
trust(certificates.ca)

const open: { close(): Promise<void> }[] = []
const sockets = watchSockets()
after(() => Promise.all(open.map((one) => one.close())))

const web = async (answer?: Answering, certificate: Certificate = certificates.good): Promise<WebPeer> => {
  const peer = await startWeb(certificate, answer)
  open.push(peer)
  return peer
}

interface Ended {
  readonly accessToken?: string
  readonly error?: unknown
  /** Milliseconds. */
  readonly took: number
}

const acquire = async (authority: string, signal = new AbortController().signal): Promise<Ended> => {
  const cloud = { ...builtInClouds[0]!, authority }
  const began = performance.now()
  return acquireToken({ cloud, tenantId, clientId: 'a7c3f0e2-1111-4222-8333-944455556666', clientSecret, scope: cloud.graphScope }, ports, signal)
    .then(({ accessToken }) => ({ accessToken, took: performance.now() - began }), (error: unknown) => ({ error, took: performance.now() - began }))
}

const faultOf = ({ error }: Ended): MicrosoftFault => {
  assert.ok(error instanceof MicrosoftFault, inspect(error))
  const shown = `${inspect(error, { depth: Infinity, showHidden: true })}${error.stack}`
  for (const form of sixForms(clientSecret)) assert.ok(!shown.includes(form), 'the secret is in the error')
  return error
}

const noneLeft = async (): Promise<void> => {
  for (let turn = 0; turn < 20 && sockets.left().length > 0; turn += 1) await settled()
  assert.deepEqual(sockets.left().map(({ remotePort }) => remotePort), [])
}
after(noneLeft)

const refusals: readonly [row: string, what: string, status: number, body: Record<string, unknown>][] = [
  ['F56', 'a secret that is another one', 401, entraError('invalid_client', 7000215, 'Invalid client secret provided.')],
  ['F56', 'an application nobody knows', 400, entraError('unauthorized_client', 700016, 'Application with identifier was not found in the directory.')],
  ['F56', 'a scope nobody knows', 400, entraError('invalid_scope', 70011, 'The provided value for the input parameter scope is not valid.')],
  ['F56', 'a tenant nobody knows', 400, entraError('invalid_request', 90002, 'Tenant not found.')],
  ['F56', 'a demand for interaction, which the library would report without its status', 400, { ...entraError('invalid_grant', 65001, 'The user or administrator has not consented.'), suberror: 'consent_required' }],
  ['F56', 'an error with claims', 400, { ...entraError('interaction_required', 53003, 'Access has been blocked by Conditional Access policies.'), suberror: 'message_only', claims: '{"access_token":{}}' }],
  ['F57', 'an expired secret', 401, entraError('invalid_client', 7000222, 'The provided client secret keys are expired.')],
]

describe('the service says no', { concurrency: 4 }, () => {
  for (const [row, what, status, body] of refusals) {
    test(`fault ${row} [node]: ${what}: the service’s own answer whole, within a second, asked once`, async () => {
      const peer = await web(json(status, body))
      const ended = await acquire(peer.origin)
      const { code, facts } = faultOf(ended)
      assert.deepEqual([code, facts], ['service.refused', { service: 'token', host: `127.0.0.1:${peer.port}`, http: status, body }])
      assert.equal(peer.asked.length, 1)
      withinTime(ended.took, { to: 1000 })
    })
  }

  test('fault F56 [node]: a tenant that is no tenant is refused before anything is asked', async () => {
    const peer = await web()
    for (const tenant of ['common', 'organizations', 'consumers', '', '..', 'a/b', 'contoso.com/../evil', 'contoso.com?x', 'contoso.com#', 'x@evil.example', '{8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b}', 'contoso.com\n', 'contoso..com', '-a.com', 'ümlaut.com']) {
      await assert.rejects(discover(peer.cloud, tenant, ports, new AbortController().signal), { code: 'tenant.unknown' }, tenant)
      await assert.rejects(acquireToken({ cloud: peer.cloud, tenantId: tenant, clientId: 'x', clientSecret, scope: 'x/.default' }, ports, new AbortController().signal), { code: 'tenant.unknown' }, tenant)
    }
    assert.equal(peer.asked.length, 0)
  })
})

const tooMany = entraError('temporarily_unavailable', 90055, 'Server is busy, please try again later.')
const later = (wait: string, status = 429) => json(status, tooMany, { 'retry-after': wait })

describe('the service is busy', { concurrency: 6 }, () => {
  test('fault F58 [node]: 429 with Retry-After 1 passes after that second', async () => {
    const peer = await web(inTurn(later('1'), token('after-the-wait')))
    const ended = await acquire(peer.origin)
    assert.equal(ended.accessToken, 'after-the-wait', inspect(ended.error))
    withinTime(ended.took, { from: 1000, to: 3000 })
    assert.equal(peer.asked.length, 2)
  })

  test('fault F58 [node]: 429 with Retry-After 60 ends at once with the time; the next run is not held back by it', async () => {
    const peer = await web(inTurn(later('60'), token('the-next-run')))
    const ended = await acquire(peer.origin)
    const { code, facts } = faultOf(ended)
    assert.deepEqual([code, facts.retryAfter, facts.http, facts.body], ['service.busy', 60, 429, tooMany])
    withinTime(ended.took, { to: 1000 })
    const next = await acquire(peer.origin)
    assert.equal(next.accessToken, 'the-next-run')
    assert.equal(peer.asked.length, 2)
  })

  test('fault F58 [node]: 429 twice is asked no third time', async () => {
    const peer = await web(later('1'))
    assert.equal(faultOf(await acquire(peer.origin)).code, 'service.busy')
    assert.equal(peer.asked.length, 2)
  })

  const date = () => new Date(Date.now() + 90_000).toUTCString()
  for (const [what, header, wait] of [['a date', date(), 90], ['a date that has passed', new Date(0).toUTCString(), 0], ['a year', '31536000', 3600], ['nonsense', 'soon', undefined], ['a negative', '-5', undefined]] as const) {
    test(`fault F58 [node]: Retry-After as ${what}`, async () => {
      const peer = await web(later(header))
      const told = faultOf(await acquire(peer.origin)).facts.retryAfter
      assert.ok(told === wait || (wait === 90 && told! > 85 && told! <= 90), String(told))
      assert.equal(peer.asked.length, wait === 0 ? 2 : 1)
    })
  }

  for (const status of [500, 502, 503, 504]) {
    test(`fault F59 [node]: ${status} is asked once more, and passes or ends as the service’s trouble`, async () => {
      const passing = await web(inTurn(json(status, {}), token('second-try')))
      assert.equal((await acquire(passing.origin)).accessToken, 'second-try')
      const broken = await web((response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad</h1>'))
      const ended = await acquire(broken.origin)
      const { code, facts } = faultOf(ended)
      assert.deepEqual([code, facts.http, facts.text], ['service.broken', status, '<h1>Bad</h1>'])
      assert.equal(broken.asked.length, 2)
      withinTime(ended.took, { to: 2000 })
    })
  }

  test('fault F59 [node]: 503 with {} is no success with an empty token', async () => {
    const peer = await web(json(503, {}))
    assert.equal(faultOf(await acquire(peer.origin)).code, 'service.broken')
  })

  test('fault F59 [node]: 503 with Retry-After 120 is not asked again', async () => {
    const peer = await web(later('120', 503))
    const { code, facts } = faultOf(await acquire(peer.origin))
    assert.deepEqual([code, facts.retryAfter, peer.asked.length], ['service.broken', 120, 1])
  })
})

const dripping = (response: Parameters<Answering>[0]): void => {
  const drop = setInterval(() => response.write(' '), 100)
  response.on('close', () => clearInterval(drop))
}
const hanging: readonly [what: string, answer: Answering][] = [
  ['hangs before its answer', () => {}],
  ['hangs inside the body', (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"token_type":"Bearer",')],
  ['drips a body without end', (response) => { response.writeHead(200, { 'content-type': 'application/json' }); dripping(response) }],
]

describe('no answer in time', { concurrency: 6 }, () => {
  for (const [what, answer] of hanging) {
    test(`fault F60 [node]: a service that ${what}: ended within 11 s, asked twice`, async () => {
      const peer = await web(answer)
      const ended = await acquire(peer.origin)
      const { code, facts } = faultOf(ended)
      assert.deepEqual([code, facts], ['https.timeout', { service: 'token', host: `127.0.0.1:${peer.port}`, seconds: 5 }])
      assert.equal(peer.asked.length, 2)
      withinTime(ended.took, { from: 10_000, to: 11_000 })
    })
  }

  test('fault F60 [node]: hangs once, answers the second time: passes', async () => {
    const peer = await web(inTurn(() => {}, token('second-try')))
    const ended = await acquire(peer.origin)
    assert.equal(ended.accessToken, 'second-try')
    withinTime(ended.took, { to: 6500 })
  })

  test('fault F60 [node]: a run that is ended does not wait: its own reason comes back at once, the socket is freed', async () => {
    const peer = await web(() => {})
    const run = new AbortController()
    setTimeout(() => run.abort(new Error('the reader has gone')), 300)
    const ended = await acquire(peer.origin, run.signal)
    assert.match(String(ended.error), /the reader has gone/)
    withinTime(ended.took, { to: 1000 })
    assert.equal(peer.asked.length, 1)
  })

  test('fault F60 [node]: discovery hangs no longer than 5 s', async () => {
    const peer = await web(() => {})
    const began = performance.now()
    await assert.rejects(discover(peer.cloud, tenantId, ports, new AbortController().signal), { code: 'https.timeout' })
    withinTime(since(began), { to: 5500 })
  })
})

const page = '<!doctype html><title>Welcome to the hotel</title>'
const html = (status: number): Answering => (response) => response.writeHead(status, { 'content-type': 'text/html' }).end(page)
const text = (body: string): Answering => (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body)

const strangers: readonly [what: string, answer: Answering, code: string][] = [
  ['HTML with 200', html(200), 'https.not-json'],
  ['HTML with 403', html(403), 'https.not-json'],
  ['HTML with 407', html(407), 'https.not-json'],
  ['cut JSON', text('{"access_token":"abc"'), 'https.not-json'],
  ['an empty body', text(''), 'https.not-json'],
  ['a list', text('[]'), 'https.shape'],
  ['a string', text('"ok"'), 'https.shape'],
  ['null', text('null'), 'https.shape'],
  ['an error of another shape', json(400, { error: { code: 'BadRequest' } }), 'https.shape'],
  ['no HTTP at all', (response) => { response.socket!.end('220 mail.demo.test ESMTP\r\n') }, 'https.not-json'],
]

describe('somebody else answers', { concurrency: 4 }, () => {
  for (const [what, answer, code] of strangers) {
    test(`fault F61 [node]: ${what} is ${code}, asked once`, async () => {
      const peer = await web(answer)
      const ended = await acquire(peer.origin)
      assert.equal(faultOf(ended).code, code)
      assert.equal(peer.asked.length, 1)
      withinTime(ended.took, { to: 1000 })
    })
  }

  test('fault F61 [node]: what came instead is kept, cut', async () => {
    const peer = await web((response) => response.writeHead(200).end(page + 'x'.repeat(100_000)))
    const { facts } = faultOf(await acquire(peer.origin))
    assert.ok(facts.text!.startsWith(page) && facts.text!.length <= 1000)
  })

  test('fault F62 [node]: an answer of 300 MB is cut off after 256 KiB, the memory stays', async () => {
    let sent = 0
    const chunk = Buffer.alloc(65_536, 0x20)
    const peer = await web((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => {
        while (sent < 300e6 && !response.destroyed) { sent += chunk.length; if (!response.write(chunk)) { response.once('drain', more); return } }
      }
      more()
    })
    const before = process.memoryUsage().rss
    const ended = await acquire(peer.origin)
    assert.equal(faultOf(ended).code, 'https.too-large')
    withinTime(ended.took, { to: 2000 })
    assert.ok(sent < 32e6, `${sent} bytes were taken`)
    assert.ok(process.memoryUsage().rss - before < 64e6)
    assert.equal(peer.asked.length, 1)
  })

  test('fault F62 [node]: a compressed answer is not unfolded', async () => {
    const bomb = gzipSync(Buffer.alloc(20e6, 0x20))
    const peer = await web((response) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb))
    assert.equal(faultOf(await acquire(peer.origin)).code, 'https.not-json')
    assert.equal(peer.asked[0]!.headers['accept-encoding'], 'identity')
  })

  for (const status of [301, 302, 303, 307, 308]) {
    test(`fault F63 [node]: ${status} is not followed, and says where it pointed`, async () => {
      const other = await web(token('stolen'))
      const peer = await web((response) => response.writeHead(status, { location: `${other.origin}/login` }).end())
      const ended = await acquire(peer.origin)
      const { code, facts } = faultOf(ended)
      assert.deepEqual([code, facts.http, facts.found], ['https.redirect', status, `127.0.0.1:${other.port}`])
      assert.deepEqual([peer.asked.length, other.asked.length], [1, 0])
      withinTime(ended.took, { to: 1000 })
    })
  }
})

const good = { token_type: 'Bearer', expires_in: 3599, access_token: 'abc' }
const useless: readonly [what: string, body: Record<string, unknown>, lacking: string][] = [
  ['{}', {}, 'token_type, access_token, expires_in'],
  ['an empty token', { ...good, access_token: '' }, 'access_token'],
  ['a token that is no text', { ...good, access_token: 7 }, 'access_token'],
  ['a token with a line break', { ...good, access_token: 'abc\r\nX-Evil: 1' }, 'access_token'],
  ['a token with the separator of XOAUTH2', { ...good, access_token: 'abc\u0001user=other' }, 'access_token'],
  ['a negative lifetime', { ...good, expires_in: -1 }, 'expires_in'],
  ['no lifetime', { ...good, expires_in: undefined }, 'expires_in'],
  ['a lifetime of nothing', { ...good, expires_in: 0 }, 'expires_in'],
  ['a lifetime of half a second', { ...good, expires_in: 0.5 }, 'expires_in'],
  ['an endless lifetime', { ...good, expires_in: 1e300 }, 'expires_in'],
  ['a lifetime in words', { ...good, expires_in: 'an hour' }, 'expires_in'],
  ['another kind of token', { ...good, token_type: 'mac' }, 'token_type'],
  ['no kind of token', { ...good, token_type: undefined }, 'token_type'],
]

describe('200 without a token', { concurrency: 4 }, () => {
  for (const [what, body, lacking] of useless) {
    test(`fault F64 [node]: ${what}: no success, says what is missing`, async () => {
      const peer = await web(json(200, body))
      const ended = await acquire(peer.origin)
      const { code, facts } = faultOf(ended)
      assert.deepEqual([code, facts.wanted, peer.asked.length], ['token.unusable', lacking, 1])
      withinTime(ended.took, { to: 1000 })
    })
  }

  test('a lifetime in digits and a kind in small letters are a token', async () => {
    for (const expires_in of ['3599', 3599.5]) {
      const peer = await web(json(200, { ...good, token_type: 'bearer', expires_in }))
      assert.equal((await acquire(peer.origin)).accessToken, 'abc')
    }
  })
})

const listening = async (greet: (socket: net.Socket) => void): Promise<string> => {
  const server = net.createServer((socket) => { socket.on('error', () => {}); greet(socket) }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({ close: () => new Promise((resolve) => { server.close(() => resolve()) }) })
  return `https://127.0.0.1:${(server.address() as net.AddressInfo).port}`
}

describe('the way there', { concurrency: 4 }, () => {
  const chains: readonly [Certificate, string][] = [
    [certificates.expired, 'CERT_HAS_EXPIRED'], [certificates.notYetValid, 'CERT_NOT_YET_VALID'], [certificates.wrongName, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [certificates.selfSigned, 'DEPTH_ZERO_SELF_SIGNED_CERT'], [certificates.unknownCa, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ]
  for (const [certificate, cause] of chains) {
    test(`fault F65 [node]: a certificate with ${cause} keeps that name; nothing was sent`, async () => {
      const peer = await web(token(), certificate)
      const ended = await acquire(peer.origin)
      const { code, facts } = faultOf(ended)
      assert.deepEqual([code, facts.cause, peer.asked.length], ['https.tls', cause, 0])
      withinTime(ended.took, { to: 1000 })
    })
  }

  test('fault F65 [node]: a port that speaks plain text', async () => {
    const { code, facts } = faultOf(await acquire(await listening((socket) => socket.end('220 mail.demo.test ESMTP\r\n'))))
    assert.deepEqual([code, facts.cause], ['https.tls', 'EPROTO'])
  })

  test('fault F65 [node]: nobody listens: tried twice, then refused', async () => {
    const ended = await acquire(`https://127.0.0.1:${await closedPort()}`)
    const { code, facts } = faultOf(ended)
    assert.deepEqual([code, facts.cause], ['https.refused', 'ECONNREFUSED'])
    withinTime(ended.took, { from: 200, to: 1500 })
  })

  test('fault F65 [node]: closed in the middle of the handshake: tried twice', async () => {
    let connections = 0
    const { code } = faultOf(await acquire(await listening((socket) => { connections += 1; socket.destroy() })))
    assert.deepEqual([code, connections], ['https.closed', 2])
  })

  test('fault F65 [node]: a name that does not exist', async () => {
    const ended = await acquire('https://login.nowhere.invalid')
    const { code, facts } = faultOf(ended)
    assert.equal(code, 'https.name')
    assert.match(facts.cause!, /^(ENOTFOUND|EAI_AGAIN)$/)
    withinTime(ended.took, { to: 6000 })
  })

  test('fault F66 [node]: discovery is down and the token endpoint is up: the token comes, with one request', async () => {
    const peer = await web((response, asked) => (asked.path.endsWith('/token') ? token('without-discovery') : json(503, {}))(response, asked))
    await assert.rejects(discover(peer.cloud, tenantId, ports, new AbortController().signal), { code: 'service.broken' })
    assert.equal((await acquire(peer.origin)).accessToken, 'without-discovery')
    assert.deepEqual(peer.asked.map(({ method, path }) => `${method} ${path}`), [`GET /${tenantId}/v2.0/.well-known/openid-configuration`, `POST /${tenantId}/oauth2/v2.0/token`])
  })

  test('an address the operator has not opened stays refused by the gate', async () => {
    const peer = await web(token())
    const gate = portsWith({ policy: { allow: [], ports: '', clearText: [] } })
    await assert.rejects(acquireToken({ cloud: peer.cloud, tenantId, clientId: 'x', clientSecret, scope: 'x/.default' }, gate, new AbortController().signal), { reason: 'address' })
    assert.equal(peer.asked.length, 0)
  })
})
