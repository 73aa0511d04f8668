import type { CheckStatus, Evidence, RunRow } from '@mail-gateway/contract'
import type { Words } from '../strings/words.ts'

type Known = (value: Evidence[string], words: Words, all: Evidence) => string

export const plain = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))
const bare = 'addresses reply user mechanism cloud audience roles scopes region'.split(' ')
const silent = 'issuer cipher subject pipelining messageId requestId renewed appId'.split(' ')

// What a reader needs no name for stands alone; what repeats another value is left to the details.
const known: Readonly<Record<string, Known>> = {
  settings: (value, words) => words.t.values(Number(value)),
  verified: (_, words) => words.t.stateVerified,
  validTo: (value, words, all) => ('daysLeft' in all ? '' : words.t.expires(words.day(String(value)))),
  address: (value, _, all) => plain(value) + ('port' in all ? `:${plain(all['port'])}` : ''),
  port: (value, _, all) => ('address' in all ? '' : plain(value)),
  protocol: (value) => plain(value).replace(/^TLSv/, 'TLS '),
  daysLeft: (value, words) => words.t.certificateDays(Number(value)),
  auth: (value) => (Array.isArray(value) && value.length ? `AUTH ${value.join(' ')}` : ''),
  size: (value, words) => (Number(value) > 0 ? words.amount(Number(value) / 1_048_576, 'megabyte') : ''),
  starttls: (value) => (value ? 'STARTTLS' : ''),
  expiresIn: (value, words) => words.amount(Math.round(Number(value) / 60), 'minute'),
}

/** Facts of a row for people: known ones with their words and units, unknown ones as key and value. */
export const evidenceText = (evidence: Evidence | undefined, words: Words): string =>
  Object.entries(evidence ?? {}).map(([key, value]) =>
    silent.includes(key) ? '' : Object.hasOwn(known, key) ? known[key]!(value, words, evidence!) : (bare.includes(key) ? '' : `${key} `) + plain(value)).filter(Boolean).join(' · ')

export type Counts = Readonly<Record<CheckStatus, number>>

/** How the rows ended. What waits or runs when a run is over was not run. */
export const countsOf = (rows: readonly RunRow[]): Counts => {
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0, unproven: 0 }
  for (const { status } of rows) counts[status === 'waiting' || status === 'running' ? 'skip' : status] += 1
  return counts
}
