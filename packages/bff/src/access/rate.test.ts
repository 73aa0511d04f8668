import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRate } from './rate.ts'

test('a window slides: what leaves it makes room, one key does not touch another', () => {
  let now = 0
  const rate = createRate(3, 1_000, () => now)
  assert.deepEqual([rate.take('a'), rate.take('a'), (now = 400, rate.take('a'))], [0, 0, 0])
  assert.equal(rate.take('a'), 1)
  assert.equal(rate.take('b'), 0)
  now = 1_000
  assert.deepEqual([rate.take('a'), rate.take('a'), rate.take('a')], [0, 0, 1])
})

test('the wait is in whole seconds, long enough', () => {
  let now = 0
  const rate = createRate(1, 60_000, () => now)
  rate.take('a')
  now = 500
  const wait = rate.take('a')
  assert.equal(wait, 60)
  now += wait * 1_000
  assert.equal(rate.take('a'), 0)
})

test('threat T51: a key that fell silent is forgotten, and nobody else’s calls with it', () => {
  let now = 0
  const rate = createRate(1, 1_000, () => now)
  rate.take('silent')
  now = 900
  rate.take('a')
  now = 1_000
  assert.deepEqual([rate.take('b'), rate.take('a'), rate.take('silent')], [0, 1, 0])
})
