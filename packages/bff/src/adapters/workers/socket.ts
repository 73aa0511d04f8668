import { connect } from 'cloudflare:sockets'
import type { Socket } from 'cloudflare:sockets'
import type { RawSocket, Target, TlsFacts } from '../../ports/ports.ts'
import { coded, handshakeCode } from './errors.ts'

/**
 * A TCP connection by name: the runtime checks a certificate against the name it was given here, and against nothing
 * else, so the vetted literal cannot be used. What a name may resolve to is the platform's own to refuse (threat T18).
 * @throws Error with `code` MGS_UNREACHED, since the runtime does not say what happened; the signal's reason
 */
export const openSocket = async ({ host, port }: Target, signal: AbortSignal): Promise<RawSocket> => {
  signal.throwIfAborted()
  const socket = connect({ hostname: bracketed(host), port }, { secureTransport: 'starttls', allowHalfOpen: false })
  socket.closed.catch(() => {})
  // A connection under way cannot be called back: it is freed as soon as it has come about.
  const abandoned = Promise.withResolvers<never>()
  const abandon = () => { free(socket); abandoned.reject(signal.reason) }
  signal.addEventListener('abort', abandon, { once: true })
  try {
    await Promise.race([socket.opened, abandoned.promise])
    signal.throwIfAborted()
    return new WorkerSocket(socket)
  } catch (error) {
    throw signal.aborted ? signal.reason : coded(error, 'MGS_UNREACHED')
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}

/**
 * The only way to end one while its request lives: streams that are cancelled or aborted keep the line open until then.
 * It waits for a connection under way, a handshake, and bytes a peer does not take; those end with the request (measured).
 */
const free = (socket: Socket): void => void socket.close().catch(() => {})

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

class WorkerSocket implements RawSocket {
  readonly #socket: Socket
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  #gone = false
  /** Rejects when this socket is destroyed: what the runtime would go on waiting for hears of it. */
  readonly #given = Promise.withResolvers<never>()
  #secure: Socket | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.#reader = socket.readable.getReader()
    this.#writer = socket.writable.getWriter()
    for (const end of [socket.closed, this.#reader.closed, this.#writer.closed, this.#given.promise]) end.catch(() => {})
  }

  async read(): Promise<Uint8Array | null> {
    try {
      const { value, done } = await this.#reader.read()
      return done ? null : value
    } catch (error) {
      if (this.#gone) return null
      throw coded(error, 'ECONNRESET')
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await Promise.race([this.#writer.write(bytes), this.#given.promise]).catch((error: unknown) => { throw coded(error, 'EPIPE') })
  }

  /**
   * Verifies chain, name and dates against the runtime's roots, and tells no more than that it did: neither certificate
   * nor protocol can be read, and authorities or a version of one's own would be ignored, so `judge` refuses them before.
   */
  async startTls(): Promise<{ socket: RawSocket; facts: TlsFacts }> {
    this.#reader.releaseLock()
    this.#writer.releaseLock()
    // Without an argument: the name given to connect() is the one that is checked, and naming it again is refused in production.
    const secure = this.#socket.startTls()
    secure.closed.catch(() => {})
    this.#secure = secure
    try {
      await Promise.race([secure.opened, this.#given.promise])
      return { socket: new WorkerSocket(secure), facts: { verified: true } }
    } catch (error) {
      free(secure)
      throw coded(error, handshakeCode(error))
    }
  }

  destroy(): void {
    if (this.#gone) return
    this.#gone = true
    free(this.#secure ?? this.#socket)
    this.#given.reject(new Error('the connection was given up'))
  }
}
