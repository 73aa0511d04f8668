import { stages } from '@mail-gateway/contract'
import type { CheckEvent, CheckResult, FieldError, Finding, PlanRow, Stage, Verdict } from '@mail-gateway/contract'
import { testMessage } from '../deliver/test-message.ts'
import { retries } from '../findings/retry.ts'
import type { Mode, ModePorts } from '../modes/mode.ts'
import { planOf } from '../modes/mode.ts'
import { canonicalAddress } from '../settings/address.ts'
import { adviceOn } from '../settings/advise.ts'
import { endingAdvice } from '../settings/expiry.ts'
import { judgeSettings } from '../settings/judge.ts'
import type { Judgement } from '../settings/judge.ts'
import type { Remark } from '../settings/repair.ts'
import { steps, Stop } from './step.ts'
import type { Checklist, Explain } from './step.ts'

/** Milliseconds a check may take in all; below the 30 s an edge runtime grants a request. */
export const runLimit = 20_000

export interface RunInput {
  readonly runId: string
  readonly mode: Mode
  /** Settings and secrets in clear, as they came: judging them is the first row. */
  readonly raw: Readonly<Record<string, unknown>>
  readonly until: Stage
  /** One plain address; needed where the run goes to `delivery`. */
  readonly to: string
  readonly productName: string
  readonly ports: ModePorts
  /** Aborted when nobody listens any more: then the work stops. */
  readonly signal: AbortSignal
  /** Told what broke inside a step by a mistake of ours: the finding only says that the log knows. */
  readonly onBroken?: (error: unknown, row: string) => void
}

/** The whole time a check may take has passed. */
class Deadline extends Error {
  readonly seconds: number
  constructor(seconds: number) { super('deadline'); this.seconds = seconds }
}

/**
 * Runs a mode's checklist to the asked depth: the plan first, then results as they come, then every row closed.
 * Never throws for what a user or a server did.
 */
export async function* runChecklist(input: RunInput): AsyncGenerator<CheckEvent, void, void> {
  const { clock } = input.ports
  const began = clock.elapsed()
  const judged = judgeSettings(input.mode, input.raw, input.ports.capabilities)
  const plan = planOf(input.mode, judged.ok ? judged.values as never : undefined)
  yield { event: 'plan', runId: input.runId, rows: plan }
  yield { event: 'start', id: 'inputs' }
  const ms = Math.round(clock.elapsed() - began)
  const rows = new Rows(plan, input.until, input.mode.settles ?? {})
  const errors = [...(judged.ok ? [] : judged.errors), ...recipientErrors(input)]
  if (!judged.ok || errors.length) {
    yield rows.note({ event: 'result', id: 'inputs', status: 'fail', ms, finding: incomplete(errors) })
  } else {
    yield rows.note(inputsResult(input, judged, ms))
    yield* walk(input, judged.values, rows)
  }
  yield* rows.close()
  yield { event: 'end', verdict: rows.verdict, until: input.until, ms: Math.round(clock.elapsed() - began) }
}

/** A message needs one plain address to go to; anything else would end in the mail library, without a word. */
const recipientErrors = ({ until, to, raw }: RunInput): FieldError[] => {
  // Where the From address is meant and is itself missing or wrong, one error is enough.
  if (until !== 'delivery' || to === (raw.from ?? '') || canonicalAddress(to)) return []
  return [{ pointer: '/to', code: to ? 'to.format' : 'to.required', detail: 'Enter one address to send the test email to, for example name@example.com' }]
}

type Judged = Extract<Judgement, { ok: true }>

/** One piece of advice at most: what will stop the mail, what hinders it, how a file was read. */
const inputsResult = ({ mode, ports }: RunInput, { values, remarks }: Judged, ms: number): CheckResult => {
  const advice = endingAdvice(mode, values, ports.clock.now()) ?? adviceOn(mode.id, values) ?? readOtherwise(mode, remarks)
  const evidence = { settings: Object.keys(values).length }
  return { event: 'result', id: 'inputs', status: advice ? 'warn' : 'pass', ms, evidence, ...(advice && { finding: advice }) }
}

