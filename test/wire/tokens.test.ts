// What asking for a token puts on the wire, and when a kept one stands in for it.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, beforeEach, describe, test } from 'node:test'
import { trust } from '../../demo/sandbox/certificates.ts'
import { memoryStore } from '../../packages/bff/src/adapters/memory/store.ts'
import { acquireToken } from '../../packages/bff/src/kits/microsoft/tokens.ts'
import type { Application, Freshness, Token } from '../../packages/bff/src/kits/microsoft/tokens.ts'
import type { ModePorts } from '../../packages/bff/src/ports/mode-ports.ts'
import { readKeyring } from '../../packages/bff/src/settings/keyring.ts'
import { createVault, forgetful } from '../../packages/bff/src/settings/vault.ts'
import { makeCertificates } from '../peers/certificates.ts'
import { portsWith } from '../peers/check.ts'
import { json, startWeb, token } from '../peers/https.ts'

const certificates = await makeCertificates()
trust(certificates.ca)
const peer = await startWeb(certificates.good)
after(() => peer.close())

const reading = readKeyring(`1:${randomBytes(32).toString('base64')}`)
if (!reading.ok) throw new Error(reading.problem)
const { keyring } = reading

const application: Application = {
  cloud: peer.cloud, tenantId: '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b', clientId: 'a7c3f0e2-1111-4222-8333-944455556666',
  clientSecret: 'Zr8Q~kL3.fA_w-93 &=+ü', scope: 'https://graph.microsoft.com/.default',
}

let store = memoryStore()
/** Milliseconds the clock is ahead. */
let ahead = 0
let concealed: string[] = []
let issued = 0
const clock = { now: () => Date.now() + ahead, elapsed: () => performance.now() }
beforeEach(() => {
  store = memoryStore()
  ahead = issued = 0
  concealed = []
  peer.asked.length = 0
  peer.will((response, asked) => { issued += 1; token(`token-${issued}`)(response, asked) })
})

/** A new instance of everything but the store, as after a restart. */
const portsOf = (tenant = 'acme'): ModePorts => ({ ...portsWith(), clock, conceal: (secret) => { concealed.push(secret) }, tokens: createVault({ store, keyring, clock, tenant }) })
const { signal } = new AbortController()
const acquire = (change: Partial<Application> = {}, freshness: Freshness = {}, tenant?: string): Promise<Token> =>
  acquireToken({ ...application, ...change }, portsOf(tenant), signal, freshness)

describe('the request', () => {
  test('is one POST with exactly the parameters of the grant: no telemetry, no query, nothing compressed', async () => {
    await acquire()
    const body = `client_id=${application.clientId}&client_secret=Zr8Q~kL3.fA_w-93%20%26%3D%2B%C3%BC&grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default`
    assert.deepEqual(peer.asked, [{
      method: 'POST', path: `/${application.tenantId}/oauth2/v2.0/token`, body,
      headers: {
        host: `127.0.0.1:${peer.port}`, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json',
        'accept-encoding': 'identity', connection: 'close', 'content-length': String(body.length),
      },
    }])
  })

  test('a tenant by its domain is asked under that name', async () => {
    await acquire({ tenantId: 'contoso.onmicrosoft.com' })
    assert.equal(peer.asked[0]!.path, '/contoso.onmicrosoft.com/oauth2/v2.0/token')
  })

  test('the answer is handed on with its lifetime, and masked from then on', async () => {
    const { accessToken, expiresIn, fromCache, claims } = await acquire()
    assert.deepEqual([accessToken, fromCache, claims, concealed], ['token-1', false, undefined, ['token-1']])
    assert.ok(expiresIn >= 3598 && expiresIn <= 3599)
  })
})

