import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { bearer, same } from './bearer.ts'
import { newId } from './call.ts'
import { Untimely } from '../../../../test/within-time.ts'

test('threat T51: two values are the same only when all of both is', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values)
  assert.ok(same(bytes(1, 2, 3), bytes(1, 2, 3)))
  for (const [a, b] of [[bytes(1, 2, 3), bytes(1, 2, 4)], [bytes(1, 2), bytes(1, 2, 3)], [bytes(1, 2, 3), bytes(1, 2)], [bytes(), bytes(0)], [bytes(0), bytes()]] as const) assert.ok(!same(a, b))
})

test('threat T51: 20,000 comparisons take as long for a late difference as for an early one', () => {
  const wanted = Uint8Array.from({ length: 32 }, (_, at) => at)
  const differing = (at: number) => wanted.map((value, index) => (index === at ? value ^ 1 : value))
  const [early, late] = [differing(0), differing(31)]
  const time = (other: Uint8Array) => {
    const began = performance.now()
    for (let n = 0; n < 10_000; n++) same(wanted, other)
    return performance.now() - began
  }
  time(early); time(late)
  const pairs = Array.from({ length: 15 }, () => [time(early), time(late)] as const)
  const ratios = pairs.map(([a, b]) => b / a).sort((a, b) => a - b)
  // A comparison that stops at the first difference is some thirty times faster for the early one.
  const median = ratios[7]!
  if (!(median > 0.4 && median < 2.5)) throw new Untimely(`median ratio ${median.toFixed(2)}`)
})

test('threat T51: the holder of a token is found among many; the token itself is not kept', async () => {
  const sha256 = (token: string) => createHash('sha256').update(token).digest('hex')
  const authorize = bearer(Array.from({ length: 50 }, (_, n) => ({ sha256: sha256(`token-${n}`), subject: `s${n}`, tenant: 't', rights: ['read' as const] })))
  const ask = (token: string) => authorize(new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } }))
  assert.deepEqual(await ask('token-31'), { subject: 's31', tenant: 't', rights: ['read'] })
  assert.equal(await ask('token-50'), null)
})

test('threat T51: ids have 128 random bits and need no escaping', () => {
  const ids = new Set(Array.from({ length: 10_000 }, newId))
  assert.equal(ids.size, 10_000)
  for (const id of ids) {
    assert.match(id, /^[\w-]{22}$/)
    assert.equal(Buffer.from(id, 'base64url').length, 16)
  }
})
