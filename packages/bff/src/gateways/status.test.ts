import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunRow, RunView, Stage, Verdict } from '@mail-gateway/contract'
import type { StoredStatus } from '../ports/store.ts'
import { statusAfterRun } from './status.ts'

const before: StoredStatus = { state: 'verified', since: '2026-11-01T00:00:00Z', fingerprint: 'f' }
const row = (id: string, status: RunRow['status']): RunRow => ({ id, stage: 'delivery', label: id, status })
const run = (verdict: Verdict, until: Stage, rows: RunRow[] = []) => {
  const view: RunView = { runId: 'r', mode: 'smtp', until, state: 'done', verdict, startedAt: '2026-11-20T00:00:00Z', endedAt: '2026-11-20T00:00:01Z', rows }
  return { tenant: 't', fingerprint: 'f', by: 'Ada', view }
}

test('a refused sign-in makes a verified gateway failing', () => {
  assert.equal(statusAfterRun(before, run('failed', 'identity', [row('sign-in', 'fail')]))?.state, 'failing')
})

test('a refused test recipient says nothing against the gateway', () => {
  assert.equal(statusAfterRun(before, run('failed', 'delivery', [row('sender', 'pass'), row('recipient', 'fail')])), undefined)
})

test('an unproven run changes nothing, and signing in takes nothing away from a message that was accepted', () => {
  assert.equal(statusAfterRun(before, run('unproven', 'delivery')), undefined)
  assert.equal(statusAfterRun(before, run('passed', 'identity')), undefined)
})

test('a passed run to delivery verifies, one to identity checks, one to network proves neither', () => {
  const failing: StoredStatus = { ...before, state: 'failing' }
  assert.deepEqual(['delivery', 'identity', 'network'].map((until) => statusAfterRun(failing, run('passed', until as Stage))?.state), ['verified', 'checked', undefined])
})

test('failing keeps the day it began', () => {
  const failing: StoredStatus = { ...before, state: 'failing' }
  assert.equal(statusAfterRun(failing, run('failed', 'network', [row('connect', 'fail')]))?.since, before.since)
})
