// Why: an isolate knows nothing of what another one began; what keeps their runs apart is the database alone.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView, RunView } from '@mail-gateway/contract'
import { since, withinTime } from '../within-time.ts'
import { openPost } from '../wire/lab.ts'
import { bundleWorker } from './bundle.ts'
import { baseURL, basePath, startGateway, told } from './gateway.ts'

/** Holds whoever asks, by the path they ask at, until they are let go. */
const openGate = async (t: TestContext) => {
  const asking = new Map<string, PromiseWithResolvers<ServerResponse>>()
  const at = (path: string) => asking.get(path) ?? asking.set(path, Promise.withResolvers()).get(path)!
  const server = createServer(({ url = '' }, response) => { at(url).resolve(response) }).listen(0, '127.0.0.1')
  t.after(() => { server.close(); server.closeAllConnections() })
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: (path: string) => at(path).promise,
    letGo: async (path: string) => { (await at(path).promise).end() },
  }
}

/** A mail server that says nothing until it refuses everybody. */
const openSilence = async (t: TestContext) => {
  const callers: net.Socket[] = []
  const server = net.createServer((socket) => { callers.push(socket.on('error', () => {})) }).listen(0, '127.0.0.1')
  t.after(() => { server.close(); for (const caller of callers) caller.destroy() })
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, refuse: () => { for (const caller of callers) caller.end('554 no service here\r\n') } }
}

test('fault F89 [workerd]: two isolates that take one key at the same moment for checks of different settings: each caller hears of its own, and what is kept speaks for one of them alone', async (t) => {
  const [gate, silence, post] = [await openGate(t), await openSilence(t), await openPost(t)]
  const script = await bundleWorker(new URL('./twins.worker.ts', import.meta.url))
  const gateway = await startGateway({ script, bindings: { HELD_AT: `${gate.url}/one` }, twin: { HELD_AT: `${gate.url}/two`, MAIL_GATEWAY_BASE_PATH: '/twin' } })
  t.after(() => gateway.close())
  // Both are there and ready: nobody is held for longer than a store is waited for.
  for (const base of [basePath, '/twin']) assert.equal((await gateway.fetch(`${base}/livez`)).status, 200)
  const key = randomBytes(16).toString('base64url')
  const headers = { origin: baseURL, 'x-tenant': 'acme', 'content-type': 'application/json', 'x-mail-gateway': '1', 'idempotency-key': key }
  const [refused, works] = [{ mode: 'smtp', settings: post.settings({ port: silence.port }) }, { mode: 'smtp', settings: post.settings() }]
  const began = performance.now()
  const [one, two] = ([[basePath, refused], ['/twin', works]] as const).map(([base, draft]) => gateway.fetch(`${base}/checks`, { method: 'POST', headers, body: JSON.stringify(draft) }))
  const stored = async () => await (await gateway.call('GET', `/runs/${key}`, undefined, 'acme')).json() as RunView
  const stateOf = async (draft: object) => (await (await gateway.call('POST', '/gateways', draft, 'acme')).json() as GatewayView).status.state

  await Promise.all(['/one', '/two'].map(gate.held))
  const looked = performance.now()
  await gate.letGo('/one')
  const first = told(await one!)
  first.catch(() => {})
  await gate.letGo('/two')
  const second = await told(await two!)
  // A store is waited for five seconds, and so is a mail server's greeting: what follows holds within both.
  withinTime(looked - began, { to: 4_000 }, 'both look')
  assert.equal(second.verdict, 'passed')
  const row = await (await gateway.miniflare.getD1Database('DB')).prepare('SELECT verdict FROM run').all()
  withinTime(since(looked), { to: 4_000 }, 'the second check')
  assert.deepEqual(row.results, [{ verdict: null }], 'the one that is kept has not ended')
  assert.deepEqual([await stateOf(refused), await stateOf(works)], ['unverified', 'unverified'])

  silence.refuse()
  assert.equal((await first).verdict, 'failed')
  const { verdict, rows } = await stored()
  assert.deepEqual([verdict, rows.find(({ status }) => status === 'fail')?.id], ['failed', 'greeting'])
  assert.deepEqual([await stateOf(refused), await stateOf(works)], ['failing', 'unverified'])
})
