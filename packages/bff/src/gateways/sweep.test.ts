import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStore } from '../adapters/memory/store.ts'
import type { LogEvent } from '../ports/ports.ts'
import { sweepStore, sweeping } from './sweep.ts'

const day = 24 * 60 * 60_000
const now = Date.UTC(2026, 10, 21)

/** A store with a run of a month ago to the millisecond, and one that is older by one. */
const world = async () => {
  const store = memoryStore()
  const put = (runId: string, at: number) => store.putRun({ tenant: 'acme', fingerprint: '1.x', by: 'Ada', view: { runId, mode: 'smtp', until: 'identity', state: 'done', verdict: 'passed', startedAt: new Date(at).toISOString(), rows: [] } })
  const old = () => put('old', now - 30 * day - 1)
  await old()
  await put('kept', now - 30 * day)
  const there = async (runId: string) => await store.getRun('acme', runId) !== undefined
  return { store, old, there }
}

test('a month is kept, and what is older is forgotten', async () => {
  const { store, there } = await world()
  await sweepStore({ store, clock: { now: () => now, elapsed: () => 0 } })
  assert.deepEqual([await there('kept'), await there('old')], [true, false])
})

const turns = () => new Promise((resolve) => { setImmediate(resolve) })

test('beside the work it is done at the first chance, and then once an hour', async () => {
  const { store, old, there } = await world()
  let elapsed = 12
  const sweep = sweeping({ store, clock: { now: () => now, elapsed: () => elapsed }, log: () => assert.fail('nothing went wrong') })
  const left: boolean[] = []
  for (const at of [12, 13, 60 * 60_000 + 11, 60 * 60_000 + 12]) {
    await old()
    elapsed = at
    sweep()
    await turns()
    left.push(await there('old'))
  }
  assert.deepEqual(left, [false, true, true, false])
})

test('a store that refuses keeps nobody from working: it is told to the log, and tried again after an hour', async () => {
  const { store } = await world()
  const told: LogEvent[] = []
  let elapsed = 0
  let tried = 0
  const sweep = sweeping({ store: { ...store, sweep: () => { tried += 1; return Promise.reject(new Error('locked')) } }, clock: { now: () => now, elapsed: () => elapsed }, log: (event) => { told.push(event) } })
  for (elapsed of [0, 1, 60 * 60_000]) {
    sweep()
    await turns()
  }
  assert.deepEqual([tried, told.map(({ level, event }) => `${level} ${event}`)], [2, ['warn store.sweep-failed', 'warn store.sweep-failed']])
})
