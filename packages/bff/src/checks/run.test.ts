import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckEvent, Stage } from '@mail-gateway/contract'
import * as z from 'zod'
import { defineMode } from '../modes/mode.ts'
import type { Mode, ModePorts } from '../modes/mode.ts'
import type { Message } from '../ports/ports.ts'
import { runChecklist } from './run.ts'
import { NotProven } from './step.ts'
import type { Checklist, Step } from './step.ts'
import { withinTime } from '../../../../test/within-time.ts'

type Row = 'inputs' | 'reach' | 'enter' | 'send'
type Script = (step: Step<Row>, test: Message, settings: { readonly from: string }) => Checklist

const finding = { code: 'mode.fault', id: null, title: 'X', cause: 'Y.', fixes: [], retry: { class: 'once', text: 'Yes' } }
const settings = z.strictObject({ from: z.string(), timeout: z.int().optional() })
const modeWith = (script: Script): Mode => defineMode({
  id: 'pigeon', settings, plan: { inputs: 'input', reach: 'network', enter: 'identity', send: 'delivery' },
  words: { en: { label: 'Pigeon', hint: '', groups: {}, fields: { from: { label: 'From' }, timeout: { label: 'Timeout' } }, checks: { inputs: 'Settings are complete', reach: 'The loft is there', enter: 'The door opens', send: 'The pigeon flies' } } },
  target: ['from'], canonical: (values) => values, checklist: (values, step, _ports, message) => script(step, message, values),
  explain: () => (error) => ({ status: error instanceof NotProven ? 'unproven' : 'fail', finding }), open: () => Promise.reject(new Error('not here')),
}) as unknown as Mode

const ports = { clock: { now: () => Date.now(), elapsed: () => performance.now() }, capabilities: { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true } } as unknown as ModePorts
interface Asked { readonly until?: Stage; readonly raw?: Record<string, unknown>; readonly to?: string; readonly signal?: AbortSignal }
const start = (script: Script, { until = 'delivery', raw = { from: 'a@acme.example' }, to = 'b@acme.example', signal = new AbortController().signal }: Asked = {}) =>
  runChecklist({ runId: 'r', mode: modeWith(script), raw, until, to, productName: 'Plumline', ports, signal })
const run = async (script: Script, asked: Asked = {}) => {
  const events: CheckEvent[] = []
  for await (const event of start(script, asked)) events.push(event)
  const end = events.at(-1)!
  return { events, rows: events.flatMap((event) => (event.event === 'result' ? [`${event.id} ${event.reason ?? event.status}`] : [])), verdict: end.event === 'end' ? end.verdict : undefined }
}
const well: Script = async function* (step) {
  for (const id of ['reach', 'enter', 'send'] as const) yield* step.must(id, async () => ({ value: 1, evidence: { id } }))
}

test('the plan comes first, the end last, and every planned row is closed once', async () => {
  const { events, rows, verdict } = await run(well)
  assert.equal(events[0]?.event, 'plan')
  assert.deepEqual(rows, ['inputs pass', 'reach pass', 'enter pass', 'send pass'])
  assert.equal(verdict, 'passed')
})

for (const [until, rows] of [['input', 'pass later later later'], ['network', 'pass pass later later'], ['identity', 'pass pass pass later'], ['delivery', 'pass pass pass pass']] as const) {
  test(`until ${until} is inclusive, and nothing beyond it is begun`, async () => {
    const begun: string[] = []
    const result = await run(async function* (step) {
      for (const id of ['reach', 'enter', 'send'] as const) yield* step.must(id, async () => { begun.push(id); return { value: 1 } })
    }, { until })
    assert.equal(result.rows.map((row) => row.split(' ')[1]).join(' '), rows)
    assert.equal(begun.length, rows.split('pass').length - 2)
    assert.equal(result.verdict, 'passed')
  })
}

test('a failure blocks what comes after it; what lies beyond is still only later', async () => {
  const { rows, verdict } = await run(async function* (step) { yield* step.must('reach', () => Promise.reject(new Error('no'))) }, { until: 'identity' })
  assert.deepEqual([rows, verdict], [['inputs pass', 'reach fail', 'enter blocked', 'send later'], 'failed'])
})

test('something unproven makes the verdict unproven, a failure before or after it makes it failed', async () => {
  assert.equal((await run(async function* (step) { yield* step.must('reach', () => Promise.reject(new NotProven('?'))) })).verdict, 'unproven')
  assert.equal((await run(async function* (step) { yield* step.may('reach', () => Promise.reject(new NotProven('?'))); yield* step.must('enter', () => Promise.reject(new Error('no'))) })).verdict, 'failed')
})

test('a mode that forgets a row cannot pass it', async () => {
  const { rows } = await run(async function* (step) { yield* step.must('reach', async () => ({ value: 1 })) })
  assert.deepEqual(rows, ['inputs pass', 'reach pass', 'enter blocked', 'send blocked'])
})

test('threat T56: a mode that breaks throws to whoever runs it; it never ends as passed', async () => {
  await assert.rejects(run(async function* () { throw new TypeError('broken') }), TypeError)
})

