// How the service begins and ends: what a signal means at every moment, and what it says where it cannot begin.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { GatewayView, RunView } from '@mail-gateway/contract'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { anyDraft } from '../wire/lab.ts'
import { fileIn, folderOf, serve, silence, until } from './service.ts'

/** Holds the write lock of a file from here, as another process does, until it is let go. */
const locked = (t: TestContext, path: string): (() => void) => {
  const database = new DatabaseSync(path)
  database.exec('BEGIN IMMEDIATE')
  t.after(() => database.close())
  return () => database.exec('ROLLBACK')
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

for (const signal of signals) {
  test(`fault F107 [node]: ${signal} while a save waits for a lock: it is saved, its answer says so, exit 0`, async (t) => {
    const folder = folderOf(t)
    const { ask, child, ended, out } = serve(t, folder)
    const made = await (await ask('POST', '/gateways', anyDraft())).json() as GatewayView
    const letGo = locked(t, fileIn(folder))
    const saving = ask('PUT', `/gateways/${made.id}`, { ...anyDraft(), name: 'in time' }, { 'if-match': '"1"' })
    await pause(400)
    child.kill(signal)
    await until(() => (/"event":"stopping"/.test(out()) ? true : undefined))
    await pause(300)
    letGo()
    const answer = await saving
    assert.equal(answer.status, 200, await answer.text())
    assert.deepEqual({ ...await ended, out: '' }, { code: 0, signal: null, out: '', err: '' })
    const store = sqliteStore(fileIn(folder))
    t.after(() => store.close())
    assert.equal((await store.getGateway('acme', made.id))?.name, 'in time')
  })
}

test('fault F107 [node]: told twice at once, as by a terminal and by npx, it ends in good order all the same', async (t) => {
  const folder = folderOf(t)
  const { port, connected } = await silence(t)
  const { ask, child, ended, out } = serve(t, folder)
  const running = await ask('POST', '/checks', { mode: 'smtp', settings: { host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'a@acme.example' } })
  await connected
  for (const signal of [...signals, ...signals]) child.kill(signal)
  assert.match(await running.text(), /"event":"end","verdict":"unproven"/)
  assert.deepEqual({ ...await ended, out: '' }, { code: 0, signal: null, out: '', err: '' })
  assert.match(out(), /"event":"stopped"/)
  const store = sqliteStore(fileIn(folder))
  t.after(() => store.close())
  const { view } = await store.getRun('acme', running.headers.get('x-run-id') ?? '') as { view: RunView }
  assert.deepEqual([view.state, view.verdict], ['done', 'unproven'])
})

test('fault F107 [node]: SIGTERM while it starts: it ends in good order when it has started', async (t) => {
  const folder = folderOf(t)
  mkdirSync(dirname(fileIn(folder)))
  await sqliteStore(fileIn(folder)).close()
  const letGo = locked(t, fileIn(folder))
  // The name of no variable is the first thing in the log, before the store is opened.
  const { child, ended, out } = serve(t, folder, { env: { MAIL_GATEWAY_UNKNOWN: '1' } })
  await until(() => (/variable\.unknown/.test(out()) ? true : undefined))
  child.kill('SIGTERM')
  await pause(300)
  letGo()
  assert.deepEqual({ ...await ended, out: '' }, { code: 0, signal: null, out: '', err: '' })
  assert.match(out(), /"event":"stopped"/)
})

test('a store that stays locked while it starts: exit 78 says who is in the way', async (t) => {
  const folder = folderOf(t)
  mkdirSync(dirname(fileIn(folder)))
  await sqliteStore(fileIn(folder)).close()
  locked(t, fileIn(folder))
  const { code, err } = await serve(t, folder).ended
  assert.equal(code, 78)
  assert.match(err, /✖ MAIL_GATEWAY_STORE +cannot be opened: .*data\/mail-gateway\.db: database is locked\. Another process holds it locked: end that one/)
})

test('a port that is taken, and an address of another machine: what to do stands beside it', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  t.after(() => other.close())
  const folder = folderOf(t)
  const taken = await serve(t, folder, { env: { PORT: String((other.address() as AddressInfo).port) } }).ended
  assert.equal(taken.code, 78)
  assert.match(taken.err, /✖ PORT +cannot be listened on \(EADDRINUSE\): another program listens there; end that one, or name another port/)
  const elsewhere = await serve(t, folder, { env: { HOST: '192.0.2.1' } }).ended
  assert.equal(elsewhere.code, 78)
  assert.match(elsewhere.err, /✖ HOST +cannot be listened on \(EADDRNOTAVAIL\): this machine does not have that address/)
})

test('no descriptor is left for another connection: those that are there are served, and so are new ones afterwards', async (t) => {
  const service = serve(t, folderOf(t), { shell: 'ulimit -n 48; exec "$@"' })
  const address = await service.address()
  const { connect } = await import('node:net')
  const sockets = Array.from({ length: 120 }, () => connect(Number(new URL(address).port), '127.0.0.1').on('error', () => {}))
  t.after(() => { for (const socket of sockets) socket.destroy() })
  await pause(500)
  assert.equal(service.child.exitCode, null)
  for (const socket of sockets) socket.destroy()
  await until(() => fetch(`${address}/readyz`).then(({ status }) => (status === 200 ? true : undefined), () => undefined))
  service.child.kill('SIGTERM')
  assert.equal((await service.ended).code, 0)
})

test('a file of tokens that this user may not read, or that is not there: exit 78 says which of the two, and for whom', async (t) => {
  const folder = folderOf(t)
  chmodSync(join(folder, 'tokens.json'), 0o000)
  const uid = process.getuid?.() === 0 ? 65_534 : undefined
  const unreadable = await serve(t, folder, uid === undefined ? {} : { uid }).ended
  assert.deepEqual([unreadable.code, unreadable.out], [78, ''])
  assert.match(unreadable.err, new RegExp(`✖ MAIL_GATEWAY_TOKENS +names a file that cannot be read \\(EACCES\\): the user ${uid ?? process.getuid?.()}:\\d+ must be able to read it`))
  const missing = await serve(t, folder, { env: { MAIL_GATEWAY_TOKENS: 'nowhere.json' } }).ended
  assert.equal(missing.code, 78)
  assert.match(missing.err, /cannot be read \(ENOENT\): there is none at that path, seen from \//)
  assert.doesNotMatch(missing.err, /nowhere/)
})
