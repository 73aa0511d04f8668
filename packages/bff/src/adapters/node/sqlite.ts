import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { CompiledQuery, Dialect, QueryResult } from 'kysely'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreBusy } from '../../ports/store.ts'

/** Milliseconds one attempt may block the process while another connection holds the lock. */
export const attemptMs = 250
/** Milliseconds after which a locked database is given up. */
const patienceMs = 3_000
/** Milliseconds between attempts, for everybody else's requests. */
const breatherMs = 50

/**
 * kysely over `node:sqlite`. The driver is synchronous: it waits a short while for a lock, then lets the
 * process breathe and tries again, so that a locked file slows saving down and nothing else (fault F76).
 */
export const nodeSqliteDialect = (database: DatabaseSync): Dialect => {
  const prepared = preparing(database)
  const connection = { executeQuery: <R>(query: CompiledQuery) => execute<R>(prepared, query), streamQuery: unavailable }
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => ({
      init: async () => {},
      destroy: async () => database.close(),
      acquireConnection: async () => connection,
      releaseConnection: async () => {},
      beginTransaction: unavailable, commitTransaction: unavailable, rollbackTransaction: unavailable,
    }),
  }
}

const unavailable = (): never => {
  throw new TypeError('one statement each: not every database behind the store has transactions')
}

/** A statement that was parsed once, and whether it answers with rows. */
interface Prepared {
  readonly statement: StatementSync
  readonly reads: boolean
}

/** The store's queries are a closed, short list: each is parsed once. */
const preparing = (database: DatabaseSync): ((sql: string) => Prepared) => {
  const known = new Map<string, Prepared>()
  return (sql) => {
    const found = known.get(sql)
    if (found) return found
    const statement = database.prepare(sql)
    const prepared = { statement, reads: statement.columns().length > 0 }
    known.set(sql, prepared)
    return prepared
  }
}

const execute = async <R>(prepared: (sql: string) => Prepared, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      return run<R>(prepared(sql), parameters as readonly SQLInputValue[])
    } catch (error) {
      if (!isLocked(error)) throw error
      if (performance.now() > until) throw new StoreBusy('the database stayed locked')
    }
    await pause(breatherMs)
  }
}

const run = <R>({ statement, reads }: Prepared, parameters: readonly SQLInputValue[]): QueryResult<R> =>
  (reads ? { rows: statement.all(...parameters) as R[] } : { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) })

/** SQLITE_BUSY and SQLITE_LOCKED with their extended codes (sqlite.org/rescode.html): the low byte tells. */
const isLocked = (error: unknown): boolean => {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' && [5, 6].includes(code & 0xff)
}
