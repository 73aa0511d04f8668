// What every answer carries, whatever was asked, by whom, and whether it went well.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routes } from '@mail-gateway/contract'
import type { RouteName } from '@mail-gateway/contract'
import { nodePorts } from '@mail-gateway/bff/node'
import { StoreBusy, StoreFault } from '../../packages/bff/src/ports/store.ts'
import { anyDraft, create, openLab, people } from './lab.ts'
import type { Lab } from './lab.ts'

/** Every route as somebody who may, as nobody, and with nonsense; and addresses that are none. */
const everyAnswer = async (lab: Lab): Promise<{ what: string; response: Response }[]> => {
  const { id } = await create(lab)
  const asked = (Object.keys(routes) as RouteName[]).flatMap((name) => ['admin', 'nobody'].flatMap((as) => [{}, { body: '{"mode":1' }].map((body) =>
    ({ what: `${name} as ${as}`, method: routes[name].method, path: routes[name].path.replace('{id}', id), ask: { as, ...(routes[name].method !== 'GET' && { body: anyDraft(), ...body }) } }))))
  const others = ['/', '/gateways/x/y', '/?code=abc&state=def'].map((path) => ({ what: path, method: 'GET', path, ask: {} }))
  return Promise.all([...asked, ...others].map(async ({ what, method, path, ask }) => ({ what, response: await lab.request(method, path, ask) })))
}

test('threat T13: no answer is kept, sniffed or named to another site, and none sends anybody on or tells a version', async (t) => {
  const lab = await openLab(t)
  const answers = await everyAnswer(lab)
  assert.ok(answers.length > 40)
  for (const { what, response: { headers, status, body } } of answers) {
    assert.equal(headers.get('referrer-policy'), 'no-referrer', what)
    assert.match(headers.get('cache-control') ?? '', /\bno-store\b/, what)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', what)
    assert.ok(status < 300 || status >= 400, `${what}: ${status}`)
    for (const name of ['location', 'server', 'x-powered-by', 'set-cookie']) assert.equal(headers.get(name), null, `${what}: ${name}`)
    await body?.cancel()
  }
})

test('threat T13, T47: a page has an opener policy, a type with its character set, and a policy that lets nothing in', async (t) => {
  const lab = await openLab(t)
  const { headers } = await lab.request('GET', '/docs')
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/)
})

const broken: [what: string, error: Error, code: string, before: string[]][] = [
  ['an error nobody foresaw', new TypeError('no such thing'), 'internal', ['request.broke']],
  ['a store that is full', new StoreFault('full', 'no room'), 'store.full', ['store.full']],
  ['a store that is locked for a moment', new StoreBusy('locked'), 'store.busy', []],
]
for (const [what, error, code, before] of broken) {
  test(`api S12: ${what}: the log says which call of whom it broke, under the id the caller was given`, async (t) => {
    const ports = nodePorts({ store: 'memory:' })
    const lab = await openLab(t, { ports: { ...ports, store: { ...ports.store, listGateways: () => Promise.reject(error) } } })
    const response = await lab.request('GET', '/gateways')
    const told = await response.json() as { code: string; requestId: string }
    assert.deepEqual([told.code, told.requestId], [code, response.headers.get('x-request-id')])
    assert.deepEqual(lab.log.map(({ event, level, tenant, requestId, fields }) => [event, level, tenant, requestId, fields?.['route'], fields?.['during']]),
      [...before, 'request'].map((event) => [event, 'error', 'acme', told.requestId, '/gateways', undefined]))
  })
}

test('api S12: what breaks in the host’s own code is told to the log as the host’s', async (t) => {
  const lab = await openLab(t, { authorize: () => { throw new Error('the session store is down') } })
  await lab.problem('GET', '/gateways', 500)
  assert.deepEqual(lab.log.map(({ event, tenant, fields }) => [event, tenant, fields?.['during']]), [['request.broke', undefined, 'authorize'], ['request', undefined, undefined]])
})

test('threat T41: a call from a page that is not trusted is told to the log with that page’s origin; the origin of others is nobody’s concern', async (t) => {
  const lab = await openLab(t)
  await lab.problem('POST', '/gateways', 403, { body: anyDraft(), headers: { origin: 'https://evil.example' } })
  await lab.problem('POST', '/gateways', 422, { body: {} })
  assert.deepEqual(lab.log.map(({ level, fields }) => [level, fields?.['code'], fields?.['origin']]), [['info', 'request.origin', 'https://evil.example'], ['info', 'settings.refused', undefined]])
})

test('threat T10: what was typed is kept out of the log as long as its call lasts, and is held by nobody afterwards', async (t) => {
  const { value } = anyDraft().secrets.password
  const lab = await openLab(t, { authorize: (request) => { if (request.method === 'GET') throw new Error(`it says ${value}`); return people['admin']! } })
  await create(lab)
  await lab.problem('GET', '/gateways', 500)
  assert.equal(lab.log.find(({ event }) => event === 'request.broke')?.fields?.['message'], `it says ${value}`)
})
