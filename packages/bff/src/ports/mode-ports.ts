import type { Egress } from './egress.ts'
import type { Message, Ports } from './ports.ts'

/** Access tokens of one tenant of ours, kept sealed between runs. A vault may be empty at any time. */
export interface TokenVault {
  /** What lies under the key, and when it was written (ms since 1970). `place` must be the one it was written with. */
  read(key: string, place: readonly string[]): Promise<{ readonly text: string; readonly at: number } | undefined>
  /** `until`: when it is of no use any more, ms since 1970. */
  write(key: string, place: readonly string[], text: string, until: number): Promise<void>
  /**
   * What `work` brings, or what the same work brings that is under way for another run of this tenant: of all who want
   * the same token at once, one asks for it. Across processes nothing is shared: then each of them asks once.
   * @throws what the work threw, or the signal's reason
   */
  together<T>(key: string, place: readonly string[], work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

/** What a mode may ask of the world: the gate to the network, the mail library, the clock, the tokens of the tenant it works for. */
export interface ModePorts extends Pick<Ports, 'mail' | 'clock' | 'capabilities'> {
  readonly egress: Egress
  readonly tokens: TokenVault
  /** From now on this value is masked in whatever this run, or this message, says and logs. */
  conceal(secret: string): void
}

/** An open way out for messages of the product itself. */
export interface Mailer {
  /** `refused`: recipients the server did not take, while it took the others. */
  send(message: Message): Promise<{ readonly messageId: string; readonly reply: string; readonly refused: readonly string[] }>
  close(): void
}
