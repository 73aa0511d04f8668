import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { CheckEvent, GatewayView, RunView } from '@mail-gateway/contract'
import { fold } from '@mail-gateway/contract'
import { nodePorts } from '@mail-gateway/bff/node'
import { checkEvent, gatewayView, runView } from '../../packages/bff/src/openapi/answers.ts'
import { record } from '../figures.ts'
import { anyDraft, basePath, create, eventsOf, openLab, openPost, origin, statusOf, textOf, verdictOf } from './lab.ts'
import type { Lab, Post } from './lab.ts'
import { since, Untimely, withinTime } from '../within-time.ts'

const password = 'canary-runs-secret-1'
const withPassword = { password: { value: password } }

const setUp = async (t: TestContext, overrides: Parameters<typeof openLab>[1] = {}) => {
  const lab = await openLab(t, overrides)
  const post = await openPost(t, { password })
  const gateway = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: withPassword })
  return { lab, post, gateway }
}

const stateOf = async (lab: Lab, id: string): Promise<string> => (await lab.json<GatewayView>('GET', `/gateways/${id}`, 200)).status.state
const save = (lab: Lab, { id, revision }: GatewayView, post: Post, more: Record<string, unknown> = {}, secrets: unknown = {}) =>
  lab.json<GatewayView>('PUT', `/gateways/${id}`, 200, { body: { mode: 'smtp', settings: post.settings(more), secrets }, headers: { 'if-match': `"${revision}"` } })

/** A server that takes connections and says nothing, like a firewall that swallows. */
const openSilence = async (t: TestContext) => {
  const sockets = new Set<Socket>()
  const closed: number[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => { sockets.delete(socket); closed.push(performance.now()) })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => { for (const socket of sockets) socket.destroy(); server.close() })
  const { port } = server.address() as AddressInfo
  const settings = (more: Record<string, unknown> = {}) => ({ host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'a@acme.example', ...more })
  return { port, sockets, closed, settings }
}

const until = async (holds: () => boolean, ms = 3_000): Promise<void> => {
  const end = performance.now() + ms
  while (!holds()) {
    if (performance.now() > end) throw new Untimely('it never came about')
    await pause(10)
  }
}

test('req A088: a check runs on stored values, sends nothing, and its lines are what the contract says', async (t) => {
  const { lab, post, gateway } = await setUp(t)
  const response = await lab.request('POST', '/checks', { body: { gatewayId: gateway.id } })
  assert.equal(response.headers.get('content-type'), 'application/x-ndjson; charset=utf-8')
  assert.equal(response.headers.get('cache-control'), 'no-store, no-transform')
  assert.equal(response.headers.get('x-accel-buffering'), 'no')
  const events = await eventsOf(response)
  for (const event of events) checkEvent.parse(event)
  assert.deepEqual([events[0]?.event, events.at(-1)?.event, verdictOf(events)], ['plan', 'end', 'passed'])
  assert.equal(statusOf(events, 'sign-in'), 'pass')
  assert.equal(statusOf(events, 'message'), 'skip')
  assert.deepEqual(post.seen.signIns, [password])
  assert.equal(post.mails.length, 0)
  assert.equal(await stateOf(lab, gateway.id), 'checked')
})

test('a typed draft is checked with the stored secret, and the gateway stays as it was', async (t) => {
  const { lab, post, gateway } = await setUp(t)
  const events = await lab.check({ gatewayId: gateway.id, mode: 'smtp', settings: post.settings({ fromName: 'typed' }) })
  assert.equal(verdictOf(events), 'passed')
  assert.equal(await stateOf(lab, gateway.id), 'unverified', 'the run spoke of other settings')
  assert.equal((await lab.json<GatewayView>('GET', `/gateways/${gateway.id}`, 200)).revision, 1)
})

