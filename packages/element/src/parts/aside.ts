import type { AsideView, GuideView } from '@mail-gateway/contract'
import type { Words } from '../strings/words.ts'
import { facts, hidden } from './button.ts'
import { heading } from './heading.ts'
import { html, live, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import { icon } from './icons.ts'

/** Short facts beside the form. */
export const asidePart = ({ title, facts: pairs }: AsideView, level: number): TemplateResult => html`
  <aside part="guide" class="stack" aria-labelledby="g-h"><header class="line">${heading(level, title, { id: 'g-h' })}</header>${facts(pairs.map(({ term, text }) => [html`<code>${term}</code>`, text]))}</aside>`

/** A link to a portal opens beside this page, which keeps what was typed. */
export const outLink = (text: string, link: string, { t }: Words): TemplateResult =>
  html`<a part="step-link" href=${/^https?:\/\//i.test(link) ? link : nothing} target="_blank" rel="noopener noreferrer">${text}${hidden(` ${t.opens}`)}${icon('out')}</a>`

/** Set-up steps beside the form, in the order they are done; ticking them is for the reader alone. */
export const guidePart = ({ title, steps }: GuideView, words: Words, level: number, done: ReadonlySet<string>, tick: (step: string) => void): TemplateResult => {
  const { t } = words
  const current = steps.find(({ id }) => !done.has(id))
  return html`<aside part="guide" class="stack" aria-labelledby="g-h"><slot name="guide-start"></slot>
    <header class="line">${heading(level, title, { id: 'g-h' })}<p>${t.guideDone(steps.filter(({ id }) => done.has(id)).length, steps.length)}</p></header>
    <ol part="steps" role="list">${steps.map((step) => html`<li part="step${step === current ? ' step-current' : ''}" id="g-${step.id}" tabindex="-1">
      <span part="mark"><input type="checkbox" .checked=${live(done.has(step.id))} @change=${() => tick(step.id)} aria-label=${t.stepDone(step.title)}></span>
      <details ?open=${step === current}><summary>${step.title}</summary><p>${step.text}</p>${step.link ? html`<p>${outLink(step.title, step.link, words)}</p>` : nothing}</details></li>`)}</ol><slot name="guide-end"></slot></aside>`
}
