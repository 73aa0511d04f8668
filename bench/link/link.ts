import { once } from 'node:events'
import net from 'node:net'
import { clock } from '../process.ts'

/** Bytes as they passed the client's end of the link. `at` is of `clock()`. */
export interface Passage {
  readonly connection: number
  readonly at: number
  readonly from: 'client' | 'server'
  readonly bytes: Uint8Array
}

export interface Opened {
  readonly connection: number
  readonly at: number
}

export interface Recording {
  readonly opened: readonly Opened[]
  readonly passages: readonly Passage[]
}

interface Late { readonly due: number; readonly deliver: () => void }

/** Hands things on in the order they came, each at its own time. */
class Delay {
  readonly #queue: Late[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  add(due: number, deliver: () => void): void {
    this.#queue.push({ due, deliver })
    if (this.#queue.length === 1) this.#wait()
  }

  #wait(): void {
    const [next] = this.#queue
    if (next) this.#timer = setTimeout(() => this.#turn(), Math.max(0, next.due - clock()))
  }

  #turn(): void {
    while (this.#queue[0] && this.#queue[0].due <= clock()) this.#queue.shift()!.deliver()
    this.#wait()
  }

  stop(): void { clearTimeout(this.#timer); this.#queue.length = 0 }
}

/**
 * A TCP relay that behaves like a line with a long way: every byte, and the end, arrives half a round trip later,
 * in order. A relay cannot hold back the client's own `connect`, so the handshake is charged where it shows: the
 * server hears of the connection, and the client's first bytes arrive, one and a half round trips after the client
 * dialled. That is when its third packet would have arrived on a real line.
 */
export class Link {
  readonly #half: number
  readonly #target: number
  readonly #server: net.Server
  readonly #sockets = new Set<net.Socket>()
  #opened: Opened[] = []
  #passages: Passage[] = []
  #count = 0

  private constructor(roundTrip: number, target: number) {
    this.#half = roundTrip / 2
    this.#target = target
    this.#server = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#accept(client))
  }

  static async open(roundTrip: number, target: number): Promise<{ link: Link; port: number }> {
    const link = new Link(roundTrip, target)
    link.#server.listen(0, '127.0.0.1')
    await once(link.#server, 'listening')
    return { link, port: (link.#server.address() as net.AddressInfo).port }
  }

  #accept(client: net.Socket): void {
    const connection = ++this.#count
    const heard = clock() + 3 * this.#half
    this.#opened.push({ connection, at: clock() })
    const server = new net.Socket({ allowHalfOpen: true }).setNoDelay()
    this.#hold(client, server)
    const [there, back] = [new Delay(), new Delay()]
    there.add(heard, () => server.connect(this.#target, '127.0.0.1'))
    this.#carry(client, server, (deliver) => there.add(Math.max(heard, clock() + this.#half), deliver), (bytes) => this.#note(connection, 'client', bytes))
    server.on('data', (bytes) => back.add(clock() + this.#half, () => { this.#note(connection, 'server', bytes); client.write(bytes) }))
    server.on('end', () => back.add(clock() + this.#half, () => client.end()))
    for (const socket of [client, server]) socket.once('close', () => { if (client.destroyed && server.destroyed) { there.stop(); back.stop() } })
  }

  #carry(client: net.Socket, server: net.Socket, later: (deliver: () => void) => void, note: (bytes: Uint8Array) => void): void {
    client.on('data', (bytes) => { note(bytes); later(() => server.write(bytes)) })
    client.on('end', () => later(() => server.end()))
    // A reset travels like everything else, behind the bytes that were sent before it.
    client.on('error', () => later(() => server.destroy()))
    server.on('error', () => client.destroy())
  }

  #hold(...sockets: net.Socket[]): void {
    for (const socket of sockets) {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    }
  }

  #note(connection: number, from: Passage['from'], bytes: Uint8Array): void {
    this.#passages.push({ connection, at: clock(), from, bytes })
  }

  /** What passed since the last call, when the line has gone quiet or after a second. */
  async take(): Promise<Recording> {
    const latest = clock() + 1000
    while (this.#sockets.size > 0 && clock() < latest) await new Promise((resolve) => { setTimeout(resolve, 5) })
    const recording = { opened: this.#opened, passages: this.#passages }
    this.#opened = []
    this.#passages = []
    return recording
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}
