// A store of the host's own that does not answer: whoever asks is told in time, nothing is told that is not known, and no place is kept.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView, Problem } from '@mail-gateway/contract'
import { StoreFault } from '@mail-gateway/bff'
import type { Caller } from '@mail-gateway/bff'
import { nodePorts } from '@mail-gateway/bff/node'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import type { Store } from '../../packages/bff/src/ports/store.ts'
import { anyDraft, create, openLab, openPost, verdictOf } from '../wire/lab.ts'
import type { Lab } from '../wire/lab.ts'
import { folderFor, timed } from './store-seat.ts'
import { withinTime } from '../within-time.ts'

const deadline = 5

/** The embedded store behind a line that can go dead for some calls; what was asked meanwhile is done once it is back. */
const behindLine = (store: Store) => {
  let dead = new Set<keyof Store>()
  let back = Promise.withResolvers<void>()
  const asked: (keyof Store)[] = []
  return {
    asked,
    cut(...names: (keyof Store)[]) { dead = new Set(names) },
    mend() {
      dead = new Set()
      back.resolve()
      back = Promise.withResolvers()
    },
    store: new Proxy(store, {
      get: (_, name: keyof Store) => async (...values: never[]) => {
        if (dead.has(name)) {
          asked.push(name)
          await back.promise
        }
        return (store[name] as (...values: never[]) => Promise<unknown>)(...values)
      },
    }),
  }
}

const anybody = (request: Request): Caller => ({ subject: 'u', name: 'Ada', email: 'ada@acme.example', tenant: request.headers.get('x-user') ?? '', rights: ['read', 'write', 'test', 'send'] })

const setUp = async (t: TestContext) => {
  const line = behindLine(sqliteStore(join(folderFor(t), 'settings.db')))
  const lab = await openLab(t, { ports: nodePorts({ store: line.store }), authorize: anybody })
  t.after(() => line.mend())
  return { line, lab }
}

/** Answered as it should be, and in time. */
const isToldInTime = async (asking: Promise<Response>): Promise<Problem> => {
  const { value: response, took } = await timed(() => asking)
  withinTime(took, { to: (deadline + 1) * 1000 })
  const problem = await response.json() as Problem
  assert.deepEqual([response.status, problem.code, response.headers.get('retry-after')], [503, 'store.busy', '2'])
  assert.match(problem.detail, /has not answered in time\. A change may be made all the same: load again and look/)
  assert.doesNotMatch(problem.detail, /Nothing was saved/)
  return problem
}

const saving = (lab: Lab, { id, revision, settings }: GatewayView, name: string) =>
  lab.request('PUT', `/gateways/${id}`, { body: { name, mode: 'smtp', settings }, headers: { 'if-match': `"${revision}"` } })

const asks: Readonly<Record<string, readonly [dead: readonly (keyof Store)[], ask: (lab: Lab, view: GatewayView) => Promise<Response>]>> = {
  'the list': [['listGateways'], (lab) => lab.request('GET', '/gateways')],
  'the list, by its pointer': [['getDefault'], (lab) => lab.request('GET', '/gateways')],
  'one gateway': [['getGateway'], (lab, { id }) => lab.request('GET', `/gateways/${id}`)],
  'a save': [['putGateway'], (lab, view) => saving(lab, view, 'later')],
  'a save, by the runs it looks for': [['findRun'], (lab, { id }) => lab.request('PUT', `/gateways/${id}`, { body: anyDraft({ settings: { ...anyDraft().settings, fromName: 'New' } }), headers: { 'if-match': '"1"' } })],
  'a new gateway': [['putGateway'], (lab) => lab.request('POST', '/gateways', { body: anyDraft() })],
  'a deletion': [['removeGateway'], (lab, { id }) => lab.request('DELETE', `/gateways/${id}`, { headers: { 'if-match': '"1"' } })],
  'a check': [['putRun'], (lab, { id }) => lab.request('POST', '/checks', { body: { gatewayId: id } })],
  'a test email': [['takeTest'], (lab, { id }) => lab.request('POST', '/checks', { body: { gatewayId: id, until: 'delivery' } })],
  'a check that is asked for again': [['getRun'], (lab, { id }) => lab.request('POST', '/checks', { body: { gatewayId: id }, headers: { 'idempotency-key': randomUUID().replaceAll('-', '') } })],
  'a result': [['getRun'], (lab) => lab.request('GET', '/runs/abc')],
}

