import type { Finding } from '@mail-gateway/contract'
import type * as z from 'zod'
import { entryOf } from '../findings/catalogue.ts'
import { retries } from '../findings/retry.ts'
import type { Mode } from '../modes/mode.ts'
import { metaOf, secretsOf } from './schema.ts'

type Values = Readonly<Record<string, unknown>>

/** A secret whose last day is known. */
export interface Ending {
  /** Name of the secret. */
  readonly name: string
  /** ISO 8601 date. */
  readonly date: string
  /** Whole days from today (UTC) to that day; below zero once it has passed. */
  readonly days: number
}

/** Days before its end from which a secret is spoken of: time enough for a second one, and for who has to make it. */
export const noticeDays = 30
const dayMs = 86_400_000

/** The last day of a secret, where its mode has a setting for it and one is stored. */
export const endOf = (mode: Mode, settings: Values, name: string): string | undefined => {
  const { expires } = Object.hasOwn(mode.settings.shape, name) ? metaOf(mode.settings.shape[name] as z.core.$ZodType) : {}
  const date = expires === undefined ? undefined : settings[expires]
  return typeof date === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date)) ? date : undefined
}

/** What a run can prove something about: the day a secret ends is written down for people and never reaches the wire. */
export const provable = (mode: Mode, values: Values): Values => {
  const dates = secretsOf(mode.settings).map((name) => metaOf(mode.settings.shape[name] as z.core.$ZodType).expires)
  return Object.fromEntries(Object.entries(values).filter(([name]) => !dates.includes(name)))
}

/** The secret among these names that ends first, if that is near. */
export const nextEnding = (mode: Mode, settings: Values, names: readonly string[], now: number): Ending | undefined => {
  const today = Math.floor(now / dayMs)
  const endings = names.flatMap((name) => {
    const date = endOf(mode, settings, name)
    return date === undefined ? [] : [{ name, date, days: Date.parse(date) / dayMs - today }]
  })
  return endings.filter(({ days }) => days <= noticeDays).sort((a, b) => a.days - b.days)[0]
}

/** How near it is, as a sentence. */
export const endingWords = ({ date, days }: Ending): string => {
  const day = new Date(date).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  const near = { '0': 'ends today', '1': 'ends tomorrow', '-1': 'ended yesterday' }[String(days)]
  return `The secret ${near ?? (days > 0 ? `ends in ${days} days` : `ended ${-days} days ago`)}, on ${day}`
}

/** Advice where one of the secrets among the values ends soon. */
export const endingAdvice = (mode: Mode, values: Values, now: number): Finding | undefined => {
  const ending = nextEnding(mode, values, secretsOf(mode.settings).filter((name) => values[name] !== undefined), now)
  return ending && findingOf(mode, ending)
}

const stops = { after: 'Mail stops on that day. Whoever issued it can issue a second one before.', fix: 'Get a new secret, enter it here with its end date, and send a test email.' }

const findingOf = (mode: Mode, ending: Ending): Finding => {
  const entry = entryFor(mode, ending.name)
  const [link] = entry?.docs ?? []
  const step = stepFor(mode, entry?.pointsTo.portalSteps ?? [])
  const ended = ending.days < 0
  return {
    code: ended ? 'settings.secret-ended' : 'settings.secret-expiring', id: entry?.id ?? null, title: endingWords(ending), field: ending.name, retry: retries.change,
    cause: ended ? 'By the end date stored with it, nobody can sign in with it any more.' : entry?.cause ?? stops.after,
    fixes: (ended || !entry ? [stops.fix] : entry.fix).map((text, n) => ({ text, ...(n === 0 && link && { link }) })),
    ...(step && { step }),
  }
}

const entryFor = (mode: Mode, name: string) => {
  const entry = entryOf('local-secret-expiring')
  return entry?.modes.includes(mode.id) && entry.match.local?.field === name ? entry : undefined
}

/** The catalogue names steps of portals; a guide that has one of them names it by the last part. */
const stepFor = ({ words: { en: { guide } } }: Mode, portalSteps: readonly string[]): string | undefined =>
  portalSteps.map((step) => step.split('.').at(-1)).find((id) => guide?.steps.some((step) => step.id === id))
