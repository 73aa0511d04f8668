import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Control } from '../kinds/control.ts'
import type { Words } from '../strings/words.ts'
import { fieldPart } from './field.ts'
import { heading } from './heading.ts'
import { icon } from './icons.ts'
import { logPart } from './callout.ts'

/** A test email of this visit, and what its reader said. */
export interface TestResult {
  readonly to: string
  /** ISO 8601. */
  readonly at: string
  readonly arrived?: boolean | undefined
}

export interface TestMailProps {
  readonly words: Words
  readonly level: number
  readonly to: Control
  readonly busy: boolean
  readonly above: unknown
  /** The run and what came of it. */
  readonly run: unknown
  readonly earlier: readonly TestResult[]
  send(): void
}

const past = ({ to, at, arrived }: TestResult, { words: { t }, words, level }: TestMailProps) => {
  const tone = arrived === undefined ? 'open' : arrived ? 'pass' : 'fail'
  const title = arrived === undefined ? t.acceptedText(to) : arrived ? t.arrivedAt(to) : t.missingAt(to)
  return html`<section part="checks" class="stack box"><header part="verdict" class="line">${icon(tone, tone)}<div>${heading(level + 1, html`<bdi>${title}</bdi>`)}
    <p>${arrived === undefined ? t.acceptedAt(words.when(at)) : t.confirmed(words.when(at))}</p></div></header></section>`
}

/** One email to see with one's own eyes. */
export const testMailPart = (props: TestMailProps): TemplateResult => {
  const { words: { t }, level, to, busy, above, run, earlier, send } = props
  return html`<form part="form test" class="stack" novalidate @submit=${(event: Event) => { event.preventDefault(); send() }}>
    ${above}
    <fieldset part="group" class="stack"><legend>${heading(level + 1, t.sendTestEmail)}</legend>${fieldPart({
      ...to, after: html`<button part="button button-primary" type="submit" aria-disabled=${busy ? 'true' : nothing}>${t.send}</button>`,
    })}</fieldset>
  </form>${run}${earlier.map((result) => past(result, props))}`
}

export interface ArrivalProps {
  readonly words: Words
  readonly level: number
  readonly arrived: boolean | undefined
  readonly facts: readonly (readonly [string, string | undefined])[]
  confirm(arrived: boolean): void
  copy(text: string, event: Event): void
}

/** The last row of a test: only the reader of the mailbox can know. */
export const arrivalPart = ({ words: { t }, level, arrived, facts, confirm, copy }: ArrivalProps): TemplateResult => {
  const face = arrived === undefined ? 'open' : arrived ? 'pass' : 'fail'
  const word = arrived === undefined ? t.unproven : arrived ? t.pass : t.fail
  return html`<li part="check check-${face}"><span part="mark check-icon">${icon(face)}</span><span part="check-label">${t.arrived}</span>
    <code part="check-detail">${arrived === undefined ? t.onlyYou : ''}</code><span part="check-word">${word}</span><span part="check-time"></span>
    <div part="finding" class="stack"><div class="stack">
      ${arrived === undefined ? html`<div part="actions" class="line"><button part="button" type="button" @click=${() => confirm(true)}>${t.yesArrived}</button>
        <button part="button" type="button" @click=${() => confirm(false)}>${t.noArrived}</button></div>` : nothing}
      ${arrived === false ? html`${heading(level, t.missingTitle, { title: true, focus: true })}<ol part="check-remedy">${t.missing.map((line) => html`<li>${line}</li>`)}</ol>` : nothing}</div>
      ${logPart({ summary: t.answer, copyText: t.copySupport, facts, copy, open: arrived === false })}</div></li>`
}
