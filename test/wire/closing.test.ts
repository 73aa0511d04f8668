// A host that closes the gateway while calls are under way: they get their answers, and what comes later is told so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Refusal } from '@mail-gateway/bff'
import { nodePorts, toNodeHandler } from '@mail-gateway/bff/node'
import type { GatewayView } from '@mail-gateway/contract'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import type { Store } from '../../packages/bff/src/ports/store.ts'
import { folderFor } from '../faults/store-seat.ts'
import { anyDraft, basePath, create, openLab, openPost, origin, people } from './lab.ts'
import type { Lab } from './lab.ts'
import { Untimely } from '../within-time.ts'

/** The embedded store, some of whose calls wait until they are let on; what was asked of it, in order, to its end. */
const slow = (t: TestContext, path: string) => {
  const real = sqliteStore(path)
  const held = new Set<keyof Store>()
  const asked: (keyof Store)[] = []
  const gate = Promise.withResolvers<void>()
  t.after(() => gate.resolve())
  const store = new Proxy(real, {
    get: (_, name: keyof Store) => async (...values: never[]) => {
      asked.push(name)
      if (held.has(name)) await gate.promise
      return (real[name] as (...values: never[]) => Promise<unknown>)(...values)
    },
  })
  const reached = async (name: keyof Store): Promise<void> => {
    for (const end = performance.now() + 20_000; !asked.includes(name); await pause(5)) if (performance.now() > end) throw new Untimely(`nobody asked for ${name}`)
  }
  return { store, asked, hold: (...names: (keyof Store)[]) => names.forEach((name) => held.add(name)), letOn: () => gate.resolve(), reached }
}

const setUp = async (t: TestContext) => {
  const path = join(folderFor(t), 'settings.db')
  const line = slow(t, path)
  const lab = await openLab(t, { ports: nodePorts({ store: line.store }) })
  return { line, lab, path }
}

/** Stored by another process's view of the file. */
const nameIn = async (path: string, id: string): Promise<string | undefined> => {
  const store = sqliteStore(path)
  return store.getGateway('acme', id).then((found) => found?.name).finally(() => store.close())
}

const saving = (lab: Lab, { id }: GatewayView, name: string): Promise<Response> =>
  lab.request('PUT', `/gateways/${id}`, { body: { ...anyDraft(), name }, headers: { 'if-match': '"1"' } })

const call = { caller: people['admin']!, requestId: 'r' }
const isClosed = (error: unknown): boolean => error instanceof Refusal && error.code === 'service.closed'

test('api S1: a save over HTTP and a change by the host are under way when the gateway is closed: both are done and answered, then the store is closed', async (t) => {
  const { line, lab, path } = await setUp(t)
  const [one, two] = [await create(lab), await create(lab)]
  line.hold('putGateway', 'removeGateway')
  const [saved, removed] = [saving(lab, one, 'in time'), lab.gateway.api.deleteGateway(call, two.id, [1])]
  await Promise.all([line.reached('removeGateway'), line.reached('putGateway')])
  let closed = false
  const closing = lab.gateway.close().then(() => { closed = true })
  await assert.rejects(lab.gateway.api.listGateways(call), isClosed)
  assert.deepEqual([closed, line.asked.includes('close')], [false, false])
  line.letOn()
  const answer = await saved
  assert.deepEqual([answer.status, (await answer.json() as GatewayView).name, await removed], [200, 'in time', undefined])
  await closing
  assert.equal(line.asked.at(-1), 'close')
  assert.deepEqual([await nameIn(path, one.id), await nameIn(path, two.id)], ['in time', undefined])
})

test('api S1: after the end every route and every use case says that the gateway is closed, and the store is not asked again', async (t) => {
  const { line, lab } = await setUp(t)
  const { id } = await create(lab)
  await lab.gateway.close()
  const before = line.asked.length
  for (const path of ['/gateways', `/gateways/${id}`, '/meta', '/readyz']) {
    const { code, title, detail, status } = await lab.problem('GET', path, 503)
    assert.deepEqual([status, code, title, detail], [503, 'service.closed', 'The mail gateway is closed', 'Nothing was started. Try again in a moment.'])
  }
  const { gateway } = lab
  for (const late of [() => gateway.api.send(call, { to: 'a@acme.example', subject: 's', text: 't' }), () => gateway.api.check(call, { gatewayId: id }), () => gateway.sweep(), () => gateway.rotate()]) {
    await assert.rejects(late, isClosed)
  }
  assert.equal(line.asked.length, before)
  await gateway.close()
})

test('api S1: mounted by its app in a server of the host, a call under way is answered too', async (t) => {
  const { line, lab } = await setUp(t)
  const view = await create(lab)
  const server = createServer(toNodeHandler({ fetch: async (request) => lab.gateway.app.fetch(request) }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => { server.closeAllConnections(); server.close() })
  line.hold('getGateway')
  const asking = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}/gateways/${view.id}`, { headers: { origin, 'x-user': 'admin' } })
  const before = line.asked.length
  await line.reached('getGateway')
  const closing = lab.gateway.close()
  line.letOn()
  const answer = await asking
  assert.deepEqual([answer.status, (await answer.json() as GatewayView).id, before <= line.asked.length], [200, view.id, true])
  await closing
})

test('api S1: a message that a mail server does not answer holds the end up for some seconds, and not for ever', async (t) => {
  const asked = Promise.withResolvers<() => void>()
  const post = await openPost(t, { onMailFrom: (_address, _session, callback) => asked.resolve(callback) })
  const lab = await openLab(t)
  await create(lab, { mode: 'smtp', settings: post.settings() })
  const sending = lab.gateway.api.send(call, { to: 'a@acme.example', subject: 's', text: 't' })
  const answer = await asked.promise
  await lab.gateway.close()
  assert.equal(post.mails.length, 0, 'it was still on its way')
  answer()
  assert.match((await sending).reply, /^250/)
})
