// Sign-in service and Graph of many organisations on one web server: every test has one to itself, with answers of its own.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import type { Cloud } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import type { Certificate } from './certificates.ts'
import type { Asked } from './https.ts'
import { clientId, jwt, metadataOf, serviceOf, taken, tokenFor } from './microsoft.ts'
import type { Answers } from './microsoft.ts'
import { json } from './https.ts'

export interface Organisation {
  readonly tenantId: string
  /** The mailbox it sends from. */
  readonly from: string
  readonly clientSecret: string
  /** What its token endpoint gives unless told otherwise. */
  readonly accessToken: string
  /** Requests to one of its services. */
  to(service: keyof Answers): readonly Asked[]
  /** Requests whose line is still open although no answer came to its end. */
  hanging(): number
  /** Answers that told another time than ours. */
  shifted(): number
  /** A check of mode `graph` to delivery. */
  draft(settings?: Readonly<Record<string, unknown>>): Record<string, unknown>
}

export interface Realm {
  readonly port: number
  /** `https://localhost:port`. */
  readonly origin: string
  /** Its cloud by the id `realm`. */
  readonly cloud: Cloud
  /** @param ahead milliseconds our clock is ahead of theirs, as their answers say */
  organisation(answers?: Answers, ahead?: number): Organisation
  /** Lines that are open now. */
  lines(): number
  close(): Promise<void>
}

const { links: _links, detect: _detect, ...worldwide } = builtInClouds[0]!

/** A cloud of the operator's, by its addresses. */
export const cloudOf = (id: string, authority: string, graph = authority, more: Partial<Cloud> = {}): Cloud => ({ ...worldwide, id, label: `Cloud ${id}`, authority, graph, ...more })

interface Kept {
  readonly answers: Required<Answers>
  readonly asked: Asked[]
  readonly ahead: number
  shifted: number
  hanging: number
}

export const startRealm = async (certificate: Certificate): Promise<Realm> => {
  const kept = new Map<string, Kept>()
  const open = new Set<Socket>()
  const server = createServer(certificate, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const one: Asked = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      const organisation = kept.get(ownerOf(one.path))
      if (!organisation) return response.writeHead(404).end()
      organisation.asked.push(one)
      organisation.hanging += 1
      if (organisation.ahead !== 0) {
        response.setHeader('date', new Date(Date.now() - organisation.ahead).toUTCString())
        organisation.shifted += 1
      }
      response.once('close', () => { organisation.hanging -= 1 })
      return organisation.answers[serviceOf(one)](response, one)
    })
  })
  // A server that hangs up on an idle line just when the next request is on its way is no subject here.
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket: Socket) => { open.add(socket); socket.on('close', () => open.delete(socket)).on('error', () => {}) })
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `https://localhost:${port}`
  return {
    port, origin, cloud: cloudOf('realm', origin), lines: () => open.size,
    organisation(answers = {}, ahead = 0) {
      const tenantId = randomUUID()
      const from = `gateway-${tenantId.slice(0, 8)}@contoso.example`
      // As long as Microsoft's, and different each time: what must never be told is looked for by its text.
      const clientSecret = `Zr8Q~${tenantId.slice(0, 23)}.quarry`
      const accessToken = jwt({ tid: tenantId, uti: randomUUID() })
      const mine: Kept = { asked: [], ahead, shifted: 0, hanging: 0, answers: { discovery: json(200, metadataOf(origin, tenantId)), token: tokenFor(accessToken), sendMail: taken, ...answers } }
      for (const owner of [tenantId, from]) kept.set(owner, mine)
      const draft = (settings: Readonly<Record<string, unknown>> = {}) =>
        ({ mode: 'graph', settings: { cloud: 'realm', tenantId, clientId, from, ...settings }, secrets: { clientSecret: { value: clientSecret } }, until: 'delivery', to: 'ada@acme.example' })
      return { tenantId, from, clientSecret, accessToken, draft, to: (service) => mine.asked.filter((asked) => serviceOf(asked) === service), hanging: () => mine.hanging, shifted: () => mine.shifted }
    },
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

const ownerOf = (path: string): string => decodeURIComponent(/^\/v1\.0\/users\/([^/]+)\//.exec(path)?.[1] ?? path.split('/')[1] ?? '')