test('req D3: verified needs an accepted message on exactly these settings; every edit shows, every return is recognised', async (t) => {
  const { lab, post, gateway } = await setUp(t)
  const seen: string[] = [gateway.status.state]
  const look = async () => void seen.push(await stateOf(lab, gateway.id))
  await lab.check({ gatewayId: gateway.id, until: 'network' }); await look()
  await lab.check({ gatewayId: gateway.id }); await look()
  await lab.check({ gatewayId: gateway.id, until: 'delivery' }); await look()
  await lab.check({ gatewayId: gateway.id }); await look()
  const edited = await save(lab, gateway, post, { fromName: 'Acme' }); await look()
  const back = await save(lab, edited, post); await look()
  const renamed = await lab.json<GatewayView>('PUT', `/gateways/${gateway.id}`, 200, { body: { name: 'Other', mode: 'smtp', settings: post.settings() }, headers: { 'if-match': `"${back.revision}"` } }); await look()
  const retyped = await save(lab, renamed, post, {}, { password: { value: 'wrong' } }); await look()
  await lab.check({ gatewayId: gateway.id }); await look()
  await save(lab, retyped, post, {}, withPassword); await look()
  assert.deepEqual(seen, ['unverified', 'unverified', 'checked', 'verified', 'verified', 'changed', 'verified', 'verified', 'changed', 'failing', 'verified'])
})

test('a draft that was checked before it was first saved is saved as checked, and says by whom and in which run', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t, { password })
  const draft = { mode: 'smtp', settings: post.settings(), secrets: withPassword }
  const events = await lab.check(draft, { as: 'second' })
  const view = await create(lab, draft)
  assert.equal(view.status.state, 'checked')
  assert.equal(view.status.by, 'Sam Second')
  assert.equal(view.status.runId, events[0]?.event === 'plan' && events[0].runId)
  assert.equal(view.status.evidence?.['user'], 'ada')
})

test('a failed check on stored settings makes the gateway failing since the first failure, with what failed', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t, { password })
  const gateway = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: 'not-the-password' } } })
  await lab.check({ gatewayId: gateway.id })
  const first = gatewayView.parse(await lab.json('GET', `/gateways/${gateway.id}`, 200)).status
  assert.equal(first.state, 'failing')
  assert.equal(first.evidence?.['row'], 'sign-in')
  assert.ok(first.evidence?.['title'])
  await lab.check({ gatewayId: gateway.id })
  const second = gatewayView.parse(await lab.json('GET', `/gateways/${gateway.id}`, 200)).status
  assert.deepEqual([second.state, second.since], ['failing', first.since])
  assert.notEqual(second.runId, first.runId)
})

test('api S22, fault F97: a run can be read again by id, while it runs and after a restart', async (t) => {
  const { lab, gateway, post } = await setUp(t)
  const silence = await openSilence(t)
  const response = await lab.request('POST', '/checks', { body: { mode: 'smtp', settings: silence.settings() } })
  const id = response.headers.get('x-run-id') ?? ''
  await until(() => silence.sockets.size > 0)
  const running = runView.parse(await lab.json('GET', `/runs/${id}`, 200))
  assert.equal(running.state, 'running')
  assert.deepEqual(running.rows.map(({ status }) => status).slice(0, 5), ['pass', 'pass', 'pass', 'pass', 'running'])
  await response.body?.cancel()

  const events = await lab.check({ gatewayId: gateway.id, until: 'delivery' })
  const runId = events[0]?.event === 'plan' ? events[0].runId : ''
  await lab.restart()
  const again = runView.parse(await lab.json('GET', `/runs/${runId}`, 200))
  assert.equal(again.verdict, 'passed')
  assert.equal(again.to, 'ada@acme.example')
  assert.equal(again.gatewayId, gateway.id)
  assert.deepEqual(again.rows, events.reduce(fold, [] as RunView['rows']))
  assert.equal(post.mails[0]?.to[0], 'ada@acme.example')
})

test('api S22: when the last listener is gone the work stops at once, and the run is stored as unproven', async (t) => {
  const lab = await openLab(t)
  const silence = await openSilence(t)
  const gateway = await create(lab, { mode: 'smtp', settings: silence.settings() })
  const aborted = new AbortController()
  const response = await lab.request('POST', '/checks', { body: { gatewayId: gateway.id }, signal: aborted.signal })
  const id = response.headers.get('x-run-id') ?? ''
  await until(() => silence.sockets.size > 0)
  const left = performance.now()
  aborted.abort()
  await until(() => silence.closed.length > 0)
  withinTime(silence.closed[0]! - left, { to: 500 }, 'the socket stayed open')
  await until(() => lab.log.some(({ event }) => event === 'check.end'))
  const view = runView.parse(await lab.json('GET', `/runs/${id}`, 200))
  assert.equal(view.verdict, 'unproven')
  assert.ok(view.rows.every(({ status }) => status !== 'fail' && status !== 'running' && status !== 'waiting'))
  assert.equal(await stateOf(lab, gateway.id), 'unverified')
  assert.doesNotMatch(await response.text(), /"event":"end"/)
})

