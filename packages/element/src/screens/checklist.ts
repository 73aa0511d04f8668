import type { RunRow } from '@mail-gateway/contract'
import { actions, button, link } from '../parts/button.ts'
import { countsOf, evidenceText } from '../parts/evidence.ts'
import { heading } from '../parts/heading.ts'
import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import type { Glyph } from '../parts/icons.ts'
import { findingPart } from './finding.ts'
import type { Scene } from './scene.ts'

/** What a run comes to, and the next thing to do. */
export interface Verdict { readonly tone: Glyph; readonly title: unknown; readonly text: unknown; readonly next?: unknown }

const faces: Readonly<Record<RunRow['status'], Glyph>> = {
  waiting: 'wait', running: 'busy', pass: 'pass', warn: 'warn', fail: 'fail', skip: 'skip', unproven: 'open',
}

/** Glyph, sentence, facts, word, time, and what may stand under them. */
export const rowPart = (face: Glyph, label: string, detail: string, word: string, time: string, under: unknown, name = '', stage: string | undefined = undefined): TemplateResult => html`
  <li part="check check-${face}" tabindex="-1" data-row=${name || nothing} data-stage=${stage ?? nothing}>
    <span part="mark check-icon">${icon(face)}</span><span part="check-label">${label}</span><code part="check-detail"><bdi>${detail}</bdi></code>
    <span part="check-word">${word}</span><span part="check-time">${time}</span>${under}</li>`

const oneRow = (scene: Scene, row: RunRow, previous: RunRow | undefined, first: boolean) => {
  const { words, t } = scene
  const { id, status, stage, reason, ms, label, evidence, finding } = row
  const detail = status !== 'skip' ? evidenceText(evidence, words) : reason === 'not-needed' ? t.notNeeded : reason === 'later' ? t.later : ''
  return rowPart(faces[status], label, detail, t[status], ms === undefined || status === 'skip' || status === 'running' ? '' : words.seconds(ms),
    finding ? findingPart(scene, row, finding, first) : nothing, id, stage === previous?.stage ? undefined : t.stages[stage])
}

export interface ChecklistExtra {
  readonly rows?: readonly RunRow[]
  /** Between verdict and rows. */
  readonly facts?: unknown
  /** After the rows, inside their list. */
  readonly more?: unknown
  readonly bar?: unknown
}

/** A verdict in words, with its glyph. */
export const verdictPart = ({ tone, title, text, next }: Verdict, level: number, id: string | undefined = undefined): TemplateResult => html`
  <header part="verdict${tone === 'pass' && id ? ' verdict-pass' : ''}" class="line">${icon(tone, tone)}<div>${heading(level, html`<bdi>${title}</bdi>`, { id, title: tone === 'pass' && id !== undefined, focus: id !== undefined })}<p>${text}</p></div>${next ? actions(next) : nothing}</header>`

/** The run below the button that started it: what it comes to, then every row. An ordinary list: the status region speaks. */
export const checklist = (scene: Scene, verdict: Verdict, { rows = scene.checks.rows, facts = nothing, more, bar = nothing }: ChecklistExtra = {}): TemplateResult => {
  const failed = rows.find(({ status }) => status === 'fail')
  return html`<section part="checks" class="stack box" aria-labelledby="k" aria-busy=${String(scene.checks.running)}>${verdictPart(verdict, scene.level + 1, 'k')}${facts}
    ${rows.length || more ? html`<ol part="rows" role="list">${rows.map((row, index) => oneRow(scene, row, rows[index - 1], row === failed))}${more}</ol>` : nothing}${bar}</section>`
}

/** How many rows ended how, and how long it took. */
export const countWords = ({ checks, t, words }: Scene): string => t.inSeconds(t.counts(countsOf(checks.rows)), words.seconds(checks.ms))

/** Title, counts, and the next thing to do. The focus stays where it was: a link leads to what failed. */
export const verdictOf = (scene: Scene, again: () => unknown): Verdict => {
  const { checks, checks: { purpose, verdict, state, progress: { at, of }, rows }, journey, gateways, page, t } = scene
  const { draft, saves, until } = purpose ?? {}
  const sends = until === 'delivery'
  if (state === 'running') return { tone: 'busy', title: (sends ? t.sending : t.progress)(at, of), text: saves ? t.nothingSavedBefore : t.nothingSaved, next: button(t.stop, () => checks.stop()) }
  const repeat = button(sends && !draft ? t.tryAgain : t.checkAgain, again)
  const counts = countWords(scene)
  const mayKeep = draft && journey.may.write
  if (state === 'stopped') return { tone: 'skip', title: t.verdictStopped, text: t.stoppedText, next: repeat }
  const { undecided } = checks
  if (undecided || verdict === 'passed') {
    return {
      tone: undecided ? 'open' : 'pass', title: undecided ? t.verdictOpen : sends ? t.accepted : draft ? t.verdictPassed : t.verdictStored, text: `${counts} ${journey.overtaken ? t.changedMeanwhile : draft ? t.notSavedPassed : ''}`,
      next: mayKeep && !journey.overtaken ? button(t.save, () => journey.save()) : repeat,
    }
  }
  const failed = verdict === 'failed'
  return {
    tone: failed ? 'fail' : 'open', title: !failed ? t.verdictUnproven : sends ? t.notSent : t.verdictFailed,
    text: html`${counts} ${draft ? t.keptTyped : nothing} ${rows.some(({ status }) => status === 'fail') ? link(t.firstFailed, () => page.focusOn('[part~=check-fail]')) : nothing}`,
    next: html`${repeat}${mayKeep && saves && gateways.unchecked ? button(t.saveUnchecked, () => journey.save(), 'quiet') : nothing}`,
  }
}
