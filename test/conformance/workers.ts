// The suites in workerd, against servers of this process: with the STARTTLS gate on, as production is described, or off.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Untimely } from '../within-time.ts'
import { startWorker } from '../workerd/start.ts'
import type { Worker } from '../workerd/start.ts'
import { startOutside } from './outside.ts'
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

type Gate = 'on' | 'off'

const all: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { ...suites, store: storeSuite }

interface Told { readonly ok: boolean; readonly untimely?: boolean; readonly why?: string; readonly value?: unknown }

interface Stage {
  readonly world: World
  ask(path: string, body: unknown): Promise<Told>
  run(suite: string, name: string, declared?: Traits): Promise<Told>
  close(): Promise<void>
}

const start = async (gate: Gate): Promise<Stage> => {
  let worker: Worker | undefined
  const outside = await startOutside({ logged: () => worker?.log() ?? '' })
  worker = await startWorker({ entry: new URL('./worker.ts', import.meta.url), ca: outside.ca, gate: gate === 'on' })
  const ask: Stage['ask'] = async (path, body) => {
    const response = await worker.fetch(path, { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(40_000) })
    return await response.json() as Told
  }
  return {
    world: await worldAt(outside.url), ask,
    run: (suite, name, declared = traits) => ask('/run', { suite, name, outside: outside.url, resolver: outside.resolver, traits: declared } satisfies Wanted),
    close: async () => { await Promise.all([worker.close(), outside.close()]) },
  }
}

/** Every case as a test, and that the gate, the list of cases and the verdicts are real. */
export const inWorkerd = (gate: Gate): void => {
  let stage: Stage
  before(async () => { stage = await start(gate) })
  after(() => stage?.close())

  test(`[workerd gate ${gate}] the setting is real: naming the host at the upgrade ${gate === 'on' ? 'is refused' : 'works'}`, async () => {
    const { port } = await stage.world.peer({ tls: 'good' })
    const { value } = await stage.ask('/probe', port)
    if (gate === 'on') assert.match(String(value), /expectedServerHostname/)
    else assert.equal(value, 'works')
    await nothingLeft(stage.world)
  })

  test(`[workerd gate ${gate}] the runtime has every case, and answers to no other`, async () => {
    assert.deepEqual(await stage.ask('/names', ''), Object.fromEntries(Object.entries(all).map(([port, suite]) => [port, Object.keys(suite)])))
    assert.equal((await stage.run('clock', 'no such case')).ok, false)
    assert.equal((await stage.run('no such port', 'elapsed never goes back')).ok, false)
  })

  test(`[workerd gate ${gate}] a runtime that does not do what is declared of it fails`, async () => {
    const { why } = await stage.run('network.connect', 'a port nobody listens on is an error with a code, soon', { ...traits, tellsRefused: true })
    assert.match(why ?? '', /expected "ECONNREFUSED", got "MGS_UNREACHED"/)
  })

  for (const [suite, cases] of Object.entries(all)) for (const name of Object.keys(cases)) {
    test(`[workerd gate ${gate}] ${suite}: ${name}`, async () => {
      const { ok, untimely, why } = await stage.run(suite, name)
      if (untimely) throw new Untimely(why)
      assert.ok(ok, why)
      await nothingLeft(stage.world)
    })
  }
}
