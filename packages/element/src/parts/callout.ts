import { facts } from './button.ts'
import { plain } from './evidence.ts'
import { heading } from './heading.ts'
import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import { icon } from './icons.ts'

/** One thing that needs attention, beside what it is about. `alert`: read out at once, and able to take focus. */
export const callout = (tone: 'warn' | 'fail', level: number, title: unknown, text: unknown, more: unknown = nothing, alert = false): TemplateResult => html`
  <div part="callout callout-${tone}" class="box" role=${alert ? 'alert' : nothing} tabindex=${alert ? '-1' : nothing}>
    ${icon(tone, tone)}<div class="stack">${heading(level, title)}<p>${text}</p>${more}</div></div>`

export type Copy = (text: string, event: Event) => void

/** Copies a text; its name says which. */
export const copyButton = (name: unknown, text: () => string, copy: Copy): TemplateResult => html`<button part="copy" type="button" @click=${(event: Event) => copy(text(), event)}>${name}</button>`

/** Facts for whoever helps: inert text under names that are the same in every language, and a button that copies it. */
export const logPart = (summary: string, copyText: string, log: Readonly<Record<string, unknown>>, copy: Copy, open = false): TemplateResult => {
  const pairs = Object.entries(log).filter(([, value]) => value ?? '').map(([name, value]) => [name, plain(value)] as const)
  return html`<details part="more" ?open=${open}><summary>${summary}</summary>${facts(pairs, 'log')}${copyButton(copyText, () => pairs.map((pair) => pair.join(': ')).join('\n'), copy)}</details>`
}
