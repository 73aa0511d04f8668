import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { gatewayList, gatewayView, problem } from '../../packages/bff/src/openapi/answers.ts'
import { anyDraft, create, openLab } from './lab.ts'

const list = async (lab: Awaited<ReturnType<typeof openLab>>): Promise<GatewayView[]> => (await lab.json<{ gateways: GatewayView[] }>('GET', '/gateways', 200)).gateways

test('req A145: a gateway is created, read, changed, deleted, each step with its ETag', async (t) => {
  const lab = await openLab(t)
  const made = await lab.request('POST', '/gateways', { body: anyDraft({ name: 'Reports' }) })
  assert.equal(made.status, 201)
  assert.equal(made.headers.get('etag'), '"1"')
  const view = gatewayView.parse(await made.json())
  assert.equal(view.name, 'Reports')
  assert.match(view.id, /^[\w-]{22}$/)
  assert.deepEqual(view.status, { state: 'unverified', since: view.updatedAt, by: 'Ada Admin' })

  const read = await lab.request('GET', `/gateways/${view.id}`)
  assert.equal(read.headers.get('etag'), '"1"')
  assert.deepEqual(await read.json(), view)

  const saved = await lab.request('PUT', `/gateways/${view.id}`, { body: { mode: 'smtp', settings: { ...view.settings, fromName: 'Acme' } }, headers: { 'if-match': '"1"' } })
  assert.equal(saved.headers.get('etag'), '"2"')
  const after = gatewayView.parse(await saved.json())
  assert.equal(after.settings['fromName'], 'Acme')
  assert.equal(after.name, 'Reports')
  assert.deepEqual(after.secrets, view.secrets)

  const gone = await lab.request('DELETE', `/gateways/${view.id}`, { headers: { 'if-match': '"2"' } })
  assert.equal(gone.status, 204)
  assert.equal(await gone.text(), '')
  assert.equal((await lab.problem('GET', `/gateways/${view.id}`, 404)).code, 'gateway.unknown')
})

test('settings are stored in canonical form, named after where mail goes', async (t) => {
  const lab = await openLab(t)
  const view = await create(lab, { mode: 'smtp', settings: { host: 'SMTP.Acme.EXAMPLE.', security: 'tls', from: 'noreply@ACME.example', authentication: 'none' } })
  assert.equal(view.name, 'SMTP smtp.acme.example')
  assert.equal(view.settings['host'], 'smtp.acme.example')
  assert.equal(view.settings['port'], 465)
  assert.equal(view.settings['from'], 'noreply@acme.example')
  assert.deepEqual(view.secrets, { password: { set: false } })
})

test('several gateways: the first is the default, a later one can become it, deleting it leaves the oldest', async (t) => {
  const lab = await openLab(t)
  const first = await create(lab, anyDraft({ name: 'first' }))
  const second = await create(lab, anyDraft({ name: 'second' }))
  const third = await create(lab, anyDraft({ name: 'third', default: true }))
  const defaults = async () => (await list(lab)).filter((one) => one.default).map(({ name }) => name)
  assert.deepEqual([first.default, second.default, third.default], [true, false, true])
  assert.deepEqual((await list(lab)).map(({ name }) => name), ['first', 'second', 'third'])
  assert.deepEqual(await defaults(), ['third'])

  await lab.json('PUT', `/gateways/${second.id}`, 200, { body: { ...anyDraft({ default: true }), secrets: {} }, headers: { 'if-match': '"1"' } })
  assert.deepEqual(await defaults(), ['second'])

  const stays = await lab.problem('PUT', `/gateways/${second.id}`, 422, { body: { ...anyDraft({ default: false }), secrets: {} }, headers: { 'if-match': '"2"' } })
  assert.equal(stays.errors?.[0]?.pointer, '/default')

  assert.equal((await lab.request('DELETE', `/gateways/${second.id}`, { headers: { 'if-match': '"2"' } })).status, 204)
  assert.deepEqual(await defaults(), ['first'])
})

