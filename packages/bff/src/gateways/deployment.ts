import type { Capabilities, Policy } from '@mail-gateway/contract'
import type { Audit } from '../access/audit.ts'
import type { Discretion } from '../settings/discretion.ts'
import type { Keyring } from '../settings/keyring.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import type { Mode, ModePorts } from '../modes/mode.ts'
import type { LogEvent, Ports } from '../ports/ports.ts'
import type { Store } from '../ports/store.ts'

/** What the use cases share: built once, from the options, by `createMailGateway`. */
export interface Deployment {
  readonly store: Store
  readonly clock: Ports['clock']
  readonly capabilities: Capabilities
  /** Other processes work on the same store. */
  readonly shared: boolean
  readonly modes: readonly Mode[]
  readonly clouds: readonly Cloud[]
  /** What a mode may ask of the world, working for one tenant; `conceal` is told of secrets it learns. */
  portsFor(tenant: string, conceal: ModePorts['conceal']): ModePorts
  readonly keyring: Keyring
  readonly policy: Policy
  readonly productName: string
  /**
   * Counts that a typed secret is compared with what is stored or was proven, and says whether it may be. Where the answer
   * shows if it is the same, nobody may ask without end: that would be guessing, past the mail server's own limits.
   */
  mayCompare(tenant: string): boolean
  /** What is wrong with the keys, for whoever set them; undefined where all is well. Remembered. */
  wrongKeys(): Promise<string | undefined>
  /** Address of the docs page. */
  readonly docs: string
  readonly audit: Audit
  /** Knows which secrets are in memory just now, and keeps them out of the log. */
  readonly discretion: Discretion
  log(event: LogEvent): void
}
