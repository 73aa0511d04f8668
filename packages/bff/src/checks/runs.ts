import type { RunView, Verdict } from '@mail-gateway/contract'
import { newId } from '../access/call.ts'
import { createRate } from '../access/rate.ts'
import { Refusal } from '../findings/problem.ts'
import type { Deployment } from '../gateways/deployment.ts'
import { planOf } from '../modes/mode.ts'
import { sweeping } from '../gateways/sweep.ts'
import { StoreFault } from '../ports/store.ts'
import { factsOf } from '../settings/discretion.ts'
import { afterCrash, createLive, deadAfter, toldAgain } from './live.ts'
import type { Live } from './live.ts'
import { isAbout, keyOf, storedRun, subjectOf } from './order.ts'
import type { Order } from './order.ts'
import { createSlots } from './slots.ts'
import type { Events } from './stream.ts'
import { work } from './work.ts'

/** A run as its caller gets it. */
export interface Started {
  readonly runId: string
  readonly events: Events
  /** How it ended, once that is stored. */
  readonly verdict: Promise<Verdict>
}

/** All runs of this process. */
export interface Runs {
  /**
   * Starts a run, or joins the one that does the same on the same gateway.
   * @throws Refusal `check.key-used`, `check.busy`, `rate.limited`, `check.queue-full`
   */
  start(order: Order): Promise<Started>
  /** @returns undefined where the tenant has no such run */
  view(tenant: string, runId: string): Promise<RunView | undefined>
  /** Ends every run as unproven and waits until that is stored. */
  close(): Promise<void>
}

interface Entry {
  readonly key: string
  readonly runId: string
  readonly order: Order
  readonly live: Live
  /** Rejects where the run may not start; then nothing was sent. */
  readonly ready: Promise<void>
  readonly done: Promise<Verdict>
  /** Frees its place; for runs that never reach their end themselves. */
  readonly leave: () => void
  /** On the clock that only grows. */
  readonly began: number
}

const checksPerMinute = 30

export const createRuns = (deployment: Deployment): Runs => {
  const { store, clock, mayCompare } = deployment
  const entries = new Set<Entry>()
  const slots = createSlots()
  const rate = createRate(checksPerMinute, 60_000, clock.elapsed)
  const count = counting(deployment)
  const sweep = sweeping(deployment)
  // Where others work on the same store, a run from before our time may well be alive.
  const life = deployment.shared ? { born: -Infinity, deadAfter: deadAfter.shared } : { born: clock.now(), deadAfter: deadAfter.alone }
  let closing = false

  // A runtime may take a request away with all that waits in it; nothing of it comes to its end then.
  const giveUpLost = (): void => {
    for (const entry of entries) {
      if (clock.elapsed() - entry.began < deadAfter.alone) continue
      entry.live.stop()
      entry.leave()
      entries.delete(entry)
    }
  }

  const demandRoom = (order: Order): void => {
    if (closing) throw new Refusal('check.queue-full', { retryAfter: 10 })
    const sending = [...entries].find((one) => one.order.tenant === order.tenant && one.order.until === 'delivery')
    if (order.until !== 'delivery' || !sending) return
    // The same settings, another recipient: whoever asks may watch that one.
    throw new Refusal('check.busy', { retryAfter: 5, ...(mayCompare(order.tenant) && subjectOf(sending.order) === subjectOf(order) && { runId: sending.runId }) })
  }

  // Nothing is awaited between looking for room and taking it: two calls at once cannot both find the last place.
  const begin = (key: string, order: Order): Entry => {
    demandRoom(order)
    const ticket = slots.queue(order.tenant)
    const wait = order.until === 'delivery' ? 0 : rate.take(order.tenant)
    if (wait) {
      ticket.leave()
      throw limited(wait, `${checksPerMinute} checks a minute`)
    }
    const runId = order.wanted ?? newId()
    const live = createLive(headOf(order, runId, clock.now()), planOf(order.mode, order.raw as never).map((row) => ({ ...row, status: 'waiting' })))
    const ready = admit(deployment, order, live, count).then(sweep)
    const done = ready.then(() => work(deployment, { runId, order, live, turn: ticket.turn }), (): Verdict => 'unproven').finally(() => {
      live.end()
      ticket.leave()
      entries.delete(entry)
    })
    const entry: Entry = { key, runId, order, live, ready, done, leave: ticket.leave, began: clock.elapsed() }
    entries.add(entry)
    return entry
  }

  const underWay = (tenant: string, runId: string | undefined): Entry | undefined =>
    [...entries].find((one) => one.order.tenant === tenant && one.runId === runId)

  /** A key is taken for one run: nobody is shown what became of other settings than theirs. */
  const demandSame = (tenant: string, same: boolean): void => {
    if (!mayCompare(tenant)) throw new Refusal('rate.limited', { retryAfter: 60 })
    if (!same) throw new Refusal('check.key-used')
  }

  /** The run of the wanted id as it was, for a caller that did not hear of its end. */
  const past = async (order: Order): Promise<Started | undefined> => {
    const { tenant, wanted } = order
    const stored = wanted === undefined || underWay(tenant, wanted) ? undefined : await store.getRun(tenant, wanted)
    if (!stored) return undefined
    demandSame(tenant, isAbout(stored, order))
    const view = afterCrash(stored.view, life, clock.now())!
    // It goes on where this process cannot follow it: whoever asks may look at it.
    if (view.state === 'running') throw new Refusal('check.busy', { retryAfter: 5, runId: view.runId })
    return { runId: view.runId, events: toldAgain(view), verdict: Promise.resolve(view.verdict ?? 'unproven') }
  }

  return {
    async start(order) {
      giveUpLost()
      const key = keyOf(order)
      const before = await past(order)
      if (before) return before
      const same = underWay(order.tenant, order.wanted)
      if (same) demandSame(order.tenant, same.key === key)
      const entry = same ?? [...entries].find((one) => one.key === key && !one.live.signal.aborted) ?? begin(key, order)
      const events = entry.live.follow()
      try {
        await entry.ready
      } catch (error) {
        await events.return()
        throw error
      }
      return { runId: entry.runId, events, verdict: entry.done }
    },
    async view(tenant, runId) {
      giveUpLost()
      return underWay(tenant, runId)?.live.view() ?? afterCrash((await store.getRun(tenant, runId))?.view, life, clock.now())
    },
    async close() {
      closing = true
      for (const { live } of entries) live.stop()
      await Promise.all([...entries].map(({ done }) => done))
    },
  }
}

