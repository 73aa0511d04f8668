import type { FieldError, GatewayView, Problem } from '@mail-gateway/contract'

interface Kind {
  readonly status: number
  readonly title: string
  /** What is true, then what to do. */
  readonly detail: string
}

/** Every way a request can fail: a closed list. The code is public and stable; the page `docs` explains each. */
export const problems = {
  'auth.required': { status: 401, title: 'Nobody is signed in', detail: 'The session has ended or never began. Sign in again; what was typed stays in the form.' },
  'auth.right-missing': { status: 403, title: 'This account may not do that', detail: 'The account lacks the right this needs. Ask an administrator of the product.' },
  'request.origin': { status: 403, title: 'The request came from another site', detail: 'Only pages at the base URL (MAIL_GATEWAY_BASE_URL, baseURL) may do this. Where this page belongs to the product, correct that, or add its origin to MAIL_GATEWAY_TRUSTED_ORIGINS (trustedOrigins).' },
  'request.header-missing': { status: 403, title: 'The header x-mail-gateway is missing', detail: 'Send  x-mail-gateway: 1  with every call but GET.' },
  'request.content-type': { status: 415, title: 'The content type is not JSON', detail: 'Send  content-type: application/json  with every call but GET.' },
  'request.too-large': { status: 413, title: 'The request is too large', detail: 'Send at most 64 KiB.' },
  'request.malformed': { status: 400, title: 'The body cannot be read', detail: 'Send one JSON object in UTF-8, at most 8 levels deep, with no name twice.' },
  'request.idempotency-key': { status: 400, title: 'The header idempotency-key cannot be used', detail: 'Send 22 to 64 random letters, digits, hyphens or underscores, or leave it out.' },
  'route.unknown': { status: 404, title: 'There is nothing at this address', detail: 'Compare the path with the list under /docs.' },
  'route.method': { status: 405, title: 'This address does not take that method', detail: 'Use one of the methods the header Allow names.' },
  'gateway.unknown': { status: 404, title: 'There is no such gateway', detail: 'It was deleted, or it never was. Load the list again.' },
  'gateway.key-used': { status: 412, title: 'The header idempotency-key names another gateway', detail: 'It was used before, by somebody else or with other settings. Nothing was changed. Change that gateway at its own address, or send a new key to make another one.' },
  'run.unknown': { status: 404, title: 'There is no such check', detail: 'Results are kept for 30 days, the newest 500. Run the check again.' },
  'settings.refused': { status: 422, title: 'Some values need another look', detail: 'Correct the fields named in `errors`.' },
  'settings.stale': { status: 412, title: 'Somebody else saved meanwhile', detail: 'The stored settings are newer than the ones this change began with. Look at what is stored now and decide again.' },
  'settings.revision-missing': { status: 428, title: 'The revision is missing', detail: 'Send the ETag of the settings this change began with as If-Match.' },
  'settings.unreadable': { status: 409, title: 'The stored settings cannot be read', detail: 'The record was damaged and is kept as it is. Restore it from a backup, or enter the settings again and save.' },
  'secret.destination-changed': { status: 409, title: 'The stored secret belongs to another destination', detail: 'A stored secret is only ever sent where it was meant for. Type it again for the new destination.' },
  'secret.unreadable': { status: 409, title: 'The stored secret cannot be read any more', detail: 'Its key is gone or the record was altered. The secret must be typed again.' },
  'check.key-used': { status: 400, title: 'The header idempotency-key names another check', detail: 'It was used before, for other settings, another depth or another recipient. Nothing was started. Send a new key with every check.' },
  'check.busy': { status: 429, title: 'A test email is on its way', detail: 'One test email at a time: wait for the running one to end.' },
  'rate.limited': { status: 429, title: 'That is as many as the limit allows', detail: 'Wait, then try again.' },
  'check.queue-full': { status: 503, title: 'Too many checks are running', detail: 'Nothing was started. Try again in a moment.' },
  'save.check-failed': { status: 422, title: 'Nothing was saved: the check did not pass', detail: 'These settings are saved only after a passed check. Correct what failed and save again.' },
  'store.busy': { status: 503, title: 'The store is busy', detail: 'Nothing was saved. Try again in a moment.' },
  'service.not-set-up': { status: 503, title: 'The mail gateway is not set up', detail: 'A setting of this service is missing or does not hold. Whoever runs it finds in its log which one.' },
  'service.closed': { status: 503, title: 'The mail gateway is closed', detail: 'Nothing was started. Try again in a moment.' },
  'store.full': { status: 507, title: 'There is no space to save', detail: 'Nothing was saved; what was stored is as it was. Whoever runs this service makes room, then save again.' },
  'store.read-only': { status: 503, title: 'Cannot save', detail: 'The store takes no changes just now: nothing was saved. Checks of stored settings still run. Whoever runs this service finds the reason in its log.' },
  'store.damaged': { status: 503, title: 'The store is damaged', detail: 'Nothing was changed. Whoever runs this service restores it from a backup.' },
  'store.schema': { status: 503, title: 'The store and this version of the product do not fit', detail: 'Nothing was saved. Whoever runs this service finds in its log which migration is missing, or which version made the store.' },
  internal: { status: 500, title: 'Something went wrong on our side', detail: 'Nothing more is known here. Give the request id to whoever runs this service.' },
} as const satisfies Record<string, Kind>

/** Names of the ways a request can fail; stable, so that programs may branch on them. */
export type ProblemCode = keyof typeof problems

/** What a problem may carry besides its words. */
export interface Particulars {
  /** Words that fit better than the usual ones. */
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly fields?: readonly string[]
  readonly gateway?: GatewayView
  /** Seconds. */
  readonly retryAfter?: number
  /** For `check.busy`: the run under way, where it is about the same settings. */
  readonly runId?: string
  /** For 405: the methods that work. */
  readonly allow?: string
}

/** A use case that did not happen, with the reason the caller may know. Nothing was changed. */
export class Refusal extends Error {
  readonly code: ProblemCode
  readonly particulars: Particulars

  constructor(code: ProblemCode, particulars: Particulars = {}) {
    super(code)
    this.code = code
    this.particulars = particulars
  }

  get status(): number {
    return problems[this.code].status
  }
}

/** Values that need another look, each with its JSON pointer. */
export const refused = (...errors: readonly FieldError[]): Refusal => new Refusal('settings.refused', { errors })

/** Where a problem happened and where its explanation lies. */
export interface Circumstances {
  /** Address of the docs page; `#code` is added. */
  readonly docs: string
  readonly instance: string
  readonly requestId: string
}

/** A refusal in the form of RFC 9457. */
export const problemOf = ({ code, particulars }: Refusal, { docs, instance, requestId }: Circumstances): Problem => {
  const { status, title, detail } = problems[code]
  const { allow: _, ...rest } = particulars
  return { type: `${docs}#${code}`, title, status, detail, instance, code, requestId, ...rest }
}
