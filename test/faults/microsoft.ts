// How a row of the fault table is tried against Microsoft's services, and what has to be true after it, on either runtime.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { settled, sixForms } from '../peers/check.ts'
import { record } from '../figures.ts'
import { certificates } from '../peers/microsoft.ts'
import type { Answers } from '../peers/microsoft.ts'
import { startRealm } from '../peers/realm.ts'
import type { Organisation, Realm } from '../peers/realm.ts'
import { runtimes, seatOf } from '../peers/seats.ts'
import type { Run, Runtime, Seat, World } from '../peers/seats.ts'
import { faults } from './table.ts'
import { withinTime } from '../within-time.ts'

/** What a run has to show. */
export interface Shown {
  readonly verdict: 'passed' | 'failed' | 'unproven'
  /** The row it ends at. */
  readonly at?: string
  readonly code?: string
  /** Of the failure catalogue. */
  readonly entry?: string
  readonly field?: string
  readonly words?: RegExp
  readonly said?: RegExp
  /** Seconds the user is told to wait. */
  readonly wait?: number
  /** How often a token was asked for, and the message handed in. Never more than the fault matrix permits. */
  readonly tokens?: number
  readonly posts?: number
}

export interface Row extends Shown {
  readonly id: string
  readonly what: string
  /** Made anew for each runtime: some answer one after the other. */
  readonly answers?: () => Answers
  /** Milliseconds our clock is ahead of theirs, as their answers say. */
  readonly ahead?: number
  readonly settings?: (organisation: Organisation) => Readonly<Record<string, unknown>>
  /** Seconds; by default the bound of the table. At least so many where something is waited for. */
  readonly bound?: number
  readonly least?: number
  /** What this runtime shows instead. */
  readonly workerd?: Partial<Shown> & { readonly why: string }
  /** Whatever else has to be true. */
  readonly also?: (run: Run, organisation: Organisation, seat: Seat) => void
}

const rowOf = (id: string) => faults.find((row) => row.id === id)!

export const boundOf = (id: string): number => rowOf(id).bound!

/** Half a second for the caller's own way. */
export const inTime = (id: string, runtime: Runtime, seconds: number, bound = boundOf(id)): void => {
  record({ of: `fault ${id} ${runtime}`, seconds: Math.round(seconds * 1000) / 1000, bound })
  withinTime(seconds * 1000, { to: bound * 1000 + 500 }, id)
}

export const silentAbout = (secrets: readonly string[], text: string): void => {
  for (const secret of secrets) for (const form of sixForms(secret)) assert.ok(!text.includes(form), 'a secret is told')
}

/** The server's side of a line that we gave up. */
export const freed = async (organisation: Organisation): Promise<void> => {
  for (let turn = 0; turn < 50 && organisation.hanging() > 0; turn += 1) await settled()
  assert.equal(organisation.hanging(), 0, 'a line is still held open')
}

const judge = (run: Run, organisation: Organisation, { verdict, at, code, entry, field, words, said, wait, tokens, posts }: Shown): void => {
  const finding = run.ended?.finding
  assert.equal(run.verdict, verdict, JSON.stringify(run.ended))
  if (verdict !== 'passed') assert.equal(run.ended?.id, at, JSON.stringify(run.ended))
  if (code !== undefined) assert.equal(finding?.code, code, JSON.stringify(finding))
  if (entry !== undefined) assert.equal(finding?.id, entry)
  if (field !== undefined) assert.equal(finding?.field, field)
  if (words) assert.match(`${finding?.title} ${finding?.cause}`, words)
  if (said) assert.match(finding?.said ?? '', said)
  if (wait !== undefined) assert.ok(Math.abs((finding?.retry.seconds ?? NaN) - wait) <= 3, JSON.stringify(finding?.retry))
  if (verdict !== 'passed') assert.ok(finding!.fixes.length > 0, 'says what to do')
  if (tokens !== undefined) assert.equal(organisation.to('token').length, tokens, 'requests for a token')
  if (posts !== undefined) assert.equal(organisation.to('sendMail').length, posts, 'messages handed in')
}

const tried = async ({ id, answers, ahead, settings, bound, least = 0, workerd, also, ...shown }: Row, seat: Seat, realm: Realm): Promise<void> => {
  const organisation = realm.organisation(answers?.(), ahead)
  const run = await seat.check(organisation.draft(settings?.(organisation)))
  inTime(id, seat.runtime, run.seconds, bound)
  withinTime(run.seconds * 1000, { from: least * 1000, to: Infinity }, id)
  const code = run.ended?.finding?.code
  if (shown.verdict !== 'passed' && code !== undefined) assert.ok(rowOf(id).codes.includes(code), `${id} may not be told by ${code}`)
  judge(run, organisation, { ...shown, ...(seat.runtime === 'workerd' && workerd) })
  also?.(run, organisation, seat)
  silentAbout([organisation.clientSecret, organisation.accessToken], JSON.stringify(run.events) + await seat.log())
  await freed(organisation)
  const next = await seat.check(realm.organisation().draft())
  assert.equal(next.verdict, 'passed', `the next good check: ${JSON.stringify(next.ended)}`)
}

/** A seat, once it was taken. */
export interface Stage {
  readonly seat: Seat
  readonly realm: Realm
}

/** A world of its own per runtime, in which `tests` are declared; ended, nothing may be left of it. */
export const onBoth = (title: string, worldOf: (realm: Realm) => Promise<Omit<World, 'ca'>> | Omit<World, 'ca'>, tests: (runtime: Runtime, stage: () => Stage) => void, on = runtimes): void => {
  for (const runtime of on) {
    describe(`${title} [${runtime}]`, { concurrency: 1 }, () => {
      let realm: Realm | undefined
      let seat: Seat | undefined
      before(async () => {
        realm = await startRealm(certificates.good)
        seat = await seatOf[runtime]({ ...await worldOf(realm), ca: certificates.ca })
        // What is loaded once is not what is measured.
        assert.equal((await seat.check(realm.organisation().draft())).verdict, 'passed', 'a good check')
      })
      after(async () => {
        try {
          assert.deepEqual(await seat?.leftBehind(), [])
          // workerd keeps idle lines for the next request, and takes them along when it ends.
          if (runtime === 'workerd') await seat?.close()
          for (let turn = 0; turn < 30 && realm!.lines() > 0; turn += 1) await settled()
          assert.equal(realm!.lines(), 0, 'lines of ours are still open')
        } finally {
          if (runtime === 'node') await seat?.close()
          await realm?.close()
        }
      })
      tests(runtime, () => ({ seat: seat!, realm: realm! }))
    })
  }
}

/** Declares a test per row. Those that wait do so by themselves: they cost nothing, and what the others cost would be measured with them. */
export const declare = (rows: readonly Row[], runtime: Runtime, stage: () => Stage): void => {
  const patient = ({ least = 0 }: Row): boolean => least >= 4
  for (const [title, some] of [['what is waited for', rows.filter(patient)], ['what is answered', rows.filter((row) => !patient(row))]] as const) {
    describe(title, { concurrency: 6 }, () => {
      for (const row of some) test(`fault ${row.id} [${runtime}]: ${row.what}`, async () => { await tried(row, stage().seat, stage().realm) })
    })
  }
}
