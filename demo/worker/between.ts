import { createHash, timingSafeEqual } from 'node:crypto'
import type { AuditEvent, Caller, OutgoingMail, ProblemCode, Receipt } from '@mail-gateway/bff'
import type { Finding } from '@mail-gateway/contract'

// What the Worker and the product say to each other, past the browser. A deployed product would bind the two together
// (developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings); here a token keeps everybody else out.

/** Routes of the product: who a request speaks for, and what was done. */
export const callerPath = '/internal/caller'
export const eventsPath = '/internal/events'
/** Route of the Worker: the product's own mail. */
export const mailPath = '/internal/mail'

/** Where the product is told under which address the browser sees it. */
export const seenAsHeader = 'x-forwarded-host'

export interface Letter {
  readonly caller: Caller
  readonly requestId: string
  readonly mail: OutgoingMail
  readonly gatewayId?: string
}

/** How it went; what the gateway throws, as data. */
export type Fate =
  | { readonly receipt: Receipt }
  | { readonly failed: { readonly finding: Finding; readonly unproven: boolean } }
  | { readonly refused: ProblemCode }

export type { AuditEvent, Caller }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** True for a request that carries the token of this run. */
export const isOurs = (headers: Headers, token: string): boolean =>
  timingSafeEqual(digest(headers.get('authorization') ?? ''), digest(`Bearer ${token}`))

export const withToken = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` })