test('settings that are incomplete fail the first row with every error, and nothing is tried', async () => {
  const { events, rows, verdict } = await run(well, { raw: { timeout: 'soon', other: 1 } })
  assert.deepEqual([rows, verdict], [['inputs fail', 'reach blocked', 'enter blocked', 'send blocked'], 'failed'])
  const first = events.find((event) => event.event === 'result')
  assert.deepEqual(first?.event === 'result' && first.finding?.errors?.map(({ pointer }) => pointer).sort(), ['/settings/from', '/settings/other', '/settings/timeout'])
})

test('fault F07: what the platform does not permit fails the first row with a code of its own: the fact, then the cures', async () => {
  const mode: Mode = { ...modeWith(well), judge: () => [{ field: 'from', code: 'unavailable', detail: 'Pigeons cannot be used from this deployment. Take a raven. It knows the way.' }] }
  const results: string[] = []
  for await (const event of runChecklist({ runId: 'r', mode, raw: { from: 'a@acme.example' }, until: 'delivery', to: 'b@acme.example', productName: 'Plumline', ports, signal: new AbortController().signal })) {
    if (event.event === 'result') results.push(`${event.id} ${event.status}`)
    if (event.event !== 'result' || event.id !== 'inputs') continue
    const { code, title, fixes, field } = event.finding!
    assert.deepEqual([code, title, fixes, field], ['settings.unavailable', 'Pigeons cannot be used from this deployment', [{ text: 'Take a raven.' }, { text: 'It knows the way.' }], 'from'])
  }
  assert.deepEqual(results, ['inputs fail', 'reach skip', 'enter skip', 'send skip'])
})

for (const [to, until, expected] of [['', 'delivery', 'inputs fail'], ['a@b.example,c@d.example', 'delivery', 'inputs fail'], ['a@b.example\r\nRCPT TO:<x@y.example>', 'delivery', 'inputs fail'], ['A@B.EXAMPLE', 'delivery', 'inputs pass'], ['', 'identity', 'inputs pass'], ['nonsense', 'identity', 'inputs pass']] as const) {
  test(`threat T29: the recipient ${JSON.stringify(to)} until ${until}: ${expected}`, async () => {
    const { rows, events } = await run(well, { to, until })
    assert.equal(rows[0], expected)
    const first = events.find((event) => event.event === 'result')
    if (expected === 'inputs fail') assert.equal(first?.event === 'result' && first.finding?.errors?.[0]?.pointer, '/to')
  })
}

test('the test email is ours: fixed words, one canonical recipient', async () => {
  let seen: Message | undefined
  await run(async function* (step, message) { seen = message; yield* well(step, message, { from: '' }) }, { to: 'B@ACME.Example' })
  assert.deepEqual([seen?.to, seen?.subject], [['B@acme.example'], 'Test email from Plumline'])
})

test('fault F20: the whole time is the timeout where that is shorter than 20 s; the row that waits fails', async () => {
  const began = performance.now()
  const { rows, verdict, events } = await run(async function* (step) {
    yield* step.must('reach', (signal) => new Promise<never>((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)) }))
  }, { raw: { from: 'a@acme.example', timeout: 1 } })
  const took = performance.now() - began
  withinTime(took, { from: 1000, to: 1500 })
  assert.deepEqual([rows.slice(0, 2), verdict], [['inputs pass', 'reach fail'], 'failed'])
  const failed = events.find((event) => event.event === 'result' && event.id === 'reach')
  assert.equal(failed?.event === 'result' && failed.finding?.code, 'run.deadline')
})

test('a run nobody follows any more stops, unproven; its work hears of it', async () => {
  const abort = new AbortController()
  let heard = false
  const { rows, verdict, events } = await run(async function* (step) {
    yield* step.must('reach', (signal) => new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => { heard = true; reject(signal.reason as Error) })
      setTimeout(() => abort.abort(), 20)
    }))
  }, { signal: abort.signal })
  assert.deepEqual([rows[1], verdict, heard], ['reach unproven', 'unproven', true])
  const cut = events.find((event) => event.event === 'result' && event.id === 'reach')
  assert.equal(cut?.event === 'result' && cut.finding?.code, 'run.cancelled')
})

test('who stops reading early sets everything free: the checklist’s own clean-up, no clock left', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  let freed = false
  const events = start(async function* (step) {
    try { yield* step.must('reach', async () => ({ value: 1 })); yield* step.must('enter', async () => ({ value: 1 })) } finally { freed = true }
  })
  for await (const event of events) if (event.event === 'result' && event.id === 'reach') break
  assert.equal(freed, true)
  assert.equal(timers(), before)
})

test('what breaks inside a step by our own mistake is told to the log, and is no failure of the server', async () => {
  const told: string[] = []
  const mode = { ...modeWith(async function* (step) { yield* step.must('reach', () => Promise.reject(new TypeError('ours'))) }), explain: () => () => ({ status: 'unproven' as const, finding: { ...finding, code: 'internal' } }) }
  let verdict = ''
  for await (const event of runChecklist({ runId: 'r', mode, raw: { from: 'a@acme.example' }, until: 'network', to: '', productName: 'Plumline', ports, signal: new AbortController().signal, onBroken: (error, row) => told.push(`${row}: ${(error as Error).message}`) })) {
    if (event.event === 'end') verdict = event.verdict
  }
  assert.deepEqual([told, verdict], [['reach: ours'], 'unproven'])
})
