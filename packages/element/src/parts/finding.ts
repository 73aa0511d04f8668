import type { Finding, RunRow } from '@mail-gateway/contract'
import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Words } from '../strings/words.ts'
import { outLink } from './aside.ts'
import { logPart } from './callout.ts'
import { evidencePairs } from './evidence.ts'
import { heading } from './heading.ts'

export interface FindingProps {
  readonly words: Words
  readonly level: number
  readonly runId: string | undefined
  /** ISO 8601. */
  readonly at: string
  /** First failed row: the host's `help` slot stands there. */
  readonly first: boolean
  /** Label of a setting that is on the screen. */
  labelOf(field: string): string | undefined
  /** Number of a step of the guide that is on the screen. */
  stepOf(step: string): number | undefined
  go(field: string): void
  goStep(step: string): void
  copy(text: string, event: Event): void
}

/** The finding in the host's own words, where it has some for this code. */
const worded = (finding: Finding, { codes }: Words): Finding => {
  const own = codes[finding.code]
  return own ? { ...finding, title: own.title ?? finding.title, cause: own.detail ?? finding.cause } : finding
}

const fixText = ({ text, link }: Finding['fixes'][number], words: Words) => (link ? outLink(text, link, words) : text)

const actions = ({ field, step }: Finding, { words: { t }, labelOf, stepOf, go, goStep }: FindingProps) => {
  const label = field === undefined ? undefined : labelOf(field)
  const number = step === undefined ? undefined : stepOf(step)
  if (!label && !number) return nothing
  return html`<div part="actions" class="line">
    ${label ? html`<button part="button" type="button" @click=${() => go(field!)}>${t.goTo(label)}</button>` : nothing}
    ${number ? html`<button class="link" type="button" @click=${() => goStep(step!)}>${t.guideStep(number)}</button>` : nothing}</div>`
}

const facts = ({ who, retry }: Finding, { words: { t } }: FindingProps) => who || retry?.text ? html`<dl part="facts">
  ${who ? html`<dt>${t.whoCan}</dt><dd>${who}</dd>` : nothing}${retry?.text ? html`<dt>${t.tryAgainWhen}</dt><dd>${retry.text}</dd>` : nothing}</dl>` : nothing

const log = (row: RunRow, { code, id, said }: Finding, { words: { t }, runId, at, copy }: FindingProps) => logPart({
  summary: t.details, copyText: t.copySupport, copy,
  facts: [[t.code, code], [t.entry, id ?? undefined], [t.row, row.id], [t.said, said], ...evidencePairs(row.evidence), [t.run, runId], [t.when, at]],
})

/** What a failed row means and what to do: the loudest thing on the screen. */
const failed = (row: RunRow, finding: Finding, props: FindingProps) => html`<div part="finding" class="stack">
  <div class="stack">${heading(props.level, finding.title, { title: true })}<p>${finding.cause}</p>
    ${finding.fixes.length ? html`<ol part="check-remedy">${finding.fixes.map((fix) => html`<li>${fixText(fix, props.words)}</li>`)}</ol>` : nothing}
    ${actions(finding, props)}${props.first ? html`<slot name="help"></slot>` : nothing}</div>
  ${facts(finding, props)}${log(row, finding, props)}</div>`

/** Advice is one paragraph under its row, without a box. */
const advice = (finding: Finding, { words }: FindingProps) => html`<div part="finding" class="stack"><p>${finding.title.replace(/([^.!?…])$/, '$1.')} ${finding.cause}
  ${finding.fixes.map((fix) => html` <b>${fixText(fix, words)}</b>`)}</p></div>`

export const findingPart = (row: RunRow, props: FindingProps): TemplateResult | typeof nothing => {
  if (!row.finding) return nothing
  const finding = worded(row.finding, props.words)
  return row.status === 'fail' || row.status === 'unproven' ? failed(row, finding, props) : advice(finding, props)
}
