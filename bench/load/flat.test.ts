import assert from 'node:assert/strict'
import { test } from 'node:test'
import { medians, reach } from './flat.ts'

const over = (value: (at: number) => number) => Array.from({ length: 600 }, (_, second) => ({ at: second * 1000, value: value(second) }))

test('a leak of a megabyte a minute moves it by eight from the second minute to the tenth', () => {
  assert.equal(Math.round(reach(over((second) => 100 + second / 60), 600_000)), 8)
})

test('the first tenth is warm-up, a single spike is none, what falls counts like what grows', () => {
  assert.equal(reach(over((second) => (second < 60 ? 10 : 50)), 600_000), 0)
  assert.equal(reach(over((second) => (second === 300 ? 500 : 50)), 600_000), 0)
  assert.equal(reach(over((second) => (second < 300 ? 80 : 50)), 600_000), 30)
})

test('there are ten parts, and the last sample belongs to the last', () => {
  assert.equal(medians([...over(() => 1), { at: 600_000, value: 1 }], 600_000).length, 10)
})
