import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { memoryStore } from '../../packages/bff/src/adapters/memory/store.ts'
import { openDatabase, sqliteStore, storeOver } from '../../packages/bff/src/adapters/node/store.ts'
import type { Store, StoredGateway, StoredRun } from '../../packages/bff/src/ports/store.ts'
import { migrations } from '../../packages/bff/src/store/tables.ts'
import { storeSuite } from './store.suite.ts'

const folderFor = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-store-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const adapters: Record<string, (t: TestContext) => Store> = {
  memory: () => memoryStore(),
  'node:sqlite': (t) => sqliteStore(join(folderFor(t), 'a', 'b', 'settings.db')),
  'node:sqlite in memory': () => sqliteStore(':memory:'),
}

for (const [adapter, open] of Object.entries(adapters)) for (const [name, run] of Object.entries(storeSuite)) {
  test(`${adapter}: ${name}`, async (t) => {
    const store = open(t)
    try {
      await run(store)
    } finally {
      await store.close()
    }
  })
}

test('node:sqlite: what was saved is there after closing and opening', async (t) => {
  const path = join(folderFor(t), 'settings.db')
  const before = sqliteStore(path)
  await before.setDefault('acme', 'g1')
  await before.close()
  const after = sqliteStore(path)
  assert.equal(await after.getDefault('acme'), 'g1')
  await after.close()
})

test('node:sqlite: two processes’ worth of connections see each other’s saves', async (t) => {
  const path = join(folderFor(t), 'settings.db')
  const [one, two] = [sqliteStore(path), sqliteStore(path)]
  await one.setDefault('acme', 'g1')
  assert.equal(await two.getDefault('acme'), 'g1')
  const waits = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? one : two).takeTest('acme', 1_000, { perMinute: 5, perDay: 30 })))
  assert.equal(waits.filter((wait) => wait === 0).length, 5)
  await Promise.all([one.close(), two.close()])
})

