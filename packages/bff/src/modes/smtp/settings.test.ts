import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonical, settings } from './settings.ts'
import { worked } from '../../../../../test/worked.ts'
import { withinTime } from '../../../../../test/within-time.ts'

const made = (values: Record<string, unknown>) => canonical(settings.parse({ host: 'smtp.acme.example', from: 'a@acme.example', ...values }))

test('threat T04: the port nobody typed is the one its encryption is known for', () => {
  assert.deepEqual(['starttls', 'tls', 'none'].map((security) => made({ security }).port), [587, 465, 25])
  assert.deepEqual(made({ security: 'tls' }), made({ security: 'tls', port: 465 }))
})

test('threat T04: spellings of one server are one destination', () => {
  for (const host of ['SMTP.acme.example', 'smtp.acme.example.', ' smtp.acme.example ', 'ｓｍｔｐ.acme.example']) assert.deepEqual(made({ host }), made({}))
})

test('a file that names a user means to sign in; one that names none does not', () => {
  assert.deepEqual([made({}).authentication, made({ username: 'ada' }).authentication, made({ password: 'x' }).authentication, made({ username: 'ada', authentication: 'none' }).authentication], ['none', 'password', 'password', 'none'])
})

test('a certificate pasted with other line ends is the same certificate', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
  assert.equal(made({ ca: `\r\n${pem.replaceAll('\n', '\r\n')}\r\n` }).ca, pem)
})

test('the canonical form is its own canonical form', () => {
  const once = made({ host: '[2001:DB8::1]', ehloName: 'APP.acme.example.', replyTo: 'B@ACME.example', envelopeFrom: 'C@ACME.example', username: 'ada' })
  assert.deepEqual(canonical(settings.parse(once)), once)
})

for (const ca of ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'hello', '-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----\n<script>\n-----END CERTIFICATE-----', `-----BEGIN CERTIFICATE-----\n${'A'.repeat(40_000)}\n-----END CERTIFICATE-----`]) {
  test(`no certificate: ${JSON.stringify(ca).slice(0, 50)}`, () => assert.equal(settings.safeParse({ host: 'a.example', from: 'a@acme.example', ca }).success, false))
}

test('threat T50: the pattern of a certificate runs no longer on hostile text', () => {
  for (const ca of ['-----BEGIN CERTIFICATE-----'.repeat(1200), `-----BEGIN CERTIFICATE-----${' '.repeat(32_000)}`, `-----BEGIN CERTIFICATE-----A-----END CERTIFICATE-----${' \n'.repeat(16_000)}x`]) {
    const began = worked()
    settings.safeParse({ host: 'a.example', from: 'a@acme.example', ca: ca.slice(0, 32_768) })
    withinTime(worked() - began, { to: 50 }, ca.slice(0, 60))
  }
})
