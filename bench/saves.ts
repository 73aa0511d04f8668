import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue } from 'node:sqlite'
import { draft } from './gateway/account.ts'
import { openOurs } from './gateway/ours.ts'
import { clock } from './process.ts'
import type { Result, Row } from './report.ts'
import { quantile } from './statistics.ts'

const [blocks, perBlock, warm] = [8, 50, 30]

/** Saves through the whole gateway against the same row written by node:sqlite alone. */
export const saves = async (out: string): Promise<Result> => {
  const folder = await mkdtemp(join(out, 'saves-'))
  const path = join(folder, 'ours.db')
  const ours = openOurs(path)
  try {
    let view = await ours.create(draft(0))
    const saveOurs = async (n: number) => { view = await ours.save(view, draft(n)) }
    const peer = peerFrom(path, join(folder, 'peer.db'))
    await timed(warm, saveOurs)
    await timed(warm, peer.save)
    const samples: { ours: number[]; peer: number[] } = { ours: [], peer: [] }
    for (let block = 0; block < blocks; block++) {
      samples.ours.push(...await timed(perBlock, saveOurs))
      samples.peer.push(...await timed(perBlock, peer.save))
    }
    if (view.revision !== 1 + warm + blocks * perBlock || peer.revision() !== view.revision) throw new Error('not every save was one revision')
    peer.close()
    return result(samples)
  } finally {
    await ours.gateway.close()
    await rm(folder, { recursive: true })
  }
}

/** Milliseconds of each of so many saves, one after the other. */
const timed = async (count: number, save: (n: number) => Promise<void>): Promise<number[]> => {
  const samples: number[] = []
  for (let n = 0; n < count; n++) {
    const began = clock()
    await save(n)
    samples.push(clock() - began)
  }
  return samples
}

type Stored = Record<string, SQLInputValue>

/** The same table and the same row in a database of its own, opened with the same guarantees. */
const peerFrom = (ours: string, path: string) => {
  const source = new DatabaseSync(ours, { readOnly: true })
  const { sql } = source.prepare("SELECT sql FROM sqlite_schema WHERE name = 'gateway'").get() as { sql: string }
  const row = source.prepare('SELECT * FROM gateway').get() as Stored
  source.close()
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${sql}`)
  const columns = Object.keys(row)
  database.prepare(`INSERT INTO gateway (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`).run(...Object.values(row))
  return peerOn(database, row)
}

const peerOn = (database: DatabaseSync, row: Stored) => {
  let revision = Number(row.revision)
  const update = database.prepare('UPDATE gateway SET name = ?, mode = ?, settings = ?, secrets = ?, status = ?, revision = ?, updated_at = ?, updated_by = ? WHERE tenant = ? AND id = ? AND revision = ?')
  const { name, mode, settings, secrets, status, updated_by: by, tenant, id } = row as Record<string, string>
  return {
    revision: () => revision,
    async save(n: number): Promise<void> {
      const { changes } = update.run(`${name} ${n}`, mode!, settings!, secrets!, status!, revision + 1, new Date().toISOString(), by!, tenant!, id!, revision)
      if (changes !== 1) throw new Error('the row was not written')
      revision++
    },
    close: () => database.close(),
  }
}

const rate = (samples: readonly number[]): number => (samples.length * 1000) / samples.reduce((sum, one) => sum + one, 0)

const result = ({ ours, peer }: Readonly<Record<'ours' | 'peer', readonly number[]>>): Result => {
  const row = (what: string, unit: string, of: (samples: readonly number[]) => number): Row =>
    ({ what, unit, ours: { value: of(ours) }, peer: { value: of(peer) }, ratio: of(ours) / of(peer) })
  return {
    title: 'PUT /gateways/{id}: one gateway with revision and a newly sealed secret, synced to disk', peer: 'the same row by node:sqlite alone, WAL, full sync',
    rows: [
      row('saves per second', '1/s', rate),
      row('p50', 'ms', (samples) => quantile(samples, 0.5)),
      row('p99', 'ms', (samples) => quantile(samples, 0.99)),
    ],
    notes: [
      `${blocks * perBlock} saves each, one after the other, in turns of ${perBlock}; both files on the same disk; every save is on disk before it is answered`,
      'ours is called inside the process: guard, rules of every setting, sealing, fingerprint, look-up of what was proven, write, answer; HTTP itself is in the figures of GET /gateways',
    ],
  }
}
