// The suites in workerd, against servers of this process, with the STARTTLS gate on, as production is described, and off.
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
import type { Wanted } from './worker.ts'
import { worldAt } from './world.ts'
import type { World } from './world.ts'

/** How the adapter of Workers does what the contract leaves open. Port 25 and private hosts are refused by Cloudflare, not by workerd. */
const traits: Traits = {
  knowsUnsent: false, ownConnections: false, tellsInjection: false, tellsRefusal: false, tellsRefused: false, freesStuck: false, untried: ['port25', 'privateNetwork'],
  names: { known: { host: 'both.test', addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'] }, missing: 'missing.test', bare: 'bare.test', broken: 'broken.test', silent: 'silent.test' },
}

const gates = ['on', 'off'] as const
const all: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { ...suites, store: storeSuite }

let outside: Outside
let world: World
const workers: Partial<Record<(typeof gates)[number], Worker>> = {}

before(async () => {
  outside = await startOutside({ logged: () => Object.values(workers).map((worker) => worker.log()).join('\n') })
  world = await worldAt(outside.url)
  const script = await bundleWorker(new URL('./worker.ts', import.meta.url))
  for (const gate of gates) workers[gate] = await startWorker({ script, ca: outside.ca, gate: gate === 'on' })
})
after(async () => { await Promise.all([...Object.values(workers).map((worker) => worker.close()), outside?.close()]) })

interface Told { readonly ok: boolean; readonly why?: string; readonly value?: unknown }

const ask = async (gate: (typeof gates)[number], path: string, body: string): Promise<Told> => {
  const response = await workers[gate]!.fetch(path, { method: 'POST', body, signal: AbortSignal.timeout(40_000) })
  return await response.json() as Told
}

for (const gate of gates) {
  test(`[workerd gate ${gate}] the setting is real: naming the host at the upgrade ${gate === 'on' ? 'is refused' : 'works'}`, async () => {
    const peer = await world.peer({ tls: 'good' })
    const { value } = await ask(gate, '/probe', String(peer.port))
    if (gate === 'on') assert.match(String(value), /expectedServerHostname/)
    else assert.equal(value, 'works')
    await nothingLeft(world)
  })

  test(`[workerd gate ${gate}] the runtime has every case, and answers to no other`, async () => {
    assert.deepEqual(await ask(gate, '/names', ''), Object.fromEntries(Object.entries(all).map(([port, suite]) => [port, Object.keys(suite)])))
    for (const [suite, name] of [['clock', 'no such case'], ['no such port', 'elapsed never goes back']] as const) {
      assert.equal((await ask(gate, '/run', JSON.stringify({ suite, name, outside: outside.url, resolver: outside.resolver, traits } satisfies Wanted))).ok, false)
    }
  })

  test(`[workerd gate ${gate}] a runtime that does not do what is declared of it fails`, async () => {
    const declared = { suite: 'network.connect', name: 'a port nobody listens on is an error with a code, soon', outside: outside.url, resolver: outside.resolver, traits: { ...traits, tellsRefused: true } } satisfies Wanted
    assert.match((await ask(gate, '/run', JSON.stringify(declared))).why ?? '', /expected "ECONNREFUSED", got "MGS_UNREACHED"/)
  })

  for (const [suite, cases] of Object.entries(all)) for (const name of Object.keys(cases)) {
    test(`[workerd gate ${gate}] ${suite}: ${name}`, async () => {
      const { ok, why } = await ask(gate, '/run', JSON.stringify({ suite, name, outside: outside.url, resolver: outside.resolver, traits } satisfies Wanted))
      assert.ok(ok, why)
      await nothingLeft(world)
    })
  }
}
