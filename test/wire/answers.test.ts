// What every answer carries, whatever was asked, by whom, and whether it went well.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routes } from '@mail-gateway/contract'
import type { RouteName } from '@mail-gateway/contract'
import { anyDraft, create, openLab } from './lab.ts'
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
