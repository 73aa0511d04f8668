/** Whom a request went to. */
export type Service = 'discovery' | 'token' | 'graph'

/** Every way an exchange with Microsoft's services can go wrong, as far as a program may branch on it. */
export type MicrosoftFaultCode =
  // The way there.
  | 'https.name' | 'https.refused' | 'https.timeout' | 'https.unreachable' | 'https.tls' | 'https.not-told' | 'https.closed'
  // Somebody answered, and not as Microsoft does.
  | 'https.redirect' | 'https.too-large' | 'https.not-json' | 'https.shape'
  // The service answered with an error of its own: `facts.body` holds it.
  | 'service.refused' | 'service.busy' | 'service.broken'
  // Answers that do not fit the settings.
  | 'tenant.unknown' | 'tenant.swapped' | 'tenant.cloud'
  | 'token.unusable' | 'token.audience' | 'token.tenant' | 'token.app'
  // Rights as the token tells them: absent proves nothing, too many is advice.
  | 'permission.absent' | 'permission.excess'
  | 'graph.refused' | 'graph.token-refused'
  // This machine's clock differs from the service's.
  | 'clock.wrong'

/** Facts for the finding's sentences. None of them is a secret or a token. */
export interface MicrosoftFacts {
  readonly service?: Service
  readonly host?: string
  /** HTTP status. */
  readonly http?: number
  /** The service's own error, parsed. */
  readonly body?: unknown
  /** What came instead, as text. */
  readonly text?: string
  /** Seconds the service asked to wait. */
  readonly retryAfter?: number
  /** The runtime's own code, such as ENOTFOUND or CERT_HAS_EXPIRED. */
  readonly cause?: string
  readonly seconds?: number
  /** Milliseconds this machine's clock is ahead of the service's; negative where it is behind. */
  readonly ahead?: number
  /** What was expected, and what was there instead: clouds, audiences, tenants, roles. */
  readonly wanted?: string
  readonly found?: string
  readonly roles?: readonly string[]
}

/** A fault whose cause was seen. Carries facts, never a secret. */
export class MicrosoftFault extends Error {
  readonly code: MicrosoftFaultCode
  readonly facts: MicrosoftFacts

  constructor(code: MicrosoftFaultCode, facts: MicrosoftFacts = {}) {
    super(code)
    this.code = code
    this.facts = facts
  }
}
