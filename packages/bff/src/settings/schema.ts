import * as z from 'zod'
import type { Capabilities, FieldKind, Repair, SettingValue, When } from '@mail-gateway/contract'

/**
 * What a setting says about itself beyond its type.
 * `secret` has four consequences: sealed in storage, kept out of every view, masked in the form, scrubbed from all output.
 */
export interface FieldMeta {
  readonly kind?: FieldKind
  readonly secret?: true
  readonly group?: string
  readonly when?: When
  /** What a new form starts with, where the schema itself has no default. */
  readonly initial?: SettingValue
  readonly size?: number
  readonly rows?: number
  readonly ltr?: true
  readonly autocomplete?: string
  readonly clean?: 'text' | 'host' | 'address' | 'secret' | 'pem'
  /** Part of what a stored secret is sealed with. */
  readonly destination?: true
  /** Optional for the schema, yet required by the form while `when` holds. */
  readonly requiredWhen?: true
  /** For choices: what else a value sets. */
  readonly sets?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>
  /** For choices: the capability without which a value sets nothing else. */
  readonly setsWith?: Readonly<Record<string, keyof Capabilities>>
  /** Wrong things that are recognised; the server applies them too, so that a file is read like a form. */
  readonly repairs?: readonly Repair[]
  /** On a secret: the setting that holds the date it ends. */
  readonly expires?: string
  /** Name of a capability without which this cannot be set. */
  readonly needs?: 'customCa' | 'tlsVersion'
}

/** Adds our marks to a zod type; they survive `.optional()` and `.default()`. */
export const field = <T extends z.ZodType>(type: T, meta: FieldMeta): T => type.meta(meta as Record<string, unknown>)

export const secret = (meta: FieldMeta = {}): z.ZodString =>
  field(z.string().min(1).max(4096), { kind: 'secret', clean: 'secret', ltr: true, ...meta, secret: true })

interface Wrapped { readonly def?: { readonly innerType?: z.core.$ZodType } }

/** The marks of a setting, those of wrapped types included. */
export const metaOf = (schema: z.core.$ZodType): FieldMeta => {
  const own = (z.globalRegistry.get(schema) ?? {}) as FieldMeta
  const inner = (schema as Wrapped).def?.innerType
  return inner ? { ...metaOf(inner), ...own } : own
}

/** A schema never changes, and every answer asks for these names: read once. */
const remembered = (test: (meta: FieldMeta) => boolean): ((schema: z.ZodObject) => readonly string[]) => {
  const names = new WeakMap<z.ZodObject, readonly string[]>()
  return (schema) => {
    const known = names.get(schema)
    if (known) return known
    const found = Object.entries(schema.shape).filter(([, type]) => test(metaOf(type as z.core.$ZodType))).map(([name]) => name)
    names.set(schema, found)
    return found
  }
}

/** Names of the values that must never leave the server. */
export const secretsOf: (schema: z.ZodObject) => readonly string[] = remembered((meta) => meta.secret === true)

/** Names of the settings a stored secret is sealed with. */
export const destinationOf: (schema: z.ZodObject) => readonly string[] = remembered((meta) => meta.destination === true)
