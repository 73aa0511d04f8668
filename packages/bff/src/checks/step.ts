import type { CheckEvent, CheckStatus, Evidence, Finding } from '@mail-gateway/contract'

/** What a step found out: facts for its row, a value for later steps, and advice if it passed with a remark. */
export interface Outcome<T> {
  readonly evidence?: Evidence
  readonly value: T
  readonly advice?: Finding
  /** What nobody knows yet, although the work goes on: the row is `unproven`, and a later one may settle it. */
  readonly open?: Finding
  /** Monotonic milliseconds: when the row's commands left, if that was before the row began. */
  readonly began?: number
}

/** A checklist reads top to bottom like the list on the screen; later steps use earlier results as plain variables. */
export type Checklist<T = void> = AsyncGenerator<CheckEvent, T, void>

/** Thrown by `must` to end a checklist early; the runner closes the remaining rows. */
export class Stop extends Error {}

/** Nobody can know how it ended: silence after something was handed over. Never counts as passed or as failed. */
export class NotProven extends Error {}

export interface Step<Id extends string> {
  /** A step the rest depends on: a failure ends the checklist. */
  must<T>(id: Id, work: (signal: AbortSignal) => Promise<Outcome<T>>): Checklist<T>
  /** A step that only advises: a failure becomes a warning and yields undefined. */
  may<T>(id: Id, work: (signal: AbortSignal) => Promise<Outcome<T>>): Checklist<T | undefined>
  /** A step the settings made needless. */
  skip(id: Id): Checklist
}

/** Turns what a step threw into its finding; `unproven` where the error leaves the outcome open. */
export type Explain = (error: unknown, row: string) => { readonly status: 'fail' | 'unproven'; readonly finding: Finding }

interface StepOptions {
  readonly explain: Explain
  readonly signal: AbortSignal
  /** Monotonic milliseconds. */
  readonly elapsed: () => number
}

/** The verbs of a checklist, bound to one run's clock, signal and explanations. */
export const steps = <Id extends string>({ explain, signal, elapsed }: StepOptions): Step<Id> => {
  async function* attempt<T>(id: Id, work: (signal: AbortSignal) => Promise<Outcome<T>>, soft: boolean): Checklist<Outcome<T> | undefined> {
    yield { event: 'start', id }
    const began = elapsed()
    const ms = (from = began) => Math.round(elapsed() - from)
    try {
      signal.throwIfAborted()
      const outcome = await cutShort(work(signal), signal, id)
      signal.throwIfAborted()
      yield passed(id, ms(outcome.began), outcome)
      return outcome
    } catch (error) {
      const { status, finding } = explain(error, id)
      yield { event: 'result', id, status: soft && status === 'fail' ? 'warn' : status, ms: ms(), finding }
      return undefined
    }
  }
  return {
    async *must(id, work) {
      const outcome = yield* attempt(id, work, false)
      if (!outcome) throw new Stop(id)
      return outcome.value
    },
    async *may(id, work) {
      return (yield* attempt(id, work, true))?.value
    },
    async *skip(id) {
      yield { event: 'result', id, status: 'skip', ms: 0, reason: 'not-needed' }
    },
  }
}

/** Milliseconds in which work that is told to stop may still say what it ran into, which is more than that it was stopped. */
const lastWordMs = 300

/** Work that hears no signal does not keep a run from its end: every row has one (faults F18, F43, F60). */
const cutShort = async <T>(work: Promise<T>, signal: AbortSignal, row: string): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => { timer = setTimeout(() => reject(row === 'message' ? new NotProven('the message was on its way') : signal.reason as Error), lastWordMs) }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

const passed = <T>(id: string, ms: number, { evidence, advice, open }: Outcome<T>): CheckEvent => {
  const status: CheckStatus = open ? 'unproven' : advice ? 'warn' : 'pass'
  const finding = open ?? advice
  return { event: 'result', id, status, ms, ...(evidence && { evidence }), ...(finding && { finding }) }
}
