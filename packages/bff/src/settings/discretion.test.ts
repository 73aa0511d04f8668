import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDiscretion, factsOf } from './discretion.ts'

test('threat T09: values in use are masked in every field, and no longer once they are released', () => {
  const discretion = createDiscretion()
  const event = { level: 'error', event: 'x', fields: { message: 'said hunter2-hunter2', count: 2, fine: true } } as const
  const { release } = discretion.confide(['hunter2-hunter2'])
  const { release: other } = discretion.confide(['something-else'])
  assert.deepEqual(discretion.veil(event).fields, { message: 'said •••', count: 2, fine: true })
  release()
  assert.deepEqual(discretion.veil(event).fields, event.fields)
  other()
})

test('threat T11: whatever is thrown, only scalar facts of it are logged', () => {
  const cert: Record<string, unknown> = { pubkey: Buffer.alloc(4) }
  const circular = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', cert })
  cert['issuerCertificate'] = cert
  cert['error'] = circular
  const discretion = createDiscretion()
  for (const thrown of [circular, null, undefined, 'text', 7, { password: 'x' }, Object.create(null)]) {
    const veiled = discretion.veil({ level: 'error', event: 'x', fields: factsOf(thrown) })
    assert.doesNotThrow(() => JSON.stringify(veiled))
    for (const value of Object.values(veiled.fields ?? {})) assert.equal(typeof value, 'string')
  }
  assert.equal(factsOf(circular)['code'], 'DEPTH_ZERO_SELF_SIGNED_CERT')
})

test('threat T11: an object that slipped into the fields is dropped', () => {
  const veiled = createDiscretion().veil({ level: 'info', event: 'x', fields: { ok: 'yes', bad: { password: 'x' } as never } })
  assert.deepEqual(veiled.fields, { ok: 'yes' })
})

test('threat T10: a secret learnt on the way is masked from then on, in the log and in what is said, until the release', () => {
  const discretion = createDiscretion()
  const event = { level: 'warn', event: 'x', fields: { reply: '535 eyJ0b2tlbiI6MX0.4bc5ef7h' } } as const
  const { scrubber, release } = discretion.confide(['hunter2-hunter2'])
  assert.deepEqual(discretion.veil(event).fields, event.fields)
  scrubber.conceal('eyJ0b2tlbiI6MX0.4bc5ef7h')
  scrubber.conceal('eyJ0b2tlbiI6MX0.4bc5ef7h')
  assert.deepEqual(discretion.veil(event).fields, { reply: '535 •••' })
  assert.equal(scrubber.words('It said eyJ0b2tlbiI6MX0.4bc5ef7h and hunter2-hunter2'), 'It said ••• and •••')
  const echo = btoa('user=a@acme.example\x01auth=Bearer eyJ0b2tlbiI6MX0.4bc5ef7h\x01\x01')
  assert.equal(atob(scrubber.foreign(`535 ${echo}`).replace('535 ', '').split('•••')[0]!).includes('eyJ'), false)
  release()
  assert.deepEqual(discretion.veil(event).fields, event.fields)
})
