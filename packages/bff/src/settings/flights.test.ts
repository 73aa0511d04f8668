import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { createFlights } from './flights.ts'

const idle = () => new AbortController().signal
const world = () => {
  let now = 0
  const flights = createFlights(() => now)
  let begun = 0
  const ends: { resolve(value: string): void; reject(error: Error): void }[] = []
  const work = (): Promise<string> => {
    begun += 1
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    ends.push({ resolve, reject })
    return promise
  }
  return { flights, work, ends, begun: () => begun, wait: (ms: number) => { now += ms } }
}

test('threat T40: a hundred at once wait for one; who comes after it begins anew', async () => {
  const { flights, work, ends, begun } = world()
  const all = Array.from({ length: 100 }, () => flights.join('k', work, idle()))
  ends[0]!.resolve('first')
  assert.deepEqual(new Set(await Promise.all(all)), new Set(['first']))
  const next = flights.join('k', work, idle())
  ends[1]!.resolve('second')
  assert.deepEqual([await next, begun()], ['second', 2])
})

test('keys do not share', async () => {
  const { flights, work, ends } = world()
  const [one, other] = [flights.join('a', work, idle()), flights.join('b', work, idle())]
  ends[1]!.resolve('of b')
  ends[0]!.resolve('of a')
  assert.deepEqual(await Promise.all([one, other]), ['of a', 'of b'])
})

test('a failure is everybody’s, and nobody asks again because of it', async () => {
  const { flights, work, ends, begun } = world()
  const all = Promise.allSettled(Array.from({ length: 5 }, () => flights.join('k', work, idle())))
  ends[0]!.reject(new Error('wrong secret'))
  assert.deepEqual((await all).map((one) => one.status === 'rejected' && String(one.reason)), Array(5).fill('Error: wrong secret'))
  assert.equal(begun(), 1)
})

test('who began it and leaves does not end the others: one of them begins anew', async () => {
  const { flights, work, ends, begun } = world()
  const leader = new AbortController()
  const first = flights.join('k', () => { leader.signal.addEventListener('abort', () => ends[0]!.reject(leader.signal.reason as Error)); return work() }, leader.signal)
  const others = [flights.join('k', work, idle()), flights.join('k', work, idle())]
  leader.abort(new Error('gone'))
  await assert.rejects(first, /gone/)
  ends[1]!.resolve('all the same')
  assert.deepEqual([await Promise.all(others), begun()], [['all the same', 'all the same'], 2])
})

test('who waits and leaves is gone at once, and the others go on', async () => {
  const { flights, work, ends, begun } = world()
  const leaving = new AbortController()
  const first = flights.join('k', work, idle())
  const second = flights.join('k', work, leaving.signal)
  leaving.abort(new Error('gone'))
  await assert.rejects(second, /gone/)
  ends[0]!.resolve('done')
  assert.deepEqual([await first, begun()], ['done', 1])
})

test('nobody waits for ever on what was taken away without a word: after six seconds one begins anew', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const { flights, work, ends, begun, wait } = world()
    void flights.join('k', work, idle())
    const others = [flights.join('k', work, idle()), flights.join('k', work, idle())]
    wait(6_000)
    mock.timers.tick(6_000)
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
    assert.equal(begun(), 2)
    ends[1]!.resolve('anew')
    assert.deepEqual(await Promise.all(others), ['anew', 'anew'])
  } finally {
    mock.timers.reset()
  }
})
