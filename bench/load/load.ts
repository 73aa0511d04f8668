import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import type { GatewayView } from '@mail-gateway/contract'
import { record } from '../../test/figures.ts'
import { draft } from '../gateway/account.ts'
import { clock, Program } from '../process.ts'
import { spread } from '../report.ts'
import type { Result } from '../report.ts'
import { median, quantile } from '../statistics.ts'
import { Attack } from './attack.ts'
import { medians, reach } from './flat.ts'
import type { Sample } from './flat.ts'
import type { Hostile } from './hostile.ts'
import { readAt } from './reads.ts'
import type { Read, Readings } from './reads.ts'
import { Served } from './served.ts'

/** One server more than there are places for checks, and some: as one ends, another waits already. */
const servers = 24
const readers = 10
const gatewaysEach = 5
const perSecond = 200
const limits = { p99: 250, megabytes: 20, held: 20 } as const
const MB = 1_000_000

interface Watched {
  readonly kept: readonly Sample[]
  readonly rss: readonly Sample[]
  readonly held: readonly number[]
  readonly loads: readonly number[]
}

/** Settings are read at 200 a second while 20 checks hang on hostile servers; the same reads without them are the peer. */
export const load = async (out: string, minutes = 10): Promise<Result> => {
  const ms = minutes * 60_000
  const calmMs = Math.min(60_000, ms / 4)
  const folder = await mkdtemp(join(out, 'load-'))
  const hostile = await Program.start(new URL('hostile.ts', import.meta.url))
  const served = await Served.start(folder, servers * 2 + readers, (ms + calmMs) / 1000 + 120)
  try {
    const reads = await filled(served)
    await readFor(served, reads, Math.min(10_000, calmMs))
    const calm = await readFor(served, reads, calmMs)
    const attack = new Attack(served, await hostile.ask<readonly Hostile[]>('open', servers))
    await reached(() => attack.held >= limits.held)
    const began = clock()
    const used = served.processor()
    const [readings, watched] = await Promise.all([readFor(served, reads, ms), watch(served, attack, ms)])
    const busy = (served.processor() - used) / ((clock() - began) / 1000)
    await attack.stop()
    return result({ minutes, ms, calm, readings, watched, attack, busy })
  } finally {
    await Promise.all([served.stop(), hostile.stop()])
    await rm(folder, { recursive: true })
  }
}

/** Ten tenants with five gateways each: their lists, and each of them. */
const filled = async (served: Served): Promise<readonly Read[]> => {
  const reads: Read[] = []
  for (let tenant = servers * 2; tenant < servers * 2 + readers; tenant++) {
    for (let n = 1; n <= gatewaysEach; n++) {
      const response = await fetch(served.url('/gateways'), { method: 'POST', headers: served.headers(tenant), body: JSON.stringify(draft(n)) })
      if (response.status !== 201) throw new Error(`POST /gateways: ${response.status} ${await response.text()}`)
      reads.push({ tenant, path: '/gateways' }, { tenant, path: `/gateways/${(await response.json() as GatewayView).id}` })
    }
  }
  return reads
}

const readFor = (served: Served, reads: readonly Read[], ms: number): Promise<Readings> => {
  const end = clock() + ms
  return readAt(served, reads, perSecond, () => clock() >= end)
}

const reached = async (there: () => boolean): Promise<void> => {
  const end = clock() + 30_000
  while (!there()) {
    if (clock() > end) throw new Error('the attack did not get going')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const watch = async (served: Served, attack: Attack, ms: number): Promise<Watched> => {
  const [kept, rss, held, loads]: [Sample[], Sample[], number[], number[]] = [[], [], [], []]
  const began = clock()
  const each = Math.max(5000, Math.min(10_000, ms / 60))
  for (let next = 0; clock() - began < ms; next++) {
    // A place that is being handed from one check to the next is held: of two looks the one that saw more counts.
    const first = attack.held
    await new Promise((resolve) => setTimeout(resolve, 50))
    held.push(Math.max(first, attack.held))
    if (clock() - began >= kept.length * each) {
      const memory = await served.memory()
      const at = clock() - began
      kept.push({ at, value: memory.kept / MB })
      rss.push({ at, value: memory.rss / MB })
      loads.push(loadavg()[0]!)
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + (next + 1) * 250 - clock())))
  }
  return { kept, rss, held, loads }
}

