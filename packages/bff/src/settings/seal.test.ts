import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlattenedEncrypt, compactDecrypt } from 'jose'
import { readKeyring } from './keyring.ts'
import type { Keyring } from './keyring.ts'
import { placeBytes } from './place.ts'
import type { Place } from './place.ts'
import { SealError, open, seal, versionOf } from './seal.ts'

const key = (fill: number) => Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 5 + fill) % 256)).toString('base64')
const ring = (text: string): Keyring => {
  const reading = readKeyring(text)
  if (!reading.ok) throw new Error(reading.problem)
  return reading.keyring
}

const keyring = ring(`1:${key(1)}`)
const place: Place = { tenant: 'acme', gateway: 'g1', field: 'password', mode: 'smtp', destination: [['host', 'smtp.acme.example'], ['port', 587]] }
const refuses = (reason: 'place' | 'key') => (error: unknown) => error instanceof SealError && error.reason === reason

test('a sealed secret opens in its place, whatever characters it has', async () => {
  for (const secret of ['x', 'pässwörd \u{1F511}', 'a'.repeat(4096), ' ', '\0']) assert.equal(await open(await seal(secret, place, keyring), place, keyring), secret)
})

test('the result is a compact JWE with the key version, and says nothing of the place', async () => {
  const sealed = await seal('secret', place, keyring)
  const [header] = sealed.split('.')
  assert.deepEqual(JSON.parse(Buffer.from(header!, 'base64url').toString()), { alg: 'dir', enc: 'A256GCM', kid: '1' })
  assert.equal(versionOf(sealed), '1')
})

test('threat T15: without its place it does not open, not even with the key', async () => {
  await assert.rejects(compactDecrypt(await seal('secret', place, keyring), keyring.current.bytes), { code: 'ERR_JWE_DECRYPTION_FAILED' })
})

const elsewhere: [part: string, place: Place][] = [
  ['tenant', { ...place, tenant: 'other' }],
  ['gateway', { ...place, gateway: 'g2' }],
  ['field', { ...place, field: 'clientSecret' }],
  ['mode', { ...place, mode: 'graph' }],
  ['a destination value', { ...place, destination: [['host', 'evil.example'], ['port', 587]] }],
  ['the type of a value', { ...place, destination: [['host', 'smtp.acme.example'], ['port', '587']] }],
  ['a destination more', { ...place, destination: [...place.destination, ['ca', 'x']] }],
  ['a destination less', { ...place, destination: [['host', 'smtp.acme.example']] }],
  ['parts that run together', { ...place, tenant: 'acmeg1', gateway: '' }],
]

for (const [part, other] of elsewhere) {
  test(`threat T15: with another ${part} it does not open`, async () => {
    await assert.rejects(open(await seal('secret', place, keyring), other, keyring), refuses('place'))
  })
}

test('threat T15: every single character altered in every bit: a typed failure, never plaintext, never a crash', async () => {
  const sealed = await seal('secret', place, keyring)
  for (let at = 0; at < sealed.length; at++) for (let bit = 0; bit < 7; bit++) {
    const altered = sealed.slice(0, at) + String.fromCharCode(sealed.charCodeAt(at) ^ (1 << bit)) + sealed.slice(at + 1)
    await assert.rejects(open(altered, place, keyring), SealError, `${at} ${bit}`)
  }
})

test('threat T15: cut, doubled, empty and foreign texts are typed failures', async () => {
  const sealed = await seal('secret', place, keyring)
  const foreign = ['', '.', '....', 'x', sealed.slice(1), sealed.slice(0, -1), `${sealed}.`, sealed + sealed, sealed.replace('..', '.AAAA.'), sealed.replaceAll('.', ''), `${Buffer.from('{"alg":"none","kid":"1"}').toString('base64url')}....`, `${Buffer.from('{"alg":"dir","enc":"A256GCM","kid":"1","zip":"DEF"}').toString('base64url')}..${sealed.split('.').slice(2).join('.')}`]
  for (const text of foreign) await assert.rejects(open(text, place, keyring), SealError, text)
})

test('threat T15: sealed in the same place with the same key and another cipher, it does not open', async () => {
  const jwe = await new FlattenedEncrypt(Buffer.from('secret')).setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256', kid: '1' }).setAdditionalAuthenticatedData(placeBytes(place)).encrypt(keyring.current.bytes)
  await assert.rejects(open([jwe.protected, '', jwe.iv, jwe.ciphertext, jwe.tag].join('.'), place, keyring), refuses('place'))
})

test('fault F82: a key that is gone is told apart from a place that changed', async () => {
  const sealed = await seal('secret', place, keyring)
  await assert.rejects(open(sealed, place, ring(`2:${key(2)}`)), refuses('key'))
  await assert.rejects(open(sealed, place, ring(`1:${key(9)}`)), refuses('place'))
  assert.equal(await open(sealed, place, ring(`2:${key(2)},1:${key(1)}`)), 'secret')
  assert.equal(versionOf(await seal('secret', place, ring(`2:${key(2)},1:${key(1)}`))), '2')
})

test('threat T14: 100,000 seals, no nonce twice', async () => {
  const nonces = new Set<string>()
  for (let round = 0; round < 200; round++) {
    const sealed = await Promise.all(Array.from({ length: 500 }, () => seal('secret', place, keyring)))
    for (const text of sealed) nonces.add(text.split('.')[2]!)
  }
  assert.equal(nonces.size, 100_000)
  assert.ok([...nonces].every((nonce) => Buffer.from(nonce, 'base64url').length === 12))
})
