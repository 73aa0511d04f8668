import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, quantile } from './statistics.ts'

test('the median lies in the middle, of an even number between the two', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
})

test('a quantile is a sample: half of them, and the one of a hundred', () => {
  const samples = Array.from({ length: 100 }, (_, n) => n + 1)
  assert.equal(quantile(samples, 0.5), 50)
  assert.equal(quantile(samples, 0.99), 99)
  assert.throws(() => quantile([], 0.5), RangeError)
})
