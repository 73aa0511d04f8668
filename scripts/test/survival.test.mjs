import assert from 'node:assert/strict'
import { test } from 'node:test'
import { casesIn, missingCases, survival } from './survival.mjs'

const row = (id, on, more = {}) => ({ id, fault: `what ${id} is`, bound: 5, on, codes: ['smtp.x'], ...more })
const both = ['node', 'workerd']
const passed = (name) => ({ name, ok: true })
const failed = (name, why) => ({ name, ok: false, why })
const last = (...args) => survival(...args).lines.at(-1)

test('a name cites a row on a runtime, or several rows', () => {
  assert.deepEqual(casesIn('fault F18 [workerd]: endless'), ['F18 workerd'])
  assert.deepEqual(casesIn('group › fault F01, F02 and F108 [node]: x'), ['F01 node', 'F02 node', 'F108 node'])
  assert.deepEqual(casesIn('fault F18: no runtime'), [])
  assert.deepEqual(casesIn('default F18 [nodes]'), [])
})

test('a case that no test speaks of is not survived, also where its row is on another runtime', () => {
  const { lines, survived, all } = survival([row('F01', both)], [passed('fault F01 [node]: a')], [])
  assert.deepEqual([survived, all], [0, 1])
  assert.ok(lines.some((line) => /^ {2}✖ F01 /.test(line)) && lines.some((line) => line.includes('workerd: no test speaks of it')))
  assert.ok(lines.includes('not survived: F01 workerd'))
})

test('a case that fails is not survived, whatever passes besides, and says why', () => {
  const results = [passed('fault F01 [node]: one value'), failed('fault F01 [node]: another value', '\nAssertionError: 9000 ms\n    at x')]
  assert.deepEqual(missingCases([row('F01', ['node'])], results), ['F01 node'])
  assert.ok(survival([row('F01', ['node'])], results, []).lines.some((line) => line.includes('node: fault F01 [node]: another value: AssertionError: 9000 ms')))
})

test('a case that was skipped is not survived', () => {
  const skipped = failed('fault F01 [node]: a', 'skipped: a test that does not run proves nothing')
  assert.equal(last([row('F01', ['node'])], [skipped], []), 'faults survived 0/1 (node 0/1, 0 tests)')
})

test('no results at all is nothing survived', () => {
  assert.deepEqual(missingCases([row('F01', both)], []), ['F01 node', 'F01 workerd'])
  assert.equal(last([row('F01', both)], [], []), 'faults survived 0/1 (node 0/1, workerd 0/1, 0 tests)')
})

test('what passes everywhere is survived; a runtime that cannot have a row is named with its reason', () => {
  const faults = [row('F01', both), row('F06', ['node'], { codes: [], absent: 'the platform picks' }), row('F93', [], { absent: 'there is no popup' })]
  const results = [passed('fault F01 [node]: a'), passed('fault F01 [workerd]: a'), passed('fault F06 [node]: a')]
  const { lines, survived, all } = survival(faults, results, [])
  assert.deepEqual([survived, all], [2, 2])
  assert.ok(lines.some((line) => line.includes('not elsewhere: the platform picks')))
  assert.ok(lines.some((line) => /^ {2}· F93 +nowhere/.test(line)) && lines.some((line) => line.includes('not tried: there is no popup')))
  assert.equal(lines.at(-1), 'faults survived 2/2 (node 2/2, workerd 1/1, 3 tests)')
})

test('one id is not taken for another that begins like it', () => {
  assert.equal(survival([row('F10', ['node']), row('F100', ['browser'])], [passed('fault F10 [node]: a')], []).survived, 1)
})

test('the slowest answer is that of a fault, with its bound', () => {
  const figures = [{ of: 'bundle', seconds: 99 }, { of: 'fault F18 node', seconds: 5.04, bound: 5 }, { of: 'fault F53 workerd', seconds: 10.02, bound: 10, what: 'silent' }, { of: 'fault F01 node', seconds: Number.NaN }]
  assert.ok(survival([], [], figures).lines.includes('slowest answer: 10.0 s of 10 s (F53 workerd, silent)'))
})
