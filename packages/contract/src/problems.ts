import type { GatewayView } from './settings.ts'

/** One wrong value: `pointer` is a JSON pointer (RFC 6901) into the request body, such as `/settings/host`. */
export interface FieldError {
  readonly pointer: string
  /** Dotted, stable, such as `required` or `email.format`. */
  readonly code: string
  /** Says what to do, in the words the form shows. */
  readonly detail: string
}

/** A request that failed: RFC 9457 problem details with our code. Content type `application/problem+json`. */
export interface Problem {
  /** Absolute address of a page about this code. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** The request's path. */
  readonly instance: string
  /** Dotted, ours, stable: `settings.stale`, `secret.destination-changed`, `rate.limited` … */
  readonly code: string
  readonly requestId: string
  readonly errors?: readonly FieldError[]
  /** 409 `secret.destination-changed`: the settings that moved. */
  readonly fields?: readonly string[]
  /** 412 `settings.stale`, `gateway.key-used`: what is stored now. */
  readonly gateway?: GatewayView
  /** 429 `check.busy`: the run that is under way on exactly these settings of this gateway, to be followed in place of one's own. */
  readonly runId?: string
  /** 429 and 503: seconds to wait, as in the header Retry-After. */
  readonly retryAfter?: number
}
