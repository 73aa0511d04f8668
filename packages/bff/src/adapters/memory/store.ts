import type { KeyProof, Store, StoredGateway, StoredRun, StoredToken } from '../../ports/store.ts'
import { spend } from '../../store/allowance.ts'
import type { Times } from '../../store/allowance.ts'
import { mostRuns, telling } from '../../store/proof.ts'

/** Everything of one tenant. */
interface Shelf {
  readonly gateways: Map<string, StoredGateway>
  readonly runs: Map<string, StoredRun>
  readonly tokens: Map<string, StoredToken>
  tests: Times
  pointer?: string
}

/** A store that lives as long as the process: for tests, demos and `memory:`. Values go in and out as copies. */
export const memoryStore = (): Store => {
  const shelves = new Map<string, Shelf>()
  const shelf = (tenant: string): Shelf => {
    const found = shelves.get(tenant) ?? { gateways: new Map(), runs: new Map(), tokens: new Map(), tests: [] }
    shelves.set(tenant, found)
    return found
  }
  return {
    ...gatewaysOn(shelf),
    ...runsOn(shelf),
    ...keysOn(shelves),
    getToken: async (tenant, key) => structuredClone(shelf(tenant).tokens.get(key)),
    async putToken(tenant, key, token) {
      shelf(tenant).tokens.set(key, structuredClone(token))
    },
    async takeTest(tenant, now, allowance) {
      const { wait, times } = spend(shelf(tenant).tests, now, allowance)
      shelf(tenant).tests = times
      return wait
    },
    async sweep(before) {
      for (const one of shelves.values()) forgetOn(one, before)
    },
    async ready() {},
    async close() {},
  }
}

type Find = (tenant: string) => Shelf
type Gateways = Pick<Store, 'listGateways' | 'getGateway' | 'putGateway' | 'removeGateway' | 'putStatus' | 'getDefault' | 'setDefault'>

const gatewaysOn = (shelf: Find): Gateways => ({
  listGateways: async (tenant) => structuredClone([...shelf(tenant).gateways.values()]),
  getGateway: async (tenant, id) => structuredClone(shelf(tenant).gateways.get(id)),
  async putGateway(gateway, expected) {
    const { gateways } = shelf(gateway.tenant)
    const current = gateways.get(gateway.id)?.revision ?? null
    if (current === expected) gateways.set(gateway.id, structuredClone(gateway))
    return current === expected
  },
  async removeGateway(tenant, id, expected) {
    const { gateways } = shelf(tenant)
    return gateways.get(id)?.revision === expected && gateways.delete(id)
  },
  async putStatus(tenant, id, revision, status) {
    const { gateways } = shelf(tenant)
    const current = gateways.get(id)
    if (current?.revision !== revision) return false
    gateways.set(id, { ...current, status: structuredClone(status) })
    return true
  },
  getDefault: async (tenant) => shelf(tenant).pointer,
  async setDefault(tenant, id) {
    shelf(tenant).pointer = id
  },
})

const keysOn = (shelves: ReadonlyMap<string, Shelf>): Pick<Store, 'walk' | 'reseal' | 'keepTokens' | 'keyProofs' | 'putKeyProof'> => {
  const proofs = new Map<string, KeyProof>()
  return {
    walk: async (after) => (after ? [] : structuredClone([...shelves.values()].flatMap(({ gateways }) => [...gateways.values()]))),
    async reseal(before, { secrets, status }) {
      const gateways = shelves.get(before.tenant)?.gateways
      const current = gateways?.get(before.id)
      if (!gateways || !current || sealsOf(current) !== sealsOf(before)) return false
      gateways.set(before.id, { ...current, secrets: structuredClone(secrets), status: structuredClone(status) })
      return true
    },
    async keepTokens(beginning) {
      for (const { tokens } of shelves.values()) for (const [key, { sealed }] of tokens) if (!sealed.startsWith(beginning)) tokens.delete(key)
    },
    keyProofs: async () => [...proofs.values()],
    async putKeyProof(proof) {
      if (!proofs.has(proof.version)) proofs.set(proof.version, { ...proof })
    },
  }
}

const sealsOf = ({ secrets, status, revision }: StoredGateway): string => JSON.stringify([secrets, status, revision])

const runsOn = (shelf: Find): Pick<Store, 'putRun' | 'getRun' | 'findRun'> => ({
  async putRun(run) {
    const { runs } = shelf(run.tenant)
    const { runId, verdict } = run.view
    if (!verdict) makeRoomOn(shelf(run.tenant))
    if ((runs.get(runId) ?? run).fingerprint === run.fingerprint) runs.set(runId, structuredClone(run))
  },
  getRun: async (tenant, runId) => structuredClone(shelf(tenant).runs.get(runId)),
  async findRun(tenant, fingerprint) {
    return structuredClone(telling(newestFirst(shelf(tenant)).filter((run) => run.fingerprint === fingerprint)))
  },
})

const newestFirst = ({ runs }: Shelf): StoredRun[] =>
  [...runs.values()].sort((a, b) => Date.parse(b.view.startedAt) - Date.parse(a.view.startedAt))

const makeRoomOn = (shelf: Shelf): void => {
  const named = new Set([...shelf.gateways.values()].map(({ status }) => status.runId))
  for (const { view: { runId } } of newestFirst(shelf).slice(mostRuns - 1)) if (!named.has(runId)) shelf.runs.delete(runId)
}

const forgetOn = (shelf: Shelf, before: number): void => {
  for (const [id, { view }] of shelf.runs) if (Date.parse(view.startedAt) < before) shelf.runs.delete(id)
  for (const [key, { until }] of shelf.tokens) if (until < before) shelf.tokens.delete(key)
  if ((shelf.tests.at(-1) ?? 0) < before) shelf.tests = []
}
