import { fold } from '@mail-gateway/contract'
import type { CheckEvent, RunRow, RunView, Verdict } from '@mail-gateway/contract'
import { runLimit } from './run.ts'
import { withPulse } from './pulse.ts'
import type { Events } from './stream.ts'

/** A run under way: what happened so far, who follows it, and how to end it. */
export interface Live {
  readonly signal: AbortSignal
  view(): RunView
  push(event: CheckEvent): void
  /** Everything from the beginning, then what comes. */
  follow(): Events
  /** From now on the run stands as it ended, even before its followers have heard of it. */
  settle(view: RunView): void
  /** Nobody is told anything after this. */
  end(): void
  stop(): void
}

/** `head` is what is known before the first row. */
export const createLive = (head: Omit<RunView, 'rows' | 'state'>, planned: readonly RunRow[]): Live => {
  const abort = new AbortController()
  const events: CheckEvent[] = []
  let rows = planned
  let followers = 0
  let ended = false
  let final: RunView | undefined
  let news = Promise.withResolvers<void>()
  const wake = () => {
    news.resolve()
    news = Promise.withResolvers<void>()
  }
  const gone = () => {
    followers -= 1
    if (followers === 0 && !ended) abort.abort()
    wake()
  }
  return {
    signal: abort.signal,
    view: () => final ?? { ...head, state: 'running', rows },
    push(event) {
      events.push(event)
      rows = fold(rows, event)
      wake()
    },
    follow() {
      followers += 1
      return follower(events, () => ended, () => news.promise, gone)
    },
    settle(view) {
      final = view
    },
    end() {
      ended = true
      wake()
    },
    stop: () => abort.abort(),
  }
}

const follower = (events: readonly CheckEvent[], ended: () => boolean, news: () => Promise<void>, gone: () => void): Events => {
  let at = 0
  let here = true
  const leave = () => {
    if (here) {
      here = false
      gone()
    }
    return { done: true as const, value: undefined }
  }
  return {
    async next() {
      while (here && at >= events.length && !ended()) await withPulse(news())
      const value = events[at]
      if (!here || !value) return leave()
      at += 1
      return { done: false, value }
    },
    return: async () => leave(),
    [Symbol.asyncIterator]() { return this },
  }
}

/** How a run that was cut off stands: what was under way is unproven, what never began was not run. */
export const cutOff = (rows: readonly RunRow[]): readonly RunRow[] => rows.map((row) => {
  if (row.status === 'running') return { ...row, status: 'unproven' }
  return row.status === 'waiting' ? { ...row, status: 'skip', reason: 'blocked' } : row
})

/** A run as it ended. */
export const finished = (view: RunView, verdict: Verdict, endedAt: string, ms: number): RunView =>
  ({ ...view, state: 'done', verdict, endedAt, ms, rows: cutOff(view.rows) })

/** Once a run is told to stop, a failure only says that we hung up. */
export const afterCut = (event: CheckEvent, { aborted }: AbortSignal): CheckEvent =>
  aborted && event.event === 'result' && event.status === 'fail' ? { ...event, status: 'unproven' } : event

/**
 * Milliseconds after which a run that never ended is known to be dead: queue, run and some air. Where others work on the
 * same store there is little of a queue, and a runtime that took a request away tells nobody (fault F108).
 */
export const deadAfter = { alone: 5 * runLimit, shared: 1.5 * runLimit } as const

/** Since when this process could have known of a run, and how long to believe in one it does not. */
export interface Life {
  readonly born: number
  readonly deadAfter: number
}

/** A stored run without an end: of an earlier life of this process, or too old to be under way elsewhere. */
export const afterCrash = (view: RunView | undefined, { born, deadAfter: limit }: Life, now: number): RunView | undefined => {
  if (view?.state !== 'running') return view
  const started = Date.parse(view.startedAt)
  if (started >= born && now - started < limit) return view
  return { ...view, state: 'done', verdict: 'unproven', rows: view.rows.map((row) => ({ ...row, status: 'unproven' })) }
}

/** A run that is over, told once more from its plan to its end. */
export const toldAgain = (view: RunView): Events => {
  const { rows, state: _, ...head } = view
  const live = createLive(head, [])
  live.push({ event: 'plan', runId: view.runId, rows: rows.map(({ id, stage, label }) => ({ id, stage, label })) })
  for (const { stage: _stage, label: _label, status, ms = 0, ...row } of rows) {
    if (status !== 'waiting' && status !== 'running') live.push({ event: 'result', status, ms, ...row })
  }
  live.push({ event: 'end', verdict: view.verdict ?? 'unproven', until: view.until, ms: view.ms ?? 0 })
  live.end()
  return live.follow()
}
