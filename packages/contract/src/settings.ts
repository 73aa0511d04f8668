import type { Evidence, SecretInput } from './checks.ts'

/** A setting's value as JSON carries it. */
export type SettingValue = string | number | boolean | null
/** Values of one mode by setting name, secrets apart. */
export type Settings = Readonly<Record<string, SettingValue>>

/** What is typed and not saved. An absent secret means keep; an absent `name` or `default` means unchanged. */
export interface Draft {
  readonly name?: string
  readonly default?: boolean
  readonly mode: string
  readonly settings: Settings
  readonly secrets?: Readonly<Record<string, SecretInput>>
}

/** What may be known about a secret. Never the secret, a part of it, or its length. */
export interface SecretView {
  readonly set: boolean
  /** ISO 8601. */
  readonly setAt?: string
  /** Name or address of who set it. */
  readonly setBy?: string
  /** The last day it works, as it was typed: ISO 8601 date. */
  readonly expires?: string
}

/**
 * `verified`: a test email was accepted on exactly these settings and secrets. `checked`: signed in, nothing sent yet.
 * `changed`: was verified or checked, edited since. `failing`: the last run failed. `unverified`: nothing known.
 * `expiring`: a secret ends within 30 days, or has ended; the title in `evidence` says which.
 */
export type GatewayState =
  | 'verified' | 'checked' | 'changed' | 'unverified' | 'failing' | 'expiring' | 'disconnected' | 'disabled'

/** What is known about a stored gateway, since when and by whom. */
export interface GatewayStatus {
  readonly state: GatewayState
  /** ISO 8601. */
  readonly since: string
  /** Who ran the check or made the change. */
  readonly by?: string
  readonly runId?: string
  /** Facts for the list: what was seen last, or the title of what failed. */
  readonly evidence?: Evidence
}

/** A stored gateway as the browser may see it. Its ETag is the quoted revision. */
export interface GatewayView {
  readonly id: string
  readonly name: string
  readonly default: boolean
  readonly mode: string
  readonly settings: Settings
  readonly secrets: Readonly<Record<string, SecretView>>
  readonly status: GatewayStatus
  readonly revision: number
  /** ISO 8601, with who. */
  readonly updatedAt: string
  readonly updatedBy: string
}
