import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routes } from '@mail-gateway/contract'
import type { Route, RouteName } from '@mail-gateway/contract'
import { bearer } from '@mail-gateway/bff'
import { problem } from '../../packages/bff/src/openapi/answers.ts'
import { record } from '../figures.ts'
import { anyDraft, create, openLab, origin } from './lab.ts'
import type { Ask, Lab } from './lab.ts'

const names = Object.keys(routes) as RouteName[]

/** A request for each route that would succeed with all rights on a gateway of tenant `acme`. */
const askFor = (name: RouteName, id: string, runId: string): Ask & { path: string } => {
  const path = routes[name].path.replace('{id}', name === 'run' ? runId : id)
  if (name === 'check') return { path, body: { gatewayId: id, until: 'input' } }
  if (name === 'createGateway') return { path, body: anyDraft() }
  if (name === 'explain') return { path, body: { raw: '535 5.7.8 no' } }
  if (name === 'saveGateway') return { path, body: anyDraft(), headers: { 'if-match': '"1"' } }
  if (name === 'deleteGateway') return { path, headers: { 'if-match': '"1"' } }
  return { path }
}

const prepared = async (lab: Lab) => {
  const { id } = await create(lab)
  const [plan] = await lab.check({ gatewayId: id, until: 'input' })
  return { id, runId: plan?.event === 'plan' ? plan.runId : '' }
}

const holds = (name: RouteName, as: string): number[] => {
  const { right, path }: Route = routes[name]
  if (right === null) return [200]
  if (as === 'nobody') return [401]
  if (as === 'nothing' || (as === 'reader' && right !== 'read')) return [403]
  if (as === 'other') return path.includes('{id}') || name === 'check' ? [404] : [200, 201]
  return [200, 201, 204]
}

for (const name of names) for (const as of ['nobody', 'nothing', 'reader', 'other', 'second']) {
  test(`threat T08, T44, goal G10: ${name} as ${as} answers ${holds(name, as).join(' or ')}`, async (t) => {
    const lab = await openLab(t)
    const { id, runId } = await prepared(lab)
    const { path, ...ask } = askFor(name, id, runId)
    const before = lab.stored()
    const response = await lab.request(routes[name].method, path, { ...ask, as })
    assert.ok(holds(name, as).includes(response.status), `${response.status}: ${await response.clone().text()}`)
    if (response.status >= 400) {
      problem.parse(await response.json())
      assert.deepEqual(lab.stored(), before, 'a refused call writes nothing')
    } else await response.arrayBuffer()
    record({ of: 'goal G10', routes: as === 'other' ? 1 : 0, cases: 1, open: holds(name, as).includes(response.status) ? 0 : 1 })
  })
}

test('threat T08: the table, the document and the router name the same routes; everything else is 404 or 405', async (t) => {
  const lab = await openLab(t)
  const document = lab.gateway.openapi()
  const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
  assert.deepEqual(described.sort(), names.map((name) => `${routes[name].method} ${routes[name].path}`).sort())
  for (const path of ['/', '/metrics', '/gateways/x/y', '/debug', '/log', '/openapi', '/gateways/']) {
    assert.equal((await lab.problem('GET', path, 404, { as: 'nobody' })).code, 'route.unknown', path)
  }
  const refused = await lab.request('PATCH', '/gateways/x')
  assert.equal(refused.status, 405)
  assert.deepEqual(refused.headers.get('allow')?.split(', ').sort(), ['DELETE', 'GET', 'PUT'])
  const stripped = await lab.gateway.fetch(new Request(`${origin}/gateways/x`, { method: 'PATCH' }))
  assert.deepEqual([stripped.status, stripped.headers.get('allow')], [405, refused.headers.get('allow')], 'where the host takes the prefix off too')
})

