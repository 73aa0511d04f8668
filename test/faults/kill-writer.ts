// Saves one gateway as fast as it can, each time as a new revision, and says what was acknowledged, until it is killed.
import { writeSync } from 'node:fs'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import type { StoredGateway } from '../../packages/bff/src/ports/store.ts'

/** Every part of the record carries its revision, so that a mixture of two shows; some saves need several pages. */
const gatewayAt = (revision: number): StoredGateway => ({
  tenant: 'acme', id: 'g1', name: `n${revision}`, mode: 'smtp', revision,
  settings: { n: revision, signature: `${revision} `.repeat(revision % 7 === 0 ? 1_500 : 40) },
  secrets: { password: { sealed: `s${revision}`, setAt: '2026-11-21T00:00:00.000Z', setBy: 'Ada' } },
  status: { state: 'unverified', since: '2026-11-21T00:00:00.000Z', runId: `r${revision}` },
  updatedAt: new Date(Date.UTC(2026, 0) + revision * 1_000).toISOString(), updatedBy: `u${revision}`,
})

const store = sqliteStore(process.argv[2] ?? '')
for (let last = (await store.getGateway('acme', 'g1'))?.revision ?? 0; ; last++) {
  if (!await store.putGateway(gatewayAt(last + 1), last || null)) throw new Error(`revision ${last + 1} was refused`)
  writeSync(1, `${last + 1}\n`)
}
