import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { lastingLog } from './adapters/node/lasting-log.ts'
import { nodeCapabilities, nodeNetwork } from './adapters/node/network.ts'
import { sqliteStore } from './adapters/node/store.ts'
import { mailLibrary } from './adapters/nodemailer/library.ts'
import { memoryStore } from './adapters/memory/store.ts'
import type { MailGateway } from './gateway.ts'
import type { Ports } from './ports/ports.ts'
import type { Store } from './ports/store.ts'

/** What `nodePorts` leaves to the host. */
export interface NodePortsOptions {
  /** `sqlite:PATH`, `memory:`, or a store of the host's own. */
  readonly store: string | Store
  /** Default: JSON lines on standard error, from `info` upwards. */
  readonly log?: Ports['log']
}

/**
 * Node's network, nodemailer, and the embedded store.
 * @throws Error when the store cannot be opened, or its address has another form
 */
export const nodePorts = ({ store, log = onStandardError }: NodePortsOptions): Ports => ({
  store: typeof store === 'string' ? storeAt(store) : store,
  network: nodeNetwork,
  mail: mailLibrary,
  clock: { now: Date.now, elapsed: () => performance.now() },
  log,
  capabilities: nodeCapabilities,
})

let usual: Ports['log'] | undefined

/** One for all gateways of the process, made when there is something to say. */
const onStandardError: Ports['log'] = (event) => {
  usual ??= lastingLog(process.stderr, 'info')
  usual(event)
}

/** Opens the store an address names. @throws Error as `nodePorts` does */
export const storeAt = (address: string): Store => {
  if (address === 'memory:') return memoryStore()
  const path = /^sqlite:(.+)$/.exec(address)?.[1]
  if (!path) throw new TypeError('the store must be sqlite:PATH or memory:')
  return sqliteStore(path)
}

/** What body parsers of hosts leave behind. */
type Parsed = IncomingMessage & { body?: unknown; rawBody?: Buffer }

/**
 * A gateway as a listener of `node:http`, express or connect, before or behind a JSON body parser:
 * `app.use('/api/mail-gateway', toNodeHandler(gateway))`.
 */
export const toNodeHandler = (gateway: Pick<MailGateway, 'fetch'>): ((request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const listen = getRequestListener(gateway.fetch, { overrideGlobalObjects: false })
  return (request, response) => listen(withBody(request), response)
}

// A parser ahead of us has used the stream up; what it made of it is turned back into bytes.
const withBody = (request: Parsed): Parsed => {
  if (request.body === undefined || request.rawBody || !request.readableEnded) return request
  const { body } = request
  request.rawBody = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return request
}

export { jsonLines } from './ports/json-lines.ts'
export { mailLibrary } from './adapters/nodemailer/library.ts'
export { nodeNetwork } from './adapters/node/network.ts'
