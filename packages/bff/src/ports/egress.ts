import type { Address, HttpReply, HttpRequest, RawSocket, Target } from './ports.ts'

/** The gate: the only way to a socket. Implemented in `egress-gate.ts`. */
export interface Egress {
  /** Every address of a canonical host name. Throws as the resolver does, with `code`. */
  resolve(host: string, signal: AbortSignal): Promise<readonly Address[]>
  /**
   * Judges all addresses and the port; the answer is the literal to connect to and the fallbacks.
   * @throws EgressRefused before any packet, with the same words for every refused target.
   */
  judge(host: string, addresses: readonly Address[], port: number): readonly Target[]
  /** Connects to a judged target only; anything else throws. */
  connect(target: Target, signal: AbortSignal): Promise<RawSocket>
  /**
   * One HTTPS request: resolved, judged and sent to the first literal that can be connected to. Port 443 is open without being listed.
   * @throws EgressRefused before any packet, TypeError for another scheme, what the resolver or the runtime throws, `HttpTooLarge`
   */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>
  /** Those of a name's addresses that may be used, and so may be told; none where `judge` would refuse. */
  permitted(addresses: readonly Address[]): readonly Address[]
  /** True where the operator allows sign-in without TLS for this address. */
  clearTextAllowed(address: string): boolean
}

/** A target the operator has not opened. What a caller is told is the same for every refused target. */
export class EgressRefused extends Error {
  readonly reason: 'address' | 'port'
  /** The address or port, for the operator's log only. */
  readonly subject: string
  /** False where the platform itself refuses: no line of the operator's changes that. */
  readonly openable: boolean

  constructor(reason: 'address' | 'port', subject: string, openable = true) {
    super(`${reason} not allowed`)
    this.reason = reason
    this.subject = subject
    this.openable = openable
  }
}
