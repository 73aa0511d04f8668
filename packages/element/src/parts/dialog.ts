import { actions, button } from './button.ts'
import { heading } from './heading.ts'
import { html } from './html.ts'
import type { TemplateResult } from './html.ts'

export interface Question {
  readonly title: string
  readonly text: string
  readonly yes: string
  readonly no: string
  answer(yes: boolean): void
}

/** A question before something is lost. The browser's own dialog keeps focus inside and gives it back. */
export const dialogPart = ({ title, text, yes, no, answer }: Question, level: number): TemplateResult => html`
  <dialog part="dialog" class="box" aria-labelledby="q-t" aria-describedby="q-d" @cancel=${() => answer(false)}>
    <div class="stack">${heading(level + 1, title, { id: 'q-t' })}<p id="q-d">${text}</p>${actions(html`${button(yes, () => answer(true), 'danger')}${button(no, () => answer(false))}`)}</div></dialog>`
