import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routes } from '@mail-gateway/contract'
import { metaView, modeList } from '../../packages/bff/src/openapi/answers.ts'
import { problems } from '../../packages/bff/src/findings/problem.ts'
import { openLab } from './lab.ts'

type Json = Record<string, unknown>

test('GET /meta says what this is, who asks, and what the policy is', async (t) => {
  const lab = await openLab(t, { productName: 'Acme Console', testRecipients: ['acme.example'], testRate: '2/min,9/day', saveRequires: 'network' })
  const meta = metaView.parse(await lab.json('GET', '/meta', 200, { as: 'reader' }))
  assert.deepEqual([meta.apiVersion, meta.productName, meta.rights, meta.me], ['1.0', 'Acme Console', ['read'], {}])
  assert.deepEqual(meta.policy, { saveRequires: 'network', testRecipients: ['acme.example'], testRate: { perMinute: 2, perDay: 9 } })
})

test('GET /modes describes every mode as data the contract knows', async (t) => {
  const lab = await openLab(t)
  const { modes } = modeList.parse(await lab.json('GET', '/modes', 200))
  assert.ok(modes.length >= 1)
  for (const { fields, groups } of modes) for (const { group } of fields) assert.ok(groups.some(({ id }) => id === group), group)
})

/** Every `$ref` of a document. */
const refsIn = (value: unknown): string[] =>
  typeof value !== 'object' || value === null ? [] : Object.entries(value).flatMap(([name, part]) => (name === '$ref' && typeof part === 'string' ? [part] : refsIn(part)))

test('api S9: the document is OpenAPI 3.1, whole, and made of what serves', async (t) => {
  const lab = await openLab(t)
  const document = await lab.json<Json & { paths: Record<string, Json>; components: { schemas: Record<string, Json>; responses: Json } }>('GET', '/openapi.json', 200, { as: 'nobody' })
  assert.equal(document['openapi'], '3.1.0')
  assert.deepEqual(document, JSON.parse(JSON.stringify(lab.gateway.openapi())))
  assert.deepEqual(Object.keys(document.paths).sort(), [...new Set(Object.values(routes).map(({ path }) => path))].sort())
  for (const ref of refsIn(document)) {
    const found = ref.split('/').slice(1).reduce<unknown>((part, name) => (part as Json | undefined)?.[name], document)
    assert.ok(found, `${ref} leads nowhere`)
  }
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods) as Json[])
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, Object.keys(routes).length)
})

test('api S9: secrets are write-only in requests and in no response at all', async (t) => {
  const lab = await openLab(t)
  const { components: { schemas } } = lab.gateway.openapi() as unknown as { components: { schemas: Record<string, Json & { properties: Record<string, Json> }> } }
  assert.equal(schemas['Draft.smtp']?.properties['secrets']?.['writeOnly'], true)
  assert.equal(schemas['CheckRequest']?.properties['secrets']?.['writeOnly'], true)
  assert.ok(!('password' in (schemas['Settings.smtp']?.properties ?? {})))
  assert.deepEqual(schemas['Settings.smtp']?.['x-secrets'], ['password'])
  for (const name of ['Gateway', 'GatewayList', 'Meta', 'Run', 'CheckEvent', 'Problem']) {
    const text = JSON.stringify(schemas[name])
    assert.doesNotMatch(text, /writeOnly|"value":\{"type":"string"\}|sealed/, name)
  }
})

test('api S10: the page holds every route and every problem, runs no script and asks nobody for anything', async (t) => {
  const lab = await openLab(t)
  const response = await lab.request('GET', '/docs', { as: 'nobody' })
  const html = await response.text()
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
  const policy = response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/)
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? []
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))).toString('base64')
  assert.ok(policy.includes(`'sha256-${hash}'`), 'the hash is of this very style sheet')
  assert.doesNotMatch(html, /<script|<link|<img|\bsrc=|style="|\bon\w+=|url\(|@import/i)
  for (const { path } of Object.values(routes)) assert.ok(html.includes(`${path}</code>`), path)
  for (const code of Object.keys(problems)) assert.ok(html.includes(`id="${code}"`), code)
})

