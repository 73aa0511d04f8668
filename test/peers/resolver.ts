// A resolver over HTTPS on loopback, in the JSON form public ones answer in, that knows some names and misbehaves for others.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Certificate } from './certificates.ts'

/** What it does for a name: tells addresses (none: the name exists without any), or something else. */
export type NameAnswer = readonly string[] | ((response: ServerResponse) => unknown)

export interface ResolverPeer {
  /** For the binding MAIL_GATEWAY_RESOLVER. */
  readonly url: string
  /** Names it was asked for, once per kind of record. */
  readonly asked: readonly string[]
  /** Questions whose asker still waits. */
  readonly waiting: number
  close(): Promise<void>
}

/** RFC 1035 section 4.1.1. */
export const rcode = (Status: number) => (response: ServerResponse): unknown => reply(response, { Status })
export const nxDomain = rcode(3)
export const servFail = rcode(2)
export const refusedByResolver = rcode(5)
export const neverAnswers = (): void => {}

const kinds: Readonly<Record<string, number>> = { A: 1, AAAA: 28 }

const reply = (response: ServerResponse, body: unknown): unknown =>
  response.writeHead(200, { 'content-type': 'application/dns-json' }).end(JSON.stringify(body))

const tell = (response: ServerResponse, name: string, kind: string, addresses: readonly string[]): unknown => {
  const fitting = addresses.filter((address) => address.includes(':') === (kind === 'AAAA'))
  return reply(response, { Status: 0, ...(fitting.length && { Answer: fitting.map((data) => ({ name, type: kinds[kind], TTL: 60, data })) }) })
}

/** Any name it was not told about does not exist. */
export const startResolver = async (certificate: Certificate, names: Readonly<Record<string, NameAnswer>>): Promise<ResolverPeer> => {
  const asked: string[] = []
  const open = new Set<Socket>()
  let waiting = 0
  const server = createServer(certificate, (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'https://localhost')
    const [name, kind] = [searchParams.get('name') ?? '', searchParams.get('type') ?? 'A']
    asked.push(name)
    waiting += 1
    response.on('close', () => { waiting -= 1 })
    const answer = names[name] ?? nxDomain
    if (typeof answer === 'function') answer(response)
    else tell(response, name, kind, answer)
  })
  server.on('connection', (socket: Socket) => { open.add(socket); socket.on('close', () => open.delete(socket)).on('error', () => {}) })
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/dns-query`, asked,
    get waiting() { return waiting },
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
