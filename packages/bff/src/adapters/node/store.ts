import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../../ports/store.ts'
import { sqlStore } from '../../store/store.ts'
import { migrate } from './migrate.ts'
import { attemptMs, nodeSqliteDialect } from './sqlite.ts'

/** Milliseconds a starting process waits for another one that is just making the tables. */
const startMs = 5_000

/**
 * The embedded store: one SQLite file that only this user can read, in a directory made when missing,
 * with a write-ahead log synced on every save.
 * @throws Error when the file cannot be opened, is no database, or was made by a newer version
 */
export const sqliteStore = (path: string): Store => {
  const database = new DatabaseSync(prepared(path))
  try {
    database.exec(`PRAGMA busy_timeout = ${startMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON`)
    migrate(database)
    database.exec(`PRAGMA busy_timeout = ${attemptMs}`)
  } catch (error) {
    database.close()
    throw error
  }
  return sqlStore(nodeSqliteDialect(database))
}

// SQLite gives its log the permissions of the file itself, so the file is made first, closed to others.
const prepared = (path: string): string => {
  if (path === ':memory:') return path
  makeFolder(dirname(resolve(path)))
  if (!existsSync(path)) {
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  }
  return path
}

// `recursive: true` never returns where a parent cannot hold folders, such as /proc.
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
}