/** Follows the checklist row by row, and leaves it before the first row beyond the asked depth. */
async function* walk(input: RunInput, values: Readonly<Record<string, unknown>>, rows: Rows): AsyncGenerator<CheckEvent, void, void> {
  if (input.until === 'input') return
  const limit = Math.min(runLimit, Number(values.timeout ?? Infinity) * 1000)
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(new Deadline(limit / 1000)), limit)
  const signal = AbortSignal.any([input.signal, deadline.signal])
  const step = steps({ explain: aware(input, input.mode.explain(values as never), rows), signal, elapsed: input.ports.clock.elapsed })
  const test = testMessage(values, canonicalAddress(input.to) ?? '', input.productName)
  const checklist: Checklist = input.mode.checklist(values as never, step, input.ports, test)
  try {
    for await (const event of checklist) {
      if ((event.event === 'start' || event.event === 'result') && rows.beyond(event.id)) break
      yield event.event === 'result' ? rows.note(event) : event
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Adds what only the run knows: its own deadline, and that it was cut off. What was handed over by then comes as `NotProven`. */
const aware = ({ onBroken }: RunInput, explain: Explain, rows: Rows): Explain => (error, row) => {
  if (error instanceof Deadline) return { status: 'fail', finding: tooSlow(error, rows.label(row)) }
  if (error instanceof Error && error.name === 'AbortError') return { status: 'unproven', finding: cutOff }
  const explained = explain(error, row)
  if (explained.finding.code === 'internal') onBroken?.(error, row)
  return explained
}

/** The rows of one run: which are open, which lie beyond, and what the verdict is. */
class Rows {
  readonly #open: Map<string, PlanRow>
  readonly #until: Stage
  readonly #plan: readonly PlanRow[]
  readonly #settles: NonNullable<Mode['settles']>
  readonly #failed = new Set<string>()
  readonly #unproven = new Set<string>()
  readonly #passed = new Set<string>()

  constructor(plan: readonly PlanRow[], until: Stage, settles: NonNullable<Mode['settles']>) {
    this.#plan = plan
    this.#settles = settles
    this.#until = until
    this.#open = new Map(plan.map((row) => [row.id, row]))
  }

  label(id: string): string { return this.#plan.find((row) => row.id === id)?.label ?? id }

  beyond(id: string): boolean {
    const row = this.#plan.find((planned) => planned.id === id)
    return row === undefined || stages.indexOf(row.stage) > stages.indexOf(this.#until)
  }

  note(result: CheckResult): CheckResult {
    this.#open.delete(result.id)
    const kept = { fail: this.#failed, unproven: this.#unproven, pass: this.#passed, warn: this.#passed, skip: undefined }[result.status]
    kept?.add(result.id)
    return result
  }

  * close(): Generator<CheckResult> {
    for (const { id } of this.#open.values()) yield { event: 'result', id, status: 'skip', ms: 0, reason: this.beyond(id) ? 'later' : 'blocked' }
  }

  /** What is open counts, unless a later row of the same run settled it. */
  get verdict(): Verdict {
    if (this.#failed.size) return 'failed'
    const open = [...this.#unproven].filter((id) => !(this.#settles[id] ?? []).some((other) => this.#passed.has(other)))
    return open.length ? 'unproven' : 'passed'
  }
}

const incomplete = (errors: readonly FieldError[]): Finding => {
  const [first] = errors
  return {
    ...(errors.every(({ code }) => code === 'unavailable') ? unavailable(errors) : lacking(errors)),
    id: null, retry: retries.change, errors,
    ...(first && { field: first.pointer.split('/').at(-1)! }),
  }
}

const lacking = (errors: readonly FieldError[]): Pick<Finding, 'code' | 'title' | 'cause' | 'fixes'> => ({
  code: 'settings.incomplete',
  title: errors.length === 1 ? 'One setting needs another value' : `${errors.length} settings need another value`,
  cause: 'Nothing was tried yet: these are needed before a server can be asked.',
  fixes: errors.map(({ detail }) => ({ text: detail })),
})

/** The settings are right in themselves, and the platform this product runs on does not do it (fault F07): the fact, then the cures. */
const unavailable = (errors: readonly FieldError[]): ReturnType<typeof lacking> => {
  const [fact = '', ...cures] = errors.flatMap(({ detail }) => detail.split(/(?<=\.) /))
  return { code: 'settings.unavailable', title: fact.replace(/\.$/, ''), cause: 'Nothing was tried yet: the platform this product runs on does not permit it.', fixes: cures.map((text) => ({ text })) }
}

const readOtherwise = ({ words: { en: { fields } } }: Mode, remarks: readonly Remark[]): Finding | undefined => {
  const [first] = remarks
  return first && {
    code: 'settings.repaired', id: null, retry: retries.once, field: first.name,
    title: remarks.length === 1 ? 'One setting was read as something else than was written' : `${remarks.length} settings were read as something else than was written`,
    cause: remarks.map(({ name, say }) => `${fields[name]?.label ?? name}: ${say}`).join(' '),
    fixes: [{ text: 'Nothing has to be done here. Where the values come from a file, write them there as they are meant.' }],
  }
}

const tooSlow = ({ seconds }: Deadline, label: string): Finding => ({
  code: 'run.deadline', id: null, retry: retries.once,
  title: `The check was not done after ${seconds} seconds`,
  cause: `It was still at the step “${label}”. The server is very slow, or something on the way is.`,
  fixes: [{ text: 'Check again.' }, { text: 'Ask whoever runs the mail server whether it is overloaded.' }],
})

const cutOff: Finding = {
  code: 'run.cancelled', id: null, retry: retries.once,
  title: 'The check was stopped',
  cause: 'It was ended before this step had an answer.',
  fixes: [{ text: 'Check again.' }],
}
