import assert from 'node:assert/strict'
import { test } from 'node:test'
import { masked, withoutSecrets } from './mask.ts'
import { worked } from '../../../../test/worked.ts'
import { withinTime } from '../../../../test/within-time.ts'

const token = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20ifQ.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmU'
const secret = 'Ab18Q~x2Yz3Wv4Ut5Sr6Qp7On8Ml9Kj0Ih1Gf2Ed'

const planted: readonly [text: string, canary: string][] = [
  [`Authorization: Bearer ${token}`, token],
  [`a token ${token.slice(0, 90)} cut in the middle`, token.slice(0, 90)],
  [`grant_type=client_credentials&client_secret=hunter2%21&scope=x`, 'hunter2'],
  [`{"client_secret": "hunter2 and more"}`, 'and more'],
  [`{"access_token":"opaque-canary-1"}`, 'opaque-canary-1'],
  [`password = hunter2`, 'hunter2'],
  [`the value ${secret} was pasted`, secret],
  ['C: AUTH PLAIN AG1haWxlcgBodW50ZXIy', 'AG1haWxlcgBodW50ZXIy'],
  ['AUTH XOAUTH2 dXNlcj1zb21lYm9keQFhdXRoPUJlYXJlcg==', 'dXNlcj1zb21lYm9keQ'],
  ['334 VXNlcm5hbWU6\r\nbWFpbGVy\r\n334 UGFzc3dvcmQ6\r\naHVudGVyMg==\r\n535 5.7.3 no', 'aHVudGVyMg'],
  ['S: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==\nS: 535 5.7.3 no', 'aHVudGVyMg'],
  ['+OK\nPASS hunter2hunter2', 'hunter2hunter2'],
  [`a long token ${token}${'aB3'.repeat(9000)} ended`, 'aB3aB3aB3'],
  [`Authorization: Bearer ${'-opaque.canary'.repeat(2000)}`, 'canary'],
  [`session ${'aB3'.repeat(40)} ended`, 'aB3'.repeat(20)],
]
for (const [text, canary] of planted) test(`threat T02: no secret is shown again: ${text.slice(0, 30)}`, () => {
  const shown = withoutSecrets(text)
  assert.ok(!shown.includes(canary), shown)
  assert.match(shown, /\[hidden\]/)
  assert.equal(withoutSecrets(shown), shown)
})

test('what support asks for stays: numbers, trace and correlation ids, times, enhanced codes', () => {
  const texts = [
    'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app \'1f0f2a64-0f4b-4c6e-9b0e-2f6f1f0e7a11\'. Trace ID: 0a0a0a0a-1111-2222-3333-444444444444 Correlation ID: 5b5b5b5b-1111-2222-3333-444444444444 Timestamp: 2026-11-20 10:00:00Z',
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [X]',
    'Blocked by tenant configured AppOnly AccessPolicy settings: [RAOP] from [192.0.2.1]',
    'the password is wrong, and the secret has expired',
  ]
  for (const text of texts) assert.equal(masked(text), text)
})

test('addresses of others are taken out, those of the settings stay', () => {
  assert.equal(masked('ada@acme.example not allowed to send as Boss@acme.example', ['boss@acme.example']), '[address] not allowed to send as Boss@acme.example')
})

test('names of a vendor’s machines are taken out', () => {
  assert.equal(masked('535 5.7.3 Authentication unsuccessful [AM0PR01CA0023.eurprd01.prod.exchangelabs.com 2026-11-20T10:00:00.000Z 08DD]'), '535 5.7.3 Authentication unsuccessful')
})

test('threat T26: long hostile text costs milliseconds', () => {
  for (const text of ['eyJ'.repeat(20_000), 'a@'.repeat(30_000), 'aB1'.repeat(20_000), '[a.'.repeat(20_000), '334 x\n'.repeat(10_000), `password${' '.repeat(60_000)}`, 'Bearer '.repeat(9000), 'a.'.repeat(30_000), `${'a'.repeat(60_000)}@`]) {
    const began = worked()
    masked(text)
    withinTime(worked() - began, { to: 250 }, text.slice(0, 8))
  }
})

test('an address in quotation marks is the address, and one with an apostrophe stays whole', () => {
  assert.equal(masked("user 'noreply@acme.example' is unknown", ['noreply@acme.example']), "user 'noreply@acme.example' is unknown")
  assert.equal(masked("user 'o'brien@acme.example' is unknown"), "user '[address]' is unknown")
})
