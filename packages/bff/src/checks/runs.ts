import type { CheckEvent, Problem, RunView, Stage, Verdict } from '@mail-gateway/contract'
import { newId } from '../access/call.ts'
import { createRate } from '../access/rate.ts'
import { Refusal } from '../findings/problem.ts'
import type { Deployment } from '../gateways/deployment.ts'
import { statusAfterRun } from '../gateways/status.ts'
import { planOf } from '../modes/mode.ts'
import type { Mode } from '../modes/mode.ts'
import type { StoredRun } from '../ports/store.ts'
import { factsOf } from '../settings/discretion.ts'
import { createScrubber } from '../settings/scrub.ts'
import { createLive, finished } from './live.ts'
import type { Live } from './live.ts'
import { runChecklist, runLimit } from './run.ts'
import { createSlots } from './slots.ts'
import { scrubbed } from './stream.ts'
import type { Events } from './stream.ts'

/** One run as it was asked for, with everything it needs in clear. Lives in memory only. */
export interface Order {
  readonly tenant: string
  readonly by: string
  readonly requestId: string
  readonly gatewayId: string | undefined
  readonly mode: Mode
  /** Settings and secrets in clear. */
  readonly raw: Readonly<Record<string, unknown>>
  readonly secrets: readonly string[]
  readonly fingerprints: readonly string[]
  readonly until: Stage
  readonly to: string
  /** What a follower is told when the run ends by a mistake of ours. */
  readonly trouble: Problem
}

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
   * @throws Refusal `check.busy`, `rate.limited`, `check.queue-full`
   */
  start(order: Order): Promise<Started>
  /** @returns undefined where the tenant has no such run */
  view(tenant: string, runId: string): Promise<RunView | undefined>
  /** Ends every run as unproven and waits until that is stored. */
  close(): Promise<void>
}

interface Entry {
  readonly order: Order
  readonly live: Live
  /** Rejects where the run may not start; then nothing was sent. */
  readonly ready: Promise<void>
  readonly done: Promise<Verdict>
}

/** Milliseconds after which a stored run that never ended is known to be dead: queue, run and some air. */
const deadAfter = 5 * runLimit
const keepMs = 30 * 24 * 60 * 60_000
const sweepMs = 60 * 60_000

