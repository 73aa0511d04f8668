// Why: one call that never ends must not hold its caller for ever, and one that is merely slow must not be given up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { memoryStore } from '../adapters/memory/store.ts'
import { StoreSilent } from '../ports/store.ts'
import type { Store } from '../ports/store.ts'
import { patient } from './patience.ts'

/** A store of which each call ends when this test says so. */
const heldUp = () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const store = new Proxy(memoryStore(), {
    get: (real, name: keyof Store) => async (...values: never[]) => {
      await held
      return (real[name] as (...values: never[]) => Promise<unknown>)(...values)
    },
  })
  return { store, letGo }
}

const timed = (t: TestContext): void => t.mock.timers.enable({ apis: ['setTimeout'] })
const stateOf = async (work: Promise<unknown>): Promise<string> =>
  Promise.race([work.then(() => 'done', (error: unknown) => (error instanceof StoreSilent ? 'silent' : String(error))), new Promise<string>((resolve) => { setImmediate(resolve, 'waiting') })])

test('fault F76: a store that is slow is waited for up to 5 seconds, and no longer', async (t) => {
  timed(t)
  const { store } = heldUp()
  const asking = patient(store).listGateways('acme')
  t.mock.timers.tick(4_999)
  assert.equal(await stateOf(asking), 'waiting')
  t.mock.timers.tick(1)
  assert.equal(await stateOf(asking), 'silent')
})

test('fault F76: forgetting what is over, and closing, take the time they take: nobody waits for them', async (t) => {
  timed(t)
  const { store, letGo } = heldUp()
  const [sweeping, closing] = [patient(store).sweep(0), patient(store).close()]
  t.mock.timers.tick(60_000)
  assert.deepEqual([await stateOf(sweeping), await stateOf(closing)], ['waiting', 'waiting'])
  letGo()
  await Promise.all([sweeping, closing])
})

test('a call that has ended leaves no timer, and what is kept by store is kept once', async (t) => {
  const [set, clear] = [t.mock.method(globalThis, 'setTimeout'), t.mock.method(globalThis, 'clearTimeout')]
  const { store, letGo } = heldUp()
  letGo()
  await patient(store).listGateways('acme')
  assert.deepEqual(clear.mock.calls.map(({ arguments: [timer] }) => timer), set.mock.calls.map(({ result }) => result))
  assert.equal(patient(store), patient(store))
})
