import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreFault } from '../../ports/store.ts'
import type { Store } from '../../ports/store.ts'
import { sqlStore } from '../../store/store.ts'
import { migrate } from './migrate.ts'
import { attemptMs, nodeSqliteDialect } from './sqlite.ts'
import { openUnwritable, openingFailure, unwritable } from './unwritable.ts'

/** Milliseconds a starting process waits for another one that is just making the tables. */
const startMs = 5_000

/**
 * The embedded store: one SQLite file that only this user can read, in a directory made when missing,
 * with a write-ahead log synced on every save. One that cannot be written, or that a newer version made, is read.
 * @throws Error when the file cannot be opened, or is no database: with its path, the user it was tried as, and what to do
 */
export const sqliteStore = (path: string): Store => storeOver(openDatabase(path), path)

/** The store over a database that is open. */
export const storeOver = (database: DatabaseSync, path: string): Store => sqlStore(nodeSqliteDialect(database, sameFile(path)))

/** @throws Error as `sqliteStore` does */
export const openDatabase = (path: string): DatabaseSync => {
  try {
    return openWritable(path)
  } catch (error) {
    const database = unwritable(path) && readableAtLeast(path)
    if (!database) throw openingFailure(path, error)
    return database
  }
}

/** Settings can be read and mail can be sent while a disk takes no changes (fault F84). */
const readableAtLeast = (path: string): DatabaseSync | undefined => {
  try {
    const database = openUnwritable(path)
    database?.exec('SELECT 1 FROM gateway LIMIT 1')
    return database
  } catch {
    return undefined
  }
}

const openWritable = (path: string): DatabaseSync => {
  const database = new DatabaseSync(prepared(path))
  try {
    database.exec(`PRAGMA busy_timeout = ${startMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
    migrate(database)
    database.exec(`PRAGMA busy_timeout = ${attemptMs}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A file that was taken away while it is open goes on being written to, and all of it is lost with the process (fault F84). */
const sameFile = (path: string): (() => void) => {
  if (path === ':memory:') return () => {}
  const { dev, ino } = statSync(path)
  const refused = unwritable(path)
  return () => {
    if (refused) throw new StoreFault('read-only', refused)
    const now = statSync(path, { throwIfNoEntry: false })
    if (now?.dev !== dev || now.ino !== ino) throw new StoreFault('read-only', 'the file of the store is not there any more; put it back and start again')
  }
}

// SQLite gives its log the permissions of the file itself, so the file is made first, closed to others.
const prepared = (path: string): string => {
  if (path === ':memory:') return path
  makeFolder(dirname(resolve(path)))
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  return path
}

// `recursive: true` never returns where a parent cannot hold folders, such as /proc.
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
}