test('fault F92: a second run that does the same joins the first and sees it from the beginning: one connection', async (t) => {
  const { lab, post, gateway } = await setUp(t)
  const both = await Promise.all([1, 2, 3].map((n) => lab.check({ gatewayId: gateway.id, until: 'delivery', to: 'ops@acme.example' }, { as: n === 2 ? 'second' : 'admin' })))
  assert.equal(verdictOf(both[0]!), 'passed')
  assert.deepEqual(both[1], both[0])
  assert.deepEqual(both[2], both[0])
  assert.equal(post.mails.length, 1)
})

test('fault F92: whoever joins late gets everything, and one of two leaving changes nothing', async (t) => {
  const lab = await openLab(t)
  const silence = await openSilence(t)
  const body = { mode: 'smtp', settings: silence.settings() }
  const first = await lab.request('POST', '/checks', { body })
  await until(() => silence.sockets.size === 1)
  const second = await lab.request('POST', '/checks', { body, as: 'second' })
  assert.equal(second.headers.get('x-run-id'), first.headers.get('x-run-id'))
  const heard: string[] = []
  const reading = (async () => { for await (const text of textOf(second)) heard.push(text) })()
  await until(() => heard.join('').includes('"id":"greeting"'))
  await first.body?.cancel()
  await pause(100)
  assert.equal(silence.sockets.size, 1, 'the second one still listens')
  for (const socket of silence.sockets) socket.end('554 no service here\r\n')
  await reading
  const events = heard.join('').trim().split('\n').map((line) => JSON.parse(line) as CheckEvent)
  assert.deepEqual([events[0]?.event, verdictOf(events), statusOf(events, 'greeting')], ['plan', 'failed', 'fail'])
})

test('fault F92: nobody joins a run that is being stopped: who asks for the same meanwhile gets one of their own', async (t) => {
  const ports = nodePorts({ store: 'memory:', log: () => {} })
  const ended = Promise.withResolvers<void>()
  const slow: typeof ports.store = { ...ports.store, putRun: async (run) => { if (run.view.state === 'done') await ended.promise; return ports.store.putRun(run) } }
  const lab = await openLab(t, { ports: { ...ports, store: slow } })
  const silence = await openSilence(t)
  const body = { mode: 'smtp', settings: silence.settings() }
  const first = await lab.request('POST', '/checks', { body })
  await until(() => silence.sockets.size === 1)
  await first.body?.cancel()
  await until(() => silence.closed.length === 1)
  const second = await lab.request('POST', '/checks', { body, as: 'second' })
  assert.notEqual(second.headers.get('x-run-id'), first.headers.get('x-run-id'))
  ended.resolve()
  await until(() => silence.sockets.size === 1)
  for (const socket of silence.sockets) socket.end('554 no service here\r\n')
  assert.equal(verdictOf(await eventsOf(second)), 'failed')
})

test('threat T43: nobody joins a run of another tenant', async (t) => {
  const lab = await openLab(t)
  const silence = await openSilence(t)
  const body = { mode: 'smtp', settings: silence.settings() }
  const first = await lab.request('POST', '/checks', { body })
  const second = await lab.request('POST', '/checks', { body, as: 'other' })
  assert.notEqual(first.headers.get('x-run-id'), second.headers.get('x-run-id'))
  await lab.problem('GET', `/runs/${first.headers.get('x-run-id')}`, 404, { as: 'other' })
  await Promise.all([first.body?.cancel(), second.body?.cancel()])
})

