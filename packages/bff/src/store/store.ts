import { Kysely } from 'kysely'
import type { Dialect, Selectable } from 'kysely'
import type { Store, StoredGateway, StoredRun } from '../ports/store.ts'
import { StoreBusy } from '../ports/store.ts'
import { spend } from './allowance.ts'
import type { Times } from './allowance.ts'
import { telling } from './proof.ts'
import type { Tables } from './tables.ts'

/** Runs of one fingerprint that are looked through for what counts. */
const remembered = 50

/**
 * The store over any SQL database: one statement per change, each with its own condition,
 * since not every database behind it has transactions.
 */
export const sqlStore = (dialect: Dialect): Store => {
  const db = new Kysely<Tables>({ dialect })
  return {
    ...gatewaysIn(db),
    ...runsIn(db),
    ...tokensIn(db),
    takeTest: (tenant, now, allowance) => takeTest(db, tenant, now, allowance),
    async sweep(before) {
      await db.deleteFrom('run').where('started_at', '<', before).execute()
      await db.deleteFrom('test_count').where('latest', '<', before).execute()
      await db.deleteFrom('token').where('ends_at', '<', before).execute()
    },
    async ready() {
      await db.selectFrom('gateway').select('revision').limit(1).execute()
    },
    close: () => db.destroy(),
  }
}

type Database = Kysely<Tables>
type Gateways = Pick<Store, 'listGateways' | 'getGateway' | 'putGateway' | 'removeGateway' | 'putStatus' | 'getDefault' | 'setDefault'>

const gatewaysIn = (db: Database): Gateways => ({
  async listGateways(tenant) {
    const rows = await db.selectFrom('gateway').selectAll().where('tenant', '=', tenant).orderBy('created_at').orderBy('id').execute()
    return rows.map(gatewayOf)
  },
  async getGateway(tenant, id) {
    const row = await db.selectFrom('gateway').selectAll().where('tenant', '=', tenant).where('id', '=', id).executeTakeFirst()
    return row && gatewayOf(row)
  },
  putGateway: (gateway, expected) => (expected === null ? insertGateway(db, gateway) : updateGateway(db, gateway, expected)),
  async removeGateway(tenant, id, expected) {
    const { numDeletedRows } = await db.deleteFrom('gateway').where('tenant', '=', tenant).where('id', '=', id).where('revision', '=', expected).executeTakeFirst()
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
    .values({ ...columnsOf(gateway), tenant: gateway.tenant, id: gateway.id, created_at: gateway.updatedAt })
    .onConflict((conflict) => conflict.columns(['tenant', 'id']).doNothing()).executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

const updateGateway = async (db: Database, gateway: StoredGateway, expected: number): Promise<boolean> => {
  const { numUpdatedRows } = await db.updateTable('gateway').set(columnsOf(gateway))
    .where('tenant', '=', gateway.tenant).where('id', '=', gateway.id).where('revision', '=', expected).executeTakeFirst()
  return numUpdatedRows === 1n
}

const columnsOf = ({ name, mode, settings, secrets, status, revision, updatedAt, updatedBy }: StoredGateway) => ({
  name, mode, revision,
  settings: JSON.stringify(settings), secrets: JSON.stringify(secrets), status: JSON.stringify(status),
  updated_at: updatedAt, updated_by: updatedBy,
})

const gatewayOf = (row: Selectable<Tables['gateway']>): StoredGateway => ({
  tenant: row.tenant, id: row.id, name: row.name, mode: row.mode, revision: Number(row.revision),
  settings: JSON.parse(row.settings) as StoredGateway['settings'],
  secrets: JSON.parse(row.secrets) as StoredGateway['secrets'],
  status: JSON.parse(row.status) as StoredGateway['status'],
  updatedAt: row.updated_at, updatedBy: row.updated_by,
})

const runsIn = (db: Database): Pick<Store, 'putRun' | 'getRun' | 'findRun'> => ({
  async putRun(run) {
    const row = rowOf(run)
    await db.insertInto('run').values(row)
      .onConflict((conflict) => conflict.columns(['tenant', 'id']).doUpdateSet({ verdict: row.verdict, detail: row.detail })).execute()
  },
  async getRun(tenant, runId) {
    const row = await db.selectFrom('run').selectAll().where('tenant', '=', tenant).where('id', '=', runId).executeTakeFirst()
    return row && runOf(row)
  },
  async findRun(tenant, fingerprint) {
    const rows = await db.selectFrom('run').selectAll()
      .where('tenant', '=', tenant).where('fingerprint', '=', fingerprint).where('verdict', 'in', ['passed', 'failed'])
      .orderBy('started_at', 'desc').limit(remembered).execute()
    return telling(rows.map(runOf))
  },
})

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

const rowOf = ({ tenant, fingerprint, gatewayId, by, view }: StoredRun): Tables['run'] => ({
  tenant, fingerprint, id: view.runId, gateway_id: gatewayId ?? null, started_by: by,
  verdict: view.verdict ?? null, depth: view.until, started_at: Date.parse(view.startedAt), detail: JSON.stringify(view),
})

const runOf = (row: Selectable<Tables['run']>): StoredRun => ({
  tenant: row.tenant, fingerprint: row.fingerprint, by: row.started_by,
  ...(row.gateway_id !== null && { gatewayId: row.gateway_id }),
  view: JSON.parse(row.detail) as StoredRun['view'],
})

// Lost races are repeated: each means that another call was counted, so there are at most as many as the allowance has room.
const takeTest = async (db: Database, ...[tenant, now, allowance]: Parameters<Store['takeTest']>): Promise<number> => {
  for (let attempt = 0; attempt <= allowance.perDay; attempt++) {
    const row = await db.selectFrom('test_count').selectAll().where('tenant', '=', tenant).executeTakeFirst()
    const { wait, times } = spend(row ? JSON.parse(row.times) as Times : [], now, allowance)
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