test('threat T43: another tenant’s ids are unknown in the path and in the body, and its lists are its own', async (t) => {
  const lab = await openLab(t)
  const { id, runId } = await prepared(lab)
  const before = lab.stored()
  for (const [method, path, body] of [
    ['GET', `/gateways/${id}`, undefined], ['PUT', `/gateways/${id}`, anyDraft()], ['DELETE', `/gateways/${id}`, undefined],
    ['GET', `/runs/${runId}`, undefined], ['POST', '/checks', { gatewayId: id }], ['POST', '/checks', { gatewayId: id, ...anyDraft() }],
  ] as const) {
    await lab.problem(method, path, 404, { as: 'other', body, headers: { 'if-match': '"1"' } })
  }
  assert.deepEqual(await lab.json('GET', '/gateways', 200, { as: 'other' }), { gateways: [] })
  assert.deepEqual(lab.stored(), before)
  for (const header of ['x-tenant', 'x-tenant-id', 'cookie']) {
    assert.deepEqual(await lab.json('GET', '/gateways', 200, { as: 'other', headers: { [header]: 'acme' } }), { gateways: [] })
  }
})

const origins: [what: string, headers: Record<string, string>, passes: boolean][] = [
  ['our origin', { origin }, true],
  ['a trusted one', { origin: 'https://partner.example.com' }, true],
  ['no Origin, the browser says same-origin', { 'sec-fetch-site': 'same-origin' }, true],
  ['a sibling', { origin: 'https://evil.example.com' }, false],
  ['null', { origin: 'null' }, false],
  ['nothing at all', {}, false],
  ['no Origin, same-site', { 'sec-fetch-site': 'same-site' }, false],
  ['no Origin, cross-site', { 'sec-fetch-site': 'cross-site' }, false],
  ['our origin over http', { origin: 'http://console.example.com' }, false],
  ['our origin with a port', { origin: `${origin}:8443` }, false],
  ['another origin with same-origin metadata', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
]

const kinds: [what: string, headers: Record<string, string>, passes: boolean][] = [
  ['JSON with our header', { 'content-type': 'application/json', 'x-mail-gateway': '1' }, true],
  ['JSON with a charset', { 'content-type': 'application/json; charset=utf-8', 'x-mail-gateway': '1' }, true],
  ['no header of ours', { 'content-type': 'application/json' }, false],
  ['another value', { 'content-type': 'application/json', 'x-mail-gateway': 'yes' }, false],
  ['text', { 'content-type': 'text/plain', 'x-mail-gateway': '1' }, false],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded', 'x-mail-gateway': '1' }, false],
  ['multipart', { 'content-type': 'multipart/form-data; boundary=x', 'x-mail-gateway': '1' }, false],
  ['almost JSON', { 'content-type': 'application/jsonp', 'x-mail-gateway': '1' }, false],
]

for (const [where, site, fromUs] of origins) {
  test(`threat T41: a changing call from ${where} ${fromUs ? 'passes' : 'is refused'}, whatever its type`, async (t) => {
    const lab = await openLab(t, { trustedOrigins: ['https://partner.example.com'] })
    const { id } = await create(lab)
    const before = lab.stored()
    for (const [what, kind, rightKind] of kinds) for (const [method, path, body] of [['PUT', `/gateways/${id}`, '{}'], ['POST', '/gateways', '{}'], ['POST', '/checks', '{}'], ['DELETE', `/gateways/${id}`, undefined]] as const) {
      const response = await lab.gateway.fetch(new Request(`${origin}/api/mail-gateway${path}`, { method, headers: { 'x-user': 'admin', ...site, ...kind }, ...(body && { body }) }))
      const { code } = problem.parse(await response.json())
      const passed = code === 'settings.refused' || code === 'settings.revision-missing'
      assert.equal(passed, fromUs && rightKind, `${method} ${what}: ${response.status} ${code}`)
    }
    assert.deepEqual(lab.stored(), before)
  })
}

test('threat T42: only exact trusted origins get CORS headers, 40 hostile ones get none', async (t) => {
  const lab = await openLab(t, { trustedOrigins: ['https://partner.example.com'] })
  const ask = (method: string, from: string) => lab.request(method, '/gateways', { headers: { origin: from, 'access-control-request-method': 'POST' } })
  const good = await ask('OPTIONS', 'https://partner.example.com')
  assert.equal(good.status, 204)
  assert.equal(good.headers.get('access-control-allow-origin'), 'https://partner.example.com')
  assert.equal(good.headers.get('access-control-allow-credentials'), 'true')
  assert.match(good.headers.get('access-control-allow-headers') ?? '', /x-mail-gateway/)
  assert.equal((await ask('GET', 'https://partner.example.com')).headers.get('access-control-allow-origin'), 'https://partner.example.com')

  const hosts = ['evil.example', 'partner.example.com.evil.example', 'evilpartner.example.com', 'partner.example.com.', 'partner.example.co', 'PARTNER.example.com', 'console.example.com.evil.example', 'xconsole.example.com', 'partner-example.com', 'sub.partner.example.com']
  const hostile = hosts.flatMap((host) => [`https://${host}`, `http://${host}`, `https://${host}:444`, `https://${host}/`])
  assert.equal(hostile.length, 40)
  for (const from of [...hostile, 'null', '*', '']) for (const method of ['GET', 'OPTIONS']) {
    const { headers, status } = await ask(method, from)
    assert.equal(headers.get('access-control-allow-origin'), null, from)
    assert.equal(headers.get('vary'), 'origin')
    if (method === 'OPTIONS') assert.equal(status, 405)
  }
})

test('api S5: a forged Host changes no address we give out', async (t) => {
  const lab = await openLab(t)
  const response = await lab.gateway.fetch(new Request('https://evil.example/api/mail-gateway/gateways', { headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } }))
  assert.equal(response.status, 401)
  assert.doesNotMatch(await response.text(), /evil/)
})