test('fault F108: a run that a crash cut off is unproven when it is read again', async (t) => {
  const lab = await openLab(t)
  const silence = await openSilence(t)
  const response = await lab.request('POST', '/checks', { body: { mode: 'smtp', settings: silence.settings() } })
  const id = response.headers.get('x-run-id') ?? ''
  await until(() => silence.sockets.size > 0)
  // What a killed process leaves is what lies in the file now: the mark written before the first packet.
  const { sqliteStore } = await import('../../packages/bff/src/adapters/node/store.ts')
  const { createMailGateway } = await import('@mail-gateway/bff')
  const { nodePorts } = await import('@mail-gateway/bff/node')
  const { keys, origin, people } = await import('./lab.ts')
  await pause(5)
  const after = createMailGateway({ ports: nodePorts({ store: sqliteStore(`${lab.folder}/store/settings.db`) }), authorize: () => people['admin']!, baseURL: origin, secrets: keys.one, log: () => {} })
  t.after(() => after.close())
  const view = runView.parse(await (await after.fetch(new Request(`${origin}/runs/${id}`))).json())
  assert.deepEqual([view.state, view.verdict], ['done', 'unproven'])
  assert.ok(view.rows.length > 5 && view.rows.every(({ status }) => status === 'unproven'))
  await response.body?.cancel()
})

test('fault F107: closing ends running checks as unproven, their listeners hear the end, and it is stored', async (t) => {
  const lab = await openLab(t)
  const silence = await openSilence(t)
  const response = await lab.request('POST', '/checks', { body: { mode: 'smtp', settings: silence.settings() } })
  await until(() => silence.sockets.size > 0)
  const began = performance.now()
  await lab.restart()
  withinTime(since(began), { to: 2_000 })
  assert.equal(verdictOf(await eventsOf(response)), 'unproven')
  assert.equal((await lab.json<RunView>('GET', `/runs/${response.headers.get('x-run-id')}`, 200)).verdict, 'unproven')
})

const recipients: [what: string, policy: 'any' | 'self' | string[], as: string, to: string | undefined, result: string | RegExp][] = [
  ['any, none typed: one’s own', 'any', 'admin', undefined, 'ada@acme.example'],
  ['any, typed', 'any', 'admin', 'someone@elsewhere.example', 'someone@elsewhere.example'],
  ['any, white space around it', 'any', 'admin', '  someone@elsewhere.example ', 'someone@elsewhere.example'],
  ['self, none typed', 'self', 'admin', undefined, 'ada@acme.example'],
  ['self, own in other letters', 'self', 'admin', 'Ada@ACME.example', 'Ada@acme.example'],
  ['self, another', 'self', 'admin', 'someone@elsewhere.example', /your own address only: ada@acme\.example/],
  ['domains, inside', ['acme.example'], 'admin', 'ops@acme.example', 'ops@acme.example'],
  ['domains, outside', ['acme.example'], 'admin', 'ops@acme.example.evil.example', /at acme\.example/],
  ['domains, suffix', ['acme.example'], 'admin', 'ops@evilacme.example', /at acme\.example/],
  ['two addresses', 'any', 'admin', 'a@x.example, b@x.example', /one address/],
  ['a line break', 'any', 'admin', 'a@x.example\r\nBcc: b@x.example', /one address/],
  ['angle brackets', 'any', 'admin', 'A <a@x.example>', /one address/],
  ['no address', 'any', 'admin', 'nobody', /one address/],
  ['a route', 'any', 'admin', '@x.example:a@y.example', /one address/],
]

for (const [what, policy, as, to, result] of recipients) {
  test(`threat T29, T30, goal G13: test recipient, ${what}`, async (t) => {
    const { lab, post, gateway } = await setUp(t, { testRecipients: policy })
    const body = { gatewayId: gateway.id, until: 'delivery', ...(to !== undefined && { to }) }
    if (typeof result === 'string') {
      assert.equal(verdictOf(await lab.check(body, { as })), 'passed')
      assert.deepEqual(post.mails.map((mail) => mail.to), [[result]])
      return
    }
    const told = await lab.problem('POST', '/checks', 422, { as, body })
    assert.deepEqual(told.errors?.map(({ pointer }) => pointer), ['/to'])
    assert.match(told.errors?.[0]?.detail ?? '', result)
    assert.equal(post.seen.connections, 0)
    record({ of: 'goal G13', excluded: post.mails.length })
  })
}

