// Saves as fast as it can and says what was acknowledged, until it is killed.
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'

const store = sqliteStore(process.argv[2] ?? '')
for (let n = Number(await store.getDefault('acme') ?? 0) + 1; ; n++) {
  await store.setDefault('acme', String(n))
  process.stdout.write(`${n}\n`)
}
