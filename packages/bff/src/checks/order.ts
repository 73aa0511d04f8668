import type { Problem, RunView, Stage } from '@mail-gateway/contract'
import type { Mode } from '../modes/mode.ts'
import type { StoredRun } from '../ports/store.ts'

/** One run as it was asked for, with everything it needs in clear. Lives in memory only. */
export interface Order {
  readonly tenant: string
  /** The id the run shall have, where its caller has made one: asked for again with the same, nothing is run twice. */
  readonly wanted?: string | undefined
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

/** Which gateway a run is about, with exactly which settings and secrets. */
export const subjectOf = ({ tenant, gatewayId, fingerprints }: Order): string => JSON.stringify([tenant, gatewayId ?? null, fingerprints[0]])

/** The same work on the same gateway: whoever asks for it again follows the first. */
export const keyOf = (order: Order): string => JSON.stringify([subjectOf(order), order.until, order.until === 'delivery' ? order.to : null])

/** Whether a stored run did just this. */
export const isAbout = ({ fingerprint, gatewayId, view }: StoredRun, order: Order): boolean =>
  order.fingerprints.includes(fingerprint) && gatewayId === order.gatewayId && view.until === order.until && (view.to ?? order.to) === order.to

/** The run as it is stored. */
export const storedRun = ({ tenant, fingerprints, gatewayId, by }: Order, view: RunView): StoredRun =>
  ({ tenant, fingerprint: fingerprints[0]!, ...(gatewayId && { gatewayId }), by, view })