test('the recipient falls back to the gateway’s own address where the caller has none', async (t) => {
  const post = await openPost(t)
  const lab = await openLab(t, { authorize: () => ({ subject: 's', tenant: 't', rights: ['read', 'write', 'test'] }) })
  assert.equal(verdictOf(await lab.check({ mode: 'smtp', settings: post.settings(), until: 'delivery' })), 'passed')
  assert.deepEqual(post.mails[0]?.to, ['noreply@acme.example'])
})

test('threat T30: five test emails a minute, then 429 with the time to wait; what is not counted is not sent', async (t) => {
  const { lab, post, gateway } = await setUp(t)
  for (let n = 0; n < 5; n++) assert.equal(verdictOf(await lab.check({ gatewayId: gateway.id, until: 'delivery' })), 'passed')
  const response = await lab.request('POST', '/checks', { body: { gatewayId: gateway.id, until: 'delivery' } })
  assert.equal(response.status, 429)
  const wait = Number(response.headers.get('retry-after'))
  assert.ok(wait > 30 && wait <= 60, String(wait))
  const told = await response.json() as { code: string; retryAfter: number; detail: string }
  assert.deepEqual([told.code, told.retryAfter], ['rate.limited', wait])
  assert.match(told.detail, /5 test emails a minute and 30 a day/)
  await lab.restart()
  assert.equal((await lab.request('POST', '/checks', { body: { gatewayId: gateway.id, until: 'delivery' } })).status, 429, 'a restart forgets nothing')
  assert.equal(post.mails.length, 5)
  assert.equal(verdictOf(await lab.check({ gatewayId: gateway.id })), 'passed', 'checks without mail are counted apart')
})

test('threat T30, goal G13: 1,000 presses at once by three people: no more than allowed reach the server', async (t) => {
  const { lab, post, gateway } = await setUp(t)
  const answers = await Promise.all(Array.from({ length: 1_000 }, async (_, n) => {
    const response = await lab.request('POST', '/checks', { as: n % 2 ? 'admin' : 'second', body: { gatewayId: gateway.id, until: 'delivery', to: `person${n % 3}@acme.example` } })
    await response.text()
    return [response.status, response.headers.get('retry-after')] as const
  }))
  assert.ok(post.mails.length >= 1 && post.mails.length <= 5, String(post.mails.length))
  for (const [status, wait] of answers) assert.ok(status === 200 || (status === 429 && Number(wait) > 0), String(status))
  assert.ok(answers.some(([status]) => status === 429))
  record({ of: 'goal G13', presses: answers.length, sent: post.mails.length })
})

test('one test email at a time: another one meanwhile is 429 with the time to wait', async (t) => {
  const lab = await openLab(t)
  const silence = await openSilence(t)
  const ask = (to: string) => lab.request('POST', '/checks', { body: { mode: 'smtp', settings: silence.settings(), until: 'delivery', to } })
  const first = await ask('a@acme.example')
  const second = await ask('b@acme.example')
  assert.equal(second.status, 429)
  assert.ok(Number(second.headers.get('retry-after')) > 0)
  assert.equal(((await second.json()) as { code: string }).code, 'check.busy')
  const foreign = await lab.request('POST', '/checks', { as: 'other', body: { mode: 'smtp', settings: silence.settings(), until: 'delivery', to: 'b@acme.example' } })
  assert.equal(foreign.status, 200, 'another tenant is not held up')
  await Promise.all([first.body?.cancel(), foreign.body?.cancel()])
})

test('other checks: 30 a minute for each tenant', async (t) => {
  const { lab, gateway } = await setUp(t)
  for (let n = 0; n < 30; n++) await lab.check({ gatewayId: gateway.id, until: 'input' })
  const told = await lab.problem('POST', '/checks', 429, { body: { gatewayId: gateway.id, until: 'input' } })
  assert.equal(told.code, 'rate.limited')
  assert.ok((told.retryAfter ?? 0) > 0)
  const own = await openPost(t)
  assert.equal(verdictOf(await lab.check({ mode: 'smtp', settings: own.settings(), until: 'input' }, { as: 'other' })), 'passed')
})

