import type { GatewayStatus, GatewayView, SecretView } from '@mail-gateway/contract'
import type { Mode } from '../modes/mode.ts'
import type { Deployment } from './deployment.ts'
import type { StoredGateway, StoredStatus } from '../ports/store.ts'
import { endOf, endingWords, nextEnding } from '../settings/expiry.ts'
import type { Ending } from '../settings/expiry.ts'
import { secretsOf } from '../settings/schema.ts'

/** What the browser may see of a stored gateway, named part by part: never a secret, a piece of one, or its length (threat T07). */
export const viewOfGateway = (stored: StoredGateway, isDefault: boolean, { modes, clock }: Pick<Deployment, 'modes' | 'clock'>): GatewayView => {
  const mode = modes.find(({ id }) => id === stored.mode)
  return {
    id: stored.id,
    name: stored.name,
    default: isDefault,
    mode: stored.mode,
    settings: mode ? withoutSecrets(mode, stored) : stored.settings,
    secrets: secretViews(mode, stored),
    // A mode that is no longer offered cannot send; its settings stay to be read or deleted.
    status: isUnreadable(stored) ? damage(stored) : mode ? withEnding(statusView(stored.status), nextEnding(mode, stored.settings, Object.keys(stored.secrets), clock.now())) : { state: 'disabled', since: stored.status.since },
    revision: stored.revision,
    updatedAt: stored.updatedAt,
    updatedBy: stored.updatedBy,
  }
}

/** True where the settings cannot be worked with. A status alone that is lost is only not known (fault F80). */
export const isUnreadable = ({ damaged = [] }: StoredGateway): boolean => damaged.some((part) => part !== 'status')

const damage = ({ updatedAt }: StoredGateway): GatewayStatus =>
  ({ state: 'failing', since: updatedAt, evidence: { code: 'settings.unreadable', title: 'The stored settings cannot be read. Restore them from a backup, or enter them again and save' } })

const withoutSecrets = (mode: Mode, { settings }: StoredGateway): GatewayView['settings'] => {
  const hidden = secretsOf(mode.settings)
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !hidden.includes(name)))
}

const secretViews = (mode: Mode | undefined, { secrets, settings }: StoredGateway): Record<string, SecretView> =>
  Object.fromEntries((mode ? secretsOf(mode.settings) : Object.keys(secrets)).map((name) => {
    const secret = secrets[name]
    const expires = mode && endOf(mode, settings, name)
    return [name, secret ? { set: true, setAt: secret.setAt, setBy: secret.setBy, ...(expires !== undefined && { expires }) } : { set: false }]
  }))

const statusView = ({ state, since, by, runId, evidence }: StoredStatus): GatewayStatus =>
  ({ state, since, ...(by && { by }), ...(runId && { runId }), ...(evidence && { evidence }) })

/**
 * A secret that ends soon is said of what works; one that has ended, of whatever is not known to fail already.
 * Computed when it is looked at, so that no day is missed.
 */
const withEnding = (status: GatewayStatus, ending: Ending | undefined): GatewayStatus => {
  const said = ending && (ending.days < 0 ? ['verified', 'checked', 'changed', 'unverified'] : ['verified', 'checked'])
  if (!said?.includes(status.state)) return status
  const { name, date, days } = ending!
  return { ...status, state: 'expiring', evidence: { title: endingWords(ending!), secret: name, ends: date, days } }
}

/**
 * The default gateway's id: the one pointed at, else the oldest. So the first gateway is the default without
 * being told, and deleting the default, even half-way, leaves the oldest of the rest.
 */
export const defaultAmong = (gateways: readonly { readonly id: string }[], pointer: string | undefined): string | undefined =>
  gateways.some(({ id }) => id === pointer) ? pointer : gateways[0]?.id
