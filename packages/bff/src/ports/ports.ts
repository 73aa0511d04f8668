import type { Capabilities } from '@mail-gateway/contract'
import type { Store } from './store.ts'

/** An IP literal. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/** What a TLS handshake agreed on and whom the certificate names. `verified` alone where the runtime shows no more. */
export interface TlsFacts {
  readonly verified: true
  readonly protocol?: string
  readonly cipher?: string
  readonly subject?: string
  readonly issuer?: string
  /** ISO 8601. */
  readonly validTo?: string
}

export interface TlsOptions {
  /** Name the certificate must carry, also sent as SNI; an IP literal is checked against the certificate's addresses. */
  readonly host: string
  /** PEM, trusted besides the usual roots; without effect where `capabilities.customCa` is false. */
  readonly ca?: string
  /** The least version accepted; without effect where `capabilities.tlsVersion` is false, which is 1.2 then. */
  readonly minVersion: '1.2' | '1.3'
}

/**
 * A connected byte stream. Errors are thrown as the runtime gives them, with a `code`: its own, or one of ours that begins
 * with MGS_ where it has none. When the peer has ended, our side ends too.
 */
export interface RawSocket {
  /**
   * The next bytes, however they were cut; null when the peer has ended or this socket was destroyed, as often as asked.
   * Nothing is read ahead of what is asked for, but for a buffer of the runtime. Throws ECONNRESET for a reset.
   */
  read(): Promise<Uint8Array | null>
  /** Settles when the runtime can take more: a peer that does not read holds it up. Throws after either side has ended. */
  write(bytes: Uint8Array): Promise<void>
  /**
   * Upgrades in place; this socket must not be read from or written to afterwards, and destroying it ends the encrypted one too.
   * Always verifies chain, name and dates. Throws, and frees the connection, where the certificate is refused or bytes in
   * clear wait before the handshake: `MGS_INJECTION` for those and a code of its own for each cause, or `MGS_TLS` for all of it.
   */
  startTls(options: TlsOptions): Promise<{ socket: RawSocket; facts: TlsFacts }>
  /**
   * Frees the connection at once; a write or handshake under way fails. Where the runtime itself waits for a handshake, or for
   * a peer that takes nothing, the line ends at the latest with the request it belongs to (Workers). Safe to call twice.
   */
  destroy(): void
}

export interface Target {
  /** As typed, canonical: what the certificate is checked against. */
  readonly host: string
  /** The vetted literal the socket connects to. */
  readonly address: string
  readonly port: number
  /** The socket goes to the name, and nobody learns which address answered. */
  readonly byName?: true
}

/** One HTTPS request. Nothing is ever followed: a redirect is an answer like any other (threat T06). */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** https only. */
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /**
   * Called once, when the line is ready and the request begins to leave: from then on the server may have acted on it.
   * Where the runtime does not tell when that is, before anything is tried.
   */
  readonly onSent?: () => void
}

/** A whole answer, bounded in bytes, whatever its status. */
export interface HttpReply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Read as UTF-8, a byte order mark taken off. */
  readonly text: string
}

/** The runtime's own network. Only `ports/egress.ts` may use it. */
export interface Network {
  /** Connects to a target's name, whichever of its addresses was vetted: one attempt stands for all of them. */
  readonly byName?: true
  /**
   * Every address of a name. An IP literal resolves to itself, `localhost` to loopback alone. Throws with `code` ENOTFOUND or
   * ENODATA where there is none, EAI_AGAIN where nobody could say; the signal's reason, at once.
   */
  lookup(host: string, signal: AbortSignal): Promise<readonly Address[]>
  /**
   * Throws with `code` ECONNREFUSED and the like, MGS_UNREACHED where the runtime does not say why; the signal's reason, at once.
   * A connection that comes about after that is freed.
   */
  connect(target: Target, signal: AbortSignal): Promise<RawSocket>
  /**
   * Sends one request to the vetted literal and reads the answer to its end, verified as `target.host`.
   * Never follows a redirect, asks for no compression, ends an answer of more than `maxBytes` bytes, and carries nothing over
   * from one request to another: no cookie, no sign-in. Nothing of it leaves before the certificate is verified.
   * Throws as the runtime does, with its `code`, and with `syscall` `connect` only where it is certain that nothing was sent;
   * `HttpTooLarge` for too many bytes; the signal's reason, at once. The server is left then.
   */
  request(target: Target, request: HttpRequest, maxBytes: number, signal: AbortSignal): Promise<HttpReply>
}

