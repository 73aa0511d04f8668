import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckEvent } from '@mail-gateway/contract'
import { createScrubber } from '../settings/scrub.ts'
import { afterCut, createLive, finished } from './live.ts'
import { lineStream, scrubbed } from './stream.ts'

const secret = 'passworD-1234'
const scrubber = createScrubber([secret])

test('threat T10: every text of an event is cleaned, names programs branch on stay', () => {
  const event: CheckEvent = {
    event: 'result', id: 'sign-in', status: 'fail', ms: 3,
    evidence: { reply: `535 ${secret}`, auth: ['PLAIN', secret], port: 587 },
    finding: { code: 'smtp.auth.refused', id: 'smtp-535', title: `It said ${secret}`, cause: 'c', fixes: [{ text: `not ${secret}` }], field: 'password', retry: { class: 'after-change', text: 'again' }, said: `535 ${secret}`, errors: [{ pointer: '/secrets/password', code: 'x', detail: secret }] },
  }
  const clean = scrubbed(event, scrubber)
  assert.doesNotMatch(JSON.stringify(clean), /D-1234/)
  assert.ok(clean.event === 'result' && clean.finding && clean.evidence)
  assert.deepEqual([clean.id, clean.status, clean.finding.code, clean.finding.field, clean.finding.errors?.[0]?.pointer], ['sign-in', 'fail', 'smtp.auth.refused', 'password', '/secrets/password'])
  assert.deepEqual(clean.evidence['auth'], ['PLAIN', '•••'])
  assert.equal(clean.evidence['port'], 587)
})

test('threat T10: a name inside evidence is no reason to leave its value alone', () => {
  const clean = scrubbed({ event: 'result', id: 'x', status: 'pass', ms: 0, evidence: { code: secret, id: secret } }, scrubber)
  assert.deepEqual(clean.event === 'result' && clean.evidence, { code: '•••', id: '•••' })
})

const live = () => createLive({ runId: 'r', mode: 'smtp', until: 'network', startedAt: '2026-11-21T00:00:00.000Z' }, [])

test('api S22: a reader that cancels while nothing happens ends the work at once', async () => {
  const run = live()
  const reader = lineStream(run.follow()).getReader()
  const pending = reader.read()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(run.signal.aborted, false)
  await reader.cancel()
  assert.equal(run.signal.aborted, true)
  assert.deepEqual(await pending, { done: true, value: undefined })
})

test('lines are whole JSON, one each, and the stream ends with the run', async () => {
  const run = live()
  const text = new Response(lineStream(run.follow())).text()
  run.push({ event: 'start', id: 'name' })
  run.push({ event: 'end', verdict: 'passed', until: 'network', ms: 1 })
  run.end()
  assert.deepEqual((await text).split('\n').filter(Boolean).map((line) => (JSON.parse(line) as CheckEvent).event), ['start', 'end'])
  assert.equal(run.signal.aborted, false)
})

test('several follow one run, late ones from the beginning; only the last one to leave ends it', async () => {
  const run = live()
  const first = run.follow()
  run.push({ event: 'start', id: 'name' })
  const second = run.follow()
  assert.deepEqual([(await first.next()).value, (await second.next()).value], [{ event: 'start', id: 'name' }, { event: 'start', id: 'name' }])
  await first.return()
  await first.return()
  assert.equal(run.signal.aborted, false)
  await second.return()
  assert.equal(run.signal.aborted, true)
})

test('api S22: a run that is cut off leaves no row under way or waiting: what had begun is unproven, what had not was not run', () => {
  const row = { stage: 'network', label: 'x' } as const
  const view = { runId: 'r', mode: 'smtp', until: 'network', state: 'running', startedAt: '2026-11-21T00:00:00.000Z', rows: [{ ...row, id: 'a', status: 'pass' }, { ...row, id: 'b', status: 'running' }, { ...row, id: 'c', status: 'waiting' }] } as const
  const { state, rows } = finished(view, 'unproven', '2026-11-21T00:00:01.000Z', 1_000)
  assert.deepEqual([state, rows.map(({ status, reason }) => [status, reason])], ['done', [['pass', undefined], ['unproven', undefined], ['skip', 'blocked']]])
})

test('api S22: once a run is told to stop, a failure is our own hanging up, and nothing that is said of the server', () => {
  const failed: CheckEvent = { event: 'result', id: 'greeting', status: 'fail', ms: 1 }
  const passed: CheckEvent = { ...failed, status: 'pass' }
  assert.deepEqual(afterCut(failed, AbortSignal.abort()), { ...failed, status: 'unproven' })
  assert.deepEqual([afterCut(passed, AbortSignal.abort()), afterCut(failed, new AbortController().signal)], [passed, failed])
})
