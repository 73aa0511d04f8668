import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { codeOf } from './errors.ts'

/**
 * Why the file of a store, or the folder its log belongs into, takes no changes: a read-only file system, or rights that this
 * user lacks. Undefined where it does, and where the file is not there.
 */
export const unwritable = (path: string): string | undefined => {
  if (path === ':memory:' || !existsSync(path)) return undefined
  for (const place of [path, dirname(resolve(path))]) {
    try {
      accessSync(place, constants.W_OK)
    } catch (error) {
      return `${place} cannot be written (${codeOf(error)}). ${cure(path)}`
    }
  }
  return undefined
}

/**
 * Opens what cannot be written, to be read: SQLite needs no log then, and would not find one (sqlite.org/wal.html#readonly).
 * Only where the last writer left none behind, since what is in it would be missed; SQLite opens that case by itself.
 * @throws Error where this version of Node cannot do it
 */
export const openUnwritable = (path: string): DatabaseSync | undefined => {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return undefined
  const address = pathToFileURL(resolve(path))
  address.search = '?immutable=1'
  return new DatabaseSync(address, { readOnly: true })
}

/** What failed when a store was opened, where, for whom, and what whoever runs it can do. */
export const openingFailure = (path: string, error: unknown): Error => {
  const said = (error as Error).message
  const code = Number((error as { errcode?: unknown }).errcode) & 0xff
  const words = remedies[code]?.(path) ?? (['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR'].includes(codeOf(error)) ? cure(path) : '')
  return new Error(`${said.includes(path) ? '' : `${path}: `}${said}${words && `. ${words}`}`, { cause: error })
}

const cure = (path: string): string =>
  `The user ${userOf()} must be able to write to ${resolve(path)} and into its folder: mount its volume so that it can be written, or give both to that user with chown; then start again`

/** The user this process runs as, by numbers: names are not known in every container. */
export const userOf = (): string => `${process.geteuid?.() ?? ''}:${process.getegid?.() ?? ''}`

/** By SQLite's result codes (sqlite.org/rescode.html). */
const remedies: Readonly<Record<number, (path: string) => string>> = {
  5: () => 'Another process holds it locked: end that one, or wait until it has done',
  8: cure, 14: cure,
  10: (path) => `Look whether the disk of ${resolve(path)} is full or broken`,
  11: () => 'It is damaged: restore it from a backup',
  13: (path) => `Make room on the disk of ${resolve(path)}`,
  26: () => 'This file is no database, or a damaged one: name another, or restore it from a backup',
}
