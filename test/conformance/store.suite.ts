// What every store must do. A record of named functions without a test runner, so that the same suite runs in any runtime.
import type { RunView, Stage, Verdict } from '@mail-gateway/contract'
import type { Store, StoredGateway, StoredRun } from '../../packages/bff/src/ports/store.ts'

/** One case: gets an empty store. */
export type Suite<T> = Readonly<Record<string, (subject: T) => Promise<void>>>

const same = (actual: unknown, expected: unknown, what = 'value'): void => {
  const [a, b] = [stable(actual), stable(expected)]
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`)
}

const stable = (value: unknown): string => JSON.stringify(value, (_, part: unknown) =>
  (typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part)) ?? 'undefined'

const at = (second: number): string => new Date(Date.UTC(2026, 10, 21, 0, 0, second)).toISOString()

const gateway = (more: Partial<StoredGateway> = {}): StoredGateway => ({
  tenant: 'acme', id: 'g1', name: 'Reports', mode: 'smtp',
  settings: { host: 'smtp.acme.example', port: 587, flag: true, none: null, text: 'é\n"\\ \u{1F4E7}' },
  secrets: { password: { sealed: 'a..b.c.d', setAt: at(0), setBy: 'Ada' } },
  status: { state: 'verified', since: at(0), by: 'Ada', runId: 'r1', evidence: { reply: '250 ok', auth: ['PLAIN'], port: 587 }, fingerprint: '1.x' },
  revision: 1, updatedAt: at(0), updatedBy: 'Ada', ...more,
})

const run = (runId: string, second: number, verdict?: Verdict, until: Stage = 'identity', more: Partial<StoredRun> = {}): StoredRun => {
  const view: RunView = { runId, gatewayId: 'g1', mode: 'smtp', until, state: verdict ? 'done' : 'running', ...(verdict && { verdict, endedAt: at(second + 1), ms: 5 }), startedAt: at(second), rows: [{ id: 'name', stage: 'network', label: 'N', status: 'pass', ms: 2, evidence: { addresses: ['192.0.2.1'] } }] }
  return { tenant: 'acme', fingerprint: 'f1', gatewayId: 'g1', by: 'Ada', view, ...more }
}

const start = Date.UTC(2026, 10, 21)
const allowance = { perMinute: 5, perDay: 30 }

export const storeSuite: Suite<Store> = {
  'what is not there reads as nothing': async (store) => {
    same(await store.getGateway('acme', 'g1'), undefined)
    same(await store.listGateways('acme'), [])
    same(await store.getDefault('acme'), undefined)
    same(await store.getRun('acme', 'r1'), undefined)
    same(await store.findRun('acme', 'f1'), undefined)
  },
  'a gateway reads back exactly as it was written': async (store) => {
    same(await store.putGateway(gateway(), null), true)
    same(await store.getGateway('acme', 'g1'), gateway())
    same(await store.listGateways('acme'), [gateway()])
  },
  'what was handed over can change afterwards without changing what is stored': async (store) => {
    const settings: Record<string, string> = { host: 'before' }
    await store.putGateway(gateway({ settings }), null)
    settings['host'] = 'after'
    const first = await store.getGateway('acme', 'g1')
    same(first?.settings, { host: 'before' })
    ;(first!.settings as Record<string, string>)['host'] = 'after'
    same((await store.getGateway('acme', 'g1'))?.settings, { host: 'before' })
  },
  'writing over what is there as if it were new is refused and changes nothing': async (store) => {
    await store.putGateway(gateway(), null)
    same(await store.putGateway(gateway({ name: 'other' }), null), false)
    same((await store.getGateway('acme', 'g1'))?.name, 'Reports')
  },
  'a stale revision is refused and changes nothing': async (store) => {
    await store.putGateway(gateway(), null)
    same(await store.putGateway(gateway({ name: 'second', revision: 2 }), 1), true)
    same(await store.putGateway(gateway({ name: 'late', revision: 2 }), 1), false)
    same(await store.putGateway(gateway({ name: 'early', revision: 9 }), 8), false)
    same((await store.getGateway('acme', 'g1'))?.name, 'second')
  },
  'writing a revision of what is not there is refused': async (store) => {
    same(await store.putGateway(gateway({ revision: 2 }), 1), false)
    same(await store.listGateways('acme'), [])
  },
  'two writers on one revision: exactly one wins': async (store) => {
    await store.putGateway(gateway(), null)
    const won = await Promise.all(Array.from({ length: 8 }, (_, n) => store.putGateway(gateway({ name: `n${n}`, revision: 2 }), 1)))
    same(won.filter(Boolean).length, 1, 'winners')
    same((await store.getGateway('acme', 'g1'))?.name, `n${won.indexOf(true)}`)
  },
  'eight that create the same: exactly one wins': async (store) => {
    const won = await Promise.all(Array.from({ length: 8 }, () => store.putGateway(gateway(), null)))
    same(won.filter(Boolean).length, 1, 'winners')
  },
  'the list is oldest first, and a save does not move anything': async (store) => {
    for (const [n, id] of ['c', 'a', 'b'].entries()) await store.putGateway(gateway({ id, updatedAt: at(n) }), null)
    await store.putGateway(gateway({ id: 'c', revision: 2, updatedAt: at(9) }), 1)
    same((await store.listGateways('acme')).map(({ id }) => id), ['c', 'a', 'b'])
  },
  'tenants do not see each other': async (store) => {
    await store.putGateway(gateway(), null)
    await store.putRun(run('r1', 0, 'passed'))
    await store.setDefault('acme', 'g1')
    same(await store.getGateway('other', 'g1'), undefined)
    same(await store.listGateways('other'), [])
    same(await store.getDefault('other'), undefined)
    same(await store.getRun('other', 'r1'), undefined)
    same(await store.findRun('other', 'f1'), undefined)
    same(await store.putGateway(gateway({ tenant: 'other', revision: 2 }), 1), false)
    same(await store.removeGateway('other', 'g1', 1), false)
    same(await store.putStatus('other', 'g1', 1, { state: 'failing', since: at(1) }), false)
    same(await store.putGateway(gateway({ tenant: 'other', name: 'theirs' }), null), true)
    same((await store.getGateway('acme', 'g1')), gateway())
  },
  'removing wants the right revision, happens once, and leaves the rest': async (store) => {
    await store.putGateway(gateway(), null)
    await store.putGateway(gateway({ id: 'g2', updatedAt: at(1) }), null)
    same(await store.removeGateway('acme', 'g1', 2), false)
    // 0 means a record whose revision is lost, and this one's is not.
    same(await store.removeGateway('acme', 'g1', 0), false)
    same(await store.putGateway(gateway({ name: 'over it' }), 0), false)
    same(await store.removeGateway('acme', 'g1', 1), true)
    same(await store.removeGateway('acme', 'g1', 1), false)
    same((await store.listGateways('acme')).map(({ id }) => id), ['g2'])
  },
  'a status is written for the revision it speaks of, and leaves the revision alone': async (store) => {
    await store.putGateway(gateway(), null)
    const status = { state: 'failing', since: at(5), evidence: { row: 'sign-in' } } as const
    same(await store.putStatus('acme', 'g1', 2, status), false)
    same(await store.putStatus('acme', 'g1', 1, status), true)
    same(await store.getGateway('acme', 'g1'), gateway({ status }))
  },
  'there is one default, whoever sets it how often': async (store) => {
    await Promise.all(['a', 'b', 'c'].map((id) => store.setDefault('acme', id)))
    await store.setDefault('acme', 'b')
    same(await store.getDefault('acme'), 'b')
  },
  'a run is written twice, as a mark and as a result, and read as the result': async (store) => {
    await store.putRun(run('r1', 0))
    same(await store.getRun('acme', 'r1'), run('r1', 0))
    same(await store.findRun('acme', 'f1'), undefined, 'a run without an end')
    await store.putRun(run('r1', 0, 'passed'))
    same(await store.getRun('acme', 'r1'), run('r1', 0, 'passed'))
    same(await store.findRun('acme', 'f1'), run('r1', 0, 'passed'))
  },
  'a run of a draft has no gateway': async (store) => {
    const { gatewayId: _, ...draft } = run('r1', 0, 'passed')
    await store.putRun(draft)
    same(await store.getRun('acme', 'r1'), draft)
  },
  'the run that counts for a fingerprint: the newest, a delivery before later sign-ins, a failure before both': async (store) => {
    await store.putRun(run('r1', 0, 'passed', 'delivery'))
    await store.putRun(run('r2', 10, 'passed', 'identity'))
    await store.putRun(run('r3', 20, 'unproven', 'delivery'))
    await store.putRun(run('r4', 30, 'passed', 'delivery', { fingerprint: 'f2' }))
    same((await store.findRun('acme', 'f1'))?.view.runId, 'r1')
    await store.putRun(run('r5', 40, 'failed', 'network'))
    same((await store.findRun('acme', 'f1'))?.view.runId, 'r5')
    same((await store.findRun('acme', 'f2'))?.view.runId, 'r4')
  },
  'test emails are counted for each tenant, and the wait is told': async (store) => {
    const waits = []
    for (let n = 0; n < 6; n++) waits.push(await store.takeTest('acme', start + n * 1_000, allowance))
    same(waits, [0, 0, 0, 0, 0, 55])
    same(await store.takeTest('other', start, allowance), 0)
    same(await store.takeTest('acme', start + 60_000, allowance), 0)
  },
  'a hundred presses at one instant: exactly as many pass as the allowance has': async (store) => {
    const waits = await Promise.all(Array.from({ length: 100 }, () => store.takeTest('acme', start, allowance)))
    same(waits.filter((wait) => wait === 0).length, 5, 'passed')
    same(waits.filter((wait) => wait === 60).length, 95, 'told to wait a minute')
  },
  'a run under the id of another one with other settings is not kept: its verdict would speak for those': async (store) => {
    await store.putRun(run('r1', 0))
    await store.putRun(run('r1', 1, 'passed', 'delivery', { fingerprint: 'f2' }))
    same(await store.getRun('acme', 'r1'), run('r1', 0))
    same(await store.findRun('acme', 'f1'), undefined)
    same(await store.findRun('acme', 'f2'), undefined)
    await store.putRun(run('r1', 0, 'failed'))
    same((await store.findRun('acme', 'f1'))?.view.verdict, 'failed')
    await store.putRun(run('r1', 2, 'passed', 'delivery', { fingerprint: 'f2', tenant: 'other' }))
    same((await store.findRun('other', 'f2'))?.view.verdict, 'passed')
  },
  'sweeping forgets old runs and old counts, nothing else': async (store) => {
    await store.putGateway(gateway(), null)
    await store.putRun(run('old', 0, 'passed'))
    await store.putRun(run('new', 20, 'passed'))
    await store.putRun(run('just', 10, 'passed'))
    for (let n = 0; n < 5; n++) {
      await store.takeTest('acme', start, allowance)
      await store.takeTest('other', start + 10_000, allowance)
    }
    await store.sweep(start + 10_000)
    same(await store.getRun('acme', 'old'), undefined)
    same((await store.getRun('acme', 'new'))?.view.runId, 'new')
    same((await store.getRun('acme', 'just'))?.view.runId, 'just', 'what is exactly that old')
    same(await store.takeTest('acme', start, allowance), 0)
    same(await store.takeTest('other', start + 11_000, allowance), 59, 'a count that still holds')
    same((await store.listGateways('acme')).length, 1)
  },
  'a token reads back exactly as it was written, and the newest one stands': async (store) => {
    same(await store.getToken('acme', 'k1'), undefined)
    await store.putToken('acme', 'k1', { sealed: 'a..b.c.d', at: start, until: start + 3_600_000 })
    same(await store.getToken('acme', 'k1'), { sealed: 'a..b.c.d', at: start, until: start + 3_600_000 })
    await store.putToken('acme', 'k1', { sealed: 'e..f.g.h', at: start + 1, until: start + 7_200_000 })
    await store.putToken('acme', 'k2', { sealed: 'i..j.k.l', at: 0, until: Number.MAX_SAFE_INTEGER })
    same(await store.getToken('acme', 'k1'), { sealed: 'e..f.g.h', at: start + 1, until: start + 7_200_000 })
    same(await store.getToken('acme', 'k2'), { sealed: 'i..j.k.l', at: 0, until: Number.MAX_SAFE_INTEGER })
  },
  'a token handed over can change afterwards without changing what is stored': async (store) => {
    const token = { sealed: 'before', at: 1, until: 2 }
    await store.putToken('acme', 'k1', token)
    token.sealed = 'after'
    const read = await store.getToken('acme', 'k1')
    same(read?.sealed, 'before')
    ;(read as { sealed: string }).sealed = 'after'
    same((await store.getToken('acme', 'k1'))?.sealed, 'before')
  },
  'tenants do not see each other’s tokens, under the same key too': async (store) => {
    await store.putToken('acme', 'k1', { sealed: 'ours', at: 1, until: 2 })
    same(await store.getToken('other', 'k1'), undefined)
    same(await store.getToken('', 'k1'), undefined)
    await store.putToken('other', 'k1', { sealed: 'theirs', at: 3, until: 4 })
    same((await store.getToken('acme', 'k1'))?.sealed, 'ours')
    same((await store.getToken('other', 'k1'))?.sealed, 'theirs')
  },
  'many that write one token at once: one of them stands, whole': async (store) => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => store.putToken('acme', 'k1', { sealed: `n${n}`, at: n, until: n * 2 })))
    const { sealed, at, until } = (await store.getToken('acme', 'k1'))!
    same([sealed, until], [`n${at}`, at * 2])
  },
  'sweeping forgets ended tokens of every tenant, and none that still hold': async (store) => {
    for (const tenant of ['acme', 'other']) {
      await store.putToken(tenant, 'ended', { sealed: 's', at: start, until: start + 9_999 })
      await store.putToken(tenant, 'holds', { sealed: 's', at: start, until: start + 10_000 })
    }
    await store.sweep(start + 10_000)
    for (const tenant of ['acme', 'other']) {
      same(await store.getToken(tenant, 'ended'), undefined)
      same((await store.getToken(tenant, 'holds'))?.until, start + 10_000)
    }
  },
  'a token as large as a cache of many is kept whole': async (store) => {
    const sealed = 'x'.repeat(200_000)
    await store.putToken('acme', 'k1', { sealed, at: 1, until: 2 })
    same((await store.getToken('acme', 'k1'))?.sealed.length, sealed.length)
  },
  'names and values that look like SQL are names and values': async (store) => {
    const id = "x'; DROP TABLE gateway; --"
    same(await store.putGateway(gateway({ id, tenant: id, name: id }), null), true)
    same((await store.getGateway(id, id))?.name, id)
    same((await store.listGateways("' OR '1'='1")).length, 0)
    await store.putToken(id, id, { sealed: id, at: 1, until: 2 })
    same((await store.getToken(id, id))?.sealed, id)
    same(await store.getToken("' OR '1'='1", "' OR '1'='1"), undefined)
  },
  'a walk meets every gateway of every tenant once': async (store) => {
    const all = [...Array(130).keys()].map((n) => `g${String(n).padStart(3, '0')}`)
    for (const id of all) await store.putGateway(gateway({ id, tenant: Number(id.slice(1)) % 3 ? 'acme' : 'other' }), null)
    const met: string[] = []
    for (let after = undefined as StoredGateway | undefined, page = await store.walk(after); page.length; page = await store.walk(after)) {
      met.push(...page.map(({ id }) => id))
      after = page.at(-1)
    }
    same(met.toSorted(), all)
  },
  'sealing anew changes secrets and status, leaves the revision alone, and never overwrites what came meanwhile': async (store) => {
    await store.putGateway(gateway(), null)
    const secrets = { password: { sealed: 'e..f.g.h', setAt: at(0), setBy: 'Ada' } }
    const next = { secrets, status: { ...gateway().status, fingerprint: '2.y' } }
    same(await store.reseal(gateway(), next), true)
    same(await store.getGateway('acme', 'g1'), gateway(next))
    same(await store.reseal(gateway(), next), false, 'a second time')
    await store.putStatus('acme', 'g1', 1, { state: 'failing', since: at(5) })
    same(await store.reseal(gateway(next), { ...next, status: gateway().status }), false, 'over a status that came meanwhile')
    same((await store.getGateway('acme', 'g1'))?.status.state, 'failing')
    same(await store.reseal(gateway({ id: 'g2' }), next), false, 'of what is not there')
  },
  'sealing anew is refused over another revision, over other secrets and for another tenant, each by itself': async (store) => {
    const secrets = { password: { sealed: 'e..f.g.h', setAt: at(0), setBy: 'Ada' } }
    const next = { secrets, status: gateway().status }
    await store.putGateway(gateway(), null)
    same(await store.reseal(gateway({ tenant: 'other' }), next), false, 'another tenant')
    await store.putGateway(gateway({ name: 'saved meanwhile', revision: 2 }), 1)
    same(await store.reseal(gateway(), next), false, 'another revision')
    same(await store.getGateway('acme', 'g1'), gateway({ name: 'saved meanwhile', revision: 2 }))
    same(await store.reseal(gateway({ revision: 2, secrets }), next), false, 'other secrets')
  },
  'what says nothing hides nothing: a pass is found behind many later runs that prove nothing': async (store) => {
    await store.putRun(run('passed', 0, 'passed', 'delivery'))
    for (let n = 1; n <= 60; n++) await store.putRun(run(`open${n}`, n, n % 2 ? 'unproven' : undefined, 'delivery'))
    for (let n = 1; n <= 40; n++) await store.putRun(run(`shallow${n}`, 100 + n, 'passed', 'network'))
    same((await store.findRun('acme', 'f1'))?.view.runId, 'passed')
  },
  'threat T55: of a tenant the newest 500 runs are kept, whatever it asks for, and those that its gateways name': async (store) => {
    const statusOf = (runId?: string) => ({ status: { state: 'checked' as const, since: at(0), ...(runId && { runId }) } })
    await store.putGateway(gateway(statusOf('r2')), null)
    await store.putGateway(gateway({ id: 'never-checked', ...statusOf() }), null)
    await store.putGateway(gateway({ tenant: 'other', ...statusOf('r3') }), null)
    await store.putRun(run('theirs', 0, 'passed', 'delivery', { tenant: 'other' }))
    const begin = async (from: number, to: number) => { for (let n = from; n < to; n++) await store.putRun(run(`r${n}`, n)) }
    await begin(0, 500)
    await store.putRun(run('r2', 2, 'passed', 'delivery'))
    await store.putRun(run('r499', 499, 'failed'))
    same((await store.getRun('acme', 'r0'))?.view.runId, 'r0', 'the end of a run takes none away')
    await begin(500, 505)
    const gone = await Promise.all(Array.from({ length: 505 }, async (_, n) => ((await store.getRun('acme', `r${n}`)) ? [] : n)))
    same(gone.flat(), [0, 1, 3, 4], 'those that are gone')
    same(await store.getRun('acme', 'r2'), run('r2', 2, 'passed', 'delivery'))
    same((await store.findRun('acme', 'f1'))?.view.runId, 'r499')
    same((await store.getRun('other', 'theirs'))?.view.runId, 'theirs', 'a run of somebody else')
  },
  'tokens of other keys are forgotten, those that begin as wanted are kept': async (store) => {
    for (const [key, sealed] of [['k1', 'new_1.a'], ['k2', 'old_1.a'], ['k3', 'newX1.a']] as const) await store.putToken('acme', key, { sealed, at: 1, until: 2 })
    await store.keepTokens('new_1.')
    same([(await store.getToken('acme', 'k1'))?.sealed, await store.getToken('acme', 'k2') ?? null, await store.getToken('acme', 'k3') ?? null], ['new_1.a', null, null])
  },
  'the first proof of a key stands': async (store) => {
    same(await store.keyProofs(), [])
    await store.putKeyProof({ version: '1', sealed: 'first' })
    await store.putKeyProof({ version: '1', sealed: 'second' })
    same(await store.keyProofs(), [{ version: '1', sealed: 'first' }])
  },
  'it says that it is ready': async (store) => {
    await store.ready()
  },
}
