import type { Call } from '../access/call.ts'
import { demand } from '../access/caller.ts'
import type { Deployment } from './deployment.ts'
import { demandCurrent, find, stale } from './load.ts'

/**
 * Deletes a gateway with its secrets. Where it was the default, the oldest of the rest becomes it.
 * @param revisions those the caller has seen; without any nothing is deleted
 * @throws Refusal `gateway.unknown`, `settings.revision-missing`, `settings.stale`
 */
export const removeGateway = (deployment: Deployment, call: Call, id: string, revisions: readonly number[] | undefined): Promise<void> =>
  deployment.audit.record(call, 'gateway.delete', async (note) => {
    demand(call.caller, 'write')
    note({ gatewayId: id })
    const stored = await find(deployment, call.caller.tenant, id)
    await demandCurrent(deployment, stored, revisions)
    const removed = await deployment.store.removeGateway(stored.tenant, id, stored.revision)
    if (!removed) throw await stale(deployment, await find(deployment, stored.tenant, id))
  })
