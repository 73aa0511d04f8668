import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createSlots } from './slots.ts'

const end = new AbortController()
const never = end.signal
// Who waits keeps its process alive, on purpose.
after(() => { end.abort() })
const settled = async (promise: Promise<void>) => {
  let done = false
  void promise.then(() => { done = true }, () => { done = true })
  await new Promise((resolve) => setImmediate(resolve))
  return done
}

test('threat T55: so many work, so many wait, the next is refused; leaving makes room in order', async () => {
  const slots = createSlots(2, 2)
  const [a, b, c, d] = [slots.queue(), slots.queue(), slots.queue(), slots.queue()]
  assert.throws(() => slots.queue(), { code: 'check.queue-full' })
  assert.deepEqual([await settled(a.turn(never)), await settled(b.turn(never)), await settled(c.turn(never))], [true, true, false])
  a.leave()
  assert.deepEqual([await settled(c.turn(never)), await settled(d.turn(never))], [true, false])
  a.leave()
  assert.equal(await settled(d.turn(never)), false, 'leaving twice frees one place only')
  d.leave()
  const e = slots.queue()
  b.leave()
  assert.equal(await settled(e.turn(never)), true)
})

test('whoever gives up while waiting is out of the queue', async () => {
  const slots = createSlots(1, 1)
  slots.queue()
  const waiting = slots.queue()
  const gone = new AbortController()
  const turn = waiting.turn(gone.signal)
  gone.abort()
  await assert.rejects(turn, { name: 'AbortError' })
  waiting.leave()
  assert.ok(slots.queue())
  await assert.rejects(waiting.turn(gone.signal), { name: 'AbortError' })
})