describe('a kept token', () => {
  test('costs no request, also in another instance over the same store, and is masked as well', async () => {
    const cold = await acquire()
    const warm = await acquire()
    assert.deepEqual([cold.fromCache, warm.fromCache, warm.accessToken, peer.asked.length, concealed], [false, true, 'token-1', 1, ['token-1', 'token-1']])
    assert.ok(warm.expiresIn > 3590)
  })

  test('lies sealed, under nothing that tells the secret', async () => {
    await acquire()
    const written: string[] = []
    const watching = { ...store, putToken: async (...parts: Parameters<typeof store.putToken>) => { written.push(JSON.stringify(parts)) } }
    await acquireToken(application, { ...portsOf(), tokens: createVault({ store: watching, keyring, clock, tenant: 'acme' }) }, signal, { refused: 'token-1' })
    assert.equal(written.length, 1)
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(application.clientSecret))).toString('hex')
    for (const secret of ['token-2', application.clientSecret, digest, application.tenantId, application.clientId]) assert.ok(!written[0]!.includes(secret), secret)
  })

  const others: readonly [what: string, change: Partial<Application>][] = [
    ['a changed secret', { clientSecret: 'another-one' }], ['another application', { clientId: 'b7c3f0e2-1111-4222-8333-944455556666' }],
    ['another tenant of Microsoft’s', { tenantId: 'contoso.example' }], ['another scope', { scope: 'https://outlook.office365.com/.default' }],
    ['another cloud', { cloud: { ...peer.cloud, authority: peer.origin.replace('127.0.0.1', 'localhost') } }],
  ]
  for (const [what, change] of others) {
    test(`is not used for ${what}: one new request`, async () => {
      await acquire()
      assert.equal((await acquire(change)).accessToken, 'token-2')
      assert.equal(peer.asked.length, 2)
    })
  }

  test('is not used for another tenant of ours, nor without a vault', async () => {
    await acquire()
    assert.equal((await acquire({}, {}, 'globex')).accessToken, 'token-2')
    assert.equal((await acquireToken(application, { ...portsOf(), tokens: forgetful }, signal)).accessToken, 'token-3')
  })

  test('a wrong secret does not cost the kept one', async () => {
    await acquire()
    peer.will(json(401, { error: 'invalid_client' }))
    await assert.rejects(acquire({ clientSecret: 'wrong' }), { code: 'service.refused' })
    assert.equal((await acquire()).accessToken, 'token-1')
  })

  test('issued longer ago than `maxAge` is not used by a check, and is by sending', async () => {
    const maxAge = 600_000
    await acquire()
    ahead = 599_000
    assert.equal((await acquire({}, { maxAge })).accessToken, 'token-1')
    ahead = 601_000
    assert.equal((await acquire()).accessToken, 'token-1')
    assert.equal((await acquire({}, { maxAge })).accessToken, 'token-2')
    assert.equal((await acquire()).accessToken, 'token-2')
    ahead = -10_000
    assert.equal((await acquire({}, { maxAge })).accessToken, 'token-3')
  })

  test('is left aside where it was refused, and the one that took its place is used', async () => {
    await acquire()
    assert.equal((await acquire({}, { refused: 'token-1' })).accessToken, 'token-2')
    assert.equal((await acquire({}, { refused: 'token-1' })).accessToken, 'token-2')
    assert.equal((await acquire()).accessToken, 'token-2')
  })

  test('that ends within five minutes is not used', async () => {
    peer.will((response, asked) => { issued += 1; token(`token-${issued}`, { expires_in: 290 })(response, asked) })
    await acquire()
    assert.equal((await acquire()).accessToken, 'token-2')
  })

  test('is found although the answer named another scope or an early renewal', async () => {
    peer.will(token('odd', { scope: 'something else', refresh_in: 1, refresh_token: 'r', id_token: 'i', client_info: 'c' }))
    await acquire()
    const warm = await acquire()
    assert.deepEqual([warm.fromCache, peer.asked.length], [true, 1])
  })

  test('a vault that is broken costs a request, not the mail', async () => {
    const broken = { ...forgetful, read: () => Promise.reject(new Error('locked')), write: () => Promise.reject(new Error('locked')) }
    assert.equal((await acquireToken(application, { ...portsOf(), tokens: broken }, signal)).accessToken, 'token-1')
  })
})

describe('at once', () => {
  test('twenty runs of two tenants get the tokens of their own tenant', async () => {
    peer.will((response, asked) => { setTimeout(() => token(`of ${asked.path.split('/')[1]}`.replace(' ', '-'))(response, asked), Math.random() * 30) })
    const tenants = Array.from({ length: 20 }, (_, n) => `tenant-${n % 2}.example`)
    const tokens = await Promise.all(tenants.map((tenantId) => acquire({ tenantId })))
    assert.deepEqual(tokens.map(({ accessToken }) => accessToken), tenants.map((tenant) => `of-${tenant}`))
    const kept = await Promise.all(tenants.map((tenantId) => acquire({ tenantId })))
    assert.deepEqual(kept.map(({ accessToken, fromCache }) => [accessToken, fromCache]), tenants.map((tenant) => [`of-${tenant}`, true]))
    assert.equal(peer.asked.length, 2)
  })
})
