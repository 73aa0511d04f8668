import type { FieldView, ModeView, Repair, SettingValue, When } from '@mail-gateway/contract'
import { cleanNumber } from '../clean/clean.ts'
import type { Strings } from '../strings/en.ts'

export type Values = Readonly<Record<string, SettingValue>>

const isOne = (allowed: SettingValue | readonly SettingValue[], value: SettingValue): boolean =>
  Array.isArray(allowed) ? allowed.includes(value) : allowed === value

/** Whether a field is on the screen: every named setting has one of the values. */
export const holds = (when: When | undefined, values: Values): boolean =>
  Object.entries(when ?? {}).every(([name, allowed]) => isOne(allowed, values[name] ?? null))

/** Fields shown with these values. A field that hangs on a hidden one is hidden too. */
export const shown = (mode: ModeView, values: Values): readonly FieldView[] => {
  const byName = new Map(mode.fields.map((field) => [field.name, field]))
  const visible = (field: FieldView, depth = 0): boolean => depth > 8 || (holds(field.when, values)
    && Object.keys(field.when ?? {}).every((name) => { const other = byName.get(name); return !other || visible(other, depth + 1) }))
  return mode.fields.filter((field) => visible(field))
}

const isEmpty = (value: SettingValue | undefined): boolean => value === undefined || value === null || value === ''

/** The value as JSON carries it: a number typed as text becomes one, anything else stays for the server to judge. */
export const typed = (field: FieldView, value: SettingValue): SettingValue => {
  if (field.kind !== 'number' || typeof value !== 'string') return value
  const digits = cleanNumber(value)
  return /^[+-]?\d{1,15}$/.test(digits) ? Number(digits) : value
}

/** What may be one address; the server judges the rest. */
export const addressShape = /^[^\s@,;<>()"]+@[^\s@,;<>()"]+$/

// Only what is surely wrong; the server judges the rest and its words come back to the field.
const shapes: Readonly<Record<string, RegExp>> = {
  email: addressShape,
  host: /^[^\s/@<>"]+$/,
  number: /^[+-]?\d+$/,
}

/** Whether a pattern that came as text fits; undefined where this browser cannot read it. */
export const matches = (pattern: string, value: unknown, flags: string): boolean | undefined => {
  try { return new RegExp(pattern, flags).test(String(value ?? '')) } catch { return undefined }
}

const fits = ({ kind, pattern = '' }: FieldView, text: string): boolean => (shapes[kind]?.test(text) ?? true) && (matches(pattern, text, 'u') ?? true)

/** What is often pasted in place of this value, where it was. */
export const mistaken = ({ repairs }: FieldView, text: string): Repair | undefined => repairs?.find(({ pattern }) => matches(pattern, text, 'i'))

const inRange = ({ min, max }: FieldView, value: number): boolean => value >= (min ?? -Infinity) && value <= (max ?? Infinity)

/** What to correct in one value, or nothing. Says what to do, in the BFF's words where it sent some. */
export const judge = (field: FieldView, value: SettingValue | undefined, t: Strings): string | undefined => {
  const { label, messages, required, maxLength, min, max } = field
  if (isEmpty(value)) return required ? messages.required ?? (field.options ? t.choose(label) : t.enter(label)) : undefined
  const text = String(value)
  const wrong = mistaken(field, text)
  if (wrong && wrong.to === undefined) return wrong.say
  if (maxLength !== undefined && text.length > maxLength) return messages.format ?? t.tooLong(label, maxLength)
  if (!fits(field, text)) return messages.format ?? t.checkFormat(label)
  if (typeof value === 'number' && !inRange(field, value)) return messages.range ?? t.checkRange(label, String(min ?? ''), String(max ?? ''))
  return undefined
}

/** Settings ready to be sent: shown fields only, empty ones left out. */
export const settingsOf = (mode: ModeView, values: Values): Record<string, SettingValue> =>
  Object.fromEntries(shown(mode, values).filter(({ kind }) => kind !== 'secret')
    .map((field) => [field.name, typed(field, values[field.name] ?? null)] as const).filter(([, value]) => !isEmpty(value)))
