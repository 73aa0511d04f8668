import type { GatewayStatus, GatewayView, SecretView } from '@mail-gateway/contract'
import type { Mode } from '../modes/mode.ts'
import type { StoredGateway, StoredStatus } from '../ports/store.ts'
import { secretsOf } from '../settings/schema.ts'

/** What the browser may see of a stored gateway, named part by part: never a secret, a piece of one, or its length (threat T07). */
export const viewOfGateway = (stored: StoredGateway, isDefault: boolean, modes: readonly Mode[]): GatewayView => {
  const mode = modes.find(({ id }) => id === stored.mode)
  return {
    id: stored.id,
    name: stored.name,
    default: isDefault,
    mode: stored.mode,
    settings: mode ? withoutSecrets(mode, stored) : stored.settings,
    secrets: secretViews(mode ? secretsOf(mode.settings) : Object.keys(stored.secrets), stored),
    // A mode that is no longer offered cannot send; its settings stay to be read or deleted.
    status: mode ? statusView(stored.status) : { state: 'disabled', since: stored.status.since },
    revision: stored.revision,
    updatedAt: stored.updatedAt,
    updatedBy: stored.updatedBy,
  }
}

const withoutSecrets = (mode: Mode, { settings }: StoredGateway): GatewayView['settings'] => {
  const hidden = secretsOf(mode.settings)
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !hidden.includes(name)))
}

const secretViews = (names: readonly string[], { secrets }: StoredGateway): Record<string, SecretView> =>
  Object.fromEntries(names.map((name) => {
    const secret = secrets[name]
    return [name, secret ? { set: true, setAt: secret.setAt, setBy: secret.setBy } : { set: false }]
  }))

const statusView = ({ state, since, by, runId, evidence }: StoredStatus): GatewayStatus =>
  ({ state, since, ...(by && { by }), ...(runId && { runId }), ...(evidence && { evidence }) })

/**
 * The default gateway's id: the one pointed at, else the oldest. So the first gateway is the default without
 * being told, and deleting the default, even half-way, leaves the oldest of the rest.
 */
export const defaultAmong = (gateways: readonly { readonly id: string }[], pointer: string | undefined): string | undefined =>
  gateways.some(({ id }) => id === pointer) ? pointer : gateways[0]?.id