test('fault F76: a store that never answers: every route is answered within 5 seconds, with what is known', async (t) => {
  await Promise.all(Object.values(asks).map(async ([dead, ask]) => {
    const { line, lab } = await setUp(t)
    const view = await create(lab)
    line.cut(...dead)
    await isToldInTime(ask(lab, view))
    assert.deepEqual(line.asked.slice(0, 1), dead.slice(0, 1))
  }))
})

test('fault F76: the host’s own mail, and the page that says whether it is ready, do not wait for ever either', async (t) => {
  const { line, lab } = await setUp(t)
  line.cut('ready', 'getGateway', 'listGateways')
  const call = { caller: anybody(new Request('http://x', { headers: { 'x-user': 'acme' } })), requestId: 'r' }
  const sending = lab.gateway.api.send(call, { to: 'a@acme.example', subject: 's', text: 't' })
  const [{ value: ready, took }] = await Promise.all([timed(() => lab.request('GET', '/readyz')), assert.rejects(sending, (error) => error instanceof StoreFault && error.trouble === 'busy')])
  assert.equal(ready.status, 503)
  withinTime(took, { to: (deadline + 1) * 1000 })
  assert.equal((await lab.request('GET', '/livez')).status, 200)
})

test('fault F76: a save that is done after all: it was not told as undone, and the very same asked again is answered as the first would have been', async (t) => {
  const { line, lab } = await setUp(t)
  const view = await create(lab)
  line.cut('putGateway')
  const key = randomUUID().replaceAll('-', '')
  const creating = () => lab.request('POST', '/gateways', { body: anyDraft({ name: 'new' }), headers: { 'idempotency-key': key } })
  await Promise.all([isToldInTime(saving(lab, view, 'later')), isToldInTime(creating())])
  assert.deepEqual(lab.audit.filter(({ outcome }) => outcome !== 'done').map(({ action, outcome }) => `${action} ${outcome}`).toSorted(), ['gateway.create store.busy', 'gateway.save store.busy'])
  line.mend()
  const [again, made] = [await saving(lab, view, 'later'), await creating()]
  assert.deepEqual([again.status, made.status], [200, 201])
  const saved = await again.json() as GatewayView
  assert.deepEqual([saved.name, saved.revision], ['later', view.revision + 1])
  const { gateways } = await lab.json<{ gateways: GatewayView[] }>('GET', '/gateways', 200)
  assert.deepEqual(gateways.map(({ id, name }) => [id, name]), [[view.id, 'later'], [key, 'new']])
})

test('fault F76: locked right after the record was written: it is not told as undone, and the very same asked again makes up what was missing', async (t) => {
  const path = join(folderFor(t), 'settings.db')
  const store = sqliteStore(path)
  let lock: DatabaseSync | undefined
  const locking: Store = { ...store, async putGateway(...values) {
    const done = await store.putGateway(...values)
    lock = new DatabaseSync(path)
    lock.exec('BEGIN IMMEDIATE')
    return done
  } }
  const lab = await openLab(t, { ports: nodePorts({ store: locking }), authorize: anybody })
  t.after(() => lock?.close())
  const creating = () => lab.request('POST', '/gateways', { body: anyDraft({ name: 'new', default: true }), headers: { 'idempotency-key': 'k'.repeat(22) } })
  await isToldInTime(creating())
  lock?.exec('ROLLBACK')
  const again = await creating()
  assert.deepEqual([again.status, (await again.json() as GatewayView).default], [201, true])
  assert.equal(await store.getDefault('admin'), 'k'.repeat(22))
})

test('fault F76: as many checks as there are places wait for a store that never answers: all are told, and the next one has a place', async (t) => {
  const { line, lab } = await setUp(t)
  const post = await openPost(t)
  const body = { mode: 'smtp', settings: post.settings() }
  line.cut('putRun')
  await Promise.all(Array.from({ length: 70 }, (_, n) => isToldInTime(lab.request('POST', '/checks', { body, as: `tenant-${n}` }))))
  assert.equal(post.seen.connections, 0, 'nothing was tried')
  line.mend()
  assert.equal(verdictOf(await lab.check(body)), 'passed')
})

test('fault F76: the end of a check cannot be stored: it is told all the same, its place is free, and the service can end', async (t) => {
  const { line, lab } = await setUp(t)
  const post = await openPost(t)
  const body = { mode: 'smtp', settings: post.settings() }
  const response = await lab.request('POST', '/checks', { body })
  line.cut('putRun')
  const { value: text, took } = await timed(() => response.text())
  assert.match(text, /"event":"end","verdict":"passed"/)
  withinTime(took, { to: (deadline + 2) * 1000 })
  assert.ok(lab.log.some(({ event }) => event === 'check.not-stored'))
  line.mend()
  assert.equal(verdictOf(await lab.check(body)), 'passed')
})
