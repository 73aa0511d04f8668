import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { most } from '../../scripts/worker-size.mjs'
import { record } from '../../test/figures.ts'
import { load } from '../gateway/load.ts'
import type { Address } from '../gateway/load.ts'
import { spread } from '../report.ts'
import type { Result, Row } from '../report.ts'
import { median } from '../statistics.ts'
import { nodeSeat, openWorld, workerdSeat } from './seats.ts'
import type { Seat } from './seats.ts'
import { buildPackage, nodeStart, workerdStart } from './startup.ts'

const rounds = { rate: 5, check: 15, save: 40, start: 15 } as const
const roundMs = 1500
/** Milliseconds. */
const mostStart = 30
const runtimes = ['node', 'workerd'] as const
type Runtime = typeof runtimes[number]

interface Pair { readonly ours: number[]; readonly peer: number[] }
type Samples = Readonly<Record<Runtime, Pair>>

const fresh = (): Samples => ({ node: { ours: [], peer: [] }, workerd: { ours: [], peer: [] } })

/** The same work on Node and in workerd, each beside its peer in the same runtime. */
export const worker = async (out: string): Promise<Result> => {
  const folder = await mkdtemp(join(out, 'worker-'))
  const world = await openWorld(folder)
  const open: { close(): Promise<void> }[] = []
  try {
    const [node, workerd] = [await nodeSeat(world), await workerdSeat(world)]
    open.push(node, workerd)
    const seats = { node, workerd }
    const rates = await alternate(rounds.rate, seats, (seat) => rate(seat.ours), (seat) => rate(seat.bare))
    const checks = await alternate(rounds.check, seats, (seat) => seat.check(), (seat) => seat.peerCheck())
    const saves = await alternate(rounds.save, seats, (seat) => seat.save(), (seat) => seat.peerSave())
    return result({ rates, checks, saves, starts: await starts(workerd.upload.script), gzip: workerd.upload.gzip })
  } finally {
    await Promise.all([...open.map((seat) => seat.close()), world.mail.stop()])
    await rm(folder, { recursive: true })
  }
}

const rate = async (address: Address): Promise<number> => {
  const { answered, ms } = await load(address, { ms: roundMs })
  return (answered * 1000) / ms
}

/** In turns, and once beforehand that does not count. */
const alternate = async (times: number, seats: Readonly<Record<Runtime, Seat>>, ours: (seat: Seat) => Promise<number>, peer: (seat: Seat) => Promise<number>): Promise<Samples> => {
  const samples = fresh()
  for (let round = -1; round < times; round++) {
    for (const runtime of runtimes) {
      const [us, them] = [await ours(seats[runtime]), await peer(seats[runtime])]
      if (round < 0) continue
      samples[runtime].ours.push(us)
      samples[runtime].peer.push(them)
    }
  }
  return samples
}

/** A Worker that loads the modules of the runtime that ours loads, and nothing of ours. */
const bareWorker = (script: string): string => {
  const modules = new Set(script.match(/(?<=(?:from|import)")node:[\w/]+(?=")/g))
  return `${[...modules].map((name) => `import '${name}'`).join('\n')}\nexport default { fetch: () => new Response('a') }`
}

const starts = async (script: string): Promise<Samples> => {
  await buildPackage()
  const [samples, empty] = [fresh(), bareWorker(script)]
  for (let round = 0; round < rounds.start; round++) {
    samples.workerd.ours.push(await workerdStart(script))
    samples.workerd.peer.push(await workerdStart(empty))
    samples.node.ours.push(await nodeStart('ours'))
    samples.node.peer.push(await nodeStart('peer'))
  }
  return samples
}

interface Measured {
  readonly rates: Samples
  readonly checks: Samples
  readonly saves: Samples
  readonly starts: Samples
  readonly gzip: number
}

const result = ({ rates, checks, saves, starts: started, gzip }: Measured): Result => {
  const rows = (what: string, unit: string, samples: Samples): Row[] => runtimes.map((runtime) => {
    const { ours, peer } = samples[runtime]
    return { what: `${runtime}: ${what}`, unit, ours: spread(ours), peer: spread(peer), ratio: median(ours) / median(peer) }
  })
  const startUp = median(started.workerd.ours) - median(started.workerd.peer)
  record({ of: 'worker', gzip, startUp, gets: median(rates.workerd.ours), check: median(checks.workerd.ours), save: median(saves.workerd.ours) })
  record({ of: 'node', startUp: median(started.node.ours), gets: median(rates.node.ours), check: median(checks.node.ours), save: median(saves.node.ours) })
  return {
    title: 'Node and workerd side by side', peer: 'bare Hono, nodemailer, one SQL statement; each in the same runtime',
    rows: [
      ...rows('GET /gateways', '1/s', rates), ...rows('check to delivery', 'ms', checks), ...rows('save', 'ms', saves),
      ...rows('processor time of the start', 'ms', started),
      { what: 'workerd: start of the Worker alone', unit: 'ms', ours: { value: startUp }, bound: { text: `at most ${mostStart}`, kept: startUp <= mostStart } },
      { what: 'workerd: the upload, gzipped', unit: 'KiB', ours: { value: gzip }, bound: { text: `at most ${most}`, kept: gzip <= most } },
    ],
    notes: [
      'GET /gateways: 20 gateways; the peer answers the same JSON from memory. In workerd every request passes the local entry of its test bench, on both sides alike',
      'check to delivery: the whole HTTP call, eleven rows, STARTTLS and sign-in, on loopback without delay: the work alone. The peer: nodemailer verify() then sendMail(), on its own sockets',
      'save: PUT with a new password to seal. The peer: one UPDATE of the same row; node:sqlite with full sync, and the local D1, which writes less carefully',
      `start: median of ${rounds.start} fresh processes, processor time on all threads. workerd: until it listens, when the module is compiled and evaluated; the peer loads the same node: modules and nothing else. Node: the compiled package and one gateway; the peer is Hono with its server`,
      'processor time grows where the machine is busy with something else: both sides alike, and so does their difference',
    ],
  }
}
