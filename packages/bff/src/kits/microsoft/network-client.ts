import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'
import type { ModePorts } from '../../ports/mode-ports.ts'
import type { HttpReply } from '../../ports/ports.ts'
import { within } from '../smtp/patience.ts'
import { objectIn, refusal } from './answer.ts'
import type { Body, Source } from './answer.ts'
import { ask } from './ask.ts'
import { MicrosoftFault } from './fault.ts'

/** The library's way to the token endpoint, and what went wrong on it: the library itself only says `network_error`. */
export interface TokenExchange {
  readonly client: INetworkModule
  /** What the last exchange ended with, if it failed. */
  failure(): unknown
}

/** What the client-credentials grant consists of (RFC 6749 section 4.4.2, with the credentials in the body). */
const parameters = ['client_id', 'client_secret', 'grant_type', 'scope']

/** Characters of a token. Microsoft's have a few thousand; no server takes one of this length in a header or a line. */
const longestToken = 65_536
/** Milliseconds before the one repetition where the service names no time. */
const breath = 250
/** Seconds a service may ask to wait and still be asked again within the same run (fault F58). */
const patientFor = 3

/**
 * Speaks to this endpoint alone, whatever address the library names: a region of its environment, a redirect or metadata
 * cannot move the secret. Its telemetry about this machine (x-client-os and the like) is left out.
 */
export const tokenExchange = (endpoint: URL, ports: Pick<ModePorts, 'egress' | 'clock'>, signal: AbortSignal): TokenExchange => {
  let failed: unknown
  const post = async ({ body = '' }: NetworkRequestOptions): Promise<NetworkResponse<Body>> => {
    try {
      const usable = await patiently(() => exchange(endpoint, essential(body), ports, signal), signal)
      return { headers: {}, body: usable, status: 200 }
    } catch (error) {
      failed = error
      throw error
    }
  }
  return {
    client: {
      sendPostRequestAsync: <T>(_address: string, options?: NetworkRequestOptions) => post(options ?? {}) as Promise<NetworkResponse<T>>,
      sendGetRequestAsync: () => Promise.reject(new TypeError('the endpoint is known: nothing is to be looked up')),
    },
    failure: () => failed,
  }
}

/** Encoded as the library encoded them, in the order the vendor's pages show. */
const essential = (body: string): string => {
  const pairs = body.split('&')
  return parameters.flatMap((name) => pairs.filter((pair) => pair.startsWith(`${name}=`))).join('&')
}

const exchange = async (url: URL, body: string, ports: Pick<ModePorts, 'egress' | 'clock'>, signal: AbortSignal): Promise<Body> => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const reply = await ask('token', { method: 'POST', url, headers, body }, ports, signal)
  const source: Source = { service: 'token', host: url.host, now: ports.clock.now() }
  if (reply.status >= 400) throw refusal(reply, source)
  return usableToken(reply, source)
}

/**
 * Only what says "token" in every part passes, and only those parts: the library takes `{}` for a success, keeps a token
 * under whatever scope the answer names, and would renew early, with a secret that may be wrong by then, where told so.
 */
const usableToken = (reply: HttpReply, source: Source): Body => {
  const { token_type, access_token, expires_in } = objectIn(reply, source)
  const lacking = [
    ...(typeof token_type === 'string' && /^bearer$/i.test(token_type) ? [] : ['token_type']),
    ...(typeof access_token === 'string' && /^[\x21-\x7e]+$/.test(access_token) && access_token.length <= longestToken ? [] : ['access_token']),
    ...(isLifetime(expires_in) ? [] : ['expires_in']),
  ]
  if (lacking.length > 0) throw new MicrosoftFault('token.unusable', { service: 'token', host: source.host, http: reply.status, wanted: lacking.join(', ') })
  return { token_type: 'Bearer', access_token, expires_in: Math.floor(Number(expires_in)) }
}

/** Seconds, as a number or in digits, perhaps with a fraction; no token lives for a year. */
const isLifetime = (value: unknown): boolean => /^[1-9]\d{0,7}(\.\d+)?$/.test(typeof value === 'number' || typeof value === 'string' ? String(value) : '')

/** Repeats once what is certainly not done and may pass the next time: a token request changes nothing at the service. */
const patiently = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    const wait = error instanceof MicrosoftFault ? waitOf(error) : undefined
    if (wait === undefined) throw error
    await pause(wait, signal)
    return work()
  }
}

const passing: readonly string[] = ['https.refused', 'https.unreachable', 'https.timeout', 'https.closed', 'service.broken']

/** Milliseconds until another try makes sense; undefined where it does not. */
const waitOf = ({ code, facts: { retryAfter } }: MicrosoftFault): number | undefined => {
  if (retryAfter !== undefined) return retryAfter <= patientFor ? retryAfter * 1000 : undefined
  return passing.includes(code) ? breath : undefined
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  const over = new Error('over')
  await within(new Promise<never>(() => {}), ms, signal, () => over).catch((error: unknown) => { if (error !== over) throw error })
}
