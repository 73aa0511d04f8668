import { once } from 'node:events'
import type net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import tls from 'node:tls'

/** Longest thing a client may send in one line or one message, in bytes. */
const most = 1_048_576

/** One client, talked to line by line. Everything ends when the client leaves or the server hangs up. */
export class Conversation {
  readonly #ended = new AbortController()
  #socket: net.Socket
  #rest = ''

  constructor(socket: net.Socket) {
    this.#socket = socket
    this.#watch(socket)
  }

  /** Aborted once the connection is over. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** TLS version spoken now; absent before encryption. */
  get protocol(): string | undefined {
    return this.#socket instanceof tls.TLSSocket ? this.#socket.getProtocol() ?? undefined : undefined
  }

  /** One reply; further lines of it are separated by a line break in `text`. */
  async say(text: string): Promise<void> {
    await this.send(`${text.replaceAll('\n', '\r\n')}\r\n`)
  }

  /** Bytes as they are; waits while the client does not read. */
  async send(bytes: string | Uint8Array): Promise<void> {
    if (this.ended.aborted || this.#socket.write(bytes)) return
    await once(this.#socket, 'drain', { signal: this.ended }).catch(() => {})
  }

  /** The client's next line without its end, or null when it left. Bytes above 127 arrive as Latin-1. */
  async line(): Promise<string | null> {
    for (;;) {
      const end = this.#rest.indexOf('\n')
      if (end >= 0) return this.#take(end)
      const chunk = await this.#chunk()
      if (chunk === null) return null
      this.#rest += chunk
      if (this.#rest.length > most) this.hangUp()
    }
  }

  /** Encrypts from here on. Rejects when the handshake fails or the client leaves. */
  async encrypt(options: tls.TLSSocketOptions): Promise<void> {
    this.#rest = ''
    const secure = new tls.TLSSocket(this.#socket, { ...options, isServer: true })
    this.#socket = secure
    this.#watch(secure)
    await once(secure, 'secure', { signal: this.ended })
  }

  async wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.ended }).catch(() => {})
  }

  /** Keeps the line open and says nothing. */
  async silence(): Promise<void> {
    this.#socket.resume()
    if (!this.ended.aborted) await once(this.ended, 'abort')
  }

  hangUp(): void {
    this.#socket.destroy()
    this.#ended.abort()
  }

  /** Says goodbye properly: what was written still arrives. */
  close(): void {
    this.#socket.end()
  }

  #take(end: number): string {
    const line = this.#rest.slice(0, end).replace(/\r$/, '')
    this.#rest = this.#rest.slice(end + 1)
    return line
  }

  async #chunk(): Promise<string | null> {
    for (;;) {
      if (this.ended.aborted || this.#socket.readableEnded) return null
      const bytes = this.#socket.read() as Buffer | null
      if (bytes) return bytes.toString('latin1')
      await this.#readable()
    }
  }

  async #readable(): Promise<void> {
    const waiting = new AbortController()
    const signal = AbortSignal.any([this.ended, waiting.signal])
    await Promise.race([once(this.#socket, 'readable', { signal }), once(this.#socket, 'end', { signal })]).catch(() => {})
    waiting.abort()
  }

  #watch(socket: net.Socket): void {
    socket.on('error', () => { this.#ended.abort() })
    socket.on('close', () => { this.#ended.abort() })
  }
}
