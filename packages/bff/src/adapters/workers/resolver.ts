import { parse } from '../../ports/address-range.ts'
import type { Address, Network } from '../../ports/ports.ts'
import { coded } from './errors.ts'
import { answerTo } from './https.ts'

/** What a resolver answers as JSON (developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json). */
interface Answer {
  readonly Status?: number
  readonly Answer?: readonly { readonly type?: number; readonly data?: string }[]
}

/** Bytes of an answer: far more addresses than any are ever tried. */
const answerLimit = 64 * 1024

const kinds = [{ name: 'A', type: 1, family: 4 }, { name: 'AAAA', type: 28, family: 6 }] as const
/** RFC 1035 section 4.1.1. */
const nxDomain = 3
const noError = 0

/**
 * Names by DNS over HTTPS: this runtime has no resolver of its own that would tell addresses.
 * `localhost` means loopback without being asked about (RFC 6761 section 6.3), and a literal itself.
 * @throws Error with `code` ENOTFOUND for a name that does not exist or has no address, EAI_AGAIN where the resolver gave no answer
 */
export const resolverAt = (resolver: URL): Network['lookup'] => async (host, signal) => {
  if (host === 'localhost' || host.endsWith('.localhost')) return [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }]
  if (host.includes(':')) return [{ address: host, family: 6 }]
  if (/^\d+(\.\d+){3}$/.test(host)) return [{ address: host, family: 4 }]
  const found = await Promise.all(kinds.map((kind) => ask(resolver, host, kind, signal)))
  const addresses = found.flat()
  if (addresses.length === 0) throw coded(new Error(`no address for ${host}`), 'ENOTFOUND')
  return addresses
}

const ask = async (resolver: URL, host: string, { name, type, family }: (typeof kinds)[number], signal: AbortSignal): Promise<Address[]> => {
  const url = new URL(resolver)
  url.searchParams.set('name', host)
  url.searchParams.set('type', name)
  try {
    const { status, text } = await answerTo(url, { headers: { accept: 'application/dns-json' }, signal }, answerLimit)
    if (status !== 200) throw new Error(`the resolver answered with ${status}`)
    const { Status, Answer = [] } = JSON.parse(text) as Answer
    if (Status === nxDomain) throw coded(new Error(`no address for ${host}`), 'ENOTFOUND')
    if (Status !== noError) throw new Error(`the resolver answered with ${Status}`)
    return Answer.filter((record) => record.type === type).map(({ data = '' }) => ({ address: parse(data).toString(), family }))
  } catch (error) {
    // An answer of another shape, or an address that is none, is no answer.
    throw signal.aborted ? signal.reason : coded(error, 'EAI_AGAIN')
  }
}
