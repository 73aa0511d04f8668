import type { SettingValue } from '@mail-gateway/contract'
import type { Mode } from '../modes/mode.ts'
import { destinationOf } from './schema.ts'

/** Where a secret belongs and where it may be sent. Sealed with one place, it opens in no other. */
export interface Place {
  readonly tenant: string
  readonly gateway: string
  readonly field: string
  readonly mode: string
  /** Canonical values of the mode's destination settings, in the order of their names. */
  readonly destination: readonly (readonly [name: string, value: SettingValue])[]
}

type Values = Readonly<Record<string, unknown>>

/** What a mode's secrets are sent to, by these canonical settings. A setting without a value is left out, so that a later optional one changes nothing. */
export const destinationValues = (mode: Mode, settings: Values): Place['destination'] => {
  const anchors = mode.anchors?.(settings as never) ?? {}
  const named = destinationOf(mode.settings).toSorted()
    .filter((name) => settings[name] !== undefined && settings[name] !== null)
    .map((name) => [name, settings[name] as SettingValue] as const)
  return [...named, ...Object.keys(anchors).toSorted().map((name) => [`@${name}`, anchors[name]!] as const)]
}

/** Names of the destination settings in which two sets of canonical values differ, in the mode's own order. */
export const movedFields = (mode: Mode, before: Values, after: Values): string[] =>
  destinationOf(mode.settings).filter((name) => (before[name] ?? null) !== (after[name] ?? null))

/** The bytes that are authenticated with a sealed secret and never stored. */
export const placeBytes = ({ tenant, gateway, field, mode, destination }: Place): Uint8Array =>
  new TextEncoder().encode(JSON.stringify([tenant, gateway, field, mode, destination]))
