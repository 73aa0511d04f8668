import type { CheckRequest, Draft, ExplainRequest, Explanation, GatewayView, MetaView, ModeView, RunView } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { demand } from '../access/caller.ts'
import { createRuns } from '../checks/runs.ts'
import type { Runs, Started } from '../checks/runs.ts'
import { proverWith, startCheck } from '../checks/start.ts'
import { sendMail } from '../deliver/send.ts'
import type { OutgoingMail, Receipt } from '../deliver/send.ts'
import { Refusal } from '../findings/problem.ts'
import type { Deployment } from './deployment.ts'
import { describeModes, meta } from './describe.ts'
import { explain } from './explain.ts'
import { listGateways } from './list.ts'
import { loadGateway } from './load.ts'
import { removeGateway } from './remove.ts'
import { createGateway, saveGateway } from './save.ts'

/**
 * The use cases without HTTP, one per route, with the same rights. Every method throws `Refusal` where HTTP
 * would answer with a problem. `revisions` are those the caller has seen; without any, nothing is changed.
 */
export interface Api {
  meta(call: Call): Promise<MetaView>
  modes(call: Call): Promise<{ modes: readonly ModeView[] }>
  listGateways(call: Call): Promise<{ gateways: GatewayView[] }>
  /** @param wanted the new gateway's id; asked again with the same, nothing is made twice */
  createGateway(call: Call, draft: Draft, wanted?: string): Promise<GatewayView>
  readGateway(call: Call, id: string): Promise<GatewayView>
  saveGateway(call: Call, id: string, draft: Draft, revisions: readonly number[] | undefined): Promise<GatewayView>
  deleteGateway(call: Call, id: string, revisions: readonly number[] | undefined): Promise<void>
  /** Starts or joins a run; `wanted` is its id, and asked again with the same, nothing is run twice. Who stops following must call `events.return()`: the last one to leave ends the work. */
  check(call: Call, request: CheckRequest, wanted?: string): Promise<Started>
  run(call: Call, id: string): Promise<RunView>
  /** What a failure means that some program caught; stores nothing. */
  explain(call: Call, request: ExplainRequest): Promise<Explanation>
  /** Sends a message of the host product itself; throws `SendFailed` where the server did not take it. */
  send(call: Call, mail: OutgoingMail, gatewayId?: string): Promise<Receipt>
  /** Ends all runs as unproven. */
  close(): Promise<void>
}

export const createApi = (deployment: Deployment): Api => {
  const runs = createRuns(deployment)
  const prove = proverWith(deployment, runs)
  const modes = describeModes(deployment)
  return {
    meta: async (call) => meta(deployment, call),
    modes: async (call) => modes(call),
    listGateways: (call) => listGateways(deployment, call),
    createGateway: (call, draft, wanted) => createGateway(deployment, call, draft, prove, wanted),
    readGateway: (call, id) => loadGateway(deployment, call, id),
    saveGateway: (call, id, draft, revisions) => saveGateway(deployment, call, id, draft, revisions, prove),
    deleteGateway: (call, id, revisions) => removeGateway(deployment, call, id, revisions),
    check: (call, request, wanted) => recordedCheck(deployment, runs, call, request, wanted),
    run: (call, id) => readRun(runs, call, id),
    explain: async (call, request) => explain(deployment, call, request),
    send: (call, mail, gatewayId) => sendMail(deployment, call, mail, gatewayId),
    close: () => runs.close(),
  }
}

/** The record of a check is written at its end, with the verdict; the caller follows it from the beginning. */
const recordedCheck = (deployment: Deployment, runs: Runs, call: Call, request: CheckRequest, wanted: string | undefined): Promise<Started> => {
  const { promise, resolve, reject } = Promise.withResolvers<Started>()
  const recorded = deployment.audit.record(call, 'check.run', async (note) => {
    note({ until: request.until ?? 'identity', ...(request.gatewayId !== undefined && { gatewayId: request.gatewayId }) })
    const started = await startCheck(deployment, runs, call, request, wanted)
    note({ runId: started.runId })
    resolve(started)
    return started.verdict
  }, (verdict) => verdict)
  // A reader that is gone must take neither the end of the run with it nor the record, which a host may pass on slowly.
  const told = recorded.then(() => {}, reject)
  call.background?.(told)
  return promise
}

const readRun = async (runs: Runs, { caller }: Call, id: string): Promise<RunView> => {
  demand(caller, 'read')
  const view = await runs.view(caller.tenant, id)
  if (!view) throw new Refusal('run.unknown')
  return view
}
