import { fold, stages } from '@mail-gateway/contract'
import type { CheckEvent, CheckRequest, CheckResult, RunRow, RunView, Stage, Verdict } from '@mail-gateway/contract'
import type { ReactiveControllerHost } from 'lit'
import type { Client } from '../client/client.ts'
import { asFailure, Failure, isAbort } from '../client/failure.ts'
import { Hosted } from './hosted.ts'

/** Milliseconds a row stays running at least, so that a fast run still reads as a sequence. */
const shortest = 150
/** Milliseconds between looks at a run that goes on without this page. */
const look = 1000

/** What a run is about, for whoever shows it. */
export interface RunPurpose {
  readonly gatewayId?: string | undefined
  /** A draft is checked, not what is stored. */
  readonly draft?: boolean
  readonly saves?: boolean
  readonly until?: Stage | undefined
  readonly to?: string | undefined
}

export interface RunListener {
  started(runId: string): void
  result(runId: string, result: CheckResult): void
  ended(runId: string, verdict: Verdict, ms: number, rows: readonly RunRow[]): void
}

const sleep = (ms: number, signal: AbortSignal) => new Promise<void>((done, stopped) => {
  const timer = setTimeout(done, ms)
  signal.addEventListener('abort', () => { clearTimeout(timer); stopped(signal.reason as Error) }, { once: true })
})

/** One run at a time: asks for it, folds its events into rows, can be stopped, can be found again. */
export class ChecksController extends Hosted {
  state: 'idle' | 'running' | 'done' | 'stopped' = 'idle'
  rows: readonly RunRow[] = []
  verdict: Verdict | undefined
  purpose: RunPurpose | undefined
  runId: string | undefined
  failure: Failure | undefined
  ms = 0
  /** ISO 8601, the end where it is known. */
  at = ''
  readonly #client: Client
  readonly #listener: RunListener
  #abort: AbortController | undefined

  constructor(host: ReactiveControllerHost, client: Client, listener: RunListener) {
    super(host)
    this.#client = client
    this.#listener = listener
  }

  override hostDisconnected(): void { this.stop() }

  /** Nothing went wrong, and what is open only a message can settle. */
  get undecided(): boolean {
    return this.verdict === 'unproven' && !this.failure && this.purpose?.until !== 'delivery' && !this.rows.some(({ status, reason, finding }) => reason === 'blocked' || (status === 'unproven' && finding?.retry.class !== 'depends'))
  }

  get running(): boolean { return this.state === 'running' }
  /** Rows this run will get to, and how many of them have ended. */
  get progress(): { readonly at: number; readonly of: number } {
    const last = stages.indexOf(this.purpose?.until ?? 'delivery')
    const own = this.rows.filter(({ stage }) => stages.indexOf(stage) <= last)
    const ended = own.filter(({ status }) => status !== 'waiting' && status !== 'running').length
    return { at: Math.min(ended + 1, own.length), of: own.length }
  }

  /** Runs to the end. The verdict, or nothing when the run was stopped, refused or cut off (see `failure`). */
  run(request: CheckRequest, saves: boolean): Promise<Verdict | undefined> {
    const { gatewayId, until, to, settings } = request
    return this.#watch({ gatewayId, until, to, draft: Boolean(settings), saves }, (signal) => this.#read(this.#client.check(request, signal), signal))
  }

  /** Shows a run that was started earlier, and follows it while it goes on. */
  resume(runId: string, purpose: RunPurpose): Promise<Verdict | undefined> {
    return this.#watch(purpose, async (signal) => {
      for (let view = await this.#client.run(runId, signal); ; view = await this.#client.run(runId, signal)) {
        this.#show(view)
        if (view.state === 'done') return
        await sleep(look, signal)
      }
    })
  }

  /** Ends the run; the server sees the request go and stops its work. */
  stop(): void {
    this.#abort?.abort()
    if (!this.running) return
    this.state = 'stopped'
    this.#close('skip')
  }

  clear(): void {
    this.#abort?.abort()
    Object.assign(this, { state: 'idle', rows: [], verdict: undefined, purpose: undefined, runId: undefined, failure: undefined })
    this.redraw()
  }

  async #watch(purpose: RunPurpose, act: (signal: AbortSignal) => Promise<void>): Promise<Verdict | undefined> {
    this.clear()
    const { signal } = this.#abort = new AbortController()
    Object.assign(this, { purpose, state: 'running' })
    this.redraw()
    try { await act(signal) } catch (error) { if (!signal.aborted) this.#broke(error) }
    if (signal.aborted) return undefined
    this.redraw()
    return this.verdict
  }

  async #read(events: AsyncIterable<CheckEvent>, signal: AbortSignal): Promise<void> {
    let since = 0
    for await (const event of events) {
      if (event.event === 'result' && event.status !== 'skip') {
        if (this.rows.find(({ id }) => id === event.id)?.status === 'waiting') { since = performance.now(); this.#take({ event: 'start', id: event.id }) }
        await sleep(Math.max(0, since + shortest - performance.now()), signal)
      }
      if (event.event === 'start') since = performance.now()
      signal.throwIfAborted()
      this.#take(event)
    }
  }

  #take(event: CheckEvent): void {
    this.rows = fold(this.rows, event)
    if (event.event === 'plan') { this.runId = event.runId; this.#listener.started(event.runId) }
    if (event.event === 'result') this.#listener.result(this.runId ?? '', event)
    if (event.event === 'end') this.#finish(event.verdict, event.ms)
    if (event.event === 'problem') throw new Failure(event.problem, 'POST /checks', event.problem.code)
    this.redraw()
  }

  #finish(verdict: Verdict, ms: number, at = new Date().toISOString()): void {
    Object.assign(this, { state: 'done', verdict, ms, at })
    this.#listener.ended(this.runId ?? '', verdict, ms, this.rows)
  }

  #show({ runId, rows, state, until, to, verdict, ms, endedAt }: RunView): void {
    Object.assign(this, { runId, rows, purpose: { ...this.purpose, until, to } })
    if (state === 'done') this.#finish(verdict ?? 'unproven', ms ?? 0, endedAt)
    this.redraw()
  }

  #broke(error: unknown): void {
    if (isAbort(error)) return
    this.failure = asFailure(error)
    // A run cut off is nobody's verdict: what had not ended is not known.
    if (this.rows.length) { this.state = 'done'; this.verdict = 'unproven' } else this.state = 'idle'
    this.#close('unproven')
  }

  // What waited was not run.
  #close(running: 'skip' | 'unproven'): void {
    this.rows = this.rows.map((row) => ({ ...row, status: row.status === 'waiting' ? 'skip' : row.status === 'running' ? running : row.status }))
    this.at = new Date().toISOString()
    this.redraw()
  }
}
