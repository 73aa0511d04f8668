import type { Capabilities } from '@mail-gateway/contract'
import { isPublicLiteral } from '../../ports/address-range.ts'
import type { Route } from './reach.ts'

/** A part of the way that this deployment cannot go. */
export interface Barrier {
  readonly field: 'host' | 'port'
  readonly code: 'unavailable'
  readonly detail: string
}

/**
 * Names that mean a machine of somebody's own network whatever a resolver says: one label alone, and endings that are set
 * aside for that (RFC 6761 section 6.3, RFC 6762 section 3 and appendix G, RFC 8375, ICANN resolution 2024.07.29.06).
 */
const internalName = /^[^.:]+$|\.(?:localhost|local|internal|intranet|private|corp|home|lan|home\.arpa)$/

const isInternal = (host: string): boolean => isPublicLiteral(host) === false || internalName.test(host)

/**
 * What the platform of this deployment refuses, as far as host and port say so themselves: told before anything is tried
 * (fault F07). What a name resolves to is for the egress gate to judge.
 */
export const outOfReach = ({ host, port }: Pick<Route, 'host' | 'port'>, { port25, privateNetwork }: Capabilities): Barrier[] => [
  ...(port === 25 && !port25 ? [{ field: 'port', code: 'unavailable', detail: 'Port 25 cannot be used from this deployment. Enter 587 with STARTTLS, or 465 with TLS from the start.' } as const] : []),
  ...(isInternal(host) && !privateNetwork ? [{ field: 'host', code: 'unavailable', detail: 'Servers of an internal network cannot be reached from this deployment. Enter the name the server has on the internet. A server that has none needs this product installed on Node, inside that network.' } as const] : []),
]
