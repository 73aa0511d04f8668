// Why: a runtime may take requests away in the middle without a word; what they held must not be held for ever.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { nodePorts } from '@mail-gateway/bff/node'
import { openLab, openPost, verdictOf } from './lab.ts'

test('fault F108: checks that were taken away before they began are given up after a while: they read as none, and their places are free', async (t) => {
  const ports = nodePorts({ store: 'memory:', log: () => {} })
  let [taken, ahead] = [true, 0]
  const putRun: typeof ports.store.putRun = (run) => (taken ? new Promise(() => {}) : ports.store.putRun(run))
  const lab = await openLab(t, { ports: { ...ports, store: { ...ports.store, putRun }, clock: { ...ports.clock, elapsed: () => performance.now() + ahead } } })
  const post = await openPost(t)
  const ids = Array.from({ length: 10 }, () => randomUUID())
  const body = (n: number) => ({ mode: 'smtp', settings: post.settings({ fromName: `n${n}` }) })
  // As many as one tenant has places for.
  for (const [n, id] of ids.entries()) void lab.request('POST', '/checks', { body: body(n), headers: { 'idempotency-key': id } })
  const status = async (id = ids[0]) => (await lab.request('GET', `/runs/${id}`)).status
  for (const id of ids) while (await status(id) !== 200) await new Promise((resolve) => { setTimeout(resolve, 10) })
  taken = false
  ahead = 99_000
  assert.equal(await status(), 200, 'it may still be at work')
  ahead = 101_000
  assert.equal(await status(), 404)
  const began = performance.now()
  assert.equal(verdictOf(await lab.check(body(0))), 'passed')
  // A store that does not answer is given up after five seconds, which frees what waits for it: that is not what is tried here.
  assert.ok(performance.now() - began < 3_500)
})
