// What a suite is given: an adapter, and what its launcher declares of it.
import type { Capabilities } from '@mail-gateway/contract'
import type { Ports } from '../../packages/bff/src/ports/ports.ts'

/** Names the adapter's resolver can be asked about, and what is true of them. */
export interface Names {
  readonly known: { readonly host: string; readonly addresses: readonly string[] }
  readonly missing: string
  /** A name that exists and has no address, where one can be set up. */
  readonly bare?: string
  /** One nobody can say anything about now. */
  readonly broken?: string
  /** One the resolver never answers. */
  readonly silent?: string
}

/** What the contract of the ports leaves open, and how this adapter does it. A case asserts either way. */
export interface Traits {
  /** `request` calls `onSent` when something leaves, and not at all where nothing did; otherwise always, beforehand. */
  readonly knowsUnsent: boolean
  /** Each request has a connection of its own; otherwise the runtime keeps connections for later requests, and carries nothing else over. */
  readonly ownConnections: boolean
  /** Bytes in clear before a handshake are told as such (`MGS_INJECTION`); otherwise the handshake fails over them, without a reason. */
  readonly tellsInjection: boolean
  /** Why a certificate is refused is told by a code of its own; otherwise all of it is `MGS_TLS`. */
  readonly tellsRefusal: boolean
  /** A connection to a closed port is told as `ECONNREFUSED`; otherwise as `MGS_UNREACHED`, like every other that does not come about. */
  readonly tellsRefused: boolean
  /** A connection that hangs in its handshake, or whose peer takes nothing, ends when it is destroyed; otherwise at the latest with the request it belongs to. */
  readonly freesStuck: boolean
  /** Flags that are facts of the platform's production and cannot be tried where the suite runs. */
  readonly untried: readonly (keyof Capabilities)[]
  readonly names: Names
}

export interface Subject {
  readonly ports: Pick<Ports, 'network' | 'mail' | 'clock' | 'log' | 'capabilities'>
  readonly traits: Traits
}
