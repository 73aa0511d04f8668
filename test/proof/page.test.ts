import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differences } from '../../scripts/test/noise.mjs'
import { faults } from '../faults/table.ts'
import { asvs } from './asvs.ts'
import { goals } from './goals.ts'
import { proofOf } from './page.ts'
import type { Result } from './page.ts'
import { threats } from './threats.ts'

const numbered = (letter: string, last: number): string[] => Array.from({ length: last }, (_, n) => `${letter}${String(n + 1).padStart(2, '0')}`)
const passed = (...names: string[]): Result[] => names.map((name) => ({ file: 'test/some.test.ts', name, ok: true }))
const lineOf = (text: string, id: string): string => text.split('\n').find((line) => line.startsWith(`| ${id} |`)) ?? ''

test('goal G15: every threat, goal and ASVS item is there once', () => {
  assert.deepEqual(threats.map(({ id }) => id), numbered('T', 56))
  assert.deepEqual(goals.map(({ id }) => id), Array.from({ length: 15 }, (_, n) => `G${n + 1}`))
  assert.equal(new Set(asvs.map(({ item }) => item)).size, 115)
  for (const { item, rows, reason } of asvs) assert.equal(Boolean(rows?.length), !reason, `${item} has rows or a reason`)
})

test('a row that no test cites is open, and so is one with a failing test', () => {
  const { text, open } = proofOf({ results: [...passed('threat T07: nothing', 'threat T08: nothing'), { file: 'x', name: 'threat T08: broke', ok: false }], figures: [], faults })
  assert.ok(!open.includes('threat T07') && open.includes('threat T08') && open.includes('threat T09'))
  assert.match(lineOf(text, 'T07'), /1 tests.*some\.test/)
  assert.match(lineOf(text, 'T08'), /\*\*open\*\*/)
  assert.ok(open.includes('fault F01 node') && open.includes('goal G6') && open.includes('ASVS 1.2.2'))
})

test('a promise holds by its figures alone', () => {
  const measured = (...figures: { of: string; [name: string]: number | string }[]) => proofOf({ results: passed('x'), figures, faults })
  const kills = { of: 'goal G6', kills: 1000, saves: 9, lost: 0, corrupt: 0, tornImages: 200, wrongReads: 0, acknowledgedLost: 0 }
  assert.ok(!measured(kills).open.includes('goal G6'))
  assert.ok(measured({ ...kills, lost: 1 }).open.includes('goal G6'))
  assert.ok(measured({ ...kills, kills: 999 }).open.includes('goal G6'))
  assert.ok(measured({ of: 'goal G6', kills: 1000 }).open.includes('goal G6'), 'a value that was not measured')
  assert.ok(measured({ of: 'fault F18 node', seconds: 5.6, bound: 5 }).open.includes('goal G4'))
  assert.ok(!measured({ of: 'fault F18 node', seconds: 5.4, bound: 5 }).open.includes('goal G4'))
})

test('noise is a time or a count nearby, never a word, a row or another order of size', () => {
  const page = '| G4 | slowest check 17.0 s, p99 12.1 s | holds |\n| T07 | 31 tests |'
  assert.deepEqual(differences(page, page.replace('17.0', '18.2').replace('31', '33')), [])
  for (const [from, to] of [['holds', '**open**'], ['17.0', '99.0'], ['31', '3'], ['| T07 | 31 tests |', '']] as const) {
    assert.notEqual(differences(page, page.replace(from, to)).length, 0, to)
  }
})
