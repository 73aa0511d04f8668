// Why: an answer can be lost after the work was done; whoever asks again must not get the work done twice.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { GatewayView, Problem } from '@mail-gateway/contract'
import { openApi } from '../../packages/bff/src/openapi/openapi.ts'
import { anyDraft, create, eventsOf, keys, openLab, openPost, verdictOf } from './lab.ts'
import type { Lab } from './lab.ts'

const newKey = () => randomBytes(16).toString('base64url')
const gatewaysOf = async (lab: Lab): Promise<GatewayView[]> => (await lab.json<{ gateways: GatewayView[] }>('GET', '/gateways', 200)).gateways
const make = (lab: Lab, key: string, body: unknown = anyDraft(), as = 'admin') => lab.request('POST', '/gateways', { as, body, headers: { 'idempotency-key': key } })
const put = (lab: Lab, { id }: GatewayView, revision: number, body: unknown, as = 'admin') => lab.request('PUT', `/gateways/${id}`, { as, body, headers: { 'if-match': `"${revision}"` } })

test('fault F89: a new gateway asked for twice with one idempotency key is one gateway, and both answers say the same', async (t) => {
  const lab = await openLab(t)
  const key = newKey()
  const answers = [await make(lab, key), await make(lab, key)]
  assert.deepEqual(answers.map(({ status, headers }) => [status, headers.get('etag')]), [[201, '"1"'], [201, '"1"']])
  const [first, second] = await Promise.all(answers.map((one) => one.json())) as [GatewayView, GatewayView]
  assert.deepEqual(second, first)
  assert.equal(first.id, key)
  assert.deepEqual(await gatewaysOf(lab), [first])
})

test('fault F89: ten at once with one key are one gateway; other keys, and none, are others', async (t) => {
  const lab = await openLab(t)
  const key = newKey()
  const answers = await Promise.all(Array.from({ length: 10 }, () => make(lab, `"${key}"`)))
  assert.deepEqual(answers.map(({ status }) => status), Array.from({ length: 10 }, () => 201))
  assert.equal((await gatewaysOf(lab)).length, 1)
  await make(lab, newKey())
  await create(lab)
  assert.equal((await gatewaysOf(lab)).length, 3)
})

test('fault F89: the key of another tenant is another gateway, and shows nothing of that one', async (t) => {
  const lab = await openLab(t)
  const key = newKey()
  await make(lab, key, anyDraft({ name: 'Of acme' }))
  const theirs = await (await make(lab, key, anyDraft({ name: 'Of other' }), 'other')).json() as GatewayView
  assert.deepEqual([theirs.name, theirs.revision], ['Of other', 1])
  assert.deepEqual((await gatewaysOf(lab)).map(({ name }) => name), ['Of acme'])
})

const others: readonly (readonly [string, Record<string, unknown>])[] = [
  ['another setting', { settings: { ...anyDraft().settings, fromName: 'Acme' } }],
  ['another password', { secrets: { password: { value: 'another-horse-43' } } }],
  ['another name', { name: 'Reports' }],
]

for (const [what, more] of others) {
  test(`fault F89: one key with ${what} is told what is stored, and changes nothing`, async (t) => {
    const lab = await openLab(t)
    const key = newKey()
    const first = await (await make(lab, key)).json() as GatewayView
    const second = await make(lab, key, anyDraft(more))
    assert.equal(second.status, 412)
    const told = await second.json() as Problem
    assert.deepEqual([told.code, told.gateway, second.headers.get('etag')], ['gateway.key-used', first, '"1"'])
    assert.match(`${told.title} ${told.detail}`, /header idempotency-key .* send a new key/)
    assert.deepEqual(await gatewaysOf(lab), [first])
  })

  test(`fault F89: a save asked for again with ${what} is a conflict, not an answer`, async (t) => {
    const lab = await openLab(t)
    const made = await create(lab)
    assert.equal((await put(lab, made, 1, anyDraft())).status, 200)
    const again = await put(lab, made, 1, anyDraft(more))
    assert.deepEqual([again.status, (await again.json() as Problem).code], [412, 'settings.stale'])
    assert.equal((await gatewaysOf(lab))[0]!.revision, 2)
  })
}

