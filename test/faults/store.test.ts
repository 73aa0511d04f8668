// The store that is locked, full, read-only, gone, or of another version: what was there stays, and whoever asks is told.
import assert from 'node:assert/strict'
import { renameSync, rmSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { nodePorts } from '@mail-gateway/bff/node'
import type { GatewayView } from '@mail-gateway/contract'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { StoreBusy } from '../../packages/bff/src/ports/store.ts'
import { anyDraft, create, keys, openLab, openPost, origin, verdictOf } from '../wire/lab.ts'
import type { Lab } from '../wire/lab.ts'
import { folderFor, openCellar, timed, within } from './store-seat.ts'
import type { Cellar } from './store-seat.ts'
import { withinTime } from '../within-time.ts'

const password = 'canary-store-secret-1'

/** Holds the write lock from another connection, as another process would. */
const lock = (t: TestContext, path: string, ms: number): void => {
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const timer = setTimeout(() => other.exec('ROLLBACK'), ms)
  t.after(() => { clearTimeout(timer); other.close() })
}

const put = (lab: Lab, { id, revision, settings }: GatewayView, name: string, more: Record<string, unknown> = {}) =>
  lab.request('PUT', `/gateways/${id}`, { body: { name, mode: 'smtp', settings: { ...settings, ...more } }, headers: { 'if-match': `"${revision}"` } })

const rowOf = ({ database }: Cellar): unknown => ({ ...database.prepare('SELECT * FROM gateway').get() })

test('fault F76 [node]: locked for a second, it saves after that second, and everybody else is served meanwhile', async (t) => {
  const lab = await openLab(t)
  const view = await create(lab)
  lock(t, join(lab.folder, 'store', 'settings.db'), 1_000)
  let [longest, ticked] = [0, performance.now()]
  const ticker = setInterval(() => { longest = Math.max(longest, performance.now() - ticked); ticked = performance.now() }, 5)
  const saved = await within('F76', 'node', 3, async () => {
    const saving = put(lab, view, 'after the wait')
    await pause(300)
    const { value: { gateways }, took } = await timed(() => lab.json<{ gateways: GatewayView[] }>('GET', '/gateways', 200))
    assert.equal(gateways[0]?.name, view.name)
    withinTime(took, { to: 600 }, 'reading goes on')
    return saving
  })
  clearInterval(ticker)
  assert.equal(saved.status, 200, await saved.text())
  withinTime(longest, { to: 600 }, 'the process stood still')
  assert.equal((await lab.json<GatewayView>('GET', `/gateways/${view.id}`, 200)).name, 'after the wait')
})

test('fault F76 [node]: locked for a minute, 503 says that nothing was saved and when to try again, and nothing was', async (t) => {
  const lab = await openLab(t)
  const view = await create(lab)
  lock(t, join(lab.folder, 'store', 'settings.db'), 60_000)
  const response = await within('F76', 'node', 3, () => put(lab, view, 'never'))
  const told = await response.json() as { code: string; detail: string; retryAfter: number }
  assert.deepEqual([response.status, told.code, response.headers.get('retry-after')], [503, 'store.busy', '2'])
  assert.match(told.detail, /Nothing was saved/)
  assert.deepEqual(await lab.json('GET', `/gateways/${view.id}`, 200), view)
})

test('fault F76 [node]: locked for a minute, a check that cannot be marked, or a test email that cannot be counted, is not begun', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t)
  const { id } = await create(lab, { mode: 'smtp', settings: post.settings() })
  lock(t, join(lab.folder, 'store', 'settings.db'), 60_000)
  const told = await Promise.all(['input', 'delivery'].map((until) => lab.problem('POST', '/checks', 503, { body: { gatewayId: id, until } })))
  assert.deepEqual(told.map(({ code }) => code), ['store.busy', 'store.busy'])
  assert.deepEqual([post.seen.connections, post.mails.length], [0, 0])
})

test('fault F76: the store itself gives up after three seconds, says so, and nothing was written', async (t) => {
  const path = join(folderFor(t), 'settings.db')
  const store = sqliteStore(path)
  t.after(() => store.close())
  lock(t, path, 6_000)
  const began = performance.now()
  await assert.rejects(store.setDefault('acme', 'g1'), StoreBusy)
  const took = performance.now() - began
  withinTime(took, { from: 2_900, to: 4_500 })
  assert.equal(await store.getDefault('acme'), undefined)
})

const noted = (lab: Lab, event: string): number => lab.log.filter((one) => one.event === event).length

