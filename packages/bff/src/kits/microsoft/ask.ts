import type { ModePorts } from '../../ports/mode-ports.ts'
import { EgressRefused } from '../../ports/egress.ts'
import { HttpTooLarge } from '../../ports/ports.ts'
import type { HttpReply, HttpRequest } from '../../ports/ports.ts'
import { within } from '../smtp/patience.ts'
import { MicrosoftFault } from './fault.ts'
import type { MicrosoftFacts, MicrosoftFaultCode, Service } from './fault.ts'

/** Milliseconds one exchange may take, from the look-up of the name to the last byte; bytes that drip in extend none of them. Graph's leaves what comes before it a part of the 8 s in which a check has to say that nobody knows (fault F74). */
export const deadlines: Readonly<Record<Service, number>> = { discovery: 5_000, token: 5_000, graph: 7_500 }

/**
 * One exchange with a Microsoft service. Any status but a redirect is an answer; a redirect is never followed, since
 * the next host would get the secret or the token (threat T06).
 * @param milliseconds for the whole exchange, where it is not the usual ones
 * @throws MicrosoftFault `https.*`; EgressRefused and the signal's reason as they are
 */
export const ask = async (service: Service, request: HttpRequest, { egress }: Pick<ModePorts, 'egress'>, signal: AbortSignal, milliseconds = deadlines[service]): Promise<HttpReply> => {
  const facts: MicrosoftFacts = { service, host: request.url.host }
  const reply = await answered(service, request, egress, signal, milliseconds).catch((error: unknown) => { throw named(error, facts, signal) })
  if (reply.status >= 300 && reply.status < 400) throw new MicrosoftFault('https.redirect', { ...facts, http: reply.status, ...onward(reply) })
  // Asked for none: whoever compresses all the same is not the service, and a small answer could unfold to a huge one.
  if (!/^(identity)?$/i.test(reply.headers['content-encoding'] ?? '')) throw new MicrosoftFault('https.not-json', { ...facts, http: reply.status })
  return reply
}

const answered = async (service: Service, request: HttpRequest, egress: ModePorts['egress'], signal: AbortSignal, milliseconds: number): Promise<HttpReply> => {
  // A signal of its own: what comes after its time must not keep a socket open.
  const attempt = new AbortController()
  const late = () => new MicrosoftFault('https.timeout', { service, host: request.url.host, seconds: milliseconds / 1000 })
  try {
    return await within(egress.request(request, AbortSignal.any([signal, attempt.signal])), milliseconds, signal, late)
  } catch (error) {
    attempt.abort()
    throw error
  }
}

/** The host a redirect points to: names a captive portal or a proxy. The rest of the address may hold anything. */
const onward = ({ headers }: HttpReply): Pick<MicrosoftFacts, 'found'> => {
  const host = URL.parse(headers.location ?? '')?.host
  return host ? { found: host } : {}
}

const named = (error: unknown, facts: MicrosoftFacts, signal: AbortSignal): unknown => {
  if (signal.aborted) return signal.reason
  if (error instanceof MicrosoftFault || error instanceof EgressRefused) return error
  if (error instanceof HttpTooLarge) return new MicrosoftFault('https.too-large', facts)
  const cause = causeOf(error)
  return new MicrosoftFault(codeOf(cause), { ...facts, ...(cause && !cause.startsWith('MGS_') && { cause }) })
}

interface Foreign {
  readonly code?: unknown
  readonly cause?: { readonly code?: unknown }
}

const causeOf = (error: unknown): string => {
  const { code, cause } = (error ?? {}) as Foreign
  return [code, cause?.code].find((name) => typeof name === 'string') ?? ''
}

const codes: Readonly<Record<string, MicrosoftFaultCode>> = {
  ENOTFOUND: 'https.name', ENODATA: 'https.name', EAI_AGAIN: 'https.name', ETIMEOUT: 'https.name', EAI_FAIL: 'https.name',
  MGS_TLS: 'https.not-told', ECONNREFUSED: 'https.refused', ETIMEDOUT: 'https.timeout',
  EHOSTUNREACH: 'https.unreachable', ENETUNREACH: 'https.unreachable', EADDRNOTAVAIL: 'https.unreachable', ENETDOWN: 'https.unreachable',
  EACCES: 'https.unreachable', EPERM: 'https.unreachable', ERR_ACCESS_DENIED: 'https.unreachable',
  HPE_HEADER_OVERFLOW: 'https.too-large',
}

/** OpenSSL's names of certificate faults follow no one pattern; these cover the list of nodejs.org/api/tls.html. */
const tls = /CERT|^ERR_(TLS|SSL)_|^EPROTO$|^UNABLE_TO_|_TOO_(SMALL|WEAK)$|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$|^UNSPECIFIED$/

const codeOf = (cause: string): MicrosoftFaultCode => {
  if (codes[cause]) return codes[cause]
  if (tls.test(cause)) return 'https.tls'
  // What Node's parser says of bytes that are no HTTP.
  return cause.startsWith('HPE_') ? 'https.not-json' : 'https.closed'
}
