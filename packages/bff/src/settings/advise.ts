import type { Finding } from '@mail-gateway/contract'
import { entryOf } from '../findings/catalogue.ts'
import type { CatalogueEntry } from '../findings/catalogue.ts'
import { retryOf } from '../findings/retry.ts'

type Values = Readonly<Record<string, unknown>>

/** Rules over settings that work and still deserve a word, most important first. Their words and patterns are the catalogue's. */
const rules: readonly { readonly id: string; readonly applies: (values: Values, pattern: (name: string) => boolean) => boolean }[] = [
  { id: 'local-m365-465', applies: (values) => isMicrosoft(values) && values.port === 465 },
  { id: 'local-port-tls-mismatch', applies: ({ port, security }) => (port === 465 && security === 'starttls') || ((port === 587 || port === 25) && security === 'tls') },
  { id: 'local-host-no-dot', applies: (_, pattern) => pattern('host') },
  { id: 'local-m365-basic-retiring', applies: (values) => isMicrosoft(values) && values.authentication === 'password' },
  { id: 'local-from-onmicrosoft', applies: (_, pattern) => pattern('from') },
]

const isMicrosoft = ({ host }: Values): boolean => matches('local-m365-basic-retiring', host)

const matches = (id: string, value: unknown): boolean => {
  const regex = entryOf(id)?.match.local?.regex
  return regex !== undefined && typeof value === 'string' && new RegExp(regex, 'i').test(value)
}

/** Advice on settings that are complete: the most important entry of the catalogue that applies, if any. */
export const adviceOn = (mode: string, values: Values): Finding | undefined => {
  const rule = rules.find(({ id, applies }) => fitsMode(entryOf(id), mode) && applies(values, (name) => matches(id, values[name])))
  const entry = rule && entryOf(rule.id)
  return entry && findingOf(entry)
}

const fitsMode = (entry: CatalogueEntry | undefined, mode: string): boolean => entry !== undefined && (entry.modes.includes('*') || entry.modes.includes(mode))

const findingOf = (entry: CatalogueEntry): Finding => {
  const [link] = entry.docs
  const [field] = entry.pointsTo.fields
  return {
    code: `settings.${entry.id.replace(/^local-/, '')}`, id: entry.id, title: entry.title, cause: entry.cause,
    fixes: entry.fix.map((text, n) => ({ text, ...(n === 0 && link && { link }) })),
    ...(field && { field }), retry: retryOf(entry.retry),
  }
}
