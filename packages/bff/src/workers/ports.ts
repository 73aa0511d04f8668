import { memoryStore } from '../adapters/memory/store.ts'
import { mailLibrary } from '../adapters/nodemailer/library.ts'
import { d1Dialect } from '../adapters/workers/d1.ts'
import type { D1 } from '../adapters/workers/d1.ts'
import { workersNetwork } from '../adapters/workers/network.ts'
import { jsonLines } from '../ports/json-lines.ts'
import type { LogEvent, Ports } from '../ports/ports.ts'
import type { Store } from '../ports/store.ts'
import { sqlStore } from '../store/store.ts'

/** What `workersPorts` leaves to the host. */
export interface WorkersPortsOptions {
  /** `d1:BINDING` (default `d1:DB`), `memory:` (gone with the isolate: for trying out), or a store of the host's own. */
  readonly store?: string | Store
  /** Resolver that answers `application/dns-json`, default Cloudflare's. */
  readonly resolver?: string
  /** Default: JSON lines on the console, from `info` upwards. */
  readonly log?: Ports['log']
  /**
   * Default false. In production the platform refuses private and loopback addresses, and the form says so before anyone
   * tries. The local runtime (`wrangler dev`) connects to them, so that mail servers on the same machine can be tried;
   * they still have to be listed in `egress.allow`.
   */
  readonly privateNetwork?: boolean
}

const usualResolver = 'https://cloudflare-dns.com/dns-query'

/**
 * The network of Cloudflare Workers, nodemailer, and D1. What the platform cannot do is told before anybody tries:
 * port 25, private hosts, an authority or a TLS version of one's own, details of a certificate.
 * @param bindings the Worker's `env`
 * @throws TypeError when the store's binding is missing or its address has another form
 */
export const workersPorts = (bindings: object, { store = 'd1:DB', resolver = usualResolver, log = onConsole('info'), privateNetwork = false }: WorkersPortsOptions = {}): Ports => ({
  store: typeof store === 'string' ? storeIn(bindings, store) : store,
  network: workersNetwork(new URL(resolver), log),
  mail: mailLibrary,
  clock: { now: Date.now, elapsed: () => performance.now() },
  log,
  capabilities: { port25: false, privateNetwork, tlsDetail: false, customCa: false, tlsVersion: false },
  // Every isolate has its own memory, and all of them the one database.
  shared: store !== 'memory:',
})

/** Log lines for `wrangler tail` and the dashboard. */
export const onConsole = (level: LogEvent['level']): Ports['log'] => jsonLines({ write: (text) => console.log(text.trimEnd()) }, level)

const storeIn = (bindings: object, address: string): Store => {
  if (address === 'memory:') return memoryStore()
  const name = /^d1:(.+)$/.exec(address)?.[1]
  if (!name) throw new TypeError('the store must be d1:BINDING or memory:')
  const database = (bindings as Readonly<Record<string, D1 | undefined>>)[name]
  if (typeof database?.prepare !== 'function') throw new TypeError(`no D1 database is bound as ${name}. Name it under d1_databases in wrangler.jsonc`)
  return sqlStore(d1Dialect(database))
}
