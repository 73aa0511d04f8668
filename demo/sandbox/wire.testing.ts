import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'

/** A client for tests that shows what is on the wire: it says lines, hears replies, and judges nothing. */
export class Wire {
  #socket: net.Socket
  #heard = ''

  private constructor(socket: net.Socket) {
    this.#socket = socket
    this.#listen()
  }

  static async plain(port: number, host = '127.0.0.1'): Promise<Wire> {
    const socket = net.connect({ port, host })
    const wire = new Wire(socket)
    await once(socket, 'connect')
    return wire
  }

  static async tls(port: number, options: tls.ConnectionOptions): Promise<Wire> {
    const wire = await Wire.plain(port)
    await wire.encrypt(options)
    return wire
  }

  get protocol(): string | null {
    return this.#socket instanceof tls.TLSSocket ? this.#socket.getProtocol() : null
  }

  get closed(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded
  }

  /** Everything heard and not yet taken. */
  get heard(): string {
    return this.#heard
  }

  say(line: string): void {
    this.#socket.write(`${line}\r\n`)
  }

  /** A complete reply, lines joined by a line break. Rejects after `ms` milliseconds or when the server hangs up before. */
  async reply(ms = 5000): Promise<string> {
    const signal = AbortSignal.timeout(ms)
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/.exec(this.#heard)?.[0]
      if (whole) return this.#take(whole)
      if (this.closed) throw new Error(`hung up after ${JSON.stringify(this.#heard)}`)
      await this.#more(signal)
    }
  }

  ask(line: string, ms?: number): Promise<string> {
    this.say(line)
    return this.reply(ms)
  }

  /** Waits until nothing was heard for `ms` milliseconds; true when the line is open and silent. */
  async silentFor(ms: number): Promise<boolean> {
    const before = this.#heard
    await new Promise((resolve) => { setTimeout(resolve, ms) })
    return this.#heard === before && !this.closed
  }

  async hungUp(ms = 5000): Promise<void> {
    const signal = AbortSignal.timeout(ms)
    while (!this.closed) await this.#more(signal)
  }

  /** Always verifies; rejects with the code of what is wrong. */
  async encrypt(options: tls.ConnectionOptions): Promise<void> {
    this.#socket.removeAllListeners('data')
    const secure = tls.connect({ servername: 'localhost', host: 'localhost', ...options, socket: this.#socket })
    this.#socket = secure
    await once(secure, 'secureConnect')
    this.#listen()
  }

  end(): void {
    this.#socket.destroy()
  }

  #listen(): void {
    this.#socket.on('data', (bytes: Buffer) => { this.#heard += bytes.toString() })
    this.#socket.on('error', () => {})
  }

  #take(whole: string): string {
    this.#heard = this.#heard.slice(whole.length)
    return whole.replaceAll('\r', '').trimEnd()
  }

  async #more(signal: AbortSignal): Promise<void> {
    const waiting = new AbortController()
    const any = AbortSignal.any([signal, waiting.signal])
    try {
      await Promise.race(['data', 'close'].map((event) => once(this.#socket, event, { signal: any })))
    } finally {
      waiting.abort()
    }
  }
}
