import type { HttpReply, HttpRequest, Network, RawSocket } from '../../ports/ports.ts'

/** One end of a conversation that a script holds: what it says, and what it hears. */
export interface Talk {
  /** The next line from our side, without its line break; null when we hung up. */
  line(): Promise<string | null>
  say(text: string): void
  end(): void
}

/** What the pretend network knows. */
export interface Script {
  /** Addresses by host name; a name that is missing does not exist. */
  readonly names?: Readonly<Record<string, readonly string[]>>
  /** Who answers at `address:port`; nobody listens anywhere else. Encryption is not part of this world. */
  readonly peers?: Readonly<Record<string, (talk: Talk) => Promise<void>>>
  /** Who answers HTTPS at `address:port`. */
  readonly sites?: Readonly<Record<string, (request: HttpRequest) => Promise<HttpReply>>>
}

/** A network of scripted peers. Failures carry the codes a real one gives. */
export const memoryNetwork = ({ names = {}, peers = {}, sites = {} }: Script): Network => ({
  async lookup(host) {
    const found = names[host] ?? (isLiteral(host) ? [host] : undefined)
    if (!found) throw failure('ENOTFOUND', `no address for ${host}`)
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  },
  async connect({ address, port }) {
    const peer = peers[`${address}:${port}`]
    if (!peer) throw failure('ECONNREFUSED', `nobody listens at ${address}:${port}`)
    const [ours, theirs] = pair()
    void peer(talkOver(theirs)).finally(() => theirs.destroy())
    return ours
  },
  async request({ address, port }, request, _maxBytes, signal) {
    const site = sites[`${address}:${port}`]
    if (!site) throw failure('ECONNREFUSED', `nobody listens at ${address}:${port}`)
    request.onSent?.()
    const answer = await site(request)
    signal.throwIfAborted()
    return answer
  },
})

const isLiteral = (host: string): boolean => host.includes(':') || /^\d+(\.\d+){3}$/.test(host)

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code, ...(code === 'ECONNREFUSED' && { syscall: 'connect' }) })

/** Bytes one way, in order; null ends them. */
interface Pipe {
  put(bytes: Uint8Array | null): void
  take(): Promise<Uint8Array | null>
}

const createPipe = (): Pipe => {
  const waiting: (Uint8Array | null)[] = []
  let news = Promise.withResolvers<void>()
  let closed = false
  return {
    put(bytes) {
      if (closed) return
      closed = bytes === null
      waiting.push(bytes)
      news.resolve()
      news = Promise.withResolvers()
    },
    async take() {
      while (!waiting.length) await news.promise
      return waiting[0] === null ? null : waiting.shift()!
    },
  }
}

const pair = (): [RawSocket, RawSocket] => {
  const [there, back] = [createPipe(), createPipe()]
  return [socketOver(back, there), socketOver(there, back)]
}

const socketOver = (incoming: Pipe, outgoing: Pipe): RawSocket => ({
  read: () => incoming.take(),
  async write(bytes) { outgoing.put(bytes.slice()) },
  startTls: () => Promise.reject(failure('ERR_NO_TLS', 'this network has no encryption')),
  destroy() {
    outgoing.put(null)
    incoming.put(null)
  },
})

const talkOver = (socket: RawSocket): Talk => {
  const decoder = new TextDecoder()
  let heard = ''
  return {
    async line() {
      while (!heard.includes('\n')) {
        const bytes = await socket.read()
        if (!bytes) return null
        heard += decoder.decode(bytes, { stream: true })
      }
      const at = heard.indexOf('\n')
      const line = heard.slice(0, at).replace(/\r$/, '')
      heard = heard.slice(at + 1)
      return line
    },
    say: (text) => void socket.write(new TextEncoder().encode(text)),
    end: () => socket.destroy(),
  }
}
