import type { HttpReply } from '../../ports/ports.ts'
import { MicrosoftFault } from './fault.ts'
import type { MicrosoftFacts, Service } from './fault.ts'

/** A JSON object of a service, nothing in it trusted. */
export type Body = Readonly<Record<string, unknown>>

/** Who answered, and when it was read. */
export interface Source {
  readonly service: Service
  readonly host: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Characters of a foreign answer that are kept for the finding. */
const keptText = 1000
/** Longest wait that is told, in seconds: nobody looks at a countdown of a day. */
const longestWait = 3600

/**
 * The object an answer holds.
 * @throws MicrosoftFault `https.not-json` for anything that is no JSON, `https.shape` for JSON that is no object
 */
export const objectIn = (reply: HttpReply, source: Source): Body => {
  const parsed = parse(reply.text)
  if (parsed === undefined) throw new MicrosoftFault('https.not-json', strange(reply, source))
  if (!isObject(parsed)) throw new MicrosoftFault('https.shape', strange(reply, source))
  return parsed
}

/**
 * What an answer of status 400 or more means. An OAuth error (RFC 6749 section 5.2) is kept whole: it says more than
 * anything made of it. Without one, somebody else answered in the service's place.
 */
export const refusal = (reply: HttpReply, source: Source): MicrosoftFault => {
  const parsed = parse(reply.text)
  const wait = retryAfterOf(reply, source.now)
  const body = isObject(parsed) ? { body: parsed } : parsed === undefined && reply.text.trim() ? { text: reply.text.slice(0, keptText) } : {}
  const facts: MicrosoftFacts = { ...about(reply, source), ...body, ...(wait !== undefined && { retryAfter: wait }) }
  if (reply.status === 429) return new MicrosoftFault('service.busy', facts)
  if (reply.status >= 500) return new MicrosoftFault('service.broken', facts)
  if (isObject(parsed) && typeof parsed.error === 'string') return new MicrosoftFault('service.refused', facts)
  return new MicrosoftFault(parsed === undefined ? 'https.not-json' : 'https.shape', strange(reply, source))
}

/** Seconds of a Retry-After header, in either of its forms (RFC 9110 section 10.2.3), at most an hour. */
export const retryAfterOf = ({ headers }: Pick<HttpReply, 'headers'>, now: number): number | undefined => {
  const text = headers['retry-after']?.trim() ?? ''
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), longestWait)
  const at = / GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, Math.ceil((at - now) / 1000)), longestWait)
}

export const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const about = ({ status }: HttpReply, { service, host }: Source): MicrosoftFacts => ({ service, host, http: status })

const strange = (reply: HttpReply, source: Source): MicrosoftFacts => ({ ...about(reply, source), text: reply.text.slice(0, keptText) })
