import type { GatewayView } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { demand } from '../access/caller.ts'
import type { Deployment } from './deployment.ts'
import { tellDamage } from './load.ts'
import { defaultAmong, viewOfGateway } from './view.ts'

/** All gateways of the caller's tenant, oldest first. */
export const listGateways = async (deployment: Deployment, { caller }: Call): Promise<{ gateways: GatewayView[] }> => {
  demand(caller, 'read')
  const { store } = deployment
  const [gateways, pointer] = await Promise.all([store.listGateways(caller.tenant), store.getDefault(caller.tenant)])
  for (const gateway of gateways) tellDamage(deployment, gateway)
  const standard = defaultAmong(gateways, pointer)
  return { gateways: gateways.map((gateway) => viewOfGateway(gateway, gateway.id === standard, deployment)) }
}
