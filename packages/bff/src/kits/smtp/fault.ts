import type { Reply, TlsFacts } from '../../ports/ports.ts'
import type { Challenge } from './challenge.ts'

/** Every way an SMTP conversation can go wrong, as far as a program may branch on it. */
export type FaultCode =
  | 'dns.not-found' | 'dns.timeout' | 'dns.failed'
  | 'connect.refused' | 'connect.timeout' | 'connect.unreachable' | 'connect.denied' | 'connect.not-told' | 'connect.failed'
  | 'smtp.greeting.timeout' | 'smtp.greeting.closed' | 'smtp.greeting.refused' | 'smtp.greeting.busy' | 'smtp.greeting.not-smtp' | 'smtp.greeting.tls-first'
  | 'tls.unavailable' | 'tls.too-old' | 'tls.refused' | 'tls.injection' | 'tls.timeout' | 'tls.closed' | 'tls.clear-text' | 'tls.plain-port'
  | 'tls.certificate.expired' | 'tls.certificate.not-yet-valid' | 'tls.certificate.name' | 'tls.certificate.self-signed'
  | 'tls.certificate.private-ca' | 'tls.certificate.chain' | 'tls.certificate.untrusted' | 'tls.certificate.weak' | 'tls.ca-unreadable'
  | 'tls.version' | 'tls.cipher' | 'tls.alert' | 'tls.not-told' | 'tls.failed'
  | 'smtp.ehlo.refused' | 'smtp.ehlo.busy' | 'smtp.ehlo.timeout' | 'smtp.ehlo.closed'
  | 'smtp.auth.not-offered' | 'smtp.auth.mechanism' | 'smtp.auth.refused' | 'smtp.auth.busy' | 'smtp.auth.timeout' | 'smtp.auth.closed'
  | 'smtp.auth.disabled' | 'smtp.auth.token-refused' | 'smtp.auth.no-xoauth2' | 'smtp.auth.endless' | 'smtp.auth.protocol' | 'smtp.auth.encrypt-first'
  | 'smtp.sender.refused' | 'smtp.sender.busy' | 'smtp.sender.timeout' | 'smtp.sender.closed'
  | 'smtp.recipient.refused' | 'smtp.recipient.relay' | 'smtp.recipient.busy' | 'smtp.recipient.timeout' | 'smtp.recipient.closed'
  | 'smtp.message.refused' | 'smtp.message.busy' | 'smtp.message.timeout' | 'smtp.message.closed' | 'smtp.message.too-large'
  | 'smtp.reply.too-large' | 'smtp.reply.unfinished' | 'smtp.reply.protocol'

/** Facts for the finding's sentences. All of them come from the settings or from the wire. */
export interface FaultFacts {
  readonly reply?: Reply
  readonly host?: string
  readonly port?: number
  /** Encryption begins with STARTTLS, not with the first byte. */
  readonly starttls?: boolean
  /** The runtime's own code, such as ECONNREFUSED or CERT_HAS_EXPIRED. */
  readonly cause?: string
  /** The runtime's own sentence. */
  readonly text?: string
  readonly certificate?: Partial<TlsFacts> & { readonly validFrom?: string; readonly names?: string }
  readonly seconds?: number
  /** The least TLS version that would have been accepted. */
  readonly least?: string
  readonly offered?: readonly string[]
  /** What the server said of the token before it refused it. */
  readonly challenge?: Challenge
}

/** A fault whose cause was seen on the wire. Carries facts, never a secret. */
export class SmtpFault extends Error {
  readonly code: FaultCode
  readonly facts: FaultFacts

  constructor(code: FaultCode, facts: FaultFacts = {}) {
    super(code)
    this.code = code
    this.facts = facts
  }
}

/** The verb a command or reply belongs to, as part of a fault's code. */
export type Verb = 'greeting' | 'ehlo' | 'auth' | 'sender' | 'recipient' | 'message'

/** The fault a refusing reply means for its verb: 4yz is busy, everything else refused (RFC 5321 section 4.2.1). */
export const refusal = (verb: Verb, reply: Reply): SmtpFault => {
  if (reply.code >= 400 && reply.code < 500) return new SmtpFault(`smtp.${verb}.busy`, { reply })
  return new SmtpFault(telling[verb]?.(reply) ?? `smtp.${verb}.refused`, { reply })
}

/** The word, and not the name of a machine. */
const relaying = /(?<![\w.-])relay(?:ing)?\b(?![.-]\w)/i

/** Refusals that say what to change, so that the next step is another one than after a plain no. */
const telling: Partial<Record<Verb, (reply: Reply) => FaultCode | undefined>> = {
  // RFC 4954 section 6: 538 and 523 want encryption, 534 another mechanism; Exchange words the latter its own way.
  auth: ({ code, text }) => [530, 538, 523].includes(code) ? 'smtp.auth.encrypt-first'
    : code === 534 || /SmtpClientAuthentication is disabled/i.test(text) ? 'smtp.auth.disabled' : undefined,
  recipient: ({ code, text }) => code === 530 || relaying.test(text) ? 'smtp.recipient.relay' : undefined,
}

/** @param begun a part of the reply had come: the server talks, and never to an end */
export const silence = (verb: Verb, seconds: number, begun = false): SmtpFault =>
  new SmtpFault(begun ? 'smtp.reply.unfinished' : `smtp.${verb}.timeout`, { seconds })
export const hangUp = (verb: Verb, text?: string): SmtpFault => new SmtpFault(`smtp.${verb}.closed`, text ? { text } : {})
