// The promises with figures: what each one says, the command that measures it, and how its figures are read.
import type { Figure } from '../figures.ts'

export interface Measured {
  /** One line with the measured values; undefined where nothing was measured. */
  readonly text: string | undefined
  readonly holds: boolean
}

export interface GoalRow {
  readonly id: string
  readonly promise: string
  readonly wanted: string
  readonly command: string
  measure(seen: Seen): Measured
  /** What the figure does not say. */
  readonly limit?: string
}

/** What a complete run left behind. */
export interface Seen {
  readonly figures: readonly Figure[]
  /** Names of tests that passed. */
  readonly passed: readonly string[]
  readonly faults: { readonly survived: number; readonly all: number; readonly cases: number; readonly without: readonly string[] }
  readonly asvs: { readonly tested: number; readonly reasoned: number; readonly missing: readonly string[] }
}

const nothing: Measured = { text: undefined, holds: false }
const of = ({ figures }: Seen, name: string): readonly Figure[] => figures.filter((figure) => figure.of === name)
const sum = (figures: readonly Figure[], name: string): number => figures.reduce((total, figure) => total + Number(figure[name] ?? 0), 0)
const count = (value: number): string => value.toLocaleString('en-US')
const seconds = (value: number): string => `${value.toFixed(1)} s`
const percentile = (values: readonly number[], part: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(part * values.length) - 1)] ?? 0

/** Sums the named values of one goal's figures and asks whether they are as they must be. */
const totals = (goal: string, names: readonly string[], holds: (total: (name: string) => number) => boolean, text: (total: (name: string) => number) => string) => (seen: Seen): Measured => {
  const figures = of(seen, `goal ${goal}`)
  if (figures.length === 0 || !names.every((name) => figures.some((figure) => figure[name] !== undefined))) return nothing
  const total = (name: string): number => sum(figures, name)
  return { text: text(total), holds: holds(total) }
}

const answers = (seen: Seen): readonly { of: string; seconds: number; bound: number }[] =>
  seen.figures.filter((figure) => /^fault F\d+ /.test(figure.of) && Number.isFinite(figure['seconds']))
    .map((figure) => ({ of: figure.of.replace(/^fault /, ''), seconds: Number(figure['seconds']), bound: Number(figure['bound'] ?? 20) }))

const tolerance = 0.5

