import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fingerprints } from './fingerprint.ts'
import { readKeyring } from './keyring.ts'

const key = (fill: number) => Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 5 + fill) % 256)).toString('base64')
const ring = (text: string) => {
  const reading = readKeyring(text)
  if (!reading.ok) throw new Error(reading.problem)
  return reading.keyring
}
const one = ring(`1:${key(1)}`)
const subject = { tenant: 'acme', mode: 'smtp', values: { host: 'a', port: 587, password: 'secret' } }

test('req D3: the same configuration in another order, with absent values spelt out, is the same', async () => {
  assert.deepEqual(await fingerprints({ ...subject, values: { password: 'secret', ca: undefined, port: 587, host: 'a', ehloName: null } }, one), await fingerprints(subject, one))
})

const others: [what: string, other: typeof subject | { tenant: string; mode: string; values: Record<string, unknown> }][] = [
  ['tenant', { ...subject, tenant: 'other' }], ['mode', { ...subject, mode: 'graph' }], ['value', { ...subject, values: { ...subject.values, port: 588 } }],
  ['type', { ...subject, values: { ...subject.values, port: '587' } }], ['secret', { ...subject, values: { ...subject.values, password: 'Secret' } }],
  ['setting more', { ...subject, values: { ...subject.values, fromName: 'x' } }],
]

for (const [what, other] of others) {
  test(`req D3: another ${what} is another fingerprint`, async () => {
    assert.notDeepEqual(await fingerprints(other, one), await fingerprints(subject, one))
  })
}

test('one for each key, the sealing one first; the text gives nothing away', async () => {
  const both = await fingerprints(subject, ring(`2:${key(2)},1:${key(1)}`))
  assert.equal(both.length, 2)
  assert.match(both[0]!, /^2\.[\w-]{43}$/)
  assert.deepEqual(both.slice(1), await fingerprints(subject, one))
})
