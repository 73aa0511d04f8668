// Whatever is typed, and whatever a server answers, the client secret goes to the chosen cloud's sign-in host and nowhere else.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { trust } from '../../demo/sandbox/certificates.ts'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { discover } from '../../packages/bff/src/kits/microsoft/discover.ts'
import { acquireToken } from '../../packages/bff/src/kits/microsoft/tokens.ts'
import type { HttpRequest, Network, Target } from '../../packages/bff/src/ports/ports.ts'
import { makeCertificates } from '../peers/certificates.ts'
import { portsWith, sixForms } from '../peers/check.ts'
import { startWeb, token } from '../peers/https.ts'
import type { WebPeer } from '../peers/https.ts'

const clientSecret = 'Zr8Q~kL3.fA_w-93nVbTcanary'
const tenantId = '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b'
const { signal } = new AbortController()
const certificates = await makeCertificates()
trust(certificates.ca)
const open: WebPeer[] = []
after(() => Promise.all(open.map((peer) => peer.close())))

/** Everything that would have left: the host that was looked up, and the request to it. */
const watched = () => {
  const sent: { readonly target: Target; readonly request: HttpRequest }[] = []
  const names: string[] = []
  const network: Network = {
    lookup: async (host) => { names.push(host); return [{ address: '203.0.113.7', family: 4 }] },
    connect: () => Promise.reject(new Error('no sockets here')),
    request: async (target, request) => { sent.push({ target, request }); return { status: 400, headers: {}, text: '{"error":"invalid_request"}' } },
  }
  // TEST-NET-3 is no public address; it stands for one.
  return { sent, names, ports: portsWith({ network, policy: { allow: ['203.0.113.0/24'], ports: '', clearText: [] } }) }
}

const hosts = new Set(builtInClouds.map(({ authority }) => new URL(authority).host))
const spiteful = fc.constantFrom('@evil.example', '//evil.example', '\\\\evil.example', '..', '../..', '%2e%2e', '.', 'evil.example/x', 'evil.example#', 'evil.example?', ':443@evil.example', 'https://evil.example', 'common', 'evil.example\r\nHost: evil.example', '\u2025', 'contoso。com', 'contoso.com\u0000', 'contoso.com:8443')
const tenants = fc.oneof(
  fc.string(), fc.string({ unit: 'binary' }), spiteful, fc.tuple(fc.domain(), spiteful).map((parts) => parts.join('')), fc.tuple(spiteful, fc.uuid()).map((parts) => parts.join('/')),
  fc.webUrl(), fc.ipV4(), fc.ipV6(), fc.uuid(), fc.domain(),
)
const clouds = fc.oneof(fc.constantFrom(...builtInClouds.map(({ id }) => id)), fc.constantFrom(...builtInClouds.map(({ id }) => id)), fc.string(), fc.constantFrom('__proto__', 'constructor', 'https://evil.example', 'germany-retired', ''))

test('threat T05: 5,000 tenants and clouds never lead to a host outside the fixed list, nor to another path than the tenant’s', async () => {
  const { sent, names, ports } = watched()
  const property = fc.asyncProperty(tenants, clouds, async (tenant, id) => {
    const cloud = builtInClouds.find((one) => one.id === id)
    if (!cloud) return
    await assert.rejects(discover(cloud, tenant, ports, signal))
    await assert.rejects(acquireToken({ cloud, tenantId: tenant, clientId: 'app', clientSecret, scope: cloud.graphScope }, ports, signal))
    for (const { target, request: { url } } of sent.slice(-2)) {
      assert.ok(hosts.has(target.host) && hosts.has(url.host) && url.protocol === 'https:', url.href)
      assert.match(url.pathname, /^\/[A-Za-z0-9.-]+\/(v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)$/)
      assert.equal(url.search + url.hash + url.username, '')
    }
  })
  await fc.assert(property, { numRuns: 5000 })
  assert.ok(names.every((name) => hosts.has(name)))
  assert.ok(sent.length > 500, `only ${sent.length} requests: the property would prove nothing`)
})

test('threat T05: a region named in the environment does not move the secret', async () => {
  process.env.MSAL_FORCE_REGION = 'westeurope'
  process.env.REGION_NAME = 'westeurope'
  try {
    const { sent, names, ports } = watched()
    for (const cloud of builtInClouds) await assert.rejects(acquireToken({ cloud, tenantId, clientId: 'app', clientSecret, scope: cloud.graphScope }, ports, signal), { code: 'service.refused' })
    assert.deepEqual(names, builtInClouds.map(({ authority }) => new URL(authority).host))
    assert.deepEqual(sent.map(({ request }) => request.url.origin), builtInClouds.map(({ authority }) => authority))
  } finally {
    delete process.env.MSAL_FORCE_REGION
    delete process.env.REGION_NAME
  }
})

for (const status of [301, 302, 303, 307, 308]) {
  test(`threat T06: a token endpoint that answers ${status}: the second server gets no request, the secret is nowhere else`, async () => {
    const second = await startWeb(certificates.good, token('stolen'))
    const first = await startWeb(certificates.good, (response) => response.writeHead(status, { location: `${second.origin}/collect` }).end())
    open.push(first, second)
    const failed: unknown = await acquireToken({ cloud: first.cloud, tenantId, clientId: 'app', clientSecret, scope: first.cloud.graphScope }, portsWith(), signal).catch((error: unknown) => error)
    assert.equal((failed as { code?: string }).code, 'https.redirect')
    assert.equal(second.asked.length, 0)
    assert.deepEqual(first.asked.map(({ body }) => body.includes(clientSecret)), [true])
    const elsewhere = `${first.asked[0]!.path} ${JSON.stringify(first.asked[0]!.headers)} ${inspect(failed, { depth: Infinity })}`
    for (const form of sixForms(clientSecret)) assert.ok(!elsewhere.includes(form))
  })
}
