import { mailLibrary } from './adapters/nodemailer/library.ts'
import { memoryStore } from './adapters/memory/store.ts'
import { d1Dialect } from './adapters/workers/d1.ts'
import type { D1 } from './adapters/workers/d1.ts'
import { workersNetwork } from './adapters/workers/network.ts'
import { bearer } from './access/bearer.ts'
import type { Authorize } from './access/caller.ts'
import { readCloudsText } from './config/clouds.ts'
import { ConfigError, readEnvironment } from './config/environment.ts'
import type { Config } from './config/environment.ts'
import { readTokens } from './config/tokens.ts'
import { createMailGateway } from './gateway.ts'
import type { MailGateway } from './gateway.ts'
import type { MailGatewayOptions } from './config/options.ts'
import { jsonLines } from './ports/json-lines.ts'
import type { Ports } from './ports/ports.ts'
import type { Store } from './ports/store.ts'
import { sqlStore } from './store/store.ts'

/** A Worker's bindings: text variables, secrets, and the database. */
export type Bindings = Readonly<Record<string, unknown>>

/** What `workersPorts` leaves to the host. */
export interface WorkersPortsOptions {
  /** `d1:BINDING` (default `d1:DB`), `memory:`, or a store of the host's own. */
  readonly store?: string | Store
  /** Resolver that answers `application/dns-json`, default Cloudflare's. */
  readonly resolver?: string
  /** Default: JSON lines on the console, from `info` upwards. */
  readonly log?: Ports['log']
}

/**
 * The network of Cloudflare Workers, nodemailer, and D1. What the platform cannot do is told before anybody tries:
 * port 25, private hosts, an authority or a TLS version of one's own, details of a certificate.
 * @throws TypeError when the store's binding is missing or its address has another form
 */
export const workersPorts = (bindings: Bindings, { store = 'd1:DB', resolver = 'https://cloudflare-dns.com/dns-query', log = onConsole('info') }: WorkersPortsOptions = {}): Ports => ({
  store: typeof store === 'string' ? storeIn(bindings, store) : store,
  network: workersNetwork(new URL(resolver)),
  mail: mailLibrary,
  clock: { now: Date.now, elapsed: () => performance.now() },
  log,
  capabilities: { port25: false, privateNetwork: false, tlsDetail: false, customCa: false, tlsVersion: false },
})

const onConsole = (level: Config['logLevel']): Ports['log'] => jsonLines({ write: (text) => console.log(text.trimEnd()) }, level)

const storeIn = (bindings: Bindings, address: string): Store => {
  if (address === 'memory:') return memoryStore()
  const name = /^d1:(.+)$/.exec(address)?.[1]
  if (!name) throw new TypeError('the store must be d1:BINDING or memory:')
  const database = bindings[name] as D1 | undefined
  if (typeof database?.prepare !== 'function') throw new TypeError(`no D1 database is bound as ${name}. Name it under d1_databases in wrangler's configuration`)
  return sqlStore(d1Dialect(database))
}

/**
 * Options from the same names `mail-gateway serve` reads, as variables and secrets of the Worker. `MAIL_GATEWAY_TOKENS`
 * and `MAIL_GATEWAY_CLOUDS` hold their JSON itself: there are no files.
 * @param authorize who calls, where the host says so instead of `MAIL_GATEWAY_AUTH`
 * @throws ConfigError with everything that is wrong, at once
 */
export const optionsFrom = (bindings: Bindings, authorize?: Authorize): MailGatewayOptions => {
  const config = readEnvironment(textsIn(bindings, authorize), 'workers')
  const { baseURL, basePath, secrets, productName, trustedOrigins, egress, saveRequires, testRecipients, testRate } = config
  const log = onConsole(config.logLevel)
  return {
    baseURL, basePath, secrets, productName, trustedOrigins, egress, saveRequires, testRecipients, testRate, log,
    ports: portsFrom(bindings, config, log),
    authorize: authorize ?? authorizeFrom(config),
    clouds: valueOf('MAIL_GATEWAY_CLOUDS', readCloudsText(config.clouds ?? '[]')),
    // Who did what is part of the log unless a host listens.
    onEvent: ({ at: _, tenant, requestId, changed, ...fields }) => log({ level: 'info', event: 'audit', tenant, requestId, fields: { ...fields, ...(changed && { changed: changed.join(' ') }) } }),
  }
}

/** A host that says itself who calls needs no kind of sign-in; any that is named there stays unread. */
const textsIn = (bindings: Bindings, authorize: Authorize | undefined): Record<string, string> => {
  const texts = Object.fromEntries(Object.entries(bindings).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  return authorize ? { ...texts, MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: '[]' } : texts
}

const portsFrom = (bindings: Bindings, { store, resolver }: Config, log: Ports['log']): Ports => {
  try {
    return workersPorts(bindings, { store, log, ...(resolver && { resolver }) })
  } catch (error) {
    throw new ConfigError([{ option: 'MAIL_GATEWAY_STORE', problem: `cannot be opened: ${(error as Error).message}` }])
  }
}

const authorizeFrom = ({ auth }: Config): Authorize => {
  if (auth.kind === 'none') return () => ({ subject: 'dev', tenant: 'dev', rights: ['read', 'write', 'test', 'send', 'share'] })
  const reading = readTokens(auth.tokens)
  if (!reading.ok) throw new ConfigError([{ option: 'MAIL_GATEWAY_TOKENS', problem: reading.problem }])
  return bearer(reading.holders)
}

const valueOf = <T>(option: string, reading: { readonly value: T } | { readonly problem: string }): T => {
  if ('problem' in reading) throw new ConfigError([{ option, problem: reading.problem }])
  return reading.value
}

/** What the runtime hands to every call. */
export interface WorkerContext {
  waitUntil(promise: Promise<unknown>): void
}

/** A Worker that answers the gateway's routes; `scheduled` forgets what is over and belongs behind a cron trigger. */
export interface MailGatewayWorker<B extends Bindings = Bindings> {
  fetch(request: Request, bindings: B, context: WorkerContext): Promise<Response>
  scheduled(event: unknown, bindings: B, context: WorkerContext): Promise<void>
  /** The gateway of these bindings, made once per isolate: for the host's own mail through `api.send`. */
  gateway(bindings: B): MailGateway
}

/**
 * A gateway as a Worker: `export default toWorker((env) => optionsFrom(env, authorize))`.
 * Made on the first call, since bindings are only known then. Where it cannot be made, every call is answered with 503
 * and the log says why.
 */
export const toWorker = <B extends Bindings = Bindings>(options: (bindings: B) => MailGatewayOptions): MailGatewayWorker<B> => {
  const made = new WeakMap<B, MailGateway>()
  const gateway = (bindings: B): MailGateway => {
    const known = made.get(bindings) ?? createMailGateway(options(bindings))
    made.set(bindings, known)
    return known
  }
  return {
    gateway,
    async fetch(request, bindings, context) {
      try {
        return await gateway(bindings).fetch(request, bindings, context)
      } catch (error) {
        return notSetUp(error)
      }
    },
    scheduled: (_, bindings) => gateway(bindings).sweep(),
  }
}

const notSetUp = (error: unknown): Response => {
  onConsole('error')({ level: 'error', event: 'not-set-up', fields: { message: error instanceof Error ? error.message : String(error) } })
  const problem = { type: 'about:blank', title: 'The mail gateway is not set up', status: 503, code: 'not-set-up', detail: 'Whoever runs this service finds in its log what is missing.' }
  return Response.json(problem, { status: 503, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } })
}
