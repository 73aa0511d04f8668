import { CompiledQuery, Kysely } from 'kysely'
import type { Dialect, ExpressionBuilder, Selectable } from 'kysely'
import type { Store, StoredGateway, StoredRun } from '../ports/store.ts'
import { StoreBusy } from '../ports/store.ts'
import { spend } from './allowance.ts'
import type { Times } from './allowance.ts'
import { fitOf } from './fit.ts'
import { mostRuns, telling } from './proof.ts'
import { columnsOf, gatewayOf, isObject, lastRevision, parsed } from './record.ts'
import type { Tables } from './tables.ts'

/** Runs of one fingerprint that are looked through for what counts. */
const remembered = 50

/**
 * The store over any SQL database: one statement per change, each with its own condition,
 * since not every database behind it has transactions.
 */
export const sqlStore = (dialect: Dialect): Store => {
  const db = new Kysely<Tables>({ dialect })
  const fits = fitOf(db)
  return {
    ...onlyFitting({ ...gatewaysIn(db), ...runsIn(db), ...tokensIn(db), ...keysIn(db), ...countsIn(db) }, fits),
    async ready() {
      await db.selectFrom('gateway').select('digest').limit(1).execute()
      await fits()
    },
    close: () => db.destroy(),
  }
}

/** What only reads, by its name; of all the rest it is taken that it writes. */
const reading = /^(?:list|get|find|walk|key)/

/** The same, except that nothing is written into tables of a newer version. */
const onlyFitting = (store: Omit<Store, 'ready' | 'close'>, fits: () => Promise<void>): Omit<Store, 'ready' | 'close'> =>
  Object.fromEntries(Object.entries(store).map(([name, work]) => [name, reading.test(name) ? work : async (...values: never[]) => {
    await fits()
    return (work as (...values: never[]) => Promise<unknown>)(...values)
  }])) as unknown as typeof store

const countsIn = (db: Database): Pick<Store, 'takeTest' | 'sweep'> => ({
  takeTest: (tenant, now, allowance) => takeTest(db, tenant, now, allowance),
  async sweep(before) {
    await db.deleteFrom('run').where('started_at', '<', before).execute()
    await db.deleteFrom('test_count').where('latest', '<', before).execute()
    await db.deleteFrom('token').where('ends_at', '<', before).execute()
  },
})

type Database = Kysely<Tables>
type Gateways = Pick<Store, 'listGateways' | 'getGateway' | 'putGateway' | 'removeGateway' | 'putStatus' | 'getDefault' | 'setDefault'>

const gatewaysIn = (db: Database): Gateways => ({
  async listGateways(tenant) {
    const rows = await db.selectFrom('gateway').selectAll().where('tenant', '=', tenant).orderBy('created_at').orderBy('id').execute()
    return Promise.all(rows.map(gatewayOf))
  },
  async getGateway(tenant, id) {
    const row = await db.selectFrom('gateway').selectAll().where('tenant', '=', tenant).where('id', '=', id).executeTakeFirst()
    return row && gatewayOf(row)
  },
  putGateway: (gateway, expected) => (expected === null ? insertGateway(db, gateway) : updateGateway(db, gateway, expected)),
  async removeGateway(tenant, id, expected) {
    const { numDeletedRows } = await db.deleteFrom('gateway').where('tenant', '=', tenant).where('id', '=', id).where(at(expected)).executeTakeFirst()
    return numDeletedRows === 1n
  },
  async putStatus(tenant, id, revision, status) {
    const { numUpdatedRows } = await db.updateTable('gateway').set({ status: JSON.stringify(status) })
      .where('tenant', '=', tenant).where('id', '=', id).where('revision', '=', revision).executeTakeFirst()
    return numUpdatedRows === 1n
  },
  async getDefault(tenant) {
    const row = await db.selectFrom('default_gateway').select('gateway_id').where('tenant', '=', tenant).executeTakeFirst()
    return row?.gateway_id
  },
  async setDefault(tenant, id) {
    await db.insertInto('default_gateway').values({ tenant, gateway_id: id })
      .onConflict((conflict) => conflict.column('tenant').doUpdateSet({ gateway_id: id })).execute()
  },
})

const insertGateway = async (db: Database, gateway: StoredGateway): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await db.insertInto('gateway')
    .values({ ...await columnsOf(gateway), tenant: gateway.tenant, id: gateway.id, created_at: gateway.updatedAt })
    .onConflict((conflict) => conflict.columns(['tenant', 'id']).doNothing()).executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