export const goals: readonly GoalRow[] = [
  {
    id: 'G1', promise: 'No secret byte leaves', wanted: '0 hits in at least 50 MB, 12 canaries', command: 'npm test wire threats e2e',
    measure: totals('G1', ['bytes', 'canaries', 'hits'], (total) => total('hits') === 0 && total('bytes') >= 50e6 && total('canaries') >= 12,
      (total) => `${count(total('hits'))} hits in ${Math.floor(total('bytes') / 1e6)} MB, ${count(total('canaries'))} canaries`),
  },
  {
    id: 'G2', promise: 'A stored secret never reaches a changed destination', wanted: '54 cases or more, 0 sign-ins', command: 'npm test wire',
    measure: totals('G2', ['cases', 'signIns'], (total) => total('cases') >= 54 && total('signIns') === 0, (total) => `${count(total('cases'))} cases, ${count(total('signIns'))} sign-ins`),
  },
  {
    id: 'G3', promise: 'Every fault survived', wanted: '108 of 108', command: 'npm run test:faults',
    measure: ({ faults: { survived, all, cases, without } }) => ({
      text: cases ? `${survived} of ${all} in ${count(cases)} cases${without.length ? `; ${without.join(', ')} have no subject yet` : ''}` : undefined, holds: cases > 0 && survived === all,
    }),
    limit: 'rows about windows and refresh tokens have no subject: signing in as a person is not built',
  },
  {
    id: 'G4', promise: 'Every check answers', wanted: '20 s at most, every fault within its bound and half a second', command: 'npm run test:faults',
    measure: (seen) => {
      const all = answers(seen)
      const late = all.filter((one) => one.seconds > one.bound + tolerance)
      const slowest = all.toSorted((a, b) => b.seconds - a.seconds)[0]
      const checks = all.filter(({ bound }) => bound <= 20).map((one) => one.seconds)
      return slowest ? { text: `slowest check ${seconds(Math.max(...checks))}, p99 ${seconds(percentile(checks, 0.99))}, ${count(all.length)} answers, ${late.length} late`, holds: late.length === 0 && Math.max(...checks) <= 20 + tolerance } : nothing
    },
  },
  {
    id: 'G5', promise: 'No false green', wanted: '0 green, 300 points or more', command: 'npm run test:faults',
    measure: totals('G5', ['points', 'greens', 'rejections'], (total) => total('points') >= 300 && total('greens') === 0 && total('rejections') === 0,
      (total) => `${count(total('points'))} awaits failed once each, ${count(total('greens'))} green, ${count(total('rejections'))} unhandled rejections`),
  },
  {
    id: 'G6', promise: 'No lost save', wanted: '1,000 kills, 200 torn images, 0 lost', command: 'npm run test:faults',
    measure: totals('G6', ['kills', 'saves', 'lost', 'corrupt', 'tornImages', 'wrongReads', 'acknowledgedLost'],
      (total) => total('kills') >= 1000 && total('tornImages') >= 200 && total('lost') + total('corrupt') + total('wrongReads') + total('acknowledgedLost') === 0,
      (total) => `${count(total('kills'))} kills, ${count(total('lost') + total('acknowledgedLost'))} lost, ${count(total('corrupt'))} corrupt, ${count(total('tornImages'))} torn images, ${count(total('wrongReads'))} read wrongly`),
  },
  {
    id: 'G7', promise: 'No forbidden connection', wanted: '60 spellings, 10 rebinding scripts, 0 connections', command: 'npm test threats',
    measure: totals('G7', ['spellings', 'scripts', 'connections'], (total) => total('spellings') >= 60 && total('scripts') >= 10 && total('connections') === 0,
      (total) => `${count(total('spellings'))} spellings, ${count(total('scripts'))} rebinding scripts, ${count(total('connections'))} connections`),
  },
  {
    id: 'G8', promise: 'Bad inputs', wanted: '100,000 generated, 0 crashes, 0 answers of 500', command: 'npm test threats',
    measure: totals('G8', ['inputs', 'crashes', 'fiveHundreds', 'strangers'], (total) => total('inputs') >= 100_000 && total('crashes') + total('fiveHundreds') + total('strangers') === 0,
      (total) => `${count(total('inputs'))} inputs, ${count(total('crashes'))} crashes, ${count(total('fiveHundreds'))} answers of 500, ${count(total('strangers'))} recipients too many`),
  },
  {
    id: 'G9', promise: 'OAuth negatives', wanted: '60 named cases refused', command: 'npm test wire threats',
    measure: ({ passed }) => {
      const cases = passed.filter((name) => /threat T0[56]|threat T39|fault F(5[6-9]|6[0-6])\b/.test(name)).length
      return { text: `${count(cases)} named cases of the token endpoint`, holds: cases >= 60 }
    },
    limit: 'the negatives of a callback (state, nonce, issuer) have no subject yet',
  },
  {
    id: 'G10', promise: 'Tenant walls', wanted: 'every route and every place of an id, all refused', command: 'npm test wire',
    measure: totals('G10', ['routes', 'cases', 'open'], (total) => total('cases') > 0 && total('open') === 0, (total) => `${count(total('routes'))} routes, ${count(total('cases'))} cases, ${count(total('open'))} let through`),
  },
  {
    id: 'G11', promise: 'Load while under attack', wanted: '20 hostile servers held, 200 reads a second, p99 under 250 ms, memory flat within 20 MB over 10 minutes', command: 'npm run bench load',
    measure: (seen) => {
      const figure = of(seen, 'goal G11').at(-1)
      if (!figure) return nothing
      const { p99, reads, held, growth, minutes } = figure as Figure & Record<string, number>
      return {
        text: `${Math.round(reads!)} reads a second, p99 ${Math.round(p99!)} ms, ${held} held at once at least, memory ${growth! >= 0 ? '+' : ''}${growth!.toFixed(1)} MB, ${minutes} minutes`,
        holds: p99! < 250 && held! >= 20 && growth! <= 20 && reads! >= 190 && minutes! >= 10,
      }
    },
  },
  {
    id: 'G12', promise: 'Inert text', wanted: '200 texts at 9 stages, 0 runs, 0 reports', command: 'npm test threats e2e',
    measure: totals('G12', ['texts', 'runs', 'reports'], (total) => total('texts') >= 1800 && total('runs') + total('reports') === 0,
      (total) => `${count(total('texts'))} texts shown in a browser, ${count(total('runs'))} ran, ${count(total('reports'))} reports`),
  },
  {
    id: 'G13', promise: 'The test button cannot be a weapon', wanted: '1,000 presses, 5 a minute at most', command: 'npm test wire',
    measure: totals('G13', ['presses', 'sent', 'excluded'], (total) => total('presses') >= 1000 && total('sent') <= 5 && total('excluded') === 0,
      (total) => `${count(total('presses'))} presses, ${count(total('sent'))} sent, ${count(total('excluded'))} to anybody the policy leaves out`),
  },
  {
    id: 'G14', promise: 'The same promises at the edge', wanted: 'run again in workerd, differences listed', command: 'npm test',
    measure: ({ passed }) => {
      const edge = passed.filter((name) => /\[workerd/.test(name)).length
      return { text: `${count(edge)} cases in workerd`, holds: edge > 0 }
    },
    limit: 'differences: the fault table’s column and the README’s section “At the edge”',
  },
  {
    id: 'G15', promise: 'Standard coverage', wanted: 'each of 115 ASVS 5.0 items has rows or a reason', command: 'npm run proof',
    measure: ({ asvs: { tested, reasoned, missing } }) => ({ text: `${tested} by tests, ${reasoned} with a reason, ${missing.length} open`, holds: tested + reasoned === 115 && missing.length === 0 }),
  },
]
