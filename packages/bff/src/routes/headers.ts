import { Refusal } from '../findings/problem.ts'

/** On every answer: nothing is kept, sniffed, framed or run. */
export const safetyHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** A running check must reach the page line by line, whatever stands between. */
export const streamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'application/x-ndjson; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

export const etagOf = (revision: number): string => `"${revision}"`

/**
 * Revisions named by If-Match (RFC 9110 section 13.1.1). Weak ones count: a compressing proxy weakens the tag it passes on.
 * @returns undefined where the header is missing or names everything: who has seen nothing may change nothing
 */
export const revisionsIn = (header: string | null): number[] | undefined => {
  if (header === null || header.trim() === '*' || !header.trim()) return undefined
  return header.split(',').map((tag) => Number(/^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(tag)?.[1] ?? Number.NaN))
}

/**
 * The id a caller has made for what it creates, so that asking again makes nothing twice. Quotes, as a structured header
 * has them, are taken off.
 * @throws Refusal `request.idempotency-key` for one that is too easily made twice
 */
export const wantedId = (header: string | null): string | undefined => {
  if (header === null) return undefined
  const id = /^"?([\w-]{22,64})"?$/.exec(header.trim())?.[1]
  if (!id) throw new Refusal('request.idempotency-key')
  return id
}

const traceparent = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The caller's trace (W3C Trace Context), or nothing where it has another form. */
export const traceOf = (headers: Headers): string | undefined => {
  const value = headers.get('traceparent')
  return value !== null && traceparent.test(value) ? value : undefined
}
