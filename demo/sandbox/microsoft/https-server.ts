import { createServer } from 'node:https'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type net from 'node:net'
import type { Certificate } from '../certificates.ts'
import { bind } from '../loopback.ts'
import type { Bound } from '../loopback.ts'
import type { Asked } from './fates.ts'

/** Largest request read, in bytes: Graph takes messages of 4 MB. */
const largest = 4 * 1_048_576

/** The whole request, its body cut off where it is too long. */
export const read = async (request: IncomingMessage): Promise<Asked> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= largest) chunks.push(chunk)
  }
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]))
  return { method: request.method ?? 'GET', path: decodeURI(request.url ?? '/'), headers, body: Buffer.concat(chunks).toString() }
}

/** An https server that ends at once when told so, open answers included. */
class Ending {
  readonly #server: Server
  constructor(server: Server) { this.#server = server }
  listen(port: number, host: string): net.Server { return this.#server.listen(port, host) }
  close(done: () => void): void {
    this.#server.close(done)
    this.#server.closeAllConnections()
  }
}

/** Serves https on loopback with one of the sandbox's certificates. */
export const serveHttps = ({ cert, key }: Certificate, listener: RequestListener, port?: number): Promise<Bound> =>
  bind(() => new Ending(createServer({ cert, key }, listener)), port)
