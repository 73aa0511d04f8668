import { Duplex } from 'node:stream'
import type { RawSocket, Tap } from '../../ports/ports.ts'

/** A socket as the mail library wants one, over a socket that is ours: vetted, verified, tapped. */
export class Wire extends Duplex {
  readonly #raw: RawSocket
  readonly #tap: Tap
  #reading = false

  constructor(raw: RawSocket, tap: Tap, greeting: string) {
    super({ allowHalfOpen: false })
    this.#raw = raw
    this.#tap = tap
    this.push(Buffer.from(`${greeting.replace(/\n/g, '\r\n')}\r\n`))
  }

  override _read(): void {
    if (this.#reading) return
    this.#reading = true
    this.#raw.read().then((chunk) => this.#arrived(chunk), (error: Error) => this.#broke(error))
  }

  #arrived(chunk: Uint8Array | null): void {
    this.#reading = false
    if (this.destroyed) return
    if (chunk === null) { this.#tap.ended(null); this.push(null); return }
    try {
      this.#tap.received(chunk)
      this.push(chunk)
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  #broke(error: Error): void {
    this.#reading = false
    if (!this.destroyed) { this.#tap.ended(error); this.destroy(error) }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#tap.sent(chunk)
    this.#raw.write(chunk).then(() => done(), done)
  }

  // Commands that were corked together leave in one segment (RFC 2920).
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#raw.destroy()
    done(error)
  }

  // The library sets these on a TCP socket; deadlines are ours.
  setTimeout(): this { return this }
  setNoDelay(): this { return this }
  setKeepAlive(): this { return this }
}