const updateGateway = async (db: Database, gateway: StoredGateway, expected: number): Promise<boolean> => {
  const { numUpdatedRows } = await db.updateTable('gateway').set(await columnsOf(gateway))
    .where('tenant', '=', gateway.tenant).where('id', '=', gateway.id).where(at(expected)).executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Still this revision; 0 stands for whatever is none, so that such a record can be deleted or entered again (fault F80). */
const at = (expected: number) => (on: ExpressionBuilder<Tables, 'gateway'>) =>
  expected ? on('revision', '=', expected) : on.or([on(on.fn('typeof', ['revision']), '!=', 'integer'), on('revision', '<', 1), on('revision', '>', lastRevision)])

const runsIn = (db: Database): Pick<Store, 'putRun' | 'getRun' | 'findRun'> => ({
  async putRun(run) {
    const row = rowOf(run)
    // Before the mark: where no room can be made, nothing was written.
    if (!row.verdict) await db.executeQuery(CompiledQuery.raw(makingRoom, [run.tenant, run.tenant]))
    await db.insertInto('run').values(row)
      // An id may be taken by another run at the same moment: its verdict would speak for settings it never saw.
      .onConflict((conflict) => conflict.columns(['tenant', 'id']).doUpdateSet({ verdict: row.verdict, detail: row.detail }).where('run.fingerprint', '=', row.fingerprint)).execute()
  },
  async getRun(tenant, runId) {
    const row = await db.selectFrom('run').selectAll().where('tenant', '=', tenant).where('id', '=', runId).executeTakeFirst()
    return row && runOf(row)
  },
  async findRun(tenant, fingerprint) {
    const rows = await db.selectFrom('run').selectAll()
      .where('tenant', '=', tenant).where('fingerprint', '=', fingerprint).where('verdict', 'in', ['passed', 'failed'])
      .orderBy('started_at', 'desc').limit(remembered).execute()
    return telling(rows.map(runOf).filter((run) => run !== undefined))
  },
})

/**
 * Of a tenant with far too many, as of a time without this bound, some a time: others wait for the database meanwhile. More
 * than gateways can name, which are passed over each time. A status that was damaged names none (fault F80).
 */
const makingRoom = `delete from run where rowid in (select rowid from run where tenant = ? order by started_at desc limit 1000 offset ${mostRuns - 1}) `
  + "and id not in (select ifnull(status->>'runId', '') from gateway where tenant = ? and json_valid(status))"

const tokensIn = (db: Database): Pick<Store, 'getToken' | 'putToken'> => ({
  async getToken(tenant, key) {
    const row = await db.selectFrom('token').selectAll().where('tenant', '=', tenant).where('key', '=', key).executeTakeFirst()
    return row && { sealed: row.sealed, at: Number(row.issued_at), until: Number(row.ends_at) }
  },
  async putToken(tenant, key, { sealed, at, until }) {
    const values = { sealed, issued_at: at, ends_at: until }
    await db.insertInto('token').values({ tenant, key, ...values })
      .onConflict((conflict) => conflict.columns(['tenant', 'key']).doUpdateSet(values)).execute()
  },
})

/** Rows of one step of a walk. */
const stride = 100

const keysIn = (db: Database): Pick<Store, 'walk' | 'reseal' | 'keepTokens' | 'keyProofs' | 'putKeyProof'> => ({
  async walk(after) {
    const from = db.selectFrom('gateway').selectAll()
    const rows = await (after ? from.where((on) => on.or([on('tenant', '>', after.tenant), on.and([on('tenant', '=', after.tenant), on('id', '>', after.id)])])) : from)
      .orderBy('tenant').orderBy('id').limit(stride).execute()
    return Promise.all(rows.map(gatewayOf))
  },
  async reseal(before, { secrets, status }) {
    const { digest, ...next } = await columnsOf({ ...before, secrets, status })
    const { numUpdatedRows } = await db.updateTable('gateway').set({ secrets: next.secrets, status: next.status, digest })
      .where('tenant', '=', before.tenant).where('id', '=', before.id).where('revision', '=', before.revision)
      .where('secrets', '=', JSON.stringify(before.secrets)).where('status', '=', JSON.stringify(before.status)).executeTakeFirst()
    return numUpdatedRows === 1n
  },
  async keepTokens(beginning) {
    await db.deleteFrom('token').where((on) => on.fn('substr', ['sealed', on.val(1), on.val(beginning.length)]), '!=', beginning).execute()
  },
  keyProofs: () => db.selectFrom('sealing_key').selectAll().execute(),
  async putKeyProof(proof) {
    await db.insertInto('sealing_key').values(proof).onConflict((conflict) => conflict.column('version').doNothing()).execute()
  },
})

const rowOf = ({ tenant, fingerprint, gatewayId, by, view }: StoredRun): Tables['run'] => ({
  tenant, fingerprint, id: view.runId, gateway_id: gatewayId ?? null, started_by: by,
  verdict: view.verdict ?? null, depth: view.until, started_at: Date.parse(view.startedAt), detail: JSON.stringify(view),
})

/** One that cannot be read any more proves nothing, and keeps nobody from saving. */
const runOf = (row: Selectable<Tables['run']>): StoredRun | undefined => {
  const view = parsed(row.detail, isObject)
  return view && {
    tenant: row.tenant, fingerprint: row.fingerprint, by: row.started_by,
    ...(row.gateway_id !== null && { gatewayId: row.gateway_id }),
    view: view as unknown as StoredRun['view'],
  }
}

const isTimes = (value: unknown): value is Times => Array.isArray(value) && value.every(Number.isFinite)

// Lost races are repeated: each means that another call was counted, so there are at most as many as the allowance has room.
const takeTest = async (db: Database, ...[tenant, now, allowance]: Parameters<Store['takeTest']>): Promise<number> => {
  for (let attempt = 0; attempt <= allowance.perDay; attempt++) {
    const row = await db.selectFrom('test_count').selectAll().where('tenant', '=', tenant).executeTakeFirst()
    const { wait, times } = spend((row && parsed(row.times, isTimes)) ?? [], now, allowance)
    if (wait || await writeTimes(db, tenant, times, row && Number(row.version))) return wait
  }
  throw new StoreBusy('the test count kept changing')
}

const writeTimes = async (db: Database, tenant: string, times: Times, version: number | undefined): Promise<boolean> => {
  const values = { times: JSON.stringify(times), latest: times.at(-1) ?? 0 }
  if (version === undefined) {
    const { numInsertedOrUpdatedRows } = await db.insertInto('test_count').values({ tenant, ...values, version: 1 })
      .onConflict((conflict) => conflict.column('tenant').doNothing()).executeTakeFirst()
    return numInsertedOrUpdatedRows === 1n
  }
  const { numUpdatedRows } = await db.updateTable('test_count').set({ ...values, version: version + 1 })
    .where('tenant', '=', tenant).where('version', '=', version).executeTakeFirst()
  return numUpdatedRows === 1n
}
