import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kysely } from 'kysely'
import { d1Dialect } from '../adapters/workers/d1.ts'
import { StoreBusy, StoreFault } from '../ports/store.ts'
import { fitOf } from './fit.ts'
import { migrations } from './tables.ts'
import type { Tables } from './tables.ts'

/** A database that answers with the migrations of the moment, or fails as it says. */
const world = () => {
  const database = { names: migrations as readonly string[], fails: undefined as string | undefined, asked: 0 }
  const all = async () => {
    database.asked += 1
    if (database.fails) throw new Error(database.fails)
    return { results: database.names.map((name) => ({ name })), meta: {} }
  }
  const fit = fitOf(new Kysely<Tables>({ dialect: d1Dialect({ prepare: () => ({ bind: () => ({ all }) }) }) }))
  return { database, fit }
}

const tellsNewer = (error: unknown): boolean => error instanceof StoreFault && error.trouble === 'schema' && error.message.includes('newer version (9999_future.sql)')

test('fault F86: a newer version that comes while this one runs stops its writing within a minute', async (t) => {
  const { database, fit } = world()
  let ahead = 0
  const now = performance.now.bind(performance)
  t.mock.method(performance, 'now', () => now() + ahead)
  await fit()
  await fit()
  assert.equal(database.asked, 1, 'and until then a write costs no look')
  database.names = [...migrations, '9999_future.sql']
  ahead = 61_000
  await assert.rejects(fit(), tellsNewer)
  await assert.rejects(fit(), tellsNewer)
})

test('fault F86: a look that failed is no leave to write', async () => {
  const { database, fit } = world()
  database.names = [...migrations, '9999_future.sql']
  database.fails = 'D1 DB is overloaded'
  await assert.rejects(fit(), StoreBusy)
  database.fails = undefined
  await assert.rejects(fit(), tellsNewer)
})

test('an operator who keeps the record of migrations elsewhere may write', async () => {
  const { database, fit } = world()
  database.fails = 'no such table: d1_migrations'
  await fit()
  assert.equal(database.asked, 1)
})
