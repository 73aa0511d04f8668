import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { mock, test } from 'node:test'
import { createFlights } from './flights.ts'

const idle = () => new AbortController().signal
const world = () => {
  const flights = createFlights()
  let begun = 0
  const ends: { resolve(value: string): void; reject(error: Error): void }[] = []
  const work = (): Promise<string> => {
    begun += 1
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    ends.push({ resolve, reject })
    return promise
  }
  return { flights, work, ends, begun: () => begun }
}

test('threat T40: a hundred at once wait for one; who comes after it begins anew', async () => {
  const { flights, work, ends, begun } = world()
  const signal = idle()
  const all = Array.from({ length: 100 }, () => flights.join('k', work, signal))
  ends[0]!.resolve('first')
  assert.deepEqual(new Set(await Promise.all(all)), new Set(['first']))
  assert.equal(getEventListeners(signal, 'abort').length, 0, 'nobody listens any more')
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

const turns = async (): Promise<void> => { for (let turn = 0; turn < 20; turn += 1) await Promise.resolve() }

test('nobody waits for ever on what was taken away without a word: after three looks without a sign of life one begins anew', async () => {
  const { flights, work, ends, begun } = world()
  // Taken away: what it began never ends, and its timers are silent.
  const { setInterval: timer } = globalThis
  globalThis.setInterval = (() => 0) as unknown as typeof setInterval
  void flights.join('k', work, idle())
  globalThis.setInterval = timer
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const others = [flights.join('k', work, idle()), flights.join('k', work, idle())]
    mock.timers.tick(2_000)
    await turns()
    assert.equal(begun(), 1)
    mock.timers.tick(1_000)
    await turns()
    assert.equal(begun(), 2)
    ends[1]!.resolve('anew')
    assert.deepEqual(await Promise.all(others), ['anew', 'anew'])
  } finally {
    mock.timers.reset()
  }
})

test('who is slow and alive is waited for', async () => {
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const { flights, work, ends, begun } = world()
    const all = [flights.join('k', work, idle()), flights.join('k', work, idle())]
    for (let second = 0; second < 20; second += 1) { mock.timers.tick(1_000); await turns() }
    ends[0]!.resolve('late')
    assert.deepEqual([await Promise.all(all), begun()], [['late', 'late'], 1])
  } finally {
    mock.timers.reset()
  }
})

test('work that hears no signal is given up with whoever began it: one of the others begins anew', async () => {
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const { flights, work, ends, begun } = world()
    const leader = new AbortController()
    const [first, other] = [flights.join('k', work, leader.signal), flights.join('k', work, idle())]
    leader.abort(new Error('gone'))
    for (let second = 0; second < 4; second += 1) { mock.timers.tick(1_000); await turns() }
    assert.equal(begun(), 2)
    ends[1]!.resolve('anew')
    ends[0]!.resolve('late')
    assert.deepEqual(await Promise.all([first, other]), ['late', 'anew'])
  } finally {
    mock.timers.reset()
  }
})

test('who is held up now and then, and never for three looks, is waited for', async () => {
  const { flights, work, ends, begun } = world()
  // Its signs of life come when this test says so.
  const { setInterval: timer } = globalThis
  let sign = (): void => {}
  globalThis.setInterval = ((call: () => void) => { sign = call }) as unknown as typeof setInterval
  const first = flights.join('k', work, idle())
  globalThis.setInterval = timer
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const other = flights.join('k', work, idle())
    for (let round = 0; round < 5; round += 1) {
      mock.timers.tick(2_000)
      sign()
      mock.timers.tick(1_000)
      await turns()
    }
    ends[0]!.resolve('late')
    assert.deepEqual([await Promise.all([first, other]), begun()], [['late', 'late'], 1])
  } finally {
    mock.timers.reset()
  }
})

test('who gave signs of life and is then taken away without a word is waited for three looks more, and not for ever', async () => {
  const { flights, work, ends, begun } = world()
  const { setInterval: timer } = globalThis
  let sign = (): void => {}
  globalThis.setInterval = ((call: () => void) => { sign = call; return 0 }) as unknown as typeof setInterval
  void flights.join('k', work, idle())
  globalThis.setInterval = timer
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    const other = flights.join('k', work, idle())
    for (let round = 0; round < 5; round += 1) { sign(); mock.timers.tick(1_000); await turns() }
    assert.equal(begun(), 1)
    for (let round = 0; round < 3; round += 1) { mock.timers.tick(1_000); await turns() }
    assert.equal(begun(), 2)
    ends[1]!.resolve('anew')
    assert.equal(await other, 'anew')
  } finally {
    mock.timers.reset()
  }
})
