import assert from 'node:assert/strict'
import { test } from 'node:test'
import { within } from './patience.ts'

const never = new Promise<never>(() => {})
const late = () => new Error('late')
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

test('work that is done in time is handed on, and no clock is left', async () => {
  const before = timers()
  assert.equal(await within(Promise.resolve(5), 1000, new AbortController().signal, late), 5)
  await assert.rejects(within(Promise.reject(new Error('own')), 1000, new AbortController().signal, late), /own/)
  assert.equal(timers(), before)
})

test('work that is not done in time rejects with what the caller says of it', async () => {
  await assert.rejects(within(never, 10, new AbortController().signal, late), /late/)
})

test('an aborted signal ends the wait with its reason, before and while', async () => {
  const abort = new AbortController()
  const waiting = within(never, 1000, abort.signal, late)
  abort.abort(new Error('gone'))
  await assert.rejects(waiting, /gone/)
  await assert.rejects(within(never, 1000, abort.signal, late), /gone/)
})

test('threat T56: work that fails after nobody waits for it any more ends no process', async () => {
  const unheard: unknown[] = []
  const note = (error: unknown) => unheard.push(error)
  process.on('unhandledRejection', note)
  const gone = AbortSignal.abort(new Error('gone'))
  const [one, other] = [Promise.withResolvers<never>(), Promise.withResolvers<never>()]
  await assert.rejects(within(one.promise, 1000, gone, late), /gone/)
  await assert.rejects(within(other.promise, 5, new AbortController().signal, late), /late/)
  one.reject(new Error('much later'))
  other.reject(new Error('much later'))
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  process.off('unhandledRejection', note)
  assert.deepEqual(unheard, [])
})