interface Measured {
  readonly minutes: number
  readonly ms: number
  readonly calm: Readings
  readonly readings: Readings
  readonly watched: Watched
  readonly attack: Attack
  readonly busy: number
}

const result = ({ minutes, ms, calm, readings, watched: { kept, rss, held, loads }, attack, busy }: Measured): Result => {
  const [p99, calm99] = [quantile(readings.times, 0.99), quantile(calm.times, 0.99)]
  const [growth, resident] = [reach(kept, ms), reach(rss, ms)]
  const rate = readings.times.length / readings.seconds
  const least = Math.min(...held)
  record({ of: 'goal G11', p99, reads: rate, held: least, growth: Math.max(growth, resident), minutes })
  const row = (what: string, part: number) => ({ what, unit: 'ms', ours: { value: quantile(readings.times, part) }, peer: { value: quantile(calm.times, part) }, ratio: quantile(readings.times, part) / quantile(calm.times, part) })
  return {
    title: `load while under attack, ${minutes} minutes`, peer: 'the same reads without attack',
    rows: [
      row('time of a read, median', 0.5),
      { ...row('time of a read, p99', 0.99), ratio: p99 / calm99, bound: { text: `under ${limits.p99}`, kept: p99 < limits.p99 } },
      row('time of a read, longest', 1),
      { what: 'reads answered', unit: '1/s', ours: { value: rate }, peer: { value: calm.times.length / calm.seconds }, bound: { text: `${perSecond} asked`, kept: rate >= perSecond * 0.95 && readings.refused.length === 0 } },
      { what: 'checks held', unit: '', ours: { value: least, low: least, high: Math.max(...held) }, bound: { text: `at least ${limits.held}`, kept: least >= limits.held } },
      { what: 'memory still held, reach', unit: 'MB', ours: { value: growth }, bound: { text: `within ${limits.megabytes}`, kept: growth <= limits.megabytes } },
      { what: 'memory resident, reach', unit: 'MB', ours: { value: resident }, bound: { text: `within ${limits.megabytes}`, kept: resident <= limits.megabytes } },
    ],
    notes: notes({ kept, rss, held, loads }, { ms, attack, busy, readings }),
  }
}

const numbers = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(' ')

const notes = ({ kept, rss, held, loads }: Watched, { ms, attack, busy, readings }: Pick<Measured, 'ms' | 'attack' | 'busy' | 'readings'>): readonly string[] => [
  `${servers} hostile servers dialled over real sockets by ${servers * 2} tenants, renewed as they end; 20 checks run, the others wait for a place; held is counted four times a second, by two looks 50 ms apart, of which the higher counts: a place is handed on meanwhile; lowest ${Math.min(...held)}, median ${median(held)}`,
  `reads at ${perSecond} a second whatever happens, half GET /gateways and half GET /gateways/{id} by ${readers} tenants with ${gatewaysEach} gateways; each is timed from the instant it was due; ${readings.refused.length} were not answered with 200${readings.refused.length ? `: ${[...new Set(readings.refused)].join(', ')}` : ''}`,
  'reach: samples after a forced collection; the run in ten parts, the first is warm-up; the highest less the lowest of the other parts\' medians',
  `memory still held, by part: ${numbers(medians(kept, ms))} MB; resident: ${numbers(medians(rss, ms))} MB`,
  `the gateway used ${(busy * 100).toFixed(0)} % of one processor; the machine has ${availableParallelism()}, its load was ${numbers([spread(loads).low!, median(loads), spread(loads).high!])} (lowest, median, highest of the one-minute average), the bench included`,
  `the checks ended so: ${[...attack.endings].map(([ending, times]) => `${ending} ${times}`).sort().join('; ')}`,
  `the longest of each kind took ${[...attack.longest].map(([kind, longest]) => `${kind} ${(longest / 1000).toFixed(1)} s`).join(', ')}`,
]
