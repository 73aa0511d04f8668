import { mkdir, writeFile } from 'node:fs/promises'
import { trust } from '../demo/sandbox/certificates.ts'
import type { Recording } from './link/link.ts'
import { roundTrips, written } from './link/transcript.ts'
import { nodemailers, ours } from './mail/sides.ts'
import type { Place, Timing } from './mail/sides.ts'
import { Program } from './process.ts'
import { spread } from './report.ts'
import type { Result, Row } from './report.ts'
import { median } from './statistics.ts'

/** Milliseconds of round trip on the two lines; their difference gives the slope. */
const [near, far] = [50, 100] as const
const rounds = { [near]: 15, [far]: 7 } as const
const most = { ratio: 0.65, roundTrips: 9 } as const
const names = { ours: 'ours', peer: 'nodemailer' } as const
type Side = keyof typeof names

const sides: Readonly<Record<Side, (place: Place) => Promise<Timing>>> = { ours, peer: nodemailers }

interface Sample extends Timing {
  readonly trips: number
  readonly recording: Recording
}
type Samples = Readonly<Record<Side, readonly Sample[]>>

interface World {
  readonly links: Program
  readonly mail: Program
  readonly place: Omit<Place, 'port'>
  readonly target: number
}

/** Our whole checklist against `verify()` and `sendMail()` of nodemailer: same server, same line, taken in turns. */
export const checklist = async (out: string): Promise<Result> => {
  const [links, mail] = await Promise.all([Program.start(new URL('link/main.ts', import.meta.url)), Program.start(new URL('mail/main.ts', import.meta.url))])
  try {
    const { port, ca, account } = await mail.ask<{ port: number; ca: string; account: Omit<Place, 'port'> }>('world')
    trust(ca)
    const world: World = { links, mail, place: account, target: port }
    const [short, long] = [await line(world, near), await line(world, far)]
    const paths = await keep(out, short)
    return { title: `checklist / verify()+sendMail(), ${near} ms round trip, STARTTLS, TLS 1.3, AUTH PLAIN`, peer: 'nodemailer, its documented way', rows: rows(short, long), notes: notes(short, paths) }
  } finally {
    await Promise.all([links.stop(), mail.stop()])
  }
}

/** All rounds over one line. Who goes first changes with every round. */
const line = async ({ links, mail, place, target }: World, roundTrip: keyof typeof rounds): Promise<Samples> => {
  const port = await links.ask<number>('open', { roundTrip, target })
  const one = async (side: Side): Promise<Sample> => {
    const timing = await sides[side]({ ...place, port })
    const recording = await links.ask<Recording>('take', port)
    return { ...timing, recording, trips: roundTrips(recording, timing.done) }
  }
  const samples: Record<Side, Sample[]> = { ours: [], peer: [] }
  await one('ours')
  await one('peer')
  for (let round = 0; round < rounds[roundTrip]; round++) {
    for (const side of order(round)) samples[side].push(await one(side))
  }
  await prove(mail, place, 2 * (rounds[roundTrip] + 1))
  return samples
}

const order = (round: number): readonly Side[] => (round % 2 ? ['peer', 'ours'] : ['ours', 'peer'])

/** What was timed must have happened: every message arrived, signed in, over TLS 1.3. */
const prove = async (mail: Program, { username }: World['place'], expected: number): Promise<void> => {
  const mails = await mail.ask<readonly { protocol: string; user: string }[]>('taken')
  const good = mails.filter(({ protocol, user }) => protocol === 'TLSv1.3' && user === username)
  if (good.length !== expected) throw new Error(`${good.length} of ${expected} messages arrived signed in over TLS 1.3`)
}

const times = (samples: readonly Sample[]): number[] => samples.map(({ ms }) => ms)
const trips = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.trips)
const slope = (short: readonly Sample[], long: readonly Sample[]): number => (median(times(long)) - median(times(short))) / (far - near)

const rows = (short: Samples, long: Samples): readonly Row[] => {
  const ratio = median(times(short.ours)) / median(times(short.peer))
  const counted = { ours: spread([...trips(short.ours), ...trips(long.ours)]), peer: spread([...trips(short.peer), ...trips(long.peer)]) }
  const slopes = { ours: slope(short.ours, long.ours), peer: slope(short.peer, long.peer) }
  return [
    { what: 'time', unit: 'ms', ours: spread(times(short.ours)), peer: spread(times(short.peer)), ratio, bound: { text: `ratio at most ${most.ratio}`, kept: ratio <= most.ratio } },
    { what: `time, ${far} ms round trip`, unit: 'ms', ours: spread(times(long.ours)), peer: spread(times(long.peer)), ratio: median(times(long.ours)) / median(times(long.peer)) },
    { what: 'round trips, counted on the wire', unit: '', ...counted, ratio: counted.ours.value / counted.peer.value, bound: { text: `at most ${most.roundTrips}`, kept: counted.ours.high! <= most.roundTrips } },
    { what: `round trips, slope ${near} to ${far} ms`, unit: '', ours: { value: slopes.ours }, peer: { value: slopes.peer }, ratio: slopes.ours / slopes.peer },
  ]
}

const notes = (short: Samples, paths: readonly string[]): readonly string[] => [
  `median of ${rounds[near]} runs each, in turns (lowest–highest); ${rounds[far]} each on the line of ${far} ms`,
  `the line: a relay in its own process, every byte ${near / 2} ms late in each direction; TCP’s handshake counts for both sides alike: the server hears of a connection, and gets its first bytes, ${1.5 * near} ms after the client dialled, so that its greeting is there after two round trips`,
  `the name is not in these figures: both dial an address. With one round trip more for it on each side the ratio would be ${shifted(short, near, near).toFixed(2)}`,
  `the server, smtp-server, holds every greeting back 100 ms: once in ours, twice in nodemailer’s. Without that the ratio would be ${shifted(short, -hold, -2 * hold).toFixed(2)}`,
  `transcripts: ${paths.join(', ')}`,
]

const hold = 100
/** The ratio, had each side taken so many milliseconds more. */
const shifted = ({ ours: mine, peer }: Samples, us: number, them: number): number => (median(times(mine)) + us) / (median(times(peer)) + them)

/** Writes the last conversation of each side; answers where. */
const keep = async (out: string, samples: Samples): Promise<readonly string[]> => {
  await mkdir(out, { recursive: true })
  return Promise.all((['ours', 'peer'] as const).map(async (side) => {
    const { recording, done, ms, trips } = samples[side].at(-1)!
    const path = `${out}/checklist.${names[side]}.txt`
    await writeFile(path, `${names[side]}: ${ms.toFixed(1)} ms, ${trips} round trips, line of ${near} ms\nTimes as seen at the client’s end of the line. C> client to server, <S server to client.\n\n${written(recording, done)}\n`)
    return path
  }))
}