test('fault F89: a save asked for again gets the same answer and is one revision (RFC 9110 section 13.1.1)', async (t) => {
  const lab = await openLab(t)
  const made = await create(lab)
  const change = anyDraft({ settings: { ...anyDraft().settings, fromName: 'Acme' }, secrets: { password: { value: 'new-horse-44' } } })
  const answers = [await put(lab, made, 1, change), await put(lab, made, 1, change)]
  assert.deepEqual(answers.map(({ status, headers }) => [status, headers.get('etag')]), [[200, '"2"'], [200, '"2"']])
  const [first, second] = await Promise.all(answers.map((one) => one.json())) as [GatewayView, GatewayView]
  assert.deepEqual(second, first)
  assert.deepEqual(await gatewaysOf(lab), [first])
})

test('fault F89: what somebody else has stored alike, or what was stored over it, is a conflict all the same', async (t) => {
  const lab = await openLab(t)
  const made = await create(lab)
  assert.equal((await put(lab, made, 1, anyDraft())).status, 200)
  assert.equal((await put(lab, made, 1, anyDraft(), 'second')).status, 412)
  assert.equal((await put(lab, made, 2, anyDraft({ name: 'Later' }))).status, 200)
  assert.equal((await put(lab, made, 1, anyDraft())).status, 412)
})

test('fault F89: a secret that was to go and is still there makes another change', async (t) => {
  const lab = await openLab(t)
  const made = await create(lab, anyDraft({ settings: { ...anyDraft().settings, authentication: 'none' } }))
  const { secrets: _, ...keeping } = anyDraft({ settings: { ...anyDraft().settings, authentication: 'none' } })
  assert.equal((await put(lab, made, 1, keeping)).status, 200)
  assert.equal((await put(lab, made, 1, keeping)).status, 200)
  assert.equal((await put(lab, made, 1, { ...keeping, secrets: { password: { remove: true } } })).status, 412)
})

test('fault F89: the default that was asked for is set by the second call, where the first broke off before', async (t) => {
  const lab = await openLab(t)
  await create(lab)
  const key = newKey()
  await make(lab, key)
  const again = await (await make(lab, key, anyDraft({ default: true }))).json() as GatewayView
  assert.deepEqual([again.default, again.revision], [true, 1])
})

const send = (lab: Lab, key: string, body: unknown, as = 'admin') => lab.request('POST', '/checks', { as, body, headers: { 'idempotency-key': key } })

test('fault F89: a test email asked for again with one key, after its end was not heard, is told again and not sent again', async (t) => {
  const [lab, post] = [await openLab(t), await openPost(t)]
  const gateway = await create(lab, { mode: 'smtp', settings: post.settings() })
  const key = newKey()
  const ask = async () => eventsOf(await send(lab, key, { gatewayId: gateway.id, until: 'delivery' }))
  const [first, second] = [await ask(), await ask()]
  assert.equal(verdictOf(first), 'passed')
  assert.deepEqual(second, first.filter(({ event }) => event !== 'start'))
  assert.deepEqual([first[0]!.event === 'plan' && first[0]!.runId, post.mails.length, post.seen.connections], [key, 1, 1])
  await lab.restart()
  assert.deepEqual(await ask(), second)
  await lab.restart({ secrets: `${keys.two},${keys.one}` })
  assert.deepEqual(await ask(), second, 'under a newer key too')
  assert.equal(post.mails.length, 1)
  assert.equal(verdictOf(await eventsOf(await send(lab, newKey(), { gatewayId: gateway.id, until: 'delivery' }))), 'passed')
  assert.equal(post.mails.length, 2)
})

test('fault F89: a run that nobody followed any more is told as it ended, and not begun anew', async (t) => {
  const held = Promise.withResolvers<void>()
  const [lab, post] = [await openLab(t), await openPost(t, { onMailFrom: (_, __, go) => { void held.promise.then(() => go()) } })]
  const gateway = await create(lab, { mode: 'smtp', settings: post.settings() })
  const key = newKey()
  const first = await send(lab, key, { gatewayId: gateway.id, until: 'delivery' })
  for (const end = performance.now() + 5000; post.seen.connections === 0 && performance.now() < end;) await new Promise((done) => { setTimeout(done, 10) })
  await first.body!.cancel()
  const again = await eventsOf(await send(lab, key, { gatewayId: gateway.id, until: 'delivery' }))
  held.resolve()
  assert.equal(verdictOf(again), 'unproven')
  assert.deepEqual([post.mails.length, post.seen.connections], [0, 1])
})

test('fault F89: the key of a check is good for these settings and this tenant alone', async (t) => {
  const [lab, post] = [await openLab(t), await openPost(t)]
  const key = newKey()
  await eventsOf(await send(lab, key, { mode: 'smtp', settings: post.settings() }))
  const other = await send(lab, key, { mode: 'smtp', settings: post.settings({ fromName: 'Another' }) })
  assert.deepEqual([other.status, (await other.json() as { code: string }).code], [400, 'check.key-used'])
  const foreign = await eventsOf(await send(lab, key, { mode: 'smtp', settings: post.settings({ fromName: 'Another' }) }, 'other'))
  assert.equal(verdictOf(foreign), 'passed')
})