test('api S23, fault F91: of two administrators the second gets 412 and what is stored, and nothing is lost', async (t) => {
  const lab = await openLab(t)
  const { id, settings } = await create(lab)
  const change = (fromName: string, as: string, tag = '"1"') => lab.request('PUT', `/gateways/${id}`, { as, body: { mode: 'smtp', settings: { ...settings, fromName } }, headers: { 'if-match': tag } })
  assert.equal((await change('Ada', 'admin')).status, 200)
  const late = await change('Sam', 'second')
  assert.equal(late.status, 412)
  assert.equal(late.headers.get('etag'), '"2"')
  const told = problem.parse(await late.json())
  assert.equal(told.code, 'settings.stale')
  assert.equal(told.gateway?.settings['fromName'], 'Ada')
  assert.equal(told.gateway?.updatedBy, 'Ada Admin')
  assert.equal((await change('Sam', 'second', 'W/"2"')).status, 200)

  const stale = await lab.problem('DELETE', `/gateways/${id}`, 412, { headers: { 'if-match': '"2"' } })
  assert.equal(stale.gateway?.revision, 3)
})

test('two saves at the same instant: exactly one wins', async (t) => {
  const lab = await openLab(t)
  const { id, settings } = await create(lab)
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) =>
    lab.request('PUT', `/gateways/${id}`, { body: { mode: 'smtp', settings: { ...settings, fromName: `n${n}` } }, headers: { 'if-match': '"1"' } })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 9 }, () => 412)])
})

for (const [name, header] of [['no If-Match', undefined], ['If-Match: *', '*'], ['an empty one', '']] as const) {
  test(`428 with ${name}: who has seen nothing may change nothing`, async (t) => {
    const lab = await openLab(t)
    const { id } = await create(lab)
    const headers: Record<string, string> = header === undefined ? {} : { 'if-match': header }
    for (const method of ['PUT', 'DELETE']) {
      const told = await lab.problem(method, `/gateways/${id}`, 428, { headers, ...(method === 'PUT' && { body: anyDraft() }) })
      assert.equal(told.code, 'settings.revision-missing')
    }
    assert.equal((await list(lab))[0]?.revision, 1)
  })
}

test('unknown ids are 404 for every method, before anything else is judged', async (t) => {
  const lab = await openLab(t)
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const told = await lab.problem(method, '/gateways/nope', 404, method === 'PUT' ? { body: anyDraft() } : {})
    assert.equal(told.code, 'gateway.unknown')
  }
  assert.equal((await lab.problem('GET', '/runs/nope', 404)).code, 'run.unknown')
})

const wrong: [what: string, draft: Record<string, unknown>, pointers: string[]][] = [
  ['an unknown setting', anyDraft({ settings: { ...anyDraft().settings, hots: 'x' } }), ['/settings/hots']],
  ['an unknown secret', anyDraft({ secrets: { ...anyDraft().secrets, apiKey: { value: 'x' } } }), ['/secrets/apiKey']],
  ['a secret among the settings', anyDraft({ settings: { ...anyDraft().settings, password: 'x' } }), ['/settings/password']],
  ['a number as text', anyDraft({ settings: { ...anyDraft().settings, port: '587' } }), ['/settings/port']],
  ['a list', anyDraft({ settings: { ...anyDraft().settings, host: ['a'] } }), ['/settings/host']],
  ['a line break in an address', anyDraft({ settings: { ...anyDraft().settings, from: 'a@b.example\r\nBcc: c@d.example' } }), ['/settings/from']],
  ['a NUL in the host', anyDraft({ settings: { ...anyDraft().settings, host: 'smtp.acme\0.example' } }), ['/settings/host']],
  ['two missing values', anyDraft({ settings: { authentication: 'none' }, secrets: {} }), ['/settings/from', '/settings/host']],
  ['a missing password', anyDraft({ secrets: {} }), ['/secrets/password']],
  ['an unknown mode', anyDraft({ mode: 'carrier-pigeon' }), ['/mode']],
  ['no mode', { settings: {} }, ['/mode']],
  ['an unknown part', anyDraft({ id: 'mine' }), ['/id']],
  ['a tenant in the body', anyDraft({ tenant: 'other' }), ['/tenant']],
  ['a wrong type for default', anyDraft({ default: 'yes' }), ['/default']],
  ['a line break in the name', anyDraft({ name: 'a\nb' }), ['/name']],
  ['a long name', anyDraft({ name: 'n'.repeat(81) }), ['/name']],
]