/** An answer grew beyond what was allowed; it was cut off there. */
export class HttpTooLarge extends Error {}

/** One email, composed by us from plain values. Addresses are single, plain and free of control characters. */
export interface Message {
  readonly from: { readonly name?: string; readonly address: string }
  readonly to: readonly string[]
  readonly envelopeFrom?: string
  readonly replyTo?: string
  readonly subject: string
  readonly text: string
}

export interface ComposedMessage {
  readonly bytes: Uint8Array
  /** With angle brackets. */
  readonly messageId: string
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
}

/** One complete reply of a mail server (RFC 5321 section 4.2). */
export interface Reply {
  readonly code: number
  /** All lines, codes included, joined by a line break. */
  readonly text: string
}

/** What EHLO answered (RFC 5321 section 4.1.1.1). */
export interface Extensions {
  /** Name the server gave itself. */
  readonly greeting: string
  readonly auth: readonly string[]
  /** Largest message in bytes; absent when the server names none. */
  readonly size?: number
  readonly starttls: boolean
  readonly pipelining: boolean
}

/** Sees every byte of a conversation before it goes on, the greeting that was read before it excepted. What `received` throws ends the connection. */
export interface Tap {
  sent(bytes: Uint8Array): void
  received(bytes: Uint8Array): void
  /** The peer ended, the socket broke, or the library gave up. */
  ended(error: Error | null): void
}

/**
 * The mail library's side of a conversation. It speaks; what the server answers is read by the tap.
 * Nothing here has a deadline of its own.
 */
export interface Driver {
  /** EHLO. */
  hello(): void
  /** AUTH with this mechanism, once; resolves when the library has nothing more to say, also where it was refused. */
  signIn(credentials: { readonly mechanism: string; readonly user: string; readonly secret: string }): Promise<void>
  /** MAIL, RCPT, DATA and the message; in one segment where the server offers PIPELINING (RFC 2920). */
  send(message: ComposedMessage): void
  /** QUIT, without waiting for its reply (RFC 5321 section 4.1.1.10), then the socket is freed. */
  quit(): void
  /** Frees the socket at once. */
  destroy(): void
}

/** The mail library: message format (RFC 5322, MIME) and the SMTP dialogue over a socket it is given. */
export interface MailLibrary {
  compose(message: Message): Promise<ComposedMessage>
  /** `greeting` was already read from the socket and is handed on. `ehloName` absent: the name of this machine. */
  drive(socket: RawSocket, greeting: Reply, ehloName: string | undefined, tap: Tap): Driver
  /** The name used where a gateway sets none. */
  localName(): string
}

/** A log line, written as one line of JSON: a closed list of kinds with declared scalar fields. Nothing foreign is ever serialised. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly requestId?: string
  readonly tenant?: string
  readonly fields?: Readonly<Record<string, string | number | boolean | undefined>>
}

/** What the core asks of the world. One folder under `adapters/` answers it per runtime. */
export interface Ports {
  readonly store: Store
  readonly network: Network
  readonly mail: MailLibrary
  readonly clock: {
    /** Milliseconds since 1970; jumps when the machine's clock is set. */
    now(): number
    /** Milliseconds that only ever grow: for durations and deadlines. */
    elapsed(): number
  }
  log(event: LogEvent): void
  readonly capabilities: Capabilities
  /** Other processes work on the same store: a run that is not known here may be under way there. Default false. */
  readonly shared?: boolean
}
