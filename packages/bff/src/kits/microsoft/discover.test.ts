import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpReply } from '../../ports/ports.ts'
import { builtInClouds } from './clouds.ts'
import { cloudOf, discover } from './discover.ts'
import type { Tenancy } from './discover.ts'

const guid = '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b'
const global = builtInClouds[0]!
const clock = { now: () => 0, elapsed: () => 0 }

/** Asks with this as the answer of the network, and tells where it asked. */
const answered = async (reply: Partial<HttpReply>, tenant = guid): Promise<{ tenancy: Tenancy; url: string }> => {
  let url = ''
  const egress = {
    request: async (request: { url: URL }) => { url = request.url.href; return { status: 200, headers: {}, text: '', ...reply } },
    resolve: async () => [], judge: () => [], connect: () => Promise.reject(new Error('no')), permitted: () => [], clearTextAllowed: () => false,
  }
  return { tenancy: await discover(global, tenant, { egress, clock }, new AbortController().signal), url }
}
const metadata = (more: Record<string, unknown> = {}): string => JSON.stringify({
  issuer: `https://login.microsoftonline.com/${guid}/v2.0`, token_endpoint: `https://login.microsoftonline.com/${guid}/oauth2/v2.0/token`,
  tenant_region_scope: 'EU', cloud_instance_name: 'microsoftonline.com', msgraph_host: 'graph.microsoft.com', ...more,
})
const failing = (status: number, body: unknown) => answered({ status, text: typeof body === 'string' ? body : JSON.stringify(body) })

test('a domain is asked for under its name; the metadata tells GUID, cloud and region', async () => {
  const { tenancy, url } = await answered({ text: metadata({ tenant_region_sub_scope: 'GCC' }) }, 'contoso.com')
  assert.equal(url, 'https://login.microsoftonline.com/contoso.com/v2.0/.well-known/openid-configuration')
  assert.deepEqual(tenancy, { tenantId: guid, cloud: 'microsoftonline.com', region: 'EU', subRegion: 'GCC', graphHost: 'graph.microsoft.com' })
})

test('metadata of another maker: the tenant as typed, no cloud', async () => {
  const { tenancy } = await answered({ text: JSON.stringify({ issuer: 'https://login.example', token_endpoint: 'https://login.example/t', tenant_region_scope: null, msgraph_host: 7 }) }, 'contoso.com')
  assert.deepEqual(tenancy, { tenantId: 'contoso.com', cloud: '' })
})

test('an unknown tenant keeps the service’s answer', async () => {
  const body = { error: 'invalid_tenant', error_description: "AADSTS90002: Tenant 'x' not found.", error_codes: [90002], trace_id: 't' }
  await assert.rejects(failing(400, body), { code: 'tenant.unknown', facts: { service: 'discovery', host: 'login.microsoftonline.com', http: 400, body } })
  await assert.rejects(failing(400, { error: 'invalid_tenant', error_description: 'AADSTS90002: Tenant not found.' }), { code: 'tenant.unknown' })
})

test('every other refusal keeps its own number', async () => {
  const body = { error: 'invalid_request', error_description: 'AADSTS90038: Tenant is in a national cloud.', error_codes: [90038] }
  await assert.rejects(failing(400, body), { code: 'service.refused', facts: { service: 'discovery', host: 'login.microsoftonline.com', http: 400, body } })
  await assert.rejects(failing(400, { error: 'invalid_request', error_description: 'AADSTS900023: Specified tenant identifier is neither.', error_codes: [900023] }), { code: 'service.refused' })
})

test('what is no metadata is said to be none', async () => {
  await assert.rejects(failing(200, '<html>'), { code: 'https.not-json' })
  for (const body of ['[]', '"x"', '{}', '{"issuer":7,"token_endpoint":"x"}', '{"issuer":"x"}']) await assert.rejects(failing(200, body), { code: 'https.shape' }, body)
  await assert.rejects(failing(404, 'Not found'), { code: 'https.not-json' })
  await assert.rejects(failing(502, 'Bad gateway'), { code: 'service.broken' })
  await assert.rejects(failing(302, ''), { code: 'https.redirect' })
})

const where = (tenancy: Partial<Tenancy>, clouds = builtInClouds): string | undefined => cloudOf({ tenantId: guid, cloud: '', ...tenancy }, clouds)?.id

test('each cloud is recognised by the marks the facts name', () => {
  assert.equal(where({ cloud: 'microsoftonline.com', graphHost: 'graph.microsoft.com' }), 'global')
  assert.equal(where({ cloud: 'microsoftonline.com', subRegion: 'GCC' }), 'global')
  assert.equal(where({ cloud: 'microsoftonline.us', subRegion: 'DODCON', graphHost: 'graph.microsoft.us' }), 'usgov-gcc-high')
  assert.equal(where({ cloud: 'microsoftonline.us', subRegion: 'DOD' }), 'usgov-dod')
  assert.equal(where({ cloud: 'microsoftonline.us', subRegion: 'DOD', graphHost: 'graph.microsoft.us' }), 'usgov-dod')
  assert.equal(where({ cloud: 'microsoftonline.us', graphHost: 'graph.microsoft.us' }), 'usgov-gcc-high')
  assert.equal(where({ cloud: 'microsoftonline.us', graphHost: 'dod-graph.microsoft.us' }), 'usgov-dod')
  assert.equal(where({ cloud: 'Partner.MicrosoftOnline.cn' }), 'china-21vianet')
  assert.equal(where({ cloud: 'sovcloud-identity.fr' }), 'bleu-france')
})

test('where the marks say too little, no cloud is named', () => {
  for (const tenancy of [{}, { cloud: 'microsoftonline.us' }, { cloud: 'microsoftonline.us', subRegion: 'NEW' }, { cloud: 'login.example' }, { region: 'EU' }]) assert.equal(where(tenancy), undefined, JSON.stringify(tenancy))
  assert.equal(where({ graphHost: 'microsoftgraph.chinacloudapi.cn' }), 'china-21vianet')
})

test('a cloud without marks is never named, not even when it is alone', () => {
  const { detect: _, ...unmarked } = global
  assert.equal(where({ cloud: 'microsoftonline.com', graphHost: 'graph.microsoft.com' }, [unmarked]), undefined)
  assert.equal(where({}, [unmarked]), undefined)
})
