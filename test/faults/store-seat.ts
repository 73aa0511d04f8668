// What the tests of the store's faults share: a lab over a database that is held open by the test too, and one clock for all bounds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { nodePorts } from '@mail-gateway/bff/node'
import { openDatabase, storeOver } from '../../packages/bff/src/adapters/node/store.ts'
import { record } from '../figures.ts'
import { openLab } from '../wire/lab.ts'
import type { Lab } from '../wire/lab.ts'
import { withinTime } from '../within-time.ts'

export const folderFor = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-fault-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Seconds that are forgiven on a busy machine. */
const tolerance = 0.5

/** What some work gave, and the milliseconds it took. */
export const timed = async <T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly took: number }> => {
  const began = performance.now()
  const value = await work()
  return { value, took: performance.now() - began }
}

/** Keeps how long something took, and holds it against the row's bound in seconds. */
export const measured = (row: string, runtime: 'node' | 'workerd', bound: number, ms: number): void => {
  const seconds = Math.round(ms) / 1000
  record({ of: `fault ${row} ${runtime}`, seconds, bound })
  withinTime(ms, { to: (bound + tolerance) * 1000 }, row)
}

/** Does the work within the row's bound. */
export const within = async <T>(row: string, runtime: 'node' | 'workerd', bound: number, work: () => Promise<T>): Promise<T> => {
  const { value, took } = await timed(work)
  measured(row, runtime, bound, took)
  return value
}

export interface Cellar extends Lab {
  readonly path: string
  /** The very connection the store works on: what is done to it is done to the store. */
  readonly database: DatabaseSync
}

/** A gateway over HTTP whose store can be made to fail, by the database itself. */
export const openCellar = async (t: TestContext, overrides: Parameters<typeof openLab>[1] = {}, ports: Partial<ReturnType<typeof nodePorts>> = {}): Promise<Cellar> => {
  const path = join(folderFor(t), 'store', 'settings.db')
  const database = openDatabase(path)
  const lab = await openLab(t, { ports: { ...nodePorts({ store: storeOver(database, path) }), ...ports }, ...overrides })
  return Object.assign(Object.create(lab) as Lab, { path, database })
}
