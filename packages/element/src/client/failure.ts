import type { Problem } from '@mail-gateway/contract'

/**
 * A request that brought no answer of ours. `problem` is the BFF's own, or one made here with code
 * `client.unreachable` (no answer), `client.answer` (an answer that is not ours), `client.stream` (cut off) or
 * `client.lost` (no answer, and no way to see whether a change was made).
 */
export class Failure extends Error {
  readonly problem: Problem
  /** Method and address, for support. */
  readonly asked: string
  /** Status and kind of answer, for support. */
  readonly answer: string
  /** ISO 8601. */
  readonly at: string

  constructor(problem: Problem, asked: string, answer: string, options?: ErrorOptions) {
    super(problem.code, options)
    this.name = 'Failure'
    this.problem = problem
    this.asked = asked
    this.answer = answer
    this.at = new Date().toISOString()
  }

  get code(): string { return this.problem.code }
  get status(): number { return this.problem.status }
  /** Whether the same request can succeed by itself a little later. */
  get passing(): boolean { return this.code === 'client.unreachable' || this.status >= 500 }
  /** The same failure under another code. */
  as(code: string): Failure { return new Failure({ ...this.problem, code }, this.asked, this.answer, { cause: this.cause }) }
}

const made = (code: string, asked: string, answer: string, cause?: unknown, status = 0): Failure =>
  new Failure({ type: 'about:blank', title: '', status, detail: '', instance: asked.split(' ')[1] ?? '', code, requestId: '' }, asked, answer, { cause })

/** Nobody answered: network down, wrong address, blocked by policy. */
export const unreachable = (asked: string, cause: unknown): Failure => made('client.unreachable', asked, String(cause), cause)

/** What kind of content an answer names. */
export const typeOf = (response: Response): string => response.headers.get('content-type') ?? ''

/** An answer that is not ours, such as a proxy's HTML page. */
export const notOurs = (asked: string, response: Response, cause?: unknown): Failure =>
  made('client.answer', asked, `${response.status}, ${typeOf(response).split(';')[0] || 'nothing'} instead of JSON`, cause, response.status)

/** The stream of a run ended before its last line. */
export const cutOff = (asked: string, cause?: unknown): Failure => made('client.stream', asked, 'ended before its last line', cause)

const isProblem = (value: unknown): value is Problem => typeof (value as Problem | undefined)?.code === 'string'

/** Reads a refused request: problem details where they are ours, else what came instead. */
export const failureOf = async (asked: string, response: Response): Promise<Failure> => {
  if (!/json/.test(typeOf(response))) return notOurs(asked, response)
  const body: unknown = await response.json().catch(() => undefined)
  if (!isProblem(body)) return notOurs(asked, response)
  const wait = Number(response.headers.get('retry-after'))
  const problem = body.retryAfter === undefined && wait > 0 ? { ...body, retryAfter: wait } : body
  return new Failure(problem, asked, `${response.status} ${problem.code}`)
}

/** Whether somebody stopped the request on purpose. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

/** Any error as a failure, so that nothing is ever thrown at the page. */
export const asFailure = (error: unknown): Failure => (error instanceof Failure ? error : unreachable('', error))
