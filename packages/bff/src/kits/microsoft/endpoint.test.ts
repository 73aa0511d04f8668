import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointOf, isTenant } from './endpoint.ts'

const cloud = { authority: 'https://login.microsoftonline.com' }

test('an address is the cloud’s origin, the tenant, the path', () => {
  assert.equal(endpointOf(cloud, '8F2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b', 'oauth2/v2.0/token').href, 'https://login.microsoftonline.com/8F2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b/oauth2/v2.0/token')
  assert.equal(endpointOf({ authority: 'https://localhost:8443' }, 'contoso.com', 'x').href, 'https://localhost:8443/contoso.com/x')
})

test('GUIDs and domains are tenants', () => {
  for (const text of ['8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b', 'contoso.com', 'contoso.onmicrosoft.com', 'Contoso.CO.UK', 'a-1.b2.example', 'xn--mnchen-3ya.example', 'firma.xn--p1ai']) assert.ok(isTenant(text), text)
})

test('nothing else is', () => {
  for (const text of ['common', 'localhost', '', 'contoso', '.com', 'contoso.', 'contoso..com', 'a_b.com', '10.0.0.1', '8f2c1d3a4b5e4f609a7b1c2d3e4f5a6b', '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b/x', `${'a'.repeat(64)}.com`, `${'a.'.repeat(130)}com`, 'contoso.com ', 'contoso.com/', 'https://contoso.com', 'user@contoso.com', 'münchen.example']) {
    assert.ok(!isTenant(text), text)
    assert.throws(() => endpointOf(cloud, text, 'x'), { code: 'tenant.unknown' }, text)
  }
})
