// Why: places for checks are few and shared by all tenants; one who holds them with silent servers must leave some.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { nodePorts } from '@mail-gateway/bff/node'
import type { GatewayView } from '@mail-gateway/contract'
import { anyDraft, create, openLab, openPost, verdictOf } from '../wire/lab.ts'
import { withinTime } from '../within-time.ts'

const openSilence = async (t: TestContext) => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => { sockets.add(socket); socket.on('error', () => {}).on('close', () => sockets.delete(socket)) }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { for (const socket of sockets) socket.destroy(); server.close() })
  const { port } = server.address() as AddressInfo
  return { sockets, settings: (n: number) => ({ host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'a@acme.example', fromName: `n${n}` }) }
}

test('threat T55: a tenant that spends all its checks of a minute on silent servers leaves room for everybody else', async (t) => {
  const [lab, post, silence] = [await openLab(t), await openPost(t), await openSilence(t)]
  const stop = new AbortController()
  const greedy = await Promise.all(Array.from({ length: 31 }, (_, n) => lab.request('POST', '/checks', { as: 'other', body: { mode: 'smtp', settings: silence.settings(n) }, signal: stop.signal })))
  // Asked for at once: which of them is one too many is chance.
  assert.deepEqual(greedy.map(({ status }) => status).sort(), [...Array<number>(30).fill(200), 429])
  for (const end = performance.now() + 5_000; silence.sockets.size < 10 && performance.now() < end;) await pause(10)
  const began = performance.now()
  assert.equal(verdictOf(await lab.check({ mode: 'smtp', settings: post.settings() })), 'passed')
  const took = performance.now() - began
  // A silent server is given up after five seconds: whoever has to wait for its place waits that long.
  withinTime(took, { to: 4_000 })
  assert.equal(silence.sockets.size, 10)
  stop.abort()
})

test('threat T55: a tenant keeps two hundred gateways at most: all of them are read for every list', async (t) => {
  const lab = await openLab(t, { ports: nodePorts({ store: 'memory:' }) })
  const draft = { mode: 'smtp', settings: { ...anyDraft().settings, authentication: 'none' } }
  const key = randomBytes(16).toString('base64url')
  const make = (headers: Record<string, string> = {}) => lab.request('POST', '/gateways', { body: draft, headers })
  const first = await (await make({ 'idempotency-key': key })).json() as GatewayView
  for (let n = 1; n < 200; n++) await create(lab, draft)
  const told = await lab.problem('POST', '/gateways', 422, { body: draft })
  assert.deepEqual(told.errors?.map(({ pointer, code }) => [pointer, code]), [['', 'gateways.full']])
  assert.match(told.errors![0]!.detail, /There are 200 gateways.*Delete one/)
  assert.equal((await make({ 'idempotency-key': key })).status, 201, 'the answer that was lost is told again')
  assert.equal((await create(lab, draft, 'other')).revision, 1)
  assert.equal((await lab.request('DELETE', `/gateways/${first.id}`, { headers: { 'if-match': '"1"' } })).status, 204)
  assert.equal((await make()).status, 201)
})
