import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Words } from '../strings/words.ts'
import { heading } from './heading.ts'

/** One thing to correct; `id` of its control, where there is one. */
export interface Issue { readonly name: string; readonly id?: string | undefined; readonly text: string }

export interface SummaryProps {
  readonly words: Words
  readonly level: number
  readonly issues: readonly Issue[]
  go(name: string): void
}

/** Everything a submit found, in the words that stand beside the fields. Takes the focus. */
export const summaryPart = ({ words: { t }, level, issues, go }: SummaryProps): TemplateResult | typeof nothing => issues.length ? html`
  <div part="summary" class="stack box" role="alert" tabindex="-1" aria-labelledby="sum">${heading(level + 1, t.problem, { id: 'sum' })}
    <ul role="list">${issues.map(({ name, id, text }) => html`<li>${id
      ? html`<a href="#${id}" @click=${(event: Event) => { event.preventDefault(); go(name) }}>${text}</a>` : text}</li>`)}</ul></div>` : nothing