const headOf = ({ gatewayId, mode, until, to }: Order, runId: string, now: number): Omit<RunView, 'rows' | 'state'> =>
  ({ runId, ...(gatewayId && { gatewayId }), mode: mode.id, until, ...(until === 'delivery' && { to }), startedAt: new Date(now).toISOString() })

/**
 * Counts the test email and leaves a mark, so that a crash can be told from a run that never was. A store that takes no
 * changes keeps nobody from checking what is stored (fault F84): such a run is followed by its caller and leaves no trace.
 */
const admit = async (deployment: Deployment, order: Order, live: Live, count: Count): Promise<void> => {
  const { testRate } = deployment.policy
  if (order.until === 'delivery') {
    const wait = await count(order.tenant)
    if (wait) throw limited(wait, `${testRate.perMinute} test emails a minute and ${testRate.perDay} a day`)
  }
  await deployment.store.putRun(storedRun(order, live.view())).catch((error: unknown) => {
    if (!takesNothing(error)) throw error
    const { requestId, tenant } = order
    deployment.log({ level: 'error', event: 'check.not-marked', requestId, tenant, fields: factsOf(error) })
  })
}

/** A locked store is another matter: it will be free in a moment. */
const takesNothing = (error: unknown): boolean => error instanceof StoreFault && error.trouble !== 'busy'

/** Counts one test email of a tenant; seconds to wait, or 0. */
type Count = (tenant: string) => Promise<number>

/** Counted in the store for all processes; where it takes no changes by this process alone, so that the limit still holds. */
const counting = ({ store, clock, policy: { testRate } }: Deployment): Count => {
  const minute = createRate(testRate.perMinute, 60_000, clock.elapsed)
  const day = createRate(testRate.perDay, 24 * 60 * 60_000, clock.elapsed)
  return async (tenant) => {
    try {
      return await store.takeTest(tenant, clock.now(), testRate)
    } catch (error) {
      if (!takesNothing(error)) throw error
      return minute.take(tenant) || day.take(tenant)
    }
  }
}

const limited = (seconds: number, limit: string): Refusal =>
  new Refusal('rate.limited', { retryAfter: seconds, detail: `The limit is ${limit}. Try again in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.` })
