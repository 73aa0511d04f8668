import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spend } from './allowance.ts'
import type { Times } from './allowance.ts'

const allowance = { perMinute: 5, perDay: 30 }
const minute = 60_000
const day = 24 * 60 * minute

const press = (times: Times, ...at: number[]): { waits: number[]; times: Times } =>
  at.reduce<{ waits: number[]; times: Times }>((so, now) => {
    const { wait, times: next } = spend(so.times, now, allowance)
    return { waits: [...so.waits, wait], times: next }
  }, { waits: [], times })

test('threat T30: five in any minute, not five in each calendar minute', () => {
  const late = [59_000, 59_100, 59_200, 59_300, 59_400]
  assert.deepEqual(press([], ...late, 60_500).waits, [0, 0, 0, 0, 0, 59])
})

test('threat T30: thirty in any day, and the wait is until the oldest of them leaves', () => {
  const spread = Array.from({ length: 30 }, (_, n) => n * 2 * minute)
  const { waits, times } = press([], ...spread)
  assert.ok(waits.every((wait) => wait === 0))
  const { wait } = spend(times, day - minute, allowance)
  assert.equal(wait, 60)
  assert.equal(spend(times, day + 1, allowance).wait, 0)
})

test('after the wait it told, the next one passes', () => {
  const { times } = press([], 0, 1_000, 2_000, 3_000, 4_000)
  const { wait } = spend(times, 10_500, allowance)
  assert.equal(spend(times, 10_500 + wait * 1_000, allowance).wait, 0)
})

test('threat T30: to the millisecond: what is a whole minute or a whole day old counts no more', () => {
  const { times } = press([], 0, 1_000, 2_000, 3_000, 4_000)
  assert.deepEqual([minute - 1, minute].map((now) => spend(times, now, allowance).wait), [1, 0])
  assert.deepEqual(spend([0, 1], day, allowance).times, [1, day])
})

test('fault F102: a clock set back locks nobody out', () => {
  const { times } = press([], day, day + 1)
  assert.equal(spend(times, 1_000, allowance).wait, 0)
})

test('fault F102: whoever pressed as often as they may before the clock was set back waits a minute by the new time, and no longer', () => {
  const { times } = press([], day, day + 1, day + 2, day + 3, day + 4)
  const { wait } = spend(times, 1_000, allowance)
  assert.equal(wait, 60)
})

test('threat T30: where the limit was lowered meanwhile, the wait is until there is room by the new one', () => {
  const { times } = press([], 0, 1_000, 2_000, 3_000, 4_000)
  assert.equal(spend(times, 5_000, { ...allowance, perMinute: 2 }).wait, 58)
})

test('what no longer counts is forgotten', () => {
  assert.equal(spend([0, 1, 2], day + 10, allowance).times.length, 1)
})

test('threat T30: a press that was refused counts for nothing: whoever goes on pressing is not locked out for longer', () => {
  assert.deepEqual(press([], 0, 1_000, 2_000, 3_000, 4_000, 5_000, 5_100, minute).waits, [0, 0, 0, 0, 0, 55, 55, 0])
})