test('threat T55, fault F106: twenty run, fifty wait, the next gets 503; ordinary calls stay quick meanwhile', async (t) => {
  let tenant = 0
  const lab = await openLab(t, { authorize: () => ({ subject: 's', tenant: `t${tenant++ % 40}`, rights: ['read', 'write', 'test'] }) })
  const silence = await openSilence(t)
  const stop = new AbortController()
  const answers = await Promise.all(Array.from({ length: 71 }, (_, n) => lab.request('POST', '/checks', { body: { mode: 'smtp', settings: silence.settings({ fromName: `n${n}` }) }, signal: stop.signal })))
  assert.deepEqual(answers.map(({ status }) => status).filter((status) => status !== 200), [503])
  const refused = answers.find(({ status }) => status === 503)
  assert.ok(Number(refused?.headers.get('retry-after')) > 0)
  assert.equal(((await refused?.json()) as { code: string }).code, 'check.queue-full')
  await until(() => silence.sockets.size === 20)
  const times: number[] = []
  for (let n = 0; n < 100; n++) {
    const began = performance.now()
    await lab.json('GET', '/gateways', 200)
    times.push(performance.now() - began)
  }
  const p99 = times.sort((a, b) => a - b)[98]!
  withinTime(p99, { to: 250 }, 'p99')
  assert.equal(silence.sockets.size, 20)
  stop.abort()
  await until(() => silence.sockets.size === 0)
})

for (const [what, body, pointer] of [
  ['nothing', {}, '/mode'], ['a mode alone', { mode: 'smtp' }, '/settings'], ['an unknown mode', { mode: 'x', settings: {} }, '/mode'],
  ['an unknown setting', { mode: 'smtp', settings: { hots: 'x' } }, '/settings/hots'], ['a wrong type', { mode: 'smtp', settings: { port: '587' } }, '/settings/port'],
  ['an unknown stage', { mode: 'smtp', settings: {}, until: 'heaven' }, '/until'], ['an unknown part', { mode: 'smtp', settings: {}, force: true }, '/force'],
  ['an empty secret', { mode: 'smtp', settings: {}, secrets: { password: { value: '' } } }, '/secrets/password'],
  ['a secret of another form', { mode: 'smtp', settings: {}, secrets: { password: 'x' } }, '/secrets/password'],
] as const) {
  test(`a check asked for with ${what}: 422 at ${pointer}`, async (t) => {
    const lab = await openLab(t)
    const told = await lab.problem('POST', '/checks', 422, { body })
    assert.deepEqual(told.errors?.map((error) => error.pointer), [pointer])
    for (const { detail } of told.errors ?? []) assert.doesNotMatch(detail, /invalid|please|sorry/i)
  })
}

test('missing or wrong values are a failed first row with every pointer, not a refused request', async (t) => {
  const lab = await openLab(t)
  const events = await lab.check({ mode: 'smtp', settings: { host: 'smtp.acme.example', port: 70_000, authentication: 'none' } })
  const row = events.find((event) => event.event === 'result' && event.id === 'inputs')
  assert.equal(verdictOf(events), 'failed')
  assert.deepEqual(row?.event === 'result' && row.finding?.errors?.map(({ pointer }) => pointer).sort(), ['/settings/from', '/settings/port'])
})

test('req A090, A100: where the host saves nothing unproven, a failed check saves nothing and names the field', async (t) => {
  const post = await openPost(t, { password })
  const lab = await openLab(t, { saveRequires: 'identity' })
  const told = await lab.problem('POST', '/gateways', 422, { body: { mode: 'smtp', settings: post.settings(), secrets: { password: { value: 'wrong-password' } } } })
  assert.equal(told.code, 'save.check-failed')
  assert.equal(told.errors?.length, 1)
  assert.ok(['/secrets/password', '/settings/username'].includes(told.errors?.[0]?.pointer ?? ''), told.errors?.[0]?.pointer)
  assert.deepEqual(await lab.json('GET', '/gateways', 200), { gateways: [] })

  const view = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: withPassword })
  assert.equal(view.status.state, 'checked')
  assert.equal(post.seen.connections, 2)
  await save(lab, view, post)
  assert.equal(post.seen.connections, 2, 'what is proven is not proven again')
})