/** The tables as the first version made them, with rows of every kind. */
const firstVersion = async (path: string): Promise<{ gateway: StoredGateway; run: StoredRun }> => {
  const database = new DatabaseSync(path)
  database.exec("CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)")
  database.exec(readFileSync(new URL('../../packages/bff/migrations/0001_init.sql', import.meta.url), 'utf8'))
  database.exec("INSERT INTO d1_migrations (name) VALUES ('0001_init.sql')")
  const gateway: StoredGateway = {
    tenant: 'acme', id: 'g1', name: 'Reports', mode: 'smtp', settings: { host: 'smtp.acme.example', port: 587 }, secrets: { password: { sealed: 'a..b.c.d', setAt: '2026-11-01T00:00:00.000Z', setBy: 'Ada' } },
    status: { state: 'verified', since: '2026-11-01T00:00:00.000Z', fingerprint: '1.x' }, revision: 7, updatedAt: '2026-11-02T00:00:00.000Z', updatedBy: 'Ada',
  }
  const run: StoredRun = { tenant: 'acme', fingerprint: '1.x', gatewayId: 'g1', by: 'Ada', view: { runId: 'r1', gatewayId: 'g1', mode: 'smtp', until: 'delivery', state: 'done', verdict: 'passed', startedAt: '2026-11-01T00:00:00.000Z', endedAt: '2026-11-01T00:00:01.000Z', ms: 5, rows: [] } }
  database.prepare('INSERT INTO gateway VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run('acme', 'g1', gateway.name, 'smtp', JSON.stringify(gateway.settings), JSON.stringify(gateway.secrets), JSON.stringify(gateway.status), 7, '2026-11-01T00:00:00.000Z', gateway.updatedAt, 'Ada')
  database.prepare('INSERT INTO default_gateway VALUES (?, ?)').run('acme', 'g1')
  database.prepare('INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run('acme', 'r1', '1.x', 'g1', 'Ada', 'passed', 'delivery', Date.parse('2026-11-01T00:00:00.000Z'), JSON.stringify(run.view))
  database.prepare('INSERT INTO test_count VALUES (?, ?, ?, ?)').run('acme', JSON.stringify([1_000, 1_000, 1_000, 1_000]), 1_000, 4)
  database.close()
  return { gateway, run }
}

test('a database of the first version gets the place for tokens and keeps every row', async (t) => {
  const path = join(folderFor(t), 'settings.db')
  const { gateway, run } = await firstVersion(path)
  const store = sqliteStore(path)
  assert.deepEqual(await store.listGateways('acme'), [gateway])
  assert.deepEqual([await store.getDefault('acme'), await store.findRun('acme', '1.x')], ['g1', run])
  assert.deepEqual([await store.takeTest('acme', 2_000, { perMinute: 5, perDay: 30 }), await store.takeTest('acme', 2_000, { perMinute: 5, perDay: 30 })], [0, 59])
  await store.putToken('acme', 'k1', { sealed: 'a..b.c.d', at: 1, until: 2 })
  await store.close()
  const again = sqliteStore(path)
  assert.deepEqual(await again.getToken('acme', 'k1'), { sealed: 'a..b.c.d', at: 1, until: 2 })
  await again.close()
  const database = new DatabaseSync(path)
  assert.deepEqual(database.prepare('SELECT name FROM d1_migrations ORDER BY id').all().map(({ name }) => name), [...migrations])
  database.close()
})

test('a migration that breaks half-way leaves the database as it was, and the next start goes on', async (t) => {
  const path = join(folderFor(t), 'settings.db')
  const { gateway } = await firstVersion(path)
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE token (other TEXT)')
  assert.throws(() => sqliteStore(path), /already exists/)
  assert.equal(database.prepare('SELECT count(*) AS n FROM d1_migrations').get()?.['n'], 1)
  database.exec('DROP TABLE token')
  database.close()
  const store = sqliteStore(path)
  assert.deepEqual(await store.getGateway('acme', 'g1'), gateway)
  assert.equal(await store.getToken('acme', 'k1'), undefined)
  await store.close()
})

test('a file that is no database is named as such and left alone', (t) => {
  const path = join(folderFor(t), 'settings.db')
  writeFileSync(path, 'these are not the bytes you are looking for, and there are enough of them to be read as a header')
  assert.throws(() => sqliteStore(path), /not a database/)
})

test('the log is ahead of the file, every save is synced, and nobody else may read either', (t) => {
  const path = join(folderFor(t), 'x', 'settings.db')
  const database = openDatabase(path)
  t.after(() => database.close())
  assert.equal(database.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal')
  // 2 is FULL: the log is synced with each commit (sqlite.org/pragma.html#pragma_synchronous).
  assert.equal(database.prepare('PRAGMA synchronous').get()?.['synchronous'], 2)
  assert.deepEqual([path, `${path}-wal`, dirname(path)].map((name) => (statSync(name).mode & 0o777).toString(8)), ['600', '600', '700'])
})

test('a start waits for another one that is just bringing the tables up to date', async (t) => {
  const path = join(folderFor(t), 'settings.db')
  await firstVersion(path)
  const other = new DatabaseSync(path)
  t.after(() => other.close())
  other.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE')
  const store = new URL('../../packages/bff/src/adapters/node/store.ts', import.meta.url)
  const child = spawn(process.execPath, ['--conditions=@mail-gateway/source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e',
    `import { sqliteStore } from ${JSON.stringify(store.href)}; process.stdout.write('opening'); await sqliteStore(${JSON.stringify(path)}).close()`], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 30_000 })
  const ended = once(child, 'close')
  await once(child.stdout, 'data')
  await pause(400)
  for (const name of migrations.slice(1)) {
    other.exec(readFileSync(new URL(`../../packages/bff/migrations/${name}`, import.meta.url), 'utf8'))
    other.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name)
  }
  other.exec('COMMIT')
  assert.deepEqual(await ended, [0, null])
})

/** A store over a database that is listened to: every statement it was asked for. */
const overheard = (t: TestContext) => {
  const path = join(folderFor(t), 'settings.db')
  const database = openDatabase(path)
  const asked: string[] = []
  const listening = new Proxy(database, {
    get: (real, name: keyof DatabaseSync) => (name === 'prepare' ? (sql: string) => { asked.push(sql); return real.prepare(sql) } : (real[name] as () => unknown).bind(real)),
  })
  const store = storeOver(listening, path)
  t.after(() => store.close())
  return { store, database, asked }
}

const mark = (runId: string, second: number): StoredRun =>
  ({ tenant: 'acme', fingerprint: `1.${runId}`, by: 'Ada', view: { runId, mode: 'smtp', until: 'identity', state: 'running', startedAt: new Date(Date.UTC(2026, 10, 21, 0, 0, second)).toISOString(), rows: [] } })

test('threat T55: whoever has many runs makes nobody wait: no statement that writes one reads more than an index of its tenant', async (t) => {
  const { store, database, asked } = overheard(t)
  await store.putRun(mark('r1', 0))
  const writing = asked.filter((sql) => /\brun\b/.test(sql))
  assert.deepEqual(writing.map((sql) => sql.split(' ')[0]), ['delete', 'insert'])
  for (const sql of writing) {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...sql.match(/\?/g)!.map(() => 'x')).map(({ detail }) => String(detail))
    assert.deepEqual(steps.filter((step) => /^SCAN/.test(step)), [], sql)
    assert.ok(sql.startsWith('insert') || steps.includes('SEARCH run USING COVERING INDEX run_by_fingerprint (tenant=?)'), steps.join('; '))
  }
})

test('threat T55: a tenant with thousands of runs, as of a version without a bound, is brought back to it step by step, and its damaged statuses keep nobody from checking', async (t) => {
  const { store, database } = overheard(t)
  const { gateway } = await firstVersion(join(folderFor(t), 'other.db'))
  await store.putGateway(gateway, null)
  database.exec("UPDATE gateway SET status = '{\"runId'")
  database.exec('BEGIN')
  const insert = database.prepare("INSERT INTO run VALUES ('acme', ?, 'f', NULL, 'Ada', 'passed', 'identity', ?, '{}')")
  for (let n = 0; n < 2_600; n++) insert.run(`old${n}`, n)
  database.exec('COMMIT')
  const left: unknown[] = []
  for (const [at, id] of ['a', 'b', 'c', 'd'].entries()) {
    await store.putRun(mark(id, at))
    left.push(database.prepare('SELECT count(*) AS n FROM run').get()?.['n'])
  }
  assert.deepEqual(left, [1_601, 602, 500, 500])
  assert.ok(await store.getRun('acme', 'a') && await store.getRun('acme', 'old2599'))
})
