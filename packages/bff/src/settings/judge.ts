import type { Capabilities, FieldError } from '@mail-gateway/contract'
import type * as z from 'zod'
import type { Mode } from '../modes/mode.ts'
import { hasControl } from './address.ts'
import { repair } from './repair.ts'
import type { Remark } from './repair.ts'
import { metaOf, secretsOf } from './schema.ts'

type Raw = Readonly<Record<string, unknown>>
/** `remarks`: what was read as something else than was written. */
export type Judgement = { readonly ok: true; readonly values: Record<string, unknown>; readonly remarks: readonly Remark[] } | { readonly ok: false; readonly errors: FieldError[] }

const pointerOf = (mode: Mode, name: string): string => `/${secretsOf(mode.settings).includes(name) ? 'secrets' : 'settings'}/${name}`

/** Names the mode does not know, in `settings` or in `secrets`; a secret among the settings counts as unknown. */
export const unknownNames = (mode: Mode, settings: Raw = {}, secrets: Raw = {}): FieldError[] => {
  const hidden = new Set(secretsOf(mode.settings))
  const strange = (part: string, raw: Raw, known: (name: string) => boolean) =>
    Object.keys(raw).filter((name) => !known(name)).map((name) => ({ pointer: `/${part}/${escaped(name)}`, code: 'unknown', detail: `${mode.words.en.label} has no ${part === 'secrets' ? 'secret' : 'setting'} of this name. Remove it.` }))
  return [
    ...strange('settings', settings, (name) => Object.hasOwn(mode.settings.shape, name) && !hidden.has(name)),
    ...strange('secrets', secrets, (name) => hidden.has(name)),
  ]
}

// RFC 6901 section 3; the name is the caller's own text, so its length is bounded.
const escaped = (name: string): string => name.slice(0, 64).replace(/~/g, '~0').replace(/\//g, '~1')

/** What no form can have typed: unknown names, other JSON types, control characters outside texts of several lines. */
export const malformed = (mode: Mode, settings: Raw = {}, secrets: Raw = {}): FieldError[] => [
  ...unknownNames(mode, settings, secrets),
  ...judged(mode, drop(repair(mode.settings, settings).values)).filter(({ code }) => code === 'type' || code === 'control'),
]

/** Parses settings and secrets (in clear) against the mode, in canonical form, repaired where the mode says how. Empty values count as absent. */
export const judgeSettings = (mode: Mode, raw: Raw, capabilities: Capabilities): Judgement => {
  const { values: read, remarks, mistaken } = repair(mode.settings, raw)
  const given = drop(read)
  const wrong = mistaken.map(({ name, say }) => ({ pointer: pointerOf(mode, name), code: 'mistaken', detail: say }))
  const errors = [...wrong, ...judged(mode, given).filter(({ pointer }) => !wrong.some((one) => one.pointer === pointer))]
  if (errors.length) return { ok: false, errors }
  const values = mode.canonical(mode.settings.parse(given)) as Record<string, unknown>
  const misfits = [...absent(mode, values), ...unsupported(mode, values, capabilities), ...wordsFor(mode, values, capabilities)]
  return misfits.length ? { ok: false, errors: misfits } : { ok: true, values, remarks }
}

const drop = (raw: Raw): Raw => Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== '' && value !== null && value !== undefined))

const judged = (mode: Mode, given: Raw): FieldError[] => {
  const result = mode.settings.safeParse(given)
  const first = new Map<string, FieldError>()
  for (const issue of result.error?.issues ?? []) for (const name of namesOf(issue)) {
    if (!first.has(name)) first.set(name, wordIssue(mode, name, issue, given[name]))
  }
  return [...first.values()]
}

const namesOf = (issue: z.core.$ZodIssue): string[] =>
  issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])]

const wordIssue = (mode: Mode, name: string, issue: z.core.$ZodIssue, value: unknown): FieldError => {
  const code = codeOf(issue, value)
  const words = mode.words.en.fields[name]
  const kind = code === 'required' ? words?.required : code === 'range' ? words?.range : undefined
  return { pointer: pointerOf(mode, name), code, detail: kind ?? words?.format ?? words?.required ?? `Choose another value for ${words?.label ?? name}` }
}

const codeOf = (issue: z.core.$ZodIssue, value: unknown): string => {
  if (value === undefined) return 'required'
  if (issue.code === 'unrecognized_keys') return 'unknown'
  if (issue.code === 'invalid_type' && !(typeof value === 'number' && issue.expected === 'int')) return 'type'
  if (typeof value === 'number' && (issue.code === 'too_small' || issue.code === 'too_big')) return 'range'
  if (typeof value === 'string' && hasControl(value.replace(/[\r\n\t]/g, issue.path[0] === 'signature' || issue.path[0] === 'ca' ? '' : '\0'))) return 'control'
  return 'format'
}

/** Settings that are only needed while another has a certain value. */
const absent = (mode: Mode, values: Raw): FieldError[] =>
  Object.entries(mode.settings.shape).flatMap(([name, type]) => {
    const { when, requiredWhen } = metaOf(type as z.core.$ZodType)
    const wanted = requiredWhen && Object.entries(when ?? {}).every(([other, value]) => values[other] === value)
    return wanted && values[name] === undefined ? [{ pointer: pointerOf(mode, name), code: 'required', detail: mode.words.en.fields[name]?.required ?? '' }] : []
  })

/** What cannot be used, and what to do instead. */
const needed = {
  customCa: 'This deployment trusts public certificate authorities only. Clear the field. A server with a certificate of its own authority needs this product installed on Node.',
  tlsVersion: 'On this deployment the platform chooses the TLS version, 1.2 at least. Choose 1.2.',
} as const

/** Settings this deployment cannot honour: refused before anything is tried, with the reason. */
const unsupported = (mode: Mode, values: Raw, capabilities: Capabilities): FieldError[] =>
  Object.entries(mode.settings.shape).flatMap(([name, type]) => {
    const { needs } = metaOf(type as z.core.$ZodType)
    if (!needs || capabilities[needs] || values[name] === undefined || values[name] === defaultOf(type)) return []
    return [{ pointer: pointerOf(mode, name), code: 'unavailable', detail: needed[needs] }]
  })

export const defaultOf = (type: unknown): unknown => {
  const parsed = (type as z.ZodType).safeParse(undefined)
  return parsed.success ? parsed.data : undefined
}

const wordsFor = (mode: Mode, values: Raw, capabilities: Capabilities): FieldError[] =>
  (mode.judge?.(values as never, capabilities) ?? []).map(({ field, code, detail }) => ({ pointer: pointerOf(mode, field), code, detail }))
