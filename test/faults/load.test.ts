// Twenty servers that do nothing but hold on, and a process that is told to stop in the middle of its work.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import type { RunView } from '@mail-gateway/contract'
import { eventsOf, keys, openLab, origin, verdictOf } from '../wire/lab.ts'
import { folderFor, measured, timed } from './store-seat.ts'
import { Untimely, withinTime } from '../within-time.ts'

/** Ways to hold on to whoever connects, none of which ever lets go. */
const grips: readonly ((socket: Socket) => () => void)[] = [
  () => () => {},
  (socket) => every(socket, 900, () => '2'),
  (socket) => every(socket, 900, () => '220-wait\r\n'),
  (socket) => { socket.write('220 peer.test ESMTP\r\n'); return () => {} },
  (socket) => { socket.write('220 peer.test ESMTP\r\n'); return every(socket, 900, () => '250-and more\r\n') },
]

const every = (socket: Socket, ms: number, text: () => string): (() => void) => {
  const timer = setInterval(() => socket.write(text()), ms)
  return () => clearInterval(timer)
}

interface Hostile { readonly settings: (more?: Record<string, unknown>) => Record<string, unknown>; readonly open: ReadonlySet<Socket>; readonly taken: () => number }

const openHostile = async (t: TestContext, grip: (socket: Socket) => () => void): Promise<Hostile> => {
  const open = new Set<Socket>()
  let taken = 0
  const server = createServer((socket) => {
    taken += 1
    open.add(socket)
    const letGo = grip(socket)
    socket.on('error', () => {}).on('data', () => {}).on('close', () => { open.delete(socket); letGo() })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => { for (const socket of open) socket.destroy(); server.close() })
  const { port } = server.address() as AddressInfo
  return { open, taken: () => taken, settings: (more = {}) => ({ host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'a@acme.example', ...more }) }
}

const until = async (holds: () => boolean, ms: number, what: string): Promise<void> => {
  for (const end = performance.now() + ms; !holds();) {
    if (performance.now() > end) throw new Untimely(`it never came about: ${what}`)
    await pause(10)
  }
}

test('fault F106 [node]: twenty hostile servers at once: the 21st check queues and gets its turn, the 71st is told to come back, other calls stay quick', async (t) => {
  let tenant = 0
  const lab = await openLab(t, { authorize: () => ({ subject: 's', tenant: `t${tenant++ % 40}`, rights: ['read', 'write', 'test'] }) })
  const servers = await Promise.all(Array.from({ length: 20 }, (_, n) => openHostile(t, grips[n % grips.length]!)))
  const ask = (n: number) => lab.request('POST', '/checks', { body: { mode: 'smtp', settings: servers[n % 20]!.settings({ fromName: `n${n}` }) } })
  const held = () => servers.reduce((sum, { open }) => sum + open.size, 0)
  const [first, began] = [[] as Response[], performance.now()]
  for (let n = 0; n < 71; n++) first.push(await ask(n))
  assert.deepEqual(first.map(({ status }) => status), [...Array<number>(70).fill(200), 503])
  const refused = first[70]!
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.equal((await refused.json() as { code: string }).code, 'check.queue-full')
  await until(() => held() === 20, 3_000, 'twenty connections')
  const times: number[] = []
  for (let n = 0; n < 100; n++) times.push((await timed(() => lab.json('GET', '/gateways', 200))).took)
  const p99 = times.toSorted((a, b) => a - b)[98]!
  withinTime(p99, { to: 250 }, 'p99')
  assert.equal(held(), 20, 'no more than twenty at once')
  const ended = await Promise.all(first.slice(0, 21).map(eventsOf))
  assert.deepEqual(new Set(ended.map(verdictOf)), new Set(['failed']), 'the 21st among them')
  measured('F106', 'node', 20, performance.now() - began)
  await Promise.all(first.slice(21, 70).map((response) => response.body?.cancel()))
  await until(() => held() === 0, 3_000, 'every connection closed')
  const again = await ask(0)
  assert.equal(again.status, 200, 'and there is room again')
  await again.body?.cancel()
})

const bin = fileURLToPath(new URL('../../packages/bff/bin/mail-gateway.mjs', import.meta.url))

/** The product as a process of its own, with its database in `folder`. */
const served = async (t: TestContext, folder: string) => {
  const tokens = join(folder, 'tokens.json')
  writeFileSync(tokens, JSON.stringify(['a', 'b', 'c', 'd'].map((name) => ({ sha256: createHash('sha256').update(`token-${name}`).digest('hex'), subject: name, email: 'ci@acme.example', tenant: name, rights: ['read', 'write', 'test'] }))))
  const child = spawn(process.execPath, [bin, 'serve'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000, env: {
    PATH: process.env['PATH'] ?? '', MAIL_GATEWAY_BASE_URL: origin, MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: tokens, MAIL_GATEWAY_STORE: `sqlite:${join(folder, 'settings.db')}`, PORT: '0',
    MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1', MAIL_GATEWAY_EGRESS_PORTS: '1024-65535',
  } })
  t.after(() => { child.kill('SIGKILL') })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
  await until(() => said.includes('"listening"'), 20_000, 'listening')
  const address = /"event":"listening".*?"address":"([^"]+)"/.exec(said)![1]!
  const check = (tenant: string, body: unknown) => fetch(`${address}/checks`, { method: 'POST', headers: { origin, authorization: `Bearer token-${tenant}`, 'content-type': 'application/json', 'x-mail-gateway': '1' }, body: JSON.stringify(body) })
  return { child, check, said: () => said, ended: new Promise<number | null>((resolve) => child.once('close', resolve)) }
}

