import { facts } from './button.ts'
import { heading } from './heading.ts'
import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import { icon } from './icons.ts'

/** One thing that needs attention, beside what it is about. `alert`: read out at once, and able to take focus. */
export const callout = (tone: 'warn' | 'fail', level: number, title: unknown, text: unknown, more: unknown = nothing, alert = false): TemplateResult => html`
  <div part="callout callout-${tone}" class="box" role=${alert ? 'alert' : nothing} tabindex=${alert ? '-1' : nothing}>
    ${icon(tone, tone)}<div class="stack">${heading(level, title)}<p>${text}</p>${more}</div></div>`

export type Facts = readonly (readonly [string, string | undefined])[]

/** Facts for whoever helps: inert text, and a button that copies it. */
export const logPart = (summary: string, copyText: string, pairs: Facts, copy: (text: string, event: Event) => void, open = false): TemplateResult => html`
  <details part="more" ?open=${open}><summary>${summary}</summary>${facts(pairs, 'log')}
    <button part="copy" type="button" @click=${(event: Event) => copy(pairs.filter(([, value]) => value).map((pair) => pair.join(': ')).join('\n'), event)}>${copyText}</button></details>`
