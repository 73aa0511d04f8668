import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import { heading } from './heading.ts'

export interface Question {
  readonly title: string
  readonly text: string
  readonly yes: string
  readonly no: string
  /** The answer destroys something. */
  readonly risk: boolean
  answer(yes: boolean): void
}

/** A question that must be answered first. The browser's own dialog keeps focus inside and gives it back. */
export const dialogPart = (question: Question | undefined, level: number): TemplateResult | typeof nothing => question ? html`
  <dialog part="dialog" class="box" aria-labelledby="q-t" aria-describedby="q-d" @cancel=${() => question.answer(false)}>
    <div class="stack">${heading(level + 1, question.title, { id: 'q-t' })}<p id="q-d">${question.text}</p>
      <div part="actions" class="line"><button part="button ${question.risk ? 'button-danger' : 'button-primary'}" type="button" @click=${() => question.answer(true)}>${question.yes}</button>
        <button part="button" type="button" autofocus @click=${() => question.answer(false)}>${question.no}</button></div></div></dialog>` : nothing
