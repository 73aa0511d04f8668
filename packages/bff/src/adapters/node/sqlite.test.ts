import assert from 'node:assert/strict'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { StoreFault } from '../../ports/store.ts'
import { sqlStore } from '../../store/store.ts'
import { nodeSqliteDialect } from './sqlite.ts'

/** A database that answers with this error, as `node:sqlite` throws it. */
const storeThatSays = (message: string, errcode?: number) =>
  sqlStore(nodeSqliteDialect({ prepare: () => { throw Object.assign(new Error(message), { ...(errcode !== undefined && { errcode }) }) } } as unknown as DatabaseSync))

const troubleIn = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error instanceof StoreFault ? error.trouble : 'as it was'))

// Result codes, extended ones among them: sqlite.org/rescode.html
for (const [message, code, reading, writing] of [
  ['database or disk is full', 13, 'full', 'full'], ['database disk image is malformed', 11, 'damaged', 'damaged'], ['database disk image is malformed', 11 | (1 << 8), 'damaged', 'damaged'],
  ['file is not a database', 26, 'damaged', 'damaged'], ['attempt to write a readonly database', 8, 'damaged', 'read-only'], ['disk I/O error', 10 | (3 << 8), 'damaged', 'read-only'],
  ['unable to open database file', 14, 'damaged', 'read-only'], ['no such table: gateway', 1, 'schema', 'schema'], ['no such column: digest', 1, 'schema', 'schema'],
  ['table gateway has no column named digest', 1, 'schema', 'schema'], ['near "x": syntax error', 1, 'as it was', 'as it was'], ['out of memory', undefined, 'as it was', 'as it was'],
] as const) {
  test(`what SQLite says becomes the trouble it is: ${message} (${code}): ${reading} to read, ${writing} to write`, async () => {
    const store = storeThatSays(message, code)
    assert.equal(await troubleIn(store.listGateways('acme')), reading)
    // A write looks at the migrations first, and does not get further where even that cannot be read.
    assert.equal(await troubleIn(nodeWrites(message, code)), writing)
  })
}

/** The same where only writing fails. */
const nodeWrites = (message: string, errcode?: number): Promise<void> => {
  const prepare = (sql: string) => {
    if (!/^select/i.test(sql)) throw Object.assign(new Error(message), { ...(errcode !== undefined && { errcode }) })
    return { setReadBigInts: () => {}, columns: () => [{}], all: () => [] }
  }
  return sqlStore(nodeSqliteDialect({ prepare } as unknown as DatabaseSync)).setDefault('acme', 'g1')
}
