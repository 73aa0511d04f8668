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
  const [a, b, c, d] = [slots.queue('a'), slots.queue('b'), slots.queue('c'), slots.queue('d')]
  assert.throws(() => slots.queue('e'), { code: 'check.queue-full' })
  assert.deepEqual([await settled(a.turn(never)), await settled(b.turn(never)), await settled(c.turn(never))], [true, true, false])
  a.leave()
  assert.deepEqual([await settled(c.turn(never)), await settled(d.turn(never))], [true, false])
  a.leave()
  assert.equal(await settled(d.turn(never)), false, 'leaving twice frees one place only')
  d.leave()
  const e = slots.queue('e')
  b.leave()
  assert.equal(await settled(e.turn(never)), true)
})

test('threat T55: one tenant has half of the places, and its queue holds nobody else up', async () => {
  const slots = createSlots(4, 3)
  const ours = [slots.queue('a'), slots.queue('a'), slots.queue('a'), slots.queue('a'), slots.queue('a')]
  assert.throws(() => slots.queue('a'), { code: 'check.queue-full' })
  assert.deepEqual(await Promise.all(ours.map(({ turn }) => settled(turn(never)))), [true, true, false, false, false])
  const others = [slots.queue('b'), slots.queue('b')]
  assert.deepEqual(await Promise.all(others.map(({ turn }) => settled(turn(never)))), [true, true])
  others[0]!.leave()
  assert.equal(await settled(ours[2]!.turn(never)), false, 'a place that is free is no place of theirs')
  ours[0]!.leave()
  assert.deepEqual([await settled(ours[2]!.turn(never)), await settled(ours[3]!.turn(never))], [true, false])
})

test('whoever gives up while waiting is out of the queue', async () => {
  const slots = createSlots(1, 1)
  slots.queue('a')
  const waiting = slots.queue('b')
  const gone = new AbortController()
  const turn = waiting.turn(gone.signal)
  gone.abort()
  await assert.rejects(turn, { name: 'AbortError' })
  waiting.leave()
  assert.ok(slots.queue('c'))
  await assert.rejects(waiting.turn(gone.signal), { name: 'AbortError' })
})
