import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckEvent, CheckStatus, Finding, PlanRow, SkipReason, Stage } from '@mail-gateway/contract'
import { Client } from '../client/client.ts'
import { ChecksController } from './checks.ts'

const host = { requestUpdate: () => undefined, addController: () => undefined, removeController: () => undefined, updateComplete: Promise.resolve(true) }
const deaf = { started: () => undefined, result: () => undefined, ended: () => undefined }
const rows: readonly PlanRow[] = [{ id: 'name', stage: 'network', label: 'Name' }, { id: 'sign-in', stage: 'identity', label: 'Sign-in' }, { id: 'message', stage: 'delivery', label: 'Message' }]
const plan: CheckEvent = { event: 'plan', runId: 'r', rows }
const finding = (retry: string): Finding => ({ code: 'x', id: null, title: 'Open', cause: '', fixes: [], retry: { class: retry, text: '' } })
const result = (id: string, status: CheckStatus, more: { readonly reason?: SkipReason; readonly finding?: Finding } = {}): CheckEvent => ({ event: 'result', id, status, ms: 1, ...more })
const end = (verdict: 'passed' | 'failed' | 'unproven'): CheckEvent => ({ event: 'end', verdict, until: 'identity', ms: 1 })

/** A run of these lines, through the real client. */
const ran = (...events: readonly CheckEvent[]) => ranUntil('identity', ...events)

const ranUntil = async (until: Stage, ...events: readonly CheckEvent[]) => {
  const body = events.map((event) => `${JSON.stringify(event)}\n`).join('')
  const answer = () => Promise.resolve(new Response(body, { headers: { 'content-type': 'application/x-ndjson' } }))
  const client = new Client({ base: () => '/api', language: () => 'en', credentials: () => 'same-origin', headers: () => undefined, transport: () => ({ request: answer }) })
  const seen: string[] = []
  const checks: ChecksController = new ChecksController({ ...host, requestUpdate: () => { if (checks.running) seen.push(`${checks.progress.at} of ${checks.progress.of}`) } }, client, deaf)
  const verdict = await checks.run({ mode: 'smtp', settings: {}, until }, true)
  return { checks, verdict, seen: new Set(seen) }
}

test('req D6: only a message can settle what is open where nothing broke off, nothing was held back, and no later try can help', async () => {
  const open = result('sign-in', 'unproven', { finding: finding('depends') })
  assert.equal((await ran(plan, result('name', 'pass'), open, result('message', 'skip', { reason: 'later' }), end('unproven'))).checks.undecided, true)
  assert.equal((await ran(plan, result('name', 'pass'), result('sign-in', 'unproven', { finding: finding('wait') }), result('message', 'skip', { reason: 'later' }), end('unproven'))).checks.undecided, false, 'another try can help')
  assert.equal((await ran(plan, open, result('name', 'skip', { reason: 'blocked' }), result('message', 'skip', { reason: 'later' }), end('unproven'))).checks.undecided, false, 'a row was held back')
  assert.equal((await ranUntil('delivery', plan, result('name', 'pass'), open, result('message', 'pass'), end('unproven'))).checks.undecided, false, 'the message was sent')
})

test('fault F87: a run cut off between two rows is nobody’s verdict: what had passed stays, what waited was not run, nothing is undecided', async () => {
  const { checks, verdict } = await ran(plan, result('name', 'pass'))
  assert.deepEqual([verdict, checks.failure?.code, checks.undecided], ['unproven', 'client.stream', false])
  assert.deepEqual(checks.rows.map(({ status }) => status), ['pass', 'skip', 'skip'])
})

test('fault F87: what ran when a run was cut off is not known', async () => {
  const { checks } = await ran(plan, { event: 'start', id: 'name' })
  assert.deepEqual(checks.rows.map(({ status }) => status), ['unproven', 'skip', 'skip'])
})

test('a problem in the middle of a run is told as the server put it', async () => {
  const { checks } = await ran(plan, { event: 'problem', problem: { type: 'about:blank', title: 'Full', status: 503, detail: 'Later', instance: '/checks', code: 'store.busy', requestId: 'q' } })
  assert.deepEqual([checks.failure?.code, checks.state, checks.verdict], ['store.busy', 'done', 'unproven'])
})

test('progress counts the rows this run gets to, and no others', async () => {
  const { seen } = await ran(plan, result('name', 'pass'), result('sign-in', 'pass'), result('message', 'skip', { reason: 'later' }), end('passed'))
  assert.deepEqual([...seen].filter((each) => !each.endsWith(' 0')), ['1 of 2', '2 of 2'])
})

test('api B19: a run that has ended stays what it was when the element is moved', async () => {
  const { checks } = await ran(plan, result('name', 'pass'), result('sign-in', 'pass'), end('passed'))
  checks.hostDisconnected()
  assert.deepEqual([checks.state, checks.verdict], ['done', 'passed'])
})
