import { memoryStore } from './adapters/memory/store.ts'
import { memoryNetwork } from './adapters/memory/network.ts'
import type { Script } from './adapters/memory/network.ts'
import type { MailLibrary, Ports } from './ports/ports.ts'

/** A world in memory: what names resolve to and who answers there. */
export interface MemoryPortsOptions extends Script {
  /** The mail library, such as `mailLibrary` of `@mail-gateway/bff/node`. */
  readonly mail: MailLibrary
  readonly log?: Ports['log']
  readonly capabilities?: Partial<Ports['capabilities']>
  /** Milliseconds since 1970, default the machine's clock. */
  readonly now?: () => number
}

/** Ports for tests and demos: settings live as long as the process, and no packet leaves it. */
export const memoryPorts = ({ mail, log = () => {}, capabilities = {}, now = Date.now, ...script }: MemoryPortsOptions): Ports => ({
  store: memoryStore(),
  network: memoryNetwork(script),
  mail,
  clock: { now, elapsed: () => performance.now() },
  log,
  capabilities: { port25: true, privateNetwork: true, tlsDetail: false, customCa: false, tlsVersion: false, ...capabilities },
})

export { memoryStore } from './adapters/memory/store.ts'
export { memoryNetwork } from './adapters/memory/network.ts'
export type { Script, Talk } from './adapters/memory/network.ts'
