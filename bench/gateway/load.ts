import { once } from 'node:events'
import net from 'node:net'
import { clock } from '../process.ts'

export interface Address {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** Connections at a time, each with one request under way: the load has an end. */
const connections = 8
const separator = Buffer.from('\r\n\r\n')

/** Requests over kept connections until the time is up, or as many as `requests`; answers how many were answered. Throws at any answer but 200. */
export const load = async (address: Address, { ms = 10_000, requests = Infinity }: { ms?: number; requests?: number }): Promise<{ readonly answered: number; readonly ms: number }> => {
  const began = clock()
  let left = requests
  let answered = 0
  const lane = async () => {
    const line = new Line(await dial(address.port), address)
    while (left-- > 0 && clock() - began < ms) { await line.get(); answered++ }
    line.close()
  }
  await Promise.all(Array.from({ length: Math.min(connections, requests) }, lane))
  return { answered, ms: clock() - began }
}

const dial = async (port: number): Promise<net.Socket> => {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** The least client there is, so that the server is what is measured: HTTP/1.1, answers with a length. */
class Line {
  readonly #socket: net.Socket
  readonly #request: string
  #parts: Buffer[] = []
  #have = 0
  #need = 0
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(socket: net.Socket, { path, headers, port }: Address) {
    this.#socket = socket
    const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#request = `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
    socket.on('data', (bytes) => this.#arrived(bytes))
    socket.on('error', (error) => this.#settle?.reject(error))
    socket.on('close', () => this.#settle?.reject(new Error('the server hung up')))
  }

  get(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#socket.write(this.#request)
    })
  }

  #arrived(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#have += bytes.length
    if (this.#need === 0 && !this.#readHead()) return
    if (this.#have < this.#need) return
    this.#parts = []
    this.#have = this.#need = 0
    this.#settle?.resolve()
  }

  /** False while the head is not complete, and where it is not what was asked for. */
  #readHead(): boolean {
    const all = Buffer.concat(this.#parts)
    const end = all.indexOf(separator)
    if (end < 0) return false
    const head = all.toString('latin1', 0, end)
    const length = /^content-length: (\d+)\r?$/im.exec(head)?.[1]
    if (!head.startsWith('HTTP/1.1 200') || !length) { this.#settle?.reject(new Error(`unexpected answer: ${head.slice(0, 200)}`)); return false }
    this.#need = end + separator.length + Number(length)
    return true
  }

  close(): void { this.#settle = undefined; this.#socket.destroy() }
}
