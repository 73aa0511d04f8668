import type { Address, Network } from '../../ports/ports.ts'
import { coded } from './errors.ts'

/** What a resolver answers as JSON (developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json). */
interface Answer {
  readonly Status?: number
  readonly Answer?: readonly { readonly type?: number; readonly data?: string }[]
}

const kinds = [{ name: 'A', type: 1, family: 4 }, { name: 'AAAA', type: 28, family: 6 }] as const
/** RFC 1035 section 4.1.1. */
const nxDomain = 3
const noError = 0

/**
 * Names by DNS over HTTPS: this runtime has no resolver of its own that would tell addresses.
 * `localhost` means loopback without being asked about (RFC 6761 section 6.3), and a literal itself.
 * @throws Error with `code` ENOTFOUND, or EAI_AGAIN where the resolver did not answer
 */
export const resolverAt = (resolver: URL): Network['lookup'] => async (host, signal) => {
  if (host === 'localhost' || host.endsWith('.localhost')) return [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }]
  if (host.includes(':')) return [{ address: host, family: 6 }]
  if (/^\d+(\.\d+){3}$/.test(host)) return [{ address: host, family: 4 }]
  const found = await Promise.all(kinds.map((kind) => ask(resolver, host, kind, signal)))
  return found.flat()
}

const ask = async (resolver: URL, host: string, { name, type, family }: (typeof kinds)[number], signal: AbortSignal): Promise<Address[]> => {
  const url = new URL(resolver)
  url.searchParams.set('name', host)
  url.searchParams.set('type', name)
  const { Status, Answer = [] } = await answered(url, signal)
  if (Status === nxDomain) throw coded(new Error(`no address for ${host}`), 'ENOTFOUND')
  if (Status !== noError) throw coded(new Error(`the resolver answered with ${Status}`), 'EAI_AGAIN')
  return Answer.filter((record) => record.type === type && record.data).map(({ data }) => ({ address: data!, family }))
}

const answered = async (url: URL, signal: AbortSignal): Promise<Answer> => {
  try {
    const response = await fetch(url, { headers: { accept: 'application/dns-json' }, redirect: 'manual', signal })
    if (!response.ok) throw new Error(`the resolver answered with ${response.status}`)
    return await response.json() as Answer
  } catch (error) {
    throw signal.aborted ? signal.reason : coded(error, 'EAI_AGAIN')
  }
}