test('threat T52: every administrative call leaves exactly one record: who, what, how it ended; no value', async (t) => {
  const { lab, post, gateway } = await setUp(t)
  await lab.problem('POST', '/gateways', 422, { body: anyDraft({ settings: { hots: 1 } }) })
  const saved = await save(lab, gateway, post, { fromName: 'Acme' }, { password: { value: 'canary-audit-value' } })
  await lab.problem('PUT', `/gateways/${gateway.id}`, 412, { as: 'second', body: anyDraft(), headers: { 'if-match': '"1"' } })
  await lab.check({ gatewayId: gateway.id })
  await lab.problem('POST', '/checks', 404, { as: 'other', body: { gatewayId: gateway.id } })
  assert.equal((await lab.request('DELETE', `/gateways/${gateway.id}`, { headers: { 'if-match': `"${saved.revision}"` } })).status, 204)
  await lab.json('GET', '/gateways', 200)
  const short = lab.audit.map(({ action, outcome, by, tenant, changed }) => [action, outcome, by, tenant, changed?.toSorted().join()])
  assert.deepEqual(short, [
    ['gateway.create', 'done', 'Ada Admin', 'acme', 'authentication,from,host,mode,name,port,secrets.password,security,timeout,tlsVersion,username'],
    ['gateway.create', 'settings.refused', 'Ada Admin', 'acme', undefined],
    ['gateway.save', 'done', 'Ada Admin', 'acme', 'fromName,secrets.password'],
    ['gateway.save', 'settings.stale', 'Sam Second', 'acme', undefined],
    ['check.run', 'failed', 'Ada Admin', 'acme', undefined],
    ['check.run', 'gateway.unknown', 'eve@other.example', 'other', undefined],
    ['gateway.delete', 'done', 'Ada Admin', 'acme', undefined],
  ])
  assert.ok(lab.audit.every(({ at, requestId, origin }) => at && requestId && origin === 'https://console.example.com'))
  assert.doesNotMatch(JSON.stringify(lab.audit), /canary|127\.0\.0\.1/)
})

test('a listener of the host that throws changes nothing', async (t) => {
  const lab = await openLab(t, { onEvent: () => { throw new Error('the host tripped') } })
  await create(lab)
  assert.ok(lab.log.some(({ event }) => event === 'audit.listener-failed'))
})

test('a runtime that ends with the answer is told to wait until the record of a check has reached its listener', async (t) => {
  const heard: string[] = []
  const lab = await openLab(t, { onEvent: async ({ action }) => { await new Promise((done) => { setTimeout(done, 50) }); heard.push(action) } })
  const behind: Promise<unknown>[] = []
  const answer = await lab.gateway.fetch(new Request(`${origin}${basePath}/checks`, {
    method: 'POST', headers: { origin, 'x-user': 'admin', 'content-type': 'application/json', 'x-mail-gateway': '1' }, body: JSON.stringify({ mode: 'smtp', settings: {}, secrets: {}, until: 'input' }),
  }), undefined, { waitUntil: (work) => behind.push(work) })
  await eventsOf(answer)
  assert.deepEqual(heard, [])
  await Promise.all(behind)
  assert.deepEqual(heard, ['check.run'])
})

test('api S12: one log line for each request, with id, trace, pattern, time, tenant, status; never the path', async (t) => {
  const lab = await openLab(t)
  const { id } = await create(lab)
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const response = await lab.request('GET', `/gateways/${id}`, { headers: { traceparent: trace } })
  const requests = lab.log.filter(({ event }) => event === 'request')
  assert.equal(requests.length, 2)
  const { requestId, tenant, fields } = requests[1]!
  assert.equal(response.headers.get('x-request-id'), requestId)
  assert.deepEqual([tenant, fields?.['route'], fields?.['status'], fields?.['method'], fields?.['traceparent']], ['acme', '/gateways/{id}', 200, 'GET', trace])
  assert.equal(typeof fields?.['ms'], 'number')
  await lab.request('GET', '/gateways/x', { headers: { traceparent: 'evil\tvalue' } })
  assert.equal(lab.log.at(-1)?.fields?.['traceparent'], undefined)
  assert.ok(!JSON.stringify(lab.log).includes(id))
})
