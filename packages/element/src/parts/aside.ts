import type { AsideView } from '@mail-gateway/contract'
import type { Words } from '../strings/words.ts'
import { facts, hidden } from './button.ts'
import { heading } from './heading.ts'
import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import { icon } from './icons.ts'

/** What stands beside the form when there is room. */
export const besideForm = (level: number, title: string, more: unknown, content: unknown): TemplateResult => html`
  <aside part="guide" class="stack" aria-labelledby="g-h"><header class="line">${heading(level, title, { id: 'g-h', focus: true })}${more}</header>${content}</aside>`

/** Short facts beside the form. */
export const asidePart = ({ title, facts: pairs }: AsideView, level: number): TemplateResult =>
  besideForm(level, title, nothing, facts(pairs.map(({ term, text }) => [html`<code>${term}</code>`, text])))

/** A link to a portal opens beside this page, which keeps what was typed. */
export const outLink = (text: string, link: string, { t }: Words): TemplateResult =>
  html`<a part="step-link" href=${/^https?:\/\//i.test(link) ? link : nothing} target="_blank" rel="noopener noreferrer">${text}${hidden(` ${t.opens}`)}${icon('out')}</a>`
