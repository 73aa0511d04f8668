import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import { heading } from './heading.ts'
import { icon } from './icons.ts'

export interface CalloutProps {
  readonly tone: 'warn' | 'fail' | 'open'
  readonly level: number
  readonly title: unknown
  readonly text?: unknown
  readonly actions?: unknown
  readonly details?: unknown
  /** Read out at once, and able to take focus. */
  readonly alert?: boolean
}

/** One thing that needs attention, beside what it is about. */
export const callout = ({ tone, level, title, text, actions, details, alert }: CalloutProps): TemplateResult => html`
  <div part="callout callout-${tone}" class="box" role=${alert ? 'alert' : nothing} tabindex=${alert ? '-1' : nothing}>
    ${icon(tone, tone)}<div class="stack">${heading(level, title)}${text ? html`<p>${text}</p>` : nothing}
    ${actions ? html`<div part="actions" class="line">${actions}</div>` : nothing}${details ?? nothing}</div></div>`

export interface LogProps {
  readonly summary: string
  readonly copyText: string
  readonly facts: readonly (readonly [string, string | undefined])[]
  readonly open?: boolean
  copy(text: string, event: Event): void
}

/** Facts for whoever helps: inert text, and a button that copies it. */
export const logPart = ({ summary, copyText, facts, open, copy }: LogProps): TemplateResult => {
  const known = facts.filter((pair): pair is readonly [string, string] => Boolean(pair[1]))
  const text = known.map(([term, value]) => `${term}: ${value}`).join('\n')
  return html`<details part="more" ?open=${Boolean(open)}><summary>${summary}</summary>
    <dl part="facts log" dir="ltr">${known.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>
    <button part="copy" type="button" @click=${(event: Event) => copy(text, event)}>${copyText}</button></details>`
}