export const createRuns = (deployment: Deployment): Runs => {
  const { store, clock, policy, log } = deployment
  const entries = new Map<string, Entry>()
  const slots = createSlots()
  const rate = createRate(30, 60_000, clock.elapsed)
  const born = clock.now()
  let closing = false
  let swept = -Infinity

  const begin = (key: string, order: Order): Entry => {
    if (closing) throw new Refusal('check.queue-full', { retryAfter: 10 })
    const delivers = order.until === 'delivery'
    if (delivers && [...entries.values()].some((one) => one.order.tenant === order.tenant && one.order.until === 'delivery')) throw new Refusal('check.busy', { retryAfter: 5 })
    const ticket = slots.queue()
    const wait = delivers ? 0 : rate.take(order.tenant)
    if (wait) {
      ticket.leave()
      throw limited(wait, '30 checks a minute')
    }
    const runId = newId()
    const head = { runId, ...(order.gatewayId && { gatewayId: order.gatewayId }), mode: order.mode.id, until: order.until, ...(delivers && { to: order.to }), startedAt: new Date(clock.now()).toISOString() }
    const live = createLive(head, planOf(order.mode, order.raw as never).map((row) => ({ ...row, status: 'waiting' })))
    const ready = admit(order, live)
    const done = ready.then(() => work(order, live, runId, ticket.turn), (): Verdict => 'unproven').finally(() => {
      live.end()
      ticket.leave()
      entries.delete(key)
    })
    const entry = { order, live, ready, done }
    entries.set(key, entry)
    return entry
  }

  /** Counts the test email and leaves a mark, so that a crash can be told from a run that never was. */
  const admit = async (order: Order, live: Live): Promise<void> => {
    if (order.until === 'delivery') {
      const wait = await store.takeTest(order.tenant, clock.now(), policy.testRate)
      if (wait) throw limited(wait, `${policy.testRate.perMinute} test emails a minute and ${policy.testRate.perDay} a day`)
    }
    await store.putRun(storedRun(order, live.view()))
    void sweep()
  }

  const work = async (order: Order, live: Live, runId: string, turn: (signal: AbortSignal) => Promise<void>): Promise<Verdict> => {
    const release = deployment.discretion.hold(order.secrets)
    const began = clock.elapsed()
    try {
      await turn(live.signal)
      const { mode, raw, until, to } = order
      const events = runChecklist({ runId, mode, raw, until, to, productName: deployment.productName, ports: deployment.modePorts, signal: live.signal })
      return await relay(order, live, events)
    } catch (error) {
      const ms = Math.round(clock.elapsed() - began)
      const { aborted } = live.signal
      if (!aborted) log({ level: 'error', event: 'check.broke', requestId: order.requestId, tenant: order.tenant, fields: { runId, ...factsOf(error) } })
      await settle(order, live, 'unproven', ms)
      live.push(aborted ? { event: 'end', verdict: 'unproven', until: order.until, ms } : { event: 'problem', problem: order.trouble })
      return 'unproven'
    } finally {
      release()
    }
  }

  /** Hands events on as they may be seen. The result is stored before the end is told: who reads after it finds it. */
  const relay = async (order: Order, live: Live, events: AsyncIterable<CheckEvent>): Promise<Verdict> => {
    const scrubber = createScrubber(order.secrets)
    let failed = false
    for await (const event of events) {
      const seen = afterCut(scrubbed(event, scrubber), live.signal)
      if (seen.event === 'result') failed ||= seen.status === 'fail'
      if (seen.event === 'end') {
        const verdict = seen.verdict === 'failed' && !failed ? 'unproven' : seen.verdict
        await settle(order, live, verdict, seen.ms)
        live.push({ ...seen, verdict })
        return verdict
      }
      live.push(seen)
    }
    throw new Error('the checklist ended without a verdict')
  }

  const settle = async (order: Order, live: Live, verdict: Verdict, ms: number): Promise<void> => {
    const run = storedRun(order, finished(live.view(), verdict, new Date(clock.now()).toISOString(), ms))
    const { runId, until } = run.view
    log({ level: 'info', event: 'check.end', requestId: order.requestId, tenant: order.tenant, fields: { runId, verdict, until, ms, gatewayId: order.gatewayId, mode: order.mode.id } })
    live.settle(run.view)
    try {
      await store.putRun(run)
      await updateStatus(run, order.fingerprints)
    } catch (error) {
      log({ level: 'error', event: 'check.not-stored', requestId: order.requestId, tenant: order.tenant, fields: { runId, ...factsOf(error) } })
    }
  }

  /** A run speaks for the stored gateway only where it ran on exactly what is stored. */
  const updateStatus = async (run: StoredRun, proofs: readonly string[]): Promise<void> => {
    const gateway = run.gatewayId === undefined ? undefined : await store.getGateway(run.tenant, run.gatewayId)
    if (!gateway?.status.fingerprint || !proofs.includes(gateway.status.fingerprint)) return
    const status = statusAfterRun(gateway.status, run)
    if (status) await store.putStatus(gateway.tenant, gateway.id, gateway.revision, status)
  }

  const sweep = async (): Promise<void> => {
    if (clock.elapsed() - swept < sweepMs) return
    swept = clock.elapsed()
    try {
      await store.sweep(clock.now() - keepMs)
    } catch (error) {
      log({ level: 'warn', event: 'store.sweep-failed', fields: factsOf(error) })
    }
  }

  return {
    async start(order) {
      const key = keyOf(order)
      const entry = entries.get(key) ?? begin(key, order)
      const events = entry.live.follow()
      try {
        await entry.ready
      } catch (error) {
        await events.return()
        throw error
      }
      return { runId: entry.live.view().runId, events, verdict: entry.done }
    },
    async view(tenant, runId) {
      const entry = [...entries.values()].find(({ order, live }) => order.tenant === tenant && live.view().runId === runId)
      return entry?.live.view() ?? afterCrash((await store.getRun(tenant, runId))?.view, born, clock.now())
    },
    async close() {
      closing = true
      for (const { live } of entries.values()) live.stop()
      await Promise.all([...entries.values()].map(({ done }) => done))
    },
  }
}

const limited = (seconds: number, limit: string): Refusal =>
  new Refusal('rate.limited', { retryAfter: seconds, detail: `The limit is ${limit}. Try again in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.` })

/** The same work on the same gateway: whoever asks for it again follows the first. */
const keyOf = ({ tenant, gatewayId, fingerprints, until, to }: Order): string =>
  JSON.stringify([tenant, gatewayId ?? null, fingerprints[0], until, until === 'delivery' ? to : null])

const storedRun = ({ tenant, fingerprints, gatewayId, by }: Order, view: RunView): StoredRun =>
  ({ tenant, fingerprint: fingerprints[0]!, ...(gatewayId && { gatewayId }), by, view })

/** Once nobody listens, a failure only says that we hung up. */
const afterCut = (event: CheckEvent, { aborted }: AbortSignal): CheckEvent =>
  aborted && event.event === 'result' && event.status === 'fail' ? { ...event, status: 'unproven' } : event

/** A stored run without an end: of an earlier life of this process, or too old to be under way elsewhere. */
const afterCrash = (view: RunView | undefined, born: number, now: number): RunView | undefined => {
  if (view?.state !== 'running') return view
  const started = Date.parse(view.startedAt)
  if (started >= born && now - started < deadAfter) return view
  return { ...view, state: 'done', verdict: 'unproven', rows: view.rows.map((row) => ({ ...row, status: 'unproven' })) }
}