/** Takes a whole message, and falls silent after its final dot. */
const silentAfterDot = (socket: Socket): (() => void) => {
  let inside = false
  socket.write('220 peer.test ESMTP\r\n')
  socket.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\r\n').slice(0, -1)) {
      if (inside) inside = line !== '.'
      else if (line === 'DATA') { inside = true; socket.write('354 go\r\n') } else if (line) socket.write('250 ok\r\n')
    }
  })
  return () => {}
}

test('fault F107 [node]: told to stop in the middle of tests: all of them end, their callers hear it, the results are written, and it is gone in time', async (t) => {
  const folder = folderFor(t)
  const { child, check, ended, said } = await served(t, folder)
  const [silent, dripping, afterDot] = [await openHostile(t, grips[0]!), await openHostile(t, grips[4]!), await openHostile(t, silentAfterDot)]
  const running = await Promise.all([
    check('a', { mode: 'smtp', settings: silent.settings() }), check('b', { mode: 'smtp', settings: dripping.settings() }),
    check('c', { mode: 'smtp', settings: afterDot.settings(), until: 'delivery', to: 'you@acme.example' }),
    ...Array.from({ length: 20 }, (_, n) => check('d', { mode: 'smtp', settings: silent.settings({ fromName: `n${n}` }) })),
  ])
  await until(() => silent.taken() >= 1 && dripping.taken() === 1 && afterDot.taken() === 1, 10_000, 'connections')
  await pause(300)
  const stopping = timed(() => ended)
  child.kill('SIGTERM')
  const streams = await Promise.all(running.map((response) => response.text()))
  const { value: code, took } = await stopping
  measured('F107', 'node', 25, took)
  assert.equal(code, 0, said())
  for (const text of streams) assert.match(text.trimEnd().split('\n').at(-1)!, /^\{"event":"end","verdict":"unproven"/)
  const store = sqliteStore(join(folder, 'settings.db'))
  t.after(() => store.close())
  for (const [n, response] of running.entries()) {
    const { view } = await store.getRun(['a', 'b', 'c'][n] ?? 'd', response.headers.get('x-run-id')!) as { view: RunView }
    assert.deepEqual([view.state, view.verdict], ['done', 'unproven'])
    assert.ok(view.rows.every(({ status }) => !['running', 'waiting', 'fail'].includes(status)), JSON.stringify(view.rows))
  }
})
