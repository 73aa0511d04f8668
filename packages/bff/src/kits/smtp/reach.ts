import { cut } from '../../findings/said.ts'
import type { TlsFacts, Reply, Extensions } from '../../ports/ports.ts'
import type { Egress } from '../../ports/egress.ts'
import type { RawSocket, Target } from '../../ports/ports.ts'
import { extensionsOf } from './extensions.ts'
import { SmtpFault } from './fault.ts'
import type { FaultCode } from './fault.ts'
import { Line } from './line.ts'
import { patience, within } from './patience.ts'

/** Where a gateway's mail goes, and how well the way there must be guarded. */
export interface Route {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'tls' | 'none'
  readonly tlsVersion: '1.2' | '1.3'
  readonly ca?: string | undefined
}

const dnsCodes: Readonly<Record<string, FaultCode>> = { ENOTFOUND: 'dns.not-found', ENODATA: 'dns.not-found', ETIMEOUT: 'dns.timeout', EAI_AGAIN: 'dns.failed' }

/** Every address of the server, at most three seconds. */
export const resolve = async ({ host }: Route, egress: Egress, signal: AbortSignal): ReturnType<Egress['resolve']> => {
  const late = () => new SmtpFault('dns.timeout', { host, seconds: patience.lookup / 1000 })
  const addresses = await within(egress.resolve(host, signal), patience.lookup, signal, late)
    .catch((error: unknown) => { throw named(error, dnsCodes, 'dns.failed', { host }, signal) })
  if (addresses.length === 0) throw new SmtpFault('dns.not-found', { host })
  return addresses
}

const connectCodes: Readonly<Record<string, FaultCode>> = {
  MGS_UNREACHED: 'connect.not-told',
  ECONNREFUSED: 'connect.refused', ETIMEDOUT: 'connect.timeout', EACCES: 'connect.denied', EPERM: 'connect.denied', ERR_ACCESS_DENIED: 'connect.denied',
  EHOSTUNREACH: 'connect.unreachable', ENETUNREACH: 'connect.unreachable', EADDRNOTAVAIL: 'connect.unreachable',
  // It was there, and hung up before it said a word.
  ECONNRESET: 'smtp.greeting.closed',
}

/** The first of the targets that answers; what the last one said when none does. */
export const connect = async (targets: readonly Target[], egress: Egress, signal: AbortSignal): Promise<{ readonly socket: RawSocket; readonly target: Target }> => {
  let last: unknown = new SmtpFault('dns.not-found')
  for (const target of targets) {
    try {
      return { socket: await connectOne(target, egress, signal), target }
    } catch (error) {
      signal.throwIfAborted()
      last = error
    }
  }
  throw last
}

const connectOne = async (target: Target, egress: Egress, signal: AbortSignal): Promise<RawSocket> => {
  // A signal of its own: a connection that comes after its time must not be left open.
  const attempt = new AbortController()
  const { host, port } = target
  const late = () => new SmtpFault('connect.timeout', { host, port, seconds: patience.connect / 1000 })
  try {
    return await within(egress.connect(target, AbortSignal.any([signal, attempt.signal])), patience.connect, signal, late)
  } catch (error) {
    attempt.abort()
    throw named(error, connectCodes, 'connect.failed', { host, port }, signal)
  }
}

const named = (error: unknown, codes: Readonly<Record<string, FaultCode>>, otherwise: FaultCode, facts: { host: string; port?: number }, signal: AbortSignal): unknown => {
  if (signal.aborted || error instanceof SmtpFault || !(error instanceof Error)) return error
  const cause = String((error as Error & { code?: unknown }).code ?? '')
  return new SmtpFault(codes[cause] ?? otherwise, { ...facts, cause, text: error.message.slice(0, 512) })
}

/** STARTTLS as RFC 3207 wants it: offered, granted, nothing slipped in, then the handshake. */
export const upgrade = async (line: Line, { host, ca, tlsVersion, port }: Route, ehloName: string): Promise<TlsFacts> => {
  const reply = await line.ehlo(ehloName)
  // Without EHLO there is no STARTTLS (RFC 3207 section 4).
  if (reply.code >= 500) throw new SmtpFault('tls.too-old', { host, port })
  if (!extensionsOf(reply).starttls) throw new SmtpFault('tls.unavailable', { host, port })
  await line.startTls()
  return secure(line, { host, ca, tlsVersion })
}

export const secure = (line: Line, { host, ca, tlsVersion }: Pick<Route, 'host' | 'ca' | 'tlsVersion'>): Promise<TlsFacts> =>
  line.handshake({ host, minVersion: tlsVersion, ...(ca && { ca }) })

/** How a machine names itself in EHLO: an address stands in brackets, IPv6 with its tag (RFC 5321 section 4.1.3). */
export const introduction = (name: string): string => {
  if (name.includes(':')) return `[IPv6:${name}]`
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) ? `[${name}]` : name
}

/** The order of the strongest that both sides know; without encryption the one that does not show the password (RFC 2195). */
export const mechanismFor = ({ auth }: Extensions, encrypted: boolean): string => {
  if (auth.length === 0) throw new SmtpFault('smtp.auth.not-offered')
  const order = encrypted ? ['PLAIN', 'LOGIN', 'CRAM-MD5'] : ['CRAM-MD5', 'PLAIN', 'LOGIN']
  const mechanism = order.find((name) => auth.includes(name))
  if (!mechanism) throw new SmtpFault('smtp.auth.mechanism', { offered: auth })
  return mechanism
}

/** The last line of a reply, for a row's evidence: code and words, at most 120 characters. */
export const quoted = ({ text }: Reply): string => cut(text.split('\n').at(-1)!, 120)
