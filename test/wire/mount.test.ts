// The same routes under every way a host may mount them (api S3, S4).
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { toNodeHandler } from '@mail-gateway/bff/node'
import { Hono } from 'hono'
import { anyDraft, basePath, openLab, openPost, origin } from './lab.ts'
import type { Lab } from './lab.ts'
import { withinTime } from '../within-time.ts'

type Fetch = (path: string, init?: RequestInit) => Promise<Response>

const overHttp = async (t: TestContext, listener: RequestListener): Promise<Fetch> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => { server.closeAllConnections(); server.close() })
  const { port } = server.address() as AddressInfo
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

/** As express does in `app.use(prefix, …)`: the prefix is taken off the address. */
const stripping = (handler: RequestListener): RequestListener => (request, response) => {
  request.url = (request.url ?? '/').replace(basePath, '') || '/'
  handler(request, response)
}

/** As `express.json()` does: the body is read before anybody else sees the request. */
const parsing = (handler: RequestListener): RequestListener => async (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => {
  request.body = request.method === 'GET' ? {} : await json(request)
  handler(request, response)
}

const hosts: Record<string, (t: TestContext, lab: Lab) => Promise<Fetch>> = {
  'node:http': (t, lab) => overHttp(t, toNodeHandler(lab.gateway)),
  'a host that takes the prefix off': (t, lab) => overHttp(t, stripping(toNodeHandler(lab.gateway))),
  'a host that parses bodies first': (t, lab) => overHttp(t, parsing(toNodeHandler(lab.gateway))),
  'a host that does both': (t, lab) => overHttp(t, parsing(stripping(toNodeHandler(lab.gateway)))),
  'hono route()': async (_, lab) => { const host = new Hono().route(basePath, lab.gateway.app); return async (path, init) => host.request(origin + path, init) },
  'hono mount()': async (_, lab) => { const host = new Hono().mount(basePath, lab.gateway.fetch); return async (path, init) => host.request(origin + path, init) },
  'fetch with the prefix': async (_, { gateway }) => (path, init) => gateway.fetch(new Request(origin + path, init)),
  'fetch without the prefix': async (_, { gateway }) => (path, init) => gateway.handler(new Request(origin + path.replace(basePath, ''), init)),
}

const headers = { origin, 'x-user': 'admin', 'content-type': 'application/json', 'x-mail-gateway': '1' }

for (const [name, mount] of Object.entries(hosts)) {
  test(`api S3, S4: ${name}: reading, writing, deleting, streaming, refusing`, async (t) => {
    const lab = await openLab(t)
    const post = await openPost(t)
    const ask = await mount(t, lab)
    const call = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      ask(basePath + path, { method, headers: { ...headers, ...more }, ...(body !== undefined && { body: JSON.stringify(body) }) })

    assert.equal((await call('GET', '/meta')).status, 200)
    const made = await call('POST', '/gateways', anyDraft({ name: 'é\u{1F4E7}' }))
    assert.equal(made.status, 201)
    const view = await made.json() as { id: string; name: string }
    assert.equal(view.name, 'é\u{1F4E7}')
    assert.equal((await call('PUT', `/gateways/${view.id}`, { mode: 'smtp', settings: anyDraft().settings }, { 'if-match': '"1"' })).status, 200)

    const stream = await call('POST', '/checks', { mode: 'smtp', settings: post.settings(), until: 'delivery' })
    assert.match(stream.headers.get('content-type') ?? '', /ndjson/)
    const lines = (await stream.text()).trim().split('\n')
    assert.match(lines.at(-1) ?? '', /"verdict":"passed"/)

    const refused = await call('PUT', `/gateways/${view.id}`, {}, { 'if-match': '"1"' })
    assert.equal(refused.status, 422)
    assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/)
    const { instance } = await refused.json() as { instance: string }
    assert.equal(instance, `${basePath}/gateways/${view.id}`)
    assert.equal((await call('DELETE', `/gateways/${view.id}`, {}, { 'if-match': '"2"' })).status, 204)
    assert.equal((await call('GET', `/gateways/${view.id}`)).status, 404)
  })
}

test('api S22: over HTTP the lines of a check arrive one by one, not all at the end', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t)
  const ask = await hosts['node:http']!(t, lab)
  const response = await ask(`${basePath}/checks`, { method: 'POST', headers, body: JSON.stringify({ mode: 'smtp', settings: post.settings() }) })
  const arrivals: number[] = []
  for await (const chunk of response.body!) if (chunk.byteLength) arrivals.push(performance.now())
  // smtp-server holds its greeting back for 100 ms: rows before it are on the page by then.
  assert.ok(arrivals.length >= 3, String(arrivals.length))
  withinTime(arrivals.at(-1)! - arrivals[0]!, { from: 80, to: Infinity })
})

test('a library leaves the globals of its host alone', async (t) => {
  const before = [globalThis.Request, globalThis.Response]
  const lab = await openLab(t)
  toNodeHandler(lab.gateway)
  assert.deepEqual([globalThis.Request, globalThis.Response], before)
})
