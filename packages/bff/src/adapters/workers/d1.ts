import { SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { CompiledQuery, Dialect, QueryResult } from 'kysely'
import { StoreBusy, StoreFault } from '../../ports/store.ts'
import { UnlockedSqliteAdapter } from '../../store/adapter.ts'

/** The part of a D1 binding that is used (developers.cloudflare.com/d1/worker-api/prepared-statements). */
export interface D1 {
  prepare(sql: string): {
    bind(...values: unknown[]): { all(): Promise<{ readonly results?: readonly unknown[]; readonly meta: { readonly changes?: number } }> }
  }
}

/** kysely over D1. One statement each: it has no transactions. */
export const d1Dialect = (database: D1): Dialect => {
  const connection = { executeQuery: <R>(query: CompiledQuery) => execute<R>(database, query), streamQuery: unavailable }
  return {
    createAdapter: () => new UnlockedSqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => ({
      init: async () => {}, destroy: async () => {},
      acquireConnection: async () => connection, releaseConnection: async () => {},
      beginTransaction: unavailable, commitTransaction: unavailable, rollbackTransaction: unavailable,
    }),
  }
}

const unavailable = (): never => {
  throw new TypeError('one statement each: D1 has no transactions')
}

const execute = async <R>(database: D1, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
  try {
    const { results = [], meta } = await database.prepare(sql).bind(...parameters).all()
    return { rows: results as R[], numAffectedRows: BigInt(meta.changes ?? 0) }
  } catch (error) {
    throw named(error)
  }
}

/** What D1 says, as it documents it (developers.cloudflare.com/d1/observability/debug-d1); in all of these nothing was written. */
const named = (error: unknown): unknown => {
  const said = error instanceof Error ? error.message : ''
  if (/SQLITE_BUSY|database is locked|D1 DB is overloaded/i.test(said)) return new StoreBusy('the database stayed locked')
  if (/no such (table|column)|has no column/i.test(said)) return new StoreFault('schema', `${said}; apply the package's migrations:  npx wrangler d1 migrations apply DATABASE --remote , or --local for wrangler dev`)
  if (/SQLITE_FULL|database or disk is full|exceeded maximum (db|database) size/i.test(said)) return new StoreFault('full', said)
  if (/SQLITE_READONLY|readonly database/i.test(said)) return new StoreFault('read-only', said)
  return /SQLITE_CORRUPT|malformed/i.test(said) ? new StoreFault('damaged', said) : error
}
