import { callHeader, repeatHeader } from '@mail-gateway/contract'
import { Refusal } from '../findings/problem.ts'

/**
 * Refuses a changing call another site could have caused (threat T41): it carries our header, says JSON,
 * and comes from an origin on the exact list, or the browser itself says it is same-origin.
 */
export const demandOwnPage = (headers: Headers, trusted: ReadonlySet<string>): void => {
  if (!comesFromOwnPage(headers, trusted)) throw new Refusal('request.origin')
  if (headers.get(callHeader) !== '1') throw new Refusal('request.header-missing')
  if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')) throw new Refusal('request.content-type')
}

const comesFromOwnPage = (headers: Headers, trusted: ReadonlySet<string>): boolean => {
  const origin = headers.get('origin')
  return origin === null ? headers.get('sec-fetch-site') === 'same-origin' : trusted.has(origin)
}

/** CORS answers for a page of a trusted origin; none at all for any other (threat T42). */
export const corsHeaders = (origin: string | null, trusted: ReadonlySet<string>): Record<string, string> =>
  origin !== null && trusted.has(origin)
    ? { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'etag, retry-after, x-request-id', vary: 'origin' }
    : { vary: 'origin' }

/** What a preflight of a trusted origin is told besides. */
export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, POST, PUT, DELETE',
  'access-control-allow-headers': `content-type, if-match, authorization, traceparent, accept-language, ${callHeader}, ${repeatHeader}`,
  'access-control-max-age': '600',
}
