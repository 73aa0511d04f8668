import type { CheckStatus, Evidence, RunRow } from '@mail-gateway/contract'
import type { Words } from '../strings/words.ts'

type Known = (value: Evidence[string], words: Words, all: Evidence) => string

const plain: Known = (value) => (Array.isArray(value) ? value.join(', ') : String(value))
const hidden: Known = () => ''

// What a reader needs no name for stands alone; what repeats another value is left to the details.
const known: Readonly<Record<string, Known>> = {
  addresses: plain, reply: plain, user: plain, mechanism: plain, cloud: plain, audience: plain, roles: plain, scopes: plain, issuer: hidden,
  settings: (value, words) => words.t.values(Number(value)), cipher: hidden, subject: hidden, validTo: (value, words, all) => ('daysLeft' in all ? '' : words.t.expires(words.day(String(value)))),
  address: (value, _, all) => ('port' in all ? `${String(value)}:${String(all['port'])}` : String(value)),
  port: (value, _, all) => ('address' in all ? '' : plain(value, _, all)),
  protocol: (value) => String(value).replace(/^TLSv/, 'TLS '),
  daysLeft: (value, words) => words.t.certificateDays(Number(value)),
  auth: (value) => (Array.isArray(value) && value.length ? `AUTH ${value.join(' ')}` : ''),
  size: (value, words) => (Number(value) > 0 ? words.bytes(Number(value)) : ''),
  starttls: (value) => (value ? 'STARTTLS' : ''), pipelining: hidden,
  expiresIn: (value, words) => words.seconds(Number(value) * 1000),
  messageId: hidden, requestId: hidden,
}

/** Facts of a row for people: known ones with their words and units, unknown ones as key and value. */
export const evidenceText = (evidence: Evidence | undefined, words: Words): string =>
  Object.entries(evidence ?? {}).map(([key, value]) =>
    (Object.hasOwn(known, key) ? known[key]!(value, words, evidence!) : `${key} ${plain(value, words, evidence!)}`)).filter(Boolean).join(' · ')

/** Every fact, for support: nothing left out. */
export const evidencePairs = (evidence: Evidence | undefined): [string, string][] =>
  Object.entries(evidence ?? {}).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : String(value)])

export type Counts = Readonly<Record<CheckStatus, number>>

/** How the rows ended. What waits or runs when a run is over was not run. */
export const countsOf = (rows: readonly RunRow[]): Counts => {
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0, unproven: 0 }
  for (const { status } of rows) counts[status === 'waiting' || status === 'running' ? 'skip' : status] += 1
  return counts
}