for (const [what, draft, pointers] of wrong) {
  test(`422 with pointers: ${what}`, async (t) => {
    const lab = await openLab(t)
    const told = problem.parse(await lab.problem('POST', '/gateways', 422, { body: draft }))
    assert.equal(told.code, 'settings.refused')
    assert.deepEqual(told.errors?.map(({ pointer }) => pointer).sort(), pointers)
    for (const { detail } of told.errors ?? []) assert.match(detail, /^(?!.*(invalid|please|sorry)).+$/i)
    assert.deepEqual(gatewayList.parse(await lab.json('GET', '/gateways', 200)).gateways, [])
  })
}

test('api F12: a secret that is absent is kept, empty is an error, removing is its own action', async (t) => {
  const lab = await openLab(t)
  const made = await create(lab)
  const put = (revision: number, body: unknown) => lab.request('PUT', `/gateways/${made.id}`, { body, headers: { 'if-match': `"${revision}"` } })

  const kept = await (await put(1, { mode: 'smtp', settings: made.settings })).json() as GatewayView
  assert.deepEqual(kept.secrets, made.secrets)
  const keptAloud = await (await put(2, { mode: 'smtp', settings: made.settings, secrets: { password: { keep: true } } })).json() as GatewayView
  assert.deepEqual(keptAloud.secrets, made.secrets)

  for (const value of ['', '   ']) {
    const empty = await put(3, { mode: 'smtp', settings: made.settings, secrets: { password: { value } } })
    assert.equal(empty.status, 422)
    assert.deepEqual((problem.parse(await empty.json())).errors?.map(({ pointer, code }) => [pointer, code]), [['/secrets/password', 'secret.empty']])
  }
  const needed = await put(3, { mode: 'smtp', settings: made.settings, secrets: { password: { remove: true } } })
  assert.equal(problem.parse(await needed.json()).errors?.[0]?.pointer, '/secrets/password')

  const { username: _, ...open } = made.settings
  const removed = await (await put(3, { mode: 'smtp', settings: { ...open, authentication: 'none' }, secrets: { password: { remove: true } } })).json() as GatewayView
  assert.deepEqual(removed.secrets, { password: { set: false } })

  const nothing = await put(4, { mode: 'smtp', settings: made.settings, secrets: { password: { keep: true } } })
  assert.deepEqual(problem.parse(await nothing.json()).errors?.map(({ code }) => code), ['secret.not-stored'])
})

test('a secret that is not used for a while stays while it still belongs there, and goes when the destination does', async (t) => {
  const lab = await openLab(t)
  const made = await create(lab)
  const put = async (revision: number, settings: unknown) => await (await lab.request('PUT', `/gateways/${made.id}`, { body: { mode: 'smtp', settings }, headers: { 'if-match': `"${revision}"` } })).json() as GatewayView
  assert.equal((await put(1, { ...made.settings, authentication: 'none' })).secrets['password']?.set, true)
  assert.equal((await put(2, made.settings)).secrets['password']?.set, true)
  assert.equal((await put(3, { ...made.settings, authentication: 'none', host: 'elsewhere.example' })).secrets['password']?.set, false)
})

test('only names and values of the contract are in an answer', async (t) => {
  const lab = await openLab(t)
  await create(lab)
  const response = await lab.request('GET', '/gateways')
  gatewayList.parse(await response.json())
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(response.headers.get('referrer-policy'), 'no-referrer')
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/)
})
