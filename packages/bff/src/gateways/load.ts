import type { GatewayView } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { demand } from '../access/caller.ts'
import { Refusal } from '../findings/problem.ts'
import type { StoredGateway } from '../ports/store.ts'
import type { Deployment } from './deployment.ts'
import { defaultAmong, isUnreadable, viewOfGateway } from './view.ts'

/** @throws Refusal `gateway.unknown`, for another tenant's id too */
export const loadGateway = async (deployment: Deployment, { caller }: Call, id: string): Promise<GatewayView> => {
  demand(caller, 'read')
  return withDefault(deployment, await find(deployment, caller.tenant, id))
}

/** @throws Refusal `gateway.unknown` */
export const find = async (deployment: Deployment, tenant: string, id: string): Promise<StoredGateway> => {
  const stored = await deployment.store.getGateway(tenant, id)
  if (!stored) throw new Refusal('gateway.unknown')
  tellDamage(deployment, stored)
  return stored
}

/** Whoever runs the service can restore a record; who looks at it is shown its state. */
export const tellDamage = ({ log }: Deployment, { tenant, id, damaged }: StoredGateway): void => {
  if (damaged) log({ level: 'error', event: 'gateway.damaged', tenant, fields: { gatewayId: id, parts: damaged.join(' ') } })
}

/**
 * The stored settings, to work with.
 * @throws Refusal `settings.unreadable`
 */
export const demandReadable = (stored: StoredGateway): StoredGateway => {
  if (isUnreadable(stored)) throw new Refusal('settings.unreadable')
  return stored
}


/** The view of one gateway among its neighbours: whether it is the default depends on them. */
export const withDefault = async (deployment: Deployment, stored: StoredGateway): Promise<GatewayView> => {
  const { store } = deployment
  const pointer = await store.getDefault(stored.tenant)
  const standard = pointer === stored.id ? pointer : defaultAmong(await store.listGateways(stored.tenant), pointer)
  return viewOfGateway(stored, standard === stored.id, deployment)
}

/**
 * Refuses a change that began with an older revision.
 * @throws Refusal `settings.revision-missing`, or `settings.stale` with what is stored now
 */
export const demandCurrent = async (deployment: Deployment, stored: StoredGateway, revisions: readonly number[] | undefined): Promise<void> => {
  if (!revisions) throw new Refusal('settings.revision-missing')
  if (!revisions.includes(stored.revision)) throw await stale(deployment, stored)
}

/** Why what is stored is not what the caller takes it for. */
export type Superseded = 'settings.stale' | 'gateway.key-used'

/** The refusal that shows the loser of a race, and whoever uses a key twice, what is stored now. */
export const stale = async (deployment: Deployment, stored: StoredGateway, code: Superseded = 'settings.stale'): Promise<Refusal> =>
  new Refusal(code, { gateway: await withDefault(deployment, stored) })
