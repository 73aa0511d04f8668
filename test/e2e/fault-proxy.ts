import { once } from 'node:events'
import { createServer, request as ask } from 'node:http'
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What goes wrong on the way between a browser and the backend. */
export type Fault =
  /** The connection ends before the backend has heard of the request. */
  | { readonly what: 'cut' }
  /** The backend does the work; its answer gets lost with the connection. */
  | { readonly what: 'swallow' }
  /** Nobody says anything for as long as the browser waits. `done`: the backend does the work all the same. */
  | { readonly what: 'silence'; readonly done?: boolean }
  /** The answer breaks off as soon as these words have passed. */
  | { readonly what: 'break'; readonly after: string }
  /** A web server in between answers in place of the backend. */
  | { readonly what: 'answer'; readonly status: number; readonly body: string; readonly type?: string }
  /** Milliseconds until the request goes on. */
  | { readonly what: 'delay'; readonly ms: number }

/** One request as it came by. */
export interface Passage {
  /** Method and path without the query, such as `POST /api/mail-gateway/checks`. */
  readonly asked: string
  /** Milliseconds on `performance.now()` of this process. */
  readonly at: number
  readonly headers: IncomingMessage['headers']
  /** Whether the backend got it. */
  reached: boolean
}

interface Rule {
  readonly asked: RegExp
  readonly fault: Fault
  left: number
}

/**
 * A forward proxy with real sockets that a browser is told to use: pages keep their address and origin, and what is between
 * them and the backend can fail. Connections are not kept, unless asked for: a browser asks by itself a second time where a kept one dies.
 */
export class FaultProxy {
  readonly seen: Passage[] = []
  /** Connections taken, and those ended at once by `lose`. */
  readonly connections = { taken: 0, lost: 0 }
  /** Lets browsers use a connection again. */
  keeps = false
  /** Header fields set on answers, by path. */
  readonly #dressed: (readonly [RegExp, OutgoingHttpHeaders])[] = []
  readonly #rules: Rule[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((incoming, answer) => { void this.#pass(incoming, answer) })
  #loses = Infinity
  #port = 0

  static async start(): Promise<FaultProxy> {
    const proxy = new FaultProxy()
    proxy.#server.on('connection', (socket) => proxy.#take(socket))
    await proxy.up()
    return proxy
  }

  get address(): string { return `http://127.0.0.1:${this.#port}` }

  /** Paths below the backend that were asked for with this method, in order. */
  asked(method: string, path: RegExp = /./): Passage[] {
    return this.seen.filter(({ asked }) => asked.startsWith(`${method} /api/mail-gateway/`) && path.test(asked.slice(`${method} /api/mail-gateway`.length)))
  }

  /** From now on, requests whose method and path match go wrong so; the last `times` first. */
  fail(asked: RegExp, fault: Fault, times = Infinity): void { this.#rules.unshift({ asked, fault, left: times }) }

  /** Nothing goes wrong any more. */
  heal(): void {
    this.#rules.length = 0
    this.#loses = Infinity
  }

  /** Every so many'th connection ends as soon as it is made, the way packets that are lost end it. */
  lose(oneIn: number): void { this.#loses = oneIn }

  dress(path: RegExp, headers: OutgoingHttpHeaders): void { this.#dressed.push([path, headers]) }

  /** Nobody listens at the address any more, and every connection is gone. */
  async down(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Listens, at the address it had before. */
  async up(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> { if (this.#server.listening) await this.down() }

  #take(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
    this.connections.taken += 1
    if (this.connections.taken % this.#loses !== 0) return
    this.connections.lost += 1
    socket.destroy()
  }

  #faultFor(asked: string): Fault | undefined {
    const rule = this.#rules.find((one) => one.left > 0 && one.asked.test(asked))
    if (rule) rule.left -= 1
    return rule?.fault
  }

  async #pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(incoming.url!)
    const passage: Passage = { asked: `${incoming.method!} ${url.pathname}`, at: performance.now(), headers: incoming.headers, reached: false }
    this.seen.push(passage)
    const fault = this.#faultFor(passage.asked)
    if (!this.keeps) answer.setHeader('connection', 'close')
    if (fault?.what === 'cut') return void incoming.socket.destroy()
    if (fault?.what === 'silence' && !fault.done) return
    if (fault?.what === 'answer') return void answer.writeHead(fault.status, { 'content-type': fault.type ?? 'text/html' }).end(fault.body)
    if (fault?.what === 'delay') await pause(fault.ms)
    passage.reached = true
    const { 'proxy-connection': _, ...headers } = incoming.headers
    const onward = ask(url, { method: incoming.method!, headers: { ...headers, connection: 'close' } })
    incoming.pipe(onward)
    this.#relay(onward, answer, url.pathname, fault)
  }

  #relay(onward: ClientRequest, answer: ServerResponse, path: string, fault: Fault | undefined): void {
    // Who leaves is missed at the backend, unless the line was to be silent both ways.
    if (fault?.what !== 'silence') answer.on('close', () => onward.destroy())
    onward.on('error', () => answer.socket?.destroy())
    onward.on('response', (response) => {
      response.on('error', () => answer.socket?.destroy())
      if (fault?.what === 'silence') return void response.resume()
      if (fault?.what === 'swallow') return void response.resume().on('end', () => answer.socket?.destroy())
      const { connection: _, 'keep-alive': __, ...headers } = response.headers
      answer.writeHead(response.statusCode!, { ...headers, ...Object.assign({}, ...this.#dressed.filter(([pattern]) => pattern.test(path)).map(([, more]) => more)) as OutgoingHttpHeaders })
      if (fault?.what === 'break') return breakOff(response, answer, fault.after)
      response.pipe(answer)
    })
  }
}

const breakOff = (response: IncomingMessage, answer: ServerResponse, after: string): void => {
  let passed = ''
  response.on('data', (bytes: Buffer) => {
    if (passed.includes(after)) return
    passed += bytes.toString()
    answer.write(bytes, () => { if (passed.includes(after)) answer.socket?.destroy() })
  })
  response.on('end', () => answer.end())
}
