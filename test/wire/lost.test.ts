// Why: a runtime may take requests away in the middle without a word; what they held must not be held for ever.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { nodePorts } from '@mail-gateway/bff/node'
import { openLab, openPost, verdictOf } from './lab.ts'
import { since, withinTime } from '../within-time.ts'

/** A lab whose clock can be put forward. */
const labAhead = async (t: TestContext, change: (ports: ReturnType<typeof nodePorts>) => Partial<ReturnType<typeof nodePorts>> = () => ({})) => {
  const ports = nodePorts({ store: 'memory:', log: () => {} })
  const time = { ahead: 0 }
  const lab = await openLab(t, { ports: { ...ports, ...change(ports), clock: { ...ports.clock, elapsed: () => performance.now() + time.ahead } } })
  return { lab, time, post: await openPost(t) }
}

test('fault F108: checks that were taken away before they began are given up after a while: they read as none, and their places are free', async (t) => {
  let taken = true
  const { lab, time, post } = await labAhead(t, ({ store }) => ({ store: { ...store, putRun: (run) => (taken ? new Promise(() => {}) : store.putRun(run)) } }))
  const ids = Array.from({ length: 10 }, () => randomUUID())
  const body = (n: number) => ({ mode: 'smtp', settings: post.settings({ fromName: `n${n}` }) })
  // As many as one tenant has places for.
  for (const [n, id] of ids.entries()) void lab.request('POST', '/checks', { body: body(n), headers: { 'idempotency-key': id } })
  const status = async (id = ids[0]) => (await lab.request('GET', `/runs/${id}`)).status
  for (const id of ids) while (await status(id) !== 200) await new Promise((resolve) => { setTimeout(resolve, 10) })
  taken = false
  time.ahead = 99_000
  assert.equal(await status(), 200, 'it may still be at work')
  time.ahead = 101_000
  assert.equal(await status(), 404)
  const began = performance.now()
  assert.equal(verdictOf(await lab.check(body(0))), 'passed')
  // A store that does not answer is given up after five seconds, which frees what waits for it: that is not what is tried here.
  withinTime(since(began), { to: 3_500 })
})

test('threat T55: checks that are refused for their number hold no place', async (t) => {
  const { lab, time, post } = await labAhead(t)
  const body = { mode: 'smtp', settings: post.settings(), until: 'input' }
  for (let n = 0; n < 30; n++) await lab.check(body)
  for (let n = 0; n < 12; n++) assert.equal((await lab.request('POST', '/checks', { body })).status, 429)
  time.ahead = 61_000
  assert.equal(verdictOf(await lab.check(body, { signal: AbortSignal.timeout(5_000) })), 'passed')
})

test('fault F107: who comes while it closes is told to come back', async (t) => {
  const { lab, post } = await labAhead(t)
  const closing = lab.gateway.close()
  const told = await lab.problem('POST', '/checks', 503, { body: { mode: 'smtp', settings: post.settings() } })
  assert.deepEqual([told.code, told.retryAfter], ['service.closed', 10])
  await closing
})

test('fault F108: a check that goes on in another process is not begun again, and counts as lost after half a minute', async (t) => {
  const ports = { ...nodePorts({ store: 'memory:', log: () => {} }), shared: true }
  const here = await openLab(t, { ports })
  // Takes connections and never greets.
  const post = await openPost(t, { onConnect() {} })
  const [key, body] = [randomUUID(), { mode: 'smtp', settings: post.settings() }]
  const first = await here.request('POST', '/checks', { body, headers: { 'idempotency-key': key } })
  let ahead = 0
  const there = await openLab(t, { ports: { ...ports, clock: { ...ports.clock, now: () => Date.now() + ahead } } })
  const told = await there.problem('POST', '/checks', 429, { body, headers: { 'idempotency-key': key } })
  assert.deepEqual([told.code, told.runId], ['check.busy', key])
  const stands: unknown[] = []
  for (ahead of [25_000, 31_000]) {
    const { state, verdict } = await there.json<{ state: string; verdict?: string }>('GET', `/runs/${key}`, 200)
    stands.push([state, verdict])
  }
  assert.deepEqual(stands, [['running', undefined], ['done', 'unproven']])
  await first.body?.cancel()
})
