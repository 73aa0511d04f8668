// The suites in workerd.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bundleWorker } from '../workerd/bundle.ts'
import { startWorker } from '../workerd/start.ts'
import type { Worker } from '../workerd/start.ts'
import { startOutside } from './outside.ts'
import type { Outside } from './outside.ts'
import { storeSuite } from './store.suite.ts'
import type { Traits } from './subject.ts'
import { nothingLeft } from './suite.ts'
import { suites } from './suites.ts'
import { worldAt } from './world.ts'
import type { World } from './world.ts'

const traits: Traits = {
  knowsUnsent: false, ownConnections: false, tellsInjection: false, tellsRefusal: false, tellsRefused: false, freesStuck: false, untried: ['port25', 'privateNetwork'],
  names: { known: { host: 'both.test', addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'] }, missing: 'missing.test', bare: 'bare.test', broken: 'broken.test', silent: 'silent.test' },
}
let outside: Outside
let world: World
const workers: Record<string, Worker> = {}
before(async () => {
  outside = await startOutside({ logged: () => Object.values(workers).map((worker) => worker.log()).join('\n') })
  world = await worldAt(outside.url)
  const script = await bundleWorker(new URL('./worker.ts', import.meta.url))
  for (const gate of [true, false]) workers[gate ? 'gate on' : 'gate off'] = await startWorker({ script, ca: outside.ca, gate })
})
after(async () => { await Promise.all([...Object.values(workers).map((worker) => worker.close()), outside?.close()]) })

for (const gate of ['gate on', 'gate off']) for (const [suite, cases] of Object.entries({ ...suites, store: storeSuite })) for (const name of Object.keys(cases)) {
  test(`[workerd ${gate}] ${suite}: ${name}`, async () => {
    const response = await workers[gate]!.fetch('/run', { method: 'POST', body: JSON.stringify({ suite, name, outside: outside.url, resolver: outside.resolver, traits }), signal: AbortSignal.timeout(30_000) })
    const { ok, why } = await response.json() as { ok: boolean; why?: string }
    assert.ok(ok, why)
    await nothingLeft(world)
  })
}