test('fault F77 [node]: the disk is full: nothing is saved and that is said, reads go on, the old row is intact', async (t) => {
  const lab = await openCellar(t)
  const view = await create(lab)
  const before = rowOf(lab)
  lab.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const pages = Number(lab.database.prepare('PRAGMA page_count').get()?.['page_count'])
  lab.database.exec(`PRAGMA max_page_count = ${pages}`)
  // More than a page holds, so that the row needs a page that is not there.
  const response = await within('F77', 'node', 2, () => put(lab, view, 'too much', { signature: 'x'.repeat(4_000) }))
  const told = await response.json() as { code: string; detail: string }
  assert.deepEqual([response.status, told.code], [507, 'store.full'])
  assert.match(told.detail, /Nothing was saved/)
  assert.equal(noted(lab, 'store.full'), 1)
  assert.deepEqual(await lab.json('GET', `/gateways/${view.id}`, 200), view)
  assert.deepEqual(rowOf(lab), before)
  assert.equal(lab.database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
  lab.database.exec('PRAGMA max_page_count = 1000000')
  assert.equal((await put(lab, view, 'room again', { signature: 'x'.repeat(4_000) })).status, 200)
})

const bin = fileURLToPath(new URL('../../packages/bff/bin/mail-gateway.mjs', import.meta.url))
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The served product, whose files may grow to so many blocks of 512 bytes and no further: what a quota does. */
const servedWithin = async (t: TestContext, folder: string, blocks: number) => {
  const tokens = join(folder, 'tokens.json')
  writeFileSync(tokens, JSON.stringify([{ sha256: sha256('token-1'), subject: 'ci', name: 'CI', tenant: 'acme', rights: ['read', 'write', 'test'] }]))
  const child = spawn('/bin/sh', ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, bin, 'serve'], {
    cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', MAIL_GATEWAY_BASE_URL: origin, MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: tokens, MAIL_GATEWAY_STORE: `sqlite:${join(folder, 'settings.db')}`, PORT: '0' },
  })
  t.after(() => { child.kill('SIGKILL') })
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.once('exit', () => reject(new Error(`it never listened: ${said}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /"event":"listening".*?"address":"([^"]+)"/.exec(said)?.[1]
      if (found) resolve(found)
    })
  })
  return { child, ask: (method: string, path: string, body?: unknown) => fetch(address + path, { method, headers: { origin, authorization: 'Bearer token-1', 'content-type': 'application/json', 'x-mail-gateway': '1' }, ...(body !== undefined && { body: JSON.stringify(body) }) }) }
}

test('fault F77 [node]: files of the served product may grow no further: what was saved stays, the next save is refused, nothing is half there', async (t) => {
  const folder = folderFor(t)
  const { child, ask } = await servedWithin(t, folder, 600)
  let [saved, code] = [0, '']
  for (let n = 0; n < 200 && !code; n++) {
    const response = await within('F77', 'node', 2, () => ask('POST', '/gateways', anyDraft({ name: `n${n}`, settings: { ...anyDraft().settings, signature: 'x'.repeat(4_000) } })))
    const body = await response.json() as { code?: string }
    if (response.status === 201) saved++
    else code = body.code ?? 'none'
  }
  // The system calls this an error of writing and not a full disk, so this is what is known.
  assert.equal(code, 'store.read-only')
  assert.ok(saved > 5, `only ${saved} fitted`)
  const { gateways } = await (await ask('GET', '/gateways')).json() as { gateways: GatewayView[] }
  assert.equal(gateways.length, saved)
  child.kill('SIGKILL')
  const store = sqliteStore(join(folder, 'settings.db'))
  t.after(() => store.close())
  assert.deepEqual((await store.listGateways('acme')).map(({ name, damaged }) => [name, damaged]), Array.from({ length: saved }, (_, n) => [`n${n}`, undefined]))
})

/** A store that takes no changes: nothing can be saved and that is said; what is stored is still checked, within the limits, and nothing in it changes. */
const worksReadOnly = async (t: TestContext, lab: Cellar, breakIt: () => void): Promise<void> => {
  const post = await openPost(t, { password })
  const view = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } })
  const before = rowOf(lab)
  breakIt()
  const response = await within('F84', 'node', 2, () => put(lab, view, 'never'))
  const told = await response.json() as { code: string; title: string; detail: string }
  assert.deepEqual([response.status, told.code, told.title], [503, 'store.read-only', 'Cannot save'])
  assert.match(told.detail, /nothing was saved\. Checks of stored settings still run/)
  assert.equal((await lab.request('DELETE', `/gateways/${view.id}`, { headers: { 'if-match': `"${view.revision}"` } })).status, 503)
  assert.deepEqual(await lab.json('GET', `/gateways/${view.id}`, 200), view)
  assert.equal(verdictOf(await within('F84', 'node', 2, () => lab.check({ gatewayId: view.id }))), 'passed')
  for (let n = 0; n < 5; n++) assert.equal(verdictOf(await lab.check({ gatewayId: view.id, until: 'delivery' })), 'passed')
  assert.equal((await lab.request('POST', '/checks', { body: { gatewayId: view.id, until: 'delivery' } })).status, 429, 'what cannot be counted in the store is counted all the same')
  assert.equal(post.mails.length, 5)
  assert.deepEqual(rowOf(lab), before)
  assert.equal((await lab.json<GatewayView>('GET', `/gateways/${view.id}`, 200)).status.state, 'unverified', 'what could not be stored is not shown')
  assert.ok(noted(lab, 'store.read-only') >= 2 && noted(lab, 'check.not-marked') >= 6 && noted(lab, 'check.not-stored') >= 6)
}

test('fault F84 [node]: the store is read-only: it cannot save, stored settings are still checked, and nothing changes', async (t) => {
  const lab = await openCellar(t)
  await worksReadOnly(t, lab, () => { lab.database.exec('PRAGMA query_only = ON') })
})

test('fault F84 [node]: the day’s limit of test emails holds where the store is read-only too', async (t) => {
  const { clock } = nodePorts({ store: 'memory:', log: () => {} })
  const time = { ahead: 0 }
  const lab = await openCellar(t, { testRate: { perMinute: 2, perDay: 3 } }, { clock: { ...clock, elapsed: () => performance.now() + time.ahead } })
  const post = await openPost(t, { password })
  const view = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } })
  lab.database.exec('PRAGMA query_only = ON')
  const send = async (): Promise<number> => {
    const response = await lab.request('POST', '/checks', { body: { gatewayId: view.id, until: 'delivery' } })
    await response.text()
    return response.status
  }
  assert.deepEqual([await send(), await send(), await send()], [200, 200, 429])
  time.ahead = 61_000
  assert.deepEqual([await send(), await send()], [200, 429])
  time.ahead = 2 * 61_000
  assert.equal(await send(), 429, 'three a day')
  time.ahead += 24 * 60 * 60_000
  assert.equal(await send(), 200)
  assert.equal(post.mails.length, 4)
})

test('fault F84 [node]: the store’s directory is taken away: what would be written into nothing is refused, not acknowledged', async (t) => {
  const lab = await openCellar(t)
  await worksReadOnly(t, lab, () => { rmSync(dirname(lab.path), { recursive: true }) })
})

test('fault F84 [node]: another file stands where the store’s was: nothing is written until somebody starts again', async (t) => {
  const lab = await openCellar(t)
  await worksReadOnly(t, lab, () => {
    renameSync(dirname(lab.path), `${dirname(lab.path)}-moved`)
    void sqliteStore(lab.path).close()
  })
})

const aNewerVersion = (path: string): void => {
  const database = new DatabaseSync(path)
  database.exec("INSERT INTO d1_migrations (name) VALUES ('9999_future.sql'); ALTER TABLE gateway ADD COLUMN future TEXT DEFAULT 'kept'")
  database.close()
}

test('fault F86 [node]: tables of a newer version: nothing is written, what is known is read, nothing is touched', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t, { password })
  const view = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } })
  await lab.restart()
  await lab.gateway.close()
  aNewerVersion(join(lab.folder, 'store', 'settings.db'))
  await lab.restart()
  const before = readFileSync(join(lab.folder, 'store', 'settings.db'))
  const response = await within('F86', 'node', 2, () => put(lab, view, 'never'))
  assert.deepEqual([response.status, (await response.json() as { code: string }).code], [503, 'store.schema'])
  assert.deepEqual(await lab.json('GET', `/gateways/${view.id}`, 200), view)
  assert.equal(verdictOf(await lab.check({ gatewayId: view.id })), 'passed')
  assert.equal((await lab.request('GET', '/readyz')).status, 503)
  assert.match(String(lab.log.find(({ event }) => event === 'store.schema')?.fields?.['message']), /newer version \(9999_future\.sql\)/)
  await lab.gateway.close()
  assert.ok(readFileSync(join(lab.folder, 'store', 'settings.db')).equals(before))
})

test('fault F86: the migrations this version says it knows are the files that are there', async () => {
  const { migrations } = await import('../../packages/bff/src/store/tables.ts')
  const { allMigrations } = await import('../workerd/start.ts')
  assert.deepEqual(migrations, allMigrations())
})
