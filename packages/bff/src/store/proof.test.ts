import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stage, Verdict } from '@mail-gateway/contract'
import type { StoredRun } from '../ports/store.ts'
import { telling } from './proof.ts'

const run = (runId: string, verdict: Verdict | undefined, until: Stage): StoredRun => ({
  tenant: 't', fingerprint: 'f', by: 'b',
  view: { runId, mode: 'smtp', until, state: verdict ? 'done' : 'running', ...(verdict && { verdict }), startedAt: '2026-11-21T00:00:00.000Z', rows: [] },
})

const cases: [what: string, newestFirst: StoredRun[], wanted: string | undefined][] = [
  ['nothing', [], undefined],
  ['a pass of the sign-in', [run('a', 'passed', 'identity')], 'a'],
  ['a later sign-in takes nothing from a delivery', [run('b', 'passed', 'identity'), run('a', 'passed', 'delivery')], 'a'],
  ['a later failure counts', [run('b', 'failed', 'network'), run('a', 'passed', 'delivery')], 'b'],
  ['a pass after a failure counts as far as it went', [run('c', 'passed', 'identity'), run('b', 'failed', 'identity'), run('a', 'passed', 'delivery')], 'c'],
  ['the newest of two deliveries', [run('b', 'passed', 'delivery'), run('a', 'passed', 'delivery')], 'b'],
  ['unproven runs and shallow passes say nothing', [run('d', 'unproven', 'delivery'), run('c', undefined, 'delivery'), run('b', 'passed', 'network'), run('a', 'passed', 'identity')], 'a'],
]

for (const [what, runs, wanted] of cases) {
  test(`req D3: ${what}`, () => {
    assert.equal(telling(runs)?.view.runId, wanted)
  })
}
