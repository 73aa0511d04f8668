import type { Stage } from './checks.ts'

/** What the caller may do. `share` makes setup links, `send` sends the product's own mail. */
export type Right = 'read' | 'write' | 'test' | 'send' | 'share'

/** Facts of a runtime, known before anybody tries. */
export interface Capabilities {
  readonly port25: boolean
  readonly privateNetwork: boolean
  /** Certificate and protocol can be read. */
  readonly tlsDetail: boolean
  /** A gateway may carry its own certificate authority. */
  readonly customCa: boolean
  readonly tlsVersion: boolean
}

/** What the host decided about saving and testing. */
export interface Policy {
  readonly saveRequires: 'nothing' | Stage
  /** Whom a test email may go to: anybody, the caller alone, or these domains. */
  readonly testRecipients: 'any' | 'self' | readonly string[]
  readonly testRate: { readonly perMinute: number; readonly perDay: number }
}

/** Answer of `GET /meta`. */
export interface MetaView {
  readonly apiVersion: string
  readonly productName: string
  readonly capabilities: Capabilities
  readonly rights: readonly Right[]
  readonly me: { readonly name?: string; readonly email?: string }
  readonly clouds: readonly { readonly id: string; readonly label: string }[]
  readonly sites: readonly { readonly id: string; readonly label: string }[]
  readonly policy: Policy
}
