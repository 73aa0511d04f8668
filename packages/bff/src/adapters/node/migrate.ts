import { readFileSync, readdirSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

const folder = new URL('../../../migrations/', import.meta.url)

/**
 * Applies the package's SQL files that this database has not seen, in order and each as a whole.
 * The record has the name and form wrangler gives it, so that the same files serve D1.
 * Does nothing where the database knows migrations this version does not.
 */
export const migrate = (database: DatabaseSync): void => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql')).sort()
  database.exec('BEGIN IMMEDIATE')
  try {
    database.exec('CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)')
    const done = database.prepare('SELECT name FROM d1_migrations').all().map(({ name }) => String(name))
    // A newer version's tables are left as they are: the store reads what it knows and writes nothing (fault F86).
    if (done.some((name) => !files.includes(name))) return void database.exec('ROLLBACK')
    for (const name of files.filter((file) => !done.includes(file))) apply(database, name)
    database.exec('COMMIT')
  } catch (error) {
    undo(database)
    throw error
  }
}

/** On a full disk SQLite has undone it by itself already, and says so by another error (sqlite.org/lang_transaction.html). */
const undo = (database: DatabaseSync): void => {
  try {
    database.exec('ROLLBACK')
  } catch {
    // What failed before is what counts.
  }
}

const apply = (database: DatabaseSync, name: string): void => {
  database.exec(readFileSync(new URL(name, folder), 'utf8'))
  database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name)
}
