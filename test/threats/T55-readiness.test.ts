// Why: to say that the keys are others than those that sealed it, everything that is stored is read; who asks may be anybody.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { nodePorts } from '@mail-gateway/bff/node'
import { toWorker } from '@mail-gateway/bff/workers'
import { anyDraft, create, keys, openLab, origin } from '../wire/lab.ts'

/** A store with a secret in it, and how often all of it was read. */
const counted = async (t: TestContext) => {
  const ports = nodePorts({ store: 'memory:' })
  const read = { times: 0 }
  const store = new Proxy(ports.store, {
    get: (real, name: keyof typeof ports.store) => (...values: never[]) => {
      if (name === 'walk' && values[0] === undefined) read.times++
      return name === 'close' ? Promise.resolve() : (real[name] as (...values: never[]) => Promise<unknown>)(...values)
    },
  })
  t.after(() => ports.store.close())
  return { read, ports: { ...ports, store } }
}

const others = `1:${randomBytes(32).toString('base64')}`

test('threat T55: with keys that open nothing, nobody makes the whole store be read by asking whether it is ready', async (t) => {
  const { ports, read } = await counted(t)
  const lab = await openLab(t, { ports })
  await create(lab, anyDraft())
  await lab.restart({ secrets: others })
  const ask = async () => (await lab.request('GET', '/readyz', { as: 'nobody' })).status
  assert.equal(await ask(), 503)
  assert.equal(read.times, 1)
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 50 }, ask))), new Set([503]))
  assert.equal(read.times, 1)
  const told = lab.log.filter(({ event }) => event === 'not-ready')
  assert.ok(told.length > 50 && told.every(({ fields }) => /opens none/.test(String(fields?.['message']))))
  await lab.restart({ secrets: keys.one })
  assert.equal(await ask(), 200)
})

test('threat T55: when it is time to look again, one look serves everybody who asks meanwhile', async (t) => {
  const { ports, read } = await counted(t)
  await create(await openLab(t, { ports }), anyDraft())
  let ahead = 0
  const lab = await openLab(t, { ports: { ...ports, clock: { ...ports.clock, elapsed: () => ports.clock.elapsed() + ahead } }, secrets: others })
  const ask = async () => (await lab.request('GET', '/readyz', { as: 'nobody' })).status
  assert.equal(await ask(), 503)
  ahead = 31_000
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 50 }, ask))), new Set([503]))
  assert.equal(read.times, 2)
})

test('threat T55: a Worker with keys that open nothing refuses every call, and looks at what is stored once in a while only', async (t) => {
  const { ports, read } = await counted(t)
  await create(await openLab(t, { ports }), anyDraft())
  const background = { waitUntil() {} }
  const ask = async (worker: ReturnType<typeof toWorker>, bindings: object) => (await worker.fetch(new Request(`${origin}/api/mail-gateway/livez`), bindings, background)).status
  let ahead = 0
  const clock = { ...ports.clock, elapsed: () => ports.clock.elapsed() + ahead }
  const made = (secrets: string) => toWorker(() => ({ ports: { ...ports, clock }, baseURL: origin, secrets, authorize: () => null }))
  const [wrong, bindings] = [made(others), {}]
  const log = t.mock.method(console, 'log', () => {})
  assert.equal(await ask(wrong, bindings), 503)
  assert.equal(read.times, 1)
  for (let n = 0; n < 50; n++) assert.equal(await ask(wrong, bindings), 503)
  assert.equal(read.times, 1)
  ahead = 31_000
  assert.deepEqual([await ask(wrong, bindings), read.times], [503, 2])
  assert.equal(log.mock.callCount(), 52)
  assert.equal(await ask(made(keys.one), {}), 200)
})
