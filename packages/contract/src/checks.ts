import type { Finding } from './findings.ts'
import type { Problem } from './problems.ts'
import type { Settings } from './settings.ts'

/** How deep a run goes, in this order. `until` is inclusive. */
export type Stage = 'input' | 'network' | 'identity' | 'delivery'
/** The stages in the order they run. */
export const stages: readonly Stage[] = ['input', 'network', 'identity', 'delivery']

/**
 * `fail`: the cause was seen. `unproven`: nobody can know, for example silence after the message was handed over.
 * `warn`: passed, with advice. Nothing unproven ever counts as passed.
 */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip' | 'unproven'

/** Why a row was skipped: an earlier row failed, a setting made it needless, or it lies beyond `until`. */
export type SkipReason = 'blocked' | 'not-needed' | 'later'

/** How a run ended: `failed` where a row failed, `unproven` where one is open and none failed. */
export type Verdict = 'passed' | 'failed' | 'unproven'

/** One planned row of the checklist. `label` is a sentence in the language asked for. */
export interface PlanRow {
  readonly id: string
  readonly stage: Stage
  readonly label: string
}

/** Facts only this step can know: an address, a reply, a certificate's end. Never a secret. */
export type Evidence = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** How one row ended. */
export interface CheckResult {
  readonly event: 'result'
  readonly id: string
  readonly status: CheckStatus
  /** Milliseconds. Rows whose commands left in one segment share their time. */
  readonly ms: number
  readonly evidence?: Evidence
  readonly finding?: Finding
  readonly reason?: SkipReason
}

/** One line of the stream of `POST /checks`; first `plan`, last `end` or `problem`. */
export type CheckEvent =
  | { readonly event: 'plan'; readonly runId: string; readonly rows: readonly PlanRow[] }
  | { readonly event: 'start'; readonly id: string }
  | CheckResult
  | { readonly event: 'end'; readonly verdict: Verdict; readonly until: Stage; readonly ms: number }
  | { readonly event: 'problem'; readonly problem: Problem }

/** Body of `POST /checks`. Without `settings` the stored ones of `gatewayId` are checked. */
export interface CheckRequest {
  readonly gatewayId?: string
  readonly mode?: string
  readonly settings?: Settings
  readonly secrets?: Readonly<Record<string, SecretInput>>
  /** Default `identity`: nothing is sent. `delivery` sends one test email. */
  readonly until?: Stage
  /** Test recipient, an address. Default: the caller's own. */
  readonly to?: string
}

/** What happens to one secret: a new value, the stored one kept, or removed. Absent means keep. */
export type SecretInput = { readonly value: string } | { readonly keep: true } | { readonly remove: true }

/** A row as it stands: its plan, and its result once there is one. */
export interface RunRow extends PlanRow {
  readonly status: CheckStatus | 'waiting' | 'running'
  readonly ms?: number
  readonly evidence?: Evidence
  readonly finding?: Finding
  readonly reason?: SkipReason
}

/** Answer of `GET /runs/{id}`: the run as it stands, while it runs too. Times are ISO 8601. */
export interface RunView {
  readonly runId: string
  readonly gatewayId?: string
  readonly mode: string
  readonly until: Stage
  readonly state: 'running' | 'done'
  readonly verdict?: Verdict
  readonly to?: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly ms?: number
  readonly rows: readonly RunRow[]
}

/** Folds one event into the rows: the same judgement for the page and for a stored run. */
export const fold = (rows: readonly RunRow[], event: CheckEvent): readonly RunRow[] => {
  switch (event.event) {
    case 'plan': return event.rows.map((row) => ({ ...row, status: 'waiting' }))
    case 'start': return rows.map((row) => (row.id === event.id ? { ...row, status: 'running' } : row))
    case 'result': {
      const { event: _, ...result } = event
      return rows.map((row) => (row.id === event.id ? { ...row, ...result } : row))
    }
    default: return rows
  }
}
