import type { FieldView, SettingValue } from '@mail-gateway/contract'
import { en } from './en.ts'
import type { Strings } from './en.ts'

/** A host's own wording of what carries a code: problems and findings. */
export interface CodeWords { readonly title?: string; readonly detail?: string }

/** What a host may override: any text of the element, and any sentence of the BFF by its code. */
export type Messages = Partial<Strings> & { readonly codes?: Readonly<Record<string, CodeWords>> }

/** Everything the parts need to speak one language. */
export interface Words {
  readonly t: Strings
  readonly lang: string
  readonly codes: Readonly<Record<string, CodeWords>>
  /** `20 Nov 2026, 14:02`, or `today, 14:02`. */
  when(iso: string): string
  /** `20 Nov 2026`. */
  day(iso: string): string
  /** `20 Nov`, with the year where it is another. */
  since(iso: string): string
  /** `20 Nov 2026 (in 9 days)`. */
  until(date: string): string
  /** `0.4 s` from milliseconds, `6 ms` where tenths would say nothing. */
  seconds(ms: number): string
  /** `60 minutes`, `34.3 MB`. */
  amount(count: number, unit: string): string
}

// Plain English takes its dates from Britain, which puts the day first as most of the world does.
const localeOf = (lang: string) => (lang === 'en' ? 'en-GB' : lang)

const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString()

/** Words in one language; what `messages` lacks falls back key by key. */
export const wordsIn = (lang: string, base: Strings, messages: Messages = {}): Words => {
  const { codes = {}, ...texts } = messages
  const locale = localeOf(lang)
  const format = (iso: string, options: Intl.DateTimeFormatOptions) => new Date(iso).toLocaleString(locale, options)
  const relative = (days: number) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
  const day = (iso: string) => format(iso, { dateStyle: 'medium' })
  return {
    t: { ...en, ...base, ...texts },
    lang, codes, day,
    when: (iso) => {
      const time = format(iso, { timeStyle: 'short' })
      const today = sameDay(new Date(iso), new Date())
      return `${today ? relative(0) : day(iso)}, ${time}`
    },
    seconds: (ms) => ms < 100 ? `${ms} ms` : `${(ms / 1000).toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`,
    since: (iso) => format(iso, { day: 'numeric', month: 'short', ...(new Date(iso).getFullYear() !== new Date().getFullYear() && { year: 'numeric' }) }),
    until: (date) => `${day(date)} (${relative(Math.ceil((Date.parse(date) - Date.now()) / 864e5))})`,
    amount: (count, unit) => count.toLocaleString(locale, { style: 'unit', unit, unitDisplay: unit === 'megabyte' ? 'short' : 'long', maximumFractionDigits: 1 }),
  }
}

/** A setting's value in words: the label of its option, yes or no, or the value itself. */
export const valueText = (field: FieldView | undefined, value: SettingValue | undefined, t: Strings): string => {
  if (value === undefined || value === null || value === '') return t.notSet
  if (typeof value === 'boolean') return value ? t.yes : t.no
  return field?.options?.find((each) => each.value === value)?.label ?? `${value}${field?.unit ? ` ${field.unit}` : ''}`
}
