import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import type { CheckEvent, Finding } from '@mail-gateway/contract'
import { NotProven, steps, Stop } from './step.ts'
import type { Checklist, Step } from './step.ts'
import { since, withinTime } from '../../../../test/within-time.ts'

const finding: Finding = { code: 'x', id: null, title: 'X', cause: 'Y.', fixes: [], retry: { class: 'once', text: 'Yes' } }
const clock = () => { let now = 0; return () => (now += 10) }
const run = async (script: (step: Step<string>) => Checklist, signal = new AbortController().signal) => {
  const events: CheckEvent[] = []
  const step = steps<string>({ explain: (error) => ({ status: error instanceof NotProven ? 'unproven' : 'fail', finding }), signal, elapsed: clock() })
  try {
    for await (const event of script(step)) events.push(event)
    return { events, stopped: undefined }
  } catch (error) {
    return { events, stopped: error }
  }
}
const results = (events: readonly CheckEvent[]) => events.flatMap((event) => (event.event === 'result' ? [`${event.id} ${event.status}`] : []))

test('a step starts, ends, and hands its value on', async () => {
  const { events } = await run(async function* (step) {
    const value = yield* step.must('one', async () => ({ value: 41, evidence: { seen: 'this' } }))
    yield* step.must('two', async () => ({ value: undefined, evidence: { sum: value + 1 } }))
  })
  assert.deepEqual(events, [
    { event: 'start', id: 'one' }, { event: 'result', id: 'one', status: 'pass', ms: 10, evidence: { seen: 'this' } },
    { event: 'start', id: 'two' }, { event: 'result', id: 'two', status: 'pass', ms: 10, evidence: { sum: 42 } },
  ])
})

test('what must work ends the list when it does not; what may work warns and goes on', async () => {
  const { events, stopped } = await run(async function* (step) {
    assert.equal(yield* step.may('soft', async () => Promise.reject(new Error('no'))), undefined)
    yield* step.skip('needless')
    yield* step.must('hard', async () => Promise.reject(new Error('no')))
    yield* step.must('never', async () => ({ value: 1 }))
  })
  assert.deepEqual(results(events), ['soft warn', 'needless skip', 'hard fail'])
  assert.ok(stopped instanceof Stop)
})

test('threat T56: what nobody can know stays unproven, where a failure would only warn too', async () => {
  const { events, stopped } = await run(async function* (step) {
    yield* step.may('soft', async () => Promise.reject(new NotProven('?')))
    yield* step.must('hard', async () => Promise.reject(new NotProven('?')))
  })
  assert.deepEqual(results(events), ['soft unproven', 'hard unproven'])
  assert.ok(stopped instanceof Stop)
})

test('threat T56: work that throws at once, or is cut off while it works, never passes', async () => {
  const abort = new AbortController()
  const { events } = await run(async function* (step) {
    yield* step.may('sync', () => { throw new TypeError('x') })
    yield* step.must('late', async () => { abort.abort(); return { value: 1, evidence: { all: 'well' } } })
  }, abort.signal)
  assert.deepEqual(results(events), ['sync warn', 'late fail'])
})

test('advice makes a pass a warning, and a row may begin before its turn', async () => {
  const { events } = await run(async function* (step) {
    yield* step.must('advised', async () => ({ value: 1, advice: finding }))
    yield* step.must('shared', async () => ({ value: 1, began: 0 }))
  })
  assert.deepEqual(results(events), ['advised warn', 'shared pass'])
  assert.equal(events.at(-1)?.event === 'result' && (events.at(-1) as { ms: number }).ms, 40)
})

test('what stays open is told with what was seen, and the list goes on', async () => {
  const { events } = await run(async function* (step) {
    const value = yield* step.must('one', async () => ({ value: 7, evidence: { roles: [] }, open: finding }))
    yield* step.must('two', async () => ({ value: undefined, evidence: { value } }))
  })
  assert.deepEqual(results(events), ['one unproven', 'two pass'])
  assert.deepEqual(events[1], { event: 'result', id: 'one', status: 'unproven', ms: 10, evidence: { roles: [] }, finding })
})

test('told to stop, work may still say what it ran into; what hears nothing is left soon after, and a message on its way stays open', async () => {
  const deaf = () => new Promise<never>(() => {})
  const works: readonly [row: string, work: (signal: AbortSignal) => Promise<never>, told: string][] = [
    ['says', (signal) => new Promise((_, reject) => { signal.addEventListener('abort', () => setTimeout(() => reject(new Error('what it met')), 50)) }), 'what it met'],
    ['deaf', deaf, 'stopped'], ['message', deaf, 'the message was on its way'],
  ]
  await Promise.all(works.map(async ([row, work, told]) => {
    const [abort, heard] = [new AbortController(), [] as string[]]
    const step = steps<string>({ explain: (error) => { heard.push((error as Error).message); return { status: error instanceof NotProven ? 'unproven' : 'fail', finding } }, signal: abort.signal, elapsed: () => 0 })
    const began = performance.now()
    setTimeout(() => abort.abort(new Error('stopped')), 20)
    for await (const event of step.may(row, work)) if (event.event === 'result') assert.equal(event.status, row === 'message' ? 'unproven' : 'warn')
    assert.deepEqual(heard, [told])
    withinTime(since(began), { to: 2_000 }, `${row} was waited for`)
  }))
})

test('after the end nothing is begun, and the signal of a long run is not listened to row by row', async () => {
  const abort = new AbortController()
  let begun = false
  const { events } = await run(async function* (step) {
    yield* step.may('one', async () => ({ value: 1 }))
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0)
    yield* step.may('two', async () => { abort.abort(); return { value: 1 } })
    yield* step.may('three', async () => { begun = true; return { value: 1 } })
  }, abort.signal)
  assert.deepEqual([results(events), begun], [['one pass', 'two warn', 'three warn'], false])
})

test('work that ends the run as it begins, and hears nothing, ends all the same', async () => {
  const abort = new AbortController()
  const { events } = await run(async function* (step) {
    yield* step.must('one', () => { abort.abort(); return new Promise<never>(() => {}) })
  }, abort.signal)
  assert.deepEqual(results(events), ['one fail'])
})
