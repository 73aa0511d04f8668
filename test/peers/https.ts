// Web servers for tests that answer any way, and remember what was asked of them.
import { once } from 'node:events'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import type { Cloud } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import type { Certificate } from './certificates.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answering = (response: ServerResponse, asked: Asked) => unknown

export interface WebPeer {
  readonly port: number
  /** `https://127.0.0.1:port`. */
  readonly origin: string
  /** The worldwide cloud with this server as its sign-in service and its Graph, and without marks to recognise it by. */
  readonly cloud: Cloud
  readonly asked: Asked[]
  /** From now on it answers so. */
  will(answer: Answering): void
  close(): Promise<void>
}

export const startWeb = async (certificate: Certificate, answer: Answering = refuse, tls: SecureContextOptions = {}): Promise<WebPeer> => {
  const asked: Asked[] = []
  const open = new Set<Socket>()
  let current = answer
  const server = createServer({ ...certificate, ...tls }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      asked.push(one)
      current(response, one)
    })
  })
  server.on('connection', (socket: Socket) => { open.add(socket); socket.on('close', () => open.delete(socket)).on('error', () => {}) })
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `https://127.0.0.1:${port}`
  const { links: _links, detect: _detect, ...worldwide } = builtInClouds[0]!
  return {
    port, origin, asked, cloud: { ...worldwide, id: 'peer', authority: origin, graph: origin },
    will: (answer) => { current = answer },
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answering => (response) => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body))
}

const refuse = json(500, { error: 'nobody said how to answer' })

/** One answer after the other; the last one stays. */
export const inTurn = (...answers: readonly Answering[]): Answering => {
  const left = [...answers]
  return (response, asked) => (left.length > 1 ? left.shift()! : left[0]!)(response, asked)
}

/** What the token endpoint says to a good request (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow). */
export const token = (accessToken = 'opaque-access-token', more: Readonly<Record<string, unknown>> = {}): Answering =>
  json(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: accessToken, ...more })

/** An error of the sign-in service, with every part it has. */
export const entraError = (error: string, code: number, text: string) => ({
  error, error_description: `AADSTS${code}: ${text} Trace ID: 0c8f9a54-7d0e-4a52-9f6b-0f2c5a6e0100 Correlation ID: 5d1f2e38-93a6-4d5a-8b0f-2f6f0f9d4b11 Timestamp: 2026-11-20 09:10:11Z`,
  error_codes: [code], timestamp: '2026-11-20 09:10:11Z', trace_id: '0c8f9a54-7d0e-4a52-9f6b-0f2c5a6e0100', correlation_id: '5d1f2e38-93a6-4d5a-8b0f-2f6f0f9d4b11',
  error_uri: `https://login.microsoftonline.com/error?code=${code}`,
})
