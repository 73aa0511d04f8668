import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreFault } from '../../ports/store.ts'
import { sqlStore } from '../../store/store.ts'
import { d1Dialect } from './d1.ts'

/** A database that answers every statement with this, as the service documents its errors. */
const storeThatSays = (said: unknown) => sqlStore(d1Dialect({ prepare: () => ({ bind: () => ({ all: () => Promise.reject(said) }) }) }))
const troubleIn = async (said: unknown): Promise<string> => {
  const error: unknown = await storeThatSays(said).getDefault('acme').then(() => 'answered', (thrown: unknown) => thrown)
  return error instanceof StoreFault ? error.trouble : error === said ? 'as it was' : String(error)
}

for (const [said, trouble] of [
  ['D1_ERROR: database is locked: SQLITE_BUSY', 'busy'], ['D1 DB is overloaded. Requests queued for too long.', 'busy'], ['D1 DB is overloaded. Too many requests queued.', 'busy'],
  ['D1_ERROR: no such table: gateway: SQLITE_ERROR', 'schema'], ['D1_ERROR: no such column: digest at offset 7: SQLITE_ERROR', 'schema'], ['D1_ERROR: table gateway has no column named digest: SQLITE_ERROR', 'schema'],
  ['D1_ERROR: Exceeded maximum DB size.', 'full'], ['D1_ERROR: Exceeded maximum database size.', 'full'], ['D1_ERROR: database or disk is full: SQLITE_FULL', 'full'],
  ['D1_ERROR: attempt to write a readonly database: SQLITE_READONLY', 'read-only'], ['D1_ERROR: database disk image is malformed: SQLITE_CORRUPT', 'damaged'],
  ['D1_ERROR: Network connection lost.', 'as it was'], ['D1_ERROR: UNIQUE constraint failed: gateway.id: SQLITE_CONSTRAINT', 'as it was'],
] as const) {
  test(`what D1 says becomes the trouble it is: ${said}: ${trouble}`, async () => {
    assert.equal(await troubleIn(new Error(said)), trouble)
  })
}

test('what is no error stays what it is', async () => assert.equal(await troubleIn('SQLITE_BUSY'), 'as it was'))

test('a missing table is told with the command that brings it', async () => {
  await assert.rejects(storeThatSays(new Error('D1_ERROR: no such table: gateway: SQLITE_ERROR')).getDefault('acme'), /no such table: gateway.*wrangler d1 migrations apply/)
})
