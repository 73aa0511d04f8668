import type { RunRow, Stage } from '@mail-gateway/contract'
import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Strings } from '../strings/en.ts'
import type { Words } from '../strings/words.ts'
import { evidenceText } from './evidence.ts'
import { findingPart } from './finding.ts'
import type { FindingProps } from './finding.ts'
import { heading } from './heading.ts'
import { icon } from './icons.ts'
import type { Glyph } from './icons.ts'

export interface VerdictProps {
  readonly tone: Glyph
  readonly title: unknown
  readonly text: unknown
  readonly actions?: unknown
}

export interface ChecklistProps extends Omit<FindingProps, 'first'> {
  readonly id: string
  readonly rows: readonly RunRow[]
  readonly busy: boolean
  readonly verdict: VerdictProps
  /** Between verdict and rows. */
  readonly facts?: unknown
  /** After the rows, inside their list. */
  readonly more?: unknown
  readonly bar?: unknown
}

const faces: Readonly<Record<RunRow['status'], Glyph>> = {
  waiting: 'wait', running: 'busy', pass: 'pass', warn: 'warn', fail: 'fail', skip: 'skip', unproven: 'open',
}

const stageName = (stage: Stage, t: Strings): string =>
  ({ input: t.stageInput, network: t.stageNetwork, identity: t.stageIdentity, delivery: t.stageDelivery })[stage] ?? stage

const detail = ({ status, reason, evidence }: RunRow, words: Words): string => {
  if (status === 'skip') return reason === 'not-needed' ? words.t.notNeeded : reason === 'later' ? words.t.later : ''
  return evidenceText(evidence, words)
}

/** One row: glyph, stage, sentence, facts, word, time. `id` lets the verdict lead to it. */
const rowPart = (row: RunRow, previous: RunRow | undefined, props: ChecklistProps, first: boolean) => {
  const { words } = props
  const face = faces[row.status] ?? 'wait'
  const timed = row.ms !== undefined && row.status !== 'skip' && row.status !== 'running'
  return html`<li part="check check-${face}" id="${props.id}-${row.id}" tabindex="-1" data-row=${row.id} data-stage=${row.stage === previous?.stage ? nothing : stageName(row.stage, words.t)}>
    <span part="mark check-icon">${icon(face)}</span><span part="check-label">${row.label}</span><code part="check-detail"><bdi>${detail(row, words)}</bdi></code>
    <span part="check-word">${words.t[row.status]}</span><span part="check-time">${timed ? words.seconds(row.ms) : ''}</span>${findingPart(row, { ...props, first })}</li>`
}

const verdictPart = ({ tone, title, text, actions }: VerdictProps, id: string, level: number) => html`
  <header part="verdict${tone === 'pass' ? ' verdict-pass' : ''}" class="line">${icon(tone, tone)}<div>${heading(level, title, { id: `${id}-v`, title: tone === 'pass', focus: true })}<p>${text}</p></div>
    ${actions ? html`<div part="actions" class="line">${actions}</div>` : nothing}</header>`

/** A run as it stands: what it comes to, then every row. An ordinary list: the status region speaks. */
export const checklistPart = (props: ChecklistProps): TemplateResult => {
  const { id, rows, busy, verdict, level, facts, more, bar } = props
  const firstFailed = rows.find(({ status }) => status === 'fail')
  return html`<section part="checks" class="stack box" aria-labelledby="${id}-v" aria-busy=${busy ? 'true' : 'false'}>
    ${verdictPart(verdict, id, level)}${facts ?? nothing}
    ${rows.length || more ? html`<ol part="rows" role="list">${rows.map((row, index) => rowPart(row, rows[index - 1], { ...props, level: level + 1 }, row === firstFailed))}${more ?? nothing}</ol>` : nothing}
    ${bar ?? nothing}</section>`
}
