import type { AsideView, GuideView } from '@mail-gateway/contract'
import { html, live, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Words } from '../strings/words.ts'
import { heading } from './heading.ts'
import { icon } from './icons.ts'

/** Short facts beside the form. */
export const asidePart = ({ title, facts }: AsideView, level: number): TemplateResult => html`
  <aside part="guide" class="stack" aria-labelledby="g-h"><header class="line">${heading(level, title, { id: 'g-h' })}</header>
    <dl part="facts">${facts.map(({ term, text }) => html`<dt><code>${term}</code></dt><dd>${text}</dd>`)}</dl></aside>`

export interface GuideProps {
  readonly guide: GuideView
  readonly words: Words
  readonly level: number
  readonly done: ReadonlySet<string>
  tick(step: string): void
}

/** A link to a portal opens beside this page, which keeps what was typed. */
export const outLink = (text: unknown, link: string, words: Words): TemplateResult =>
  html`<a part="step-link" href=${/^https?:\/\//i.test(link) ? link : nothing} target="_blank" rel="noopener noreferrer">${text}<span class="vh"> ${words.t.opens}</span>${icon('out')}</a>`

const step = (at: GuideView['steps'][number], current: boolean, { done, words: { t }, words, tick }: GuideProps) => html`
  <li part="step${current ? ' step-current' : ''}" id="g-${at.id}" tabindex="-1"><span part="mark"><input type="checkbox" .checked=${live(done.has(at.id))} @change=${() => tick(at.id)} aria-label=${t.stepDone(at.title)}></span>
    <details ?open=${current}><summary>${at.title}</summary><p>${at.text}</p>${at.link ? html`<p>${outLink(at.title, at.link, words)}</p>` : nothing}</details></li>`

/** Set-up steps beside the form, in the order they are done; ticking them is for the reader alone. */
export const guidePart = (props: GuideProps): TemplateResult => {
  const { guide, done, level, words: { t } } = props
  const current = guide.steps.find(({ id }) => !done.has(id))?.id
  return html`<aside part="guide" class="stack" aria-labelledby="g-h"><slot name="guide-start"></slot>
    <header class="line">${heading(level, guide.title, { id: 'g-h' })}<p>${t.guideDone(guide.steps.filter(({ id }) => done.has(id)).length, guide.steps.length)}</p></header>
    <ol part="steps" role="list">${guide.steps.map((at) => step(at, at.id === current, props))}</ol><slot name="guide-end"></slot></aside>`
}
