import type { CheckEvent, Verdict } from '@mail-gateway/contract'
import type { Deployment } from '../gateways/deployment.ts'
import { statusAfterRun } from '../gateways/status.ts'
import type { StoredRun } from '../ports/store.ts'
import { factsOf } from '../settings/discretion.ts'
import type { Scrubber } from '../settings/scrub.ts'
import { afterCut, finished } from './live.ts'
import type { Live } from './live.ts'
import { storedRun } from './order.ts'
import type { Order } from './order.ts'
import { runChecklist } from './run.ts'
import { scrubbed } from './stream.ts'

/** A run that may start: what was asked for, who is told, and when it is its turn. */
export interface Job {
  readonly runId: string
  readonly order: Order
  readonly live: Live
  turn(signal: AbortSignal): Promise<void>
}

/** Does one run from its turn to its stored end. Never throws: a mistake of ours proves nothing, and is told as that. */
export const work = async (deployment: Deployment, job: Job): Promise<Verdict> => {
  const { order, live, runId } = job
  const { scrubber, release } = deployment.discretion.confide(order.secrets)
  const began = deployment.clock.elapsed()
  try {
    await job.turn(live.signal)
    const { verdict, ms } = await relay(deployment, job, scrubber)
    return told(live, verdict, order.until, ms)
  } catch (error) {
    const ms = Math.round(deployment.clock.elapsed() - began)
    const { aborted } = live.signal
    const { verdict } = live.view()
    if (!aborted || verdict) deployment.log({ level: 'error', event: 'check.broke', requestId: order.requestId, tenant: order.tenant, fields: { runId, ...factsOf(error) } })
    // How it ended is already stored: that stands, whatever broke after it.
    if (verdict) return told(live, verdict, order.until, ms)
    await settle(deployment, job, 'unproven', ms)
    live.push(aborted ? { event: 'end', verdict: 'unproven', until: order.until, ms } : { event: 'problem', problem: order.trouble })
    return 'unproven'
  } finally {
    release()
  }
}

/** The last line, once. */
const told = (live: Live, verdict: Verdict, until: Order['until'], ms: number): Verdict => {
  live.push({ event: 'end', verdict, until, ms })
  return verdict
}

/** Hands events on as they may be seen, and stores the result: it is there before the end is told, so who reads after that finds it. */
const relay = async (deployment: Deployment, job: Job, scrubber: Scrubber): Promise<{ readonly verdict: Verdict; readonly ms: number }> => {
  const { live } = job
  let failed = false
  for await (const event of checklistOf(deployment, job, scrubber)) {
    const seen = afterCut(scrubbed(event, scrubber), live.signal)
    if (seen.event === 'end') {
      const verdict = seen.verdict === 'failed' && !failed ? 'unproven' : seen.verdict
      await settle(deployment, job, verdict, seen.ms)
      return { verdict, ms: seen.ms }
    }
    failed ||= seen.event === 'result' && seen.status === 'fail'
    live.push(seen)
  }
  throw new Error('the checklist ended without a verdict')
}

const checklistOf = ({ productName, portsFor, log }: Deployment, { runId, order, live }: Job, { conceal }: Scrubber): AsyncIterable<CheckEvent> => {
  const { mode, raw, until, to, requestId, tenant } = order
  const onBroken = (error: unknown, row: string) => log({ level: 'error', event: 'check.step-broke', requestId, tenant, fields: { runId, row, ...factsOf(error) } })
  return runChecklist({ runId, mode, raw, until, to, productName, ports: portsFor(tenant, conceal), signal: live.signal, onBroken })
}

const settle = async ({ store, clock, log }: Deployment, { order, live, runId }: Job, verdict: Verdict, ms: number): Promise<void> => {
  const run = storedRun(order, finished(live.view(), verdict, new Date(clock.now()).toISOString(), ms))
  const { requestId, tenant, gatewayId, until, mode } = order
  log({ level: 'info', event: 'check.end', requestId, tenant, fields: { runId, verdict, until, ms, gatewayId, mode: mode.id } })
  live.settle(run.view)
  try {
    await store.putRun(run)
    await updateStatus(store, run, order.fingerprints)
  } catch (error) {
    log({ level: 'error', event: 'check.not-stored', requestId, tenant, fields: { runId, ...factsOf(error) } })
  }
}

/** A run speaks for the stored gateway only where it ran on exactly what is stored. */
const updateStatus = async (store: Deployment['store'], run: StoredRun, proofs: readonly string[]): Promise<void> => {
  const gateway = run.gatewayId === undefined ? undefined : await store.getGateway(run.tenant, run.gatewayId)
  // A damaged record stays as it is until somebody saves it.
  if (!gateway?.status.fingerprint || gateway.damaged || !proofs.includes(gateway.status.fingerprint)) return
  const status = statusAfterRun(gateway.status, run)
  if (status) await store.putStatus(gateway.tenant, gateway.id, gateway.revision, status)
}