test('the hook gets address and headers, never the body; what it throws is not told to the caller', async (t) => {
  const seen: (ReadableStream | null)[] = []
  const lab = await openLab(t, {
    authorize: (request) => {
      seen.push(request.body)
      if (request.headers.get('x-user') === 'breaks') throw new Error('the session store is down at 10.0.0.7')
      return { subject: 's', tenant: 't', rights: ['write'] }
    },
  })
  await lab.json('POST', '/gateways', 201, { body: anyDraft() })
  assert.deepEqual(seen, [null])
  const response = await lab.request('GET', '/meta', { as: 'breaks' })
  assert.equal(response.status, 500)
  assert.doesNotMatch(await response.text(), /10\.0\.0\.7|session store/)
  assert.match(JSON.stringify(lab.log), /the session store is down/)
})

for (const [what, answer] of Object.entries({
  'no tenant': { subject: 's', rights: ['read'] }, 'an empty tenant': { subject: 's', tenant: '', rights: ['read'] },
  'no rights': { subject: 's', tenant: 't' }, 'a tenant that is no text': { subject: 's', tenant: 7, rights: ['read'] },
})) {
  test(`threat T43: a caller with ${what} passes nowhere`, async (t) => {
    const lab = await openLab(t, { authorize: () => answer as never })
    assert.equal((await lab.request('GET', '/gateways')).status, 500)
  })
}

test('threat T51: bearer tokens are compared by hash; a wrong, cut or missing one is nobody', async (t) => {
  const hash = async (token: string) => Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))).toString('hex')
  const lab = await openLab(t, { authorize: bearer([{ sha256: await hash('token-of-ada'), subject: 'ada', tenant: 'acme', rights: ['read'] }]) })
  const ask = (authorization?: string) => lab.request('GET', '/meta', authorization === undefined ? {} : { headers: { authorization } })
  assert.equal((await ask('Bearer token-of-ada')).status, 200)
  assert.equal((await ask('bearer token-of-ada')).status, 200)
  for (const wrong of [undefined, 'Bearer token-of-ad', 'Bearer token-of-adaa', 'Bearer ', 'Basic token-of-ada', `Bearer ${await hash('token-of-ada')}`]) assert.equal((await ask(wrong)).status, 401, wrong)
})