test('fault F89: the key of a test email is good for this depth, this recipient and this gateway alone: nothing else is told as done, or sent', async (t) => {
  const [lab, post] = [await openLab(t), await openPost(t)]
  const draft = { mode: 'smtp', settings: post.settings() }
  const [{ id }, twin] = [await create(lab, draft), await create(lab, draft)]
  const key = newKey()
  const asked = { gatewayId: id, until: 'delivery', to: 'ops@acme.example' }
  assert.equal(verdictOf(await eventsOf(await send(lab, key, asked))), 'passed')
  for (const more of [{ until: 'identity' }, { to: 'other@acme.example' }, { gatewayId: twin.id }]) {
    const other = await send(lab, key, { ...asked, ...more })
    assert.deepEqual([other.status, (await other.json() as { code: string }).code], [400, 'check.key-used'], JSON.stringify(more))
  }
  assert.equal(post.mails.length, 1)
})

test('two gateways with the very same settings are checked each by a run of its own', async (t) => {
  // Takes connections and never greets.
  const [lab, post] = [await openLab(t), await openPost(t, { onConnect() {} })]
  const draft = { mode: 'smtp', settings: post.settings() }
  const gateways = [await create(lab, draft), await create(lab, draft)]
  const runs = await Promise.all(gateways.map(({ id }) => lab.request('POST', '/checks', { body: { gatewayId: id } })))
  assert.equal(new Set(runs.map(({ headers }) => headers.get('x-run-id'))).size, 2)
  await Promise.all(runs.map(({ body }) => body?.cancel()))
})

test('fault F89: while a check is under way its key shows nothing of it to whoever asks for other settings, and is followed by whoever asks for the same', async (t) => {
  // Takes connections and never greets.
  const [lab, post] = [await openLab(t), await openPost(t, { onConnect() {} })]
  const key = newKey()
  const first = await send(lab, key, { mode: 'smtp', settings: post.settings() })
  const other = await send(lab, key, { mode: 'smtp', settings: post.settings({ fromName: 'Another' }) })
  assert.deepEqual([other.status, (await other.json() as { code: string }).code], [400, 'check.key-used'])
  const same = await send(lab, key, { mode: 'smtp', settings: post.settings() })
  assert.deepEqual([same.status, same.headers.get('x-run-id')], [200, first.headers.get('x-run-id')])
  await Promise.all([first.body?.cancel(), same.body?.cancel()])
})

for (const key of ['', 'short', 'x'.repeat(21), 'x'.repeat(65), 'with spaces in it and long', '../../../../etc/passwd-and-more']) {
  test(`a key that is easily made twice, or is no name, is refused: ${key.slice(0, 24) || 'nothing'}`, async (t) => {
    const lab = await openLab(t)
    const told = await lab.problem('POST', '/gateways', 400, { body: anyDraft(), headers: { 'idempotency-key': key } })
    assert.equal(told.code, 'request.idempotency-key')
    assert.match(told.title, /header idempotency-key/)
    assert.match(told.detail, /22 to 64/)
    assert.deepEqual(await lab.problem('POST', '/checks', 400, { body: anyDraft(), headers: { 'idempotency-key': key } }).then(({ code, title }) => [code, title]), [told.code, told.title])
    assert.deepEqual(await gatewaysOf(lab), [])
  })
}

test('the key is in the description, and a trusted page of another origin may send it', async (t) => {
  const { paths } = openApi([], 'https://console.example.com')
  assert.match(JSON.stringify(paths['/gateways']?.['post']), /"idempotency-key","in":"header","required":false/)
  const refusals = (path: string) => JSON.stringify(paths[path]?.['post']?.responses)
  assert.match(refusals('/gateways'), /"400":[^}]*`request\.idempotency-key`.*"412":[^}]*`gateway\.key-used`/)
  assert.match(refusals('/checks'), /"400":[^}]*`request\.idempotency-key`[^}]*`check\.key-used`/)
  const lab = await openLab(t, { trustedOrigins: ['https://other.example.com'] })
  const told = await lab.request('OPTIONS', '/gateways', { headers: { origin: 'https://other.example.com' } })
  assert.match(told.headers.get('access-control-allow-headers') ?? '', /\bidempotency-key\b/)
})
