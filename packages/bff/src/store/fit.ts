import type { Kysely } from 'kysely'
import { StoreFault } from '../ports/store.ts'
import { migrations } from './tables.ts'
import type { Tables } from './tables.ts'

/** Milliseconds a look at the migrations holds: another process may bring newer ones while this one runs. */
const holdsMs = 60_000

/**
 * Says whether this version may write. Writing with less knowledge than the tables need would lose what a newer version
 * keeps there; reading the columns that are known does no harm (fault F86).
 * @returns a look that throws `StoreFault` `schema` where a newer version made the tables, or a part of them was never made
 */
export const fitOf = (db: Kysely<Tables>): (() => Promise<void>) => {
  let looked = -Infinity
  return async () => {
    if (performance.now() - looked < holdsMs) return
    const names = await applied(db)
    const strange = names.filter((name) => !migrations.includes(name))
    if (strange.length) throw new StoreFault('schema', `the tables were made by a newer version (${strange.join(', ')}): run that version, restore a backup, or where these are another program's, give the gateway a database of its own`)
    const missing = names.length ? migrations.filter((name) => !names.includes(name)) : []
    if (missing.length) throw new StoreFault('schema', `the tables lack ${missing.join(', ')}: apply the package's migrations`)
    looked = performance.now()
  }
}

const applied = async (db: Kysely<Tables>): Promise<string[]> => {
  try {
    return (await db.selectFrom('d1_migrations').select('name').execute()).map(({ name }) => name)
  } catch (error) {
    // An operator may keep the record elsewhere; a table that is missing is noticed by whoever needs it.
    if (error instanceof StoreFault && error.trouble === 'schema') return []
    throw error
  }
}
