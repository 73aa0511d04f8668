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
  const abandon = () => void socket.close().catch(() => {})
  signal.addEventListener('abort', abandon, { once: true })
  try {
    await socket.opened
    return new WorkerSocket(socket)
  } catch (error) {
    throw signal.aborted ? signal.reason : coded(error, 'MGS_UNREACHED')
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

class WorkerSocket implements RawSocket {
  readonly #socket: Socket
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  #gone = false

  constructor(socket: Socket) {
    this.#socket = socket
    this.#reader = socket.readable.getReader()
    this.#writer = socket.writable.getWriter()
    for (const end of [socket.closed, this.#reader.closed, this.#writer.closed]) end.catch(() => {})
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
    await this.#writer.write(bytes).catch((error: unknown) => { throw coded(error, 'EPIPE') })
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
    try {
      await secure.opened
      return { socket: new WorkerSocket(secure), facts: { verified: true } }
    } catch (error) {
      void secure.close().catch(() => {})
      throw coded(error, handshakeCode(error))
    }
  }

  destroy(): void {
    if (this.#gone) return
    this.#gone = true
    void this.#socket.close().catch(() => {})
  }
}