test('api S8: a problem’s type is the address of its explanation on that page', async (t) => {
  const lab = await openLab(t)
  const { type, code } = await lab.problem('GET', '/meta', 401, { as: 'nobody' })
  assert.equal(type, `https://console.example.com/api/mail-gateway/docs#${code}`)
})

test('threat T47: no answer of ours may be framed', async (t) => {
  const lab = await openLab(t)
  for (const path of ['/docs', '/meta', '/livez', '/nothing', '/openapi.json']) {
    const { headers } = await lab.request('GET', path)
    for (const part of ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) assert.ok(headers.get('content-security-policy')?.split('; ').includes(part), `${path}: ${part}`)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    // A page alone has an opener; on anything else the header could only cut a sign-in window off.
    assert.equal(headers.get('cross-origin-opener-policy'), path === '/docs' ? 'same-origin' : null)
  }
})

test('api S11: livez touches nothing, readyz asks the store, neither tells a stranger why', async (t) => {
  const { nodePorts } = await import('@mail-gateway/bff/node')
  const ports = nodePorts({ store: 'memory:' })
  const lab = await openLab(t, { ports: { ...ports, store: { ...ports.store, ready: () => Promise.reject(new Error('disk on fire at /var/lib')) } } })
  assert.deepEqual(await lab.json('GET', '/livez', 200, { as: 'nobody' }), { status: 'ok' })
  const response = await lab.request('GET', '/readyz', { as: 'nobody' })
  assert.equal(response.status, 503)
  assert.equal(await response.text(), '{"status":"unavailable"}')
  assert.ok(lab.log.some(({ event, fields }) => event === 'not-ready' && /disk on fire/.test(String(fields?.['message']))))
})

test('api S11: a clock before 2026 is not ready', async (t) => {
  const { nodePorts } = await import('@mail-gateway/bff/node')
  const ports = nodePorts({ store: 'memory:' })
  const lab = await openLab(t, { ports: { ...ports, clock: { ...ports.clock, now: () => Date.UTC(1970, 0, 2) } } })
  assert.equal((await lab.request('GET', '/readyz', { as: 'nobody' })).status, 503)
})

test('fault F76: a store that stays locked is 503, says that nothing was saved and when to try again', async (t) => {
  const { DatabaseSync } = await import('node:sqlite')
  const { anyDraft } = await import('./lab.ts')
  const lab = await openLab(t)
  await lab.json('GET', '/gateways', 200)
  const other = new DatabaseSync(`${lab.folder}/store/settings.db`)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const response = await lab.request('POST', '/gateways', { body: anyDraft() })
  other.exec('ROLLBACK')
  assert.equal(response.status, 503)
  assert.equal(response.headers.get('retry-after'), '2')
  const told = await response.json() as { code: string; detail: string }
  assert.equal(told.code, 'store.busy')
  assert.match(told.detail, /Nothing was saved/)
  assert.deepEqual(await lab.json('GET', '/gateways', 200), { gateways: [] })
})

test('api S1: the use cases without HTTP keep the same rights and the same words', async (t) => {
  const { anyDraft, people } = await import('./lab.ts')
  const lab = await openLab(t)
  const { api, fetch, handler } = lab.gateway
  assert.equal(fetch, handler)
  const call = { caller: people['admin']!, requestId: 'r-1' }
  const view = await api.createGateway(call, anyDraft() as never)
  assert.deepEqual(await api.readGateway(call, view.id), view)
  await assert.rejects(api.saveGateway(call, view.id, anyDraft() as never, undefined), { code: 'settings.revision-missing' })
  await assert.rejects(api.createGateway({ caller: people['reader']!, requestId: 'r-2' }, anyDraft() as never), { code: 'auth.right-missing' })
  await assert.rejects(api.readGateway({ caller: people['other']!, requestId: 'r-3' }, view.id), { code: 'gateway.unknown' })
  const { events, runId } = await api.check(call, { gatewayId: view.id, until: 'input' })
  const seen = []
  for await (const event of events) seen.push(event.event)
  assert.deepEqual([seen[0], seen.at(-1)], ['plan', 'end'])
  assert.equal((await api.run(call, runId)).verdict, 'passed')
  await api.deleteGateway(call, view.id, [1])
  assert.deepEqual(await api.listGateways(call), { gateways: [] })
})
