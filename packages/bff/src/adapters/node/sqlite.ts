import { SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { CompiledQuery, Dialect, QueryResult } from 'kysely'
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreBusy, StoreFault } from '../../ports/store.ts'
import { UnlockedSqliteAdapter } from '../../store/adapter.ts'

/** Milliseconds one attempt may block the process while another connection holds the lock. */
export const attemptMs = 250
/** Milliseconds after which a locked database is given up. */
const patienceMs = 3_000
/** Milliseconds between attempts, for everybody else's requests. */
const breatherMs = 50

/**
 * kysely over `node:sqlite`. The driver is synchronous: it waits a short while for a lock, then lets the
 * process breathe and tries again, so that a locked file slows saving down and nothing else (fault F76).
 * @param demandPlace throws where what is written would go nowhere; asked before every write
 */
export const nodeSqliteDialect = (database: DatabaseSync, demandPlace: () => void = () => {}): Dialect => {
  const prepared = preparing(database)
  const connection = { executeQuery: <R>(query: CompiledQuery) => execute<R>(prepared, query, demandPlace), streamQuery: unavailable }
  return {
    createAdapter: () => new UnlockedSqliteAdapter(),
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
    // Else one number that is too large, in a damaged row, throws for every row of the answer (fault F80).
    statement.setReadBigInts(true)
    const prepared = { statement, reads: statement.columns().length > 0 }
    known.set(sql, prepared)
    return prepared
  }
}

const execute = async <R>(prepared: (sql: string) => Prepared, { sql, parameters }: CompiledQuery, demandPlace: () => void): Promise<QueryResult<R>> => {
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      const statement = prepared(sql)
      if (!statement.reads) demandPlace()
      return run<R>(statement, parameters as readonly SQLInputValue[])
    } catch (error) {
      if (!isLocked(error)) throw named(error, sql)
      if (performance.now() > until) throw new StoreBusy('the database stayed locked')
    }
    await pause(breatherMs)
  }
}

const run = <R>({ statement, reads }: Prepared, parameters: readonly SQLInputValue[]): QueryResult<R> =>
  (reads ? { rows: statement.all(...parameters).map(inNumbers) as R[] } : { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) })

const inNumbers = (row: Record<string, SQLOutputValue>): Record<string, unknown> => {
  for (const [name, value] of Object.entries(row)) if (typeof value === 'bigint') (row as Record<string, unknown>)[name] = Number(value)
  return row
}

/** Result code of SQLite without its extension: the low byte (sqlite.org/rescode.html). */
const codeOf = (error: unknown): number => {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code & 0xff : 0
}

/** SQLITE_BUSY and SQLITE_LOCKED. */
const isLocked = (error: unknown): boolean => [5, 6].includes(codeOf(error))

/** SQLITE_READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN and _NOTADB, as far as they say what to do. */
const named = (error: unknown, sql: string): unknown => {
  const said = error instanceof Error ? error.message : ''
  const code = codeOf(error)
  if (code === 13) return new StoreFault('full', said)
  if ([11, 26].includes(code)) return new StoreFault('damaged', said)
  if (/no such (table|column)|has no column/.test(said)) return new StoreFault('schema', said)
  // What cannot be read any more is lost; what cannot be written was not written.
  if ([8, 10, 14].includes(code)) return new StoreFault(/^select/i.test(sql) ? 'damaged' : 'read-only', said)
  return error
}
