import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'

/** `primary`, `danger`, `quiet`, `risk`, or nothing for an ordinary one. */
export type Look = '' | 'primary' | 'danger' | 'quiet' | 'risk'

/** A button. While `off` it keeps the focus and says that it does nothing. Without `act` it submits its form. */
export const button = (text: unknown, act?: (event: Event) => unknown, look: Look = '', off = false, place = ''): TemplateResult =>
  html`<button part="button${look && ` button-${look}`}" class=${place || nothing} type=${act ? 'button' : 'submit'} aria-disabled=${off ? 'true' : nothing} @click=${act}>${text}</button>`

/** What reads as a link and acts on this page. */
export const link = (text: unknown, act: (event: Event) => unknown, part = ''): TemplateResult =>
  html`<button part=${part || nothing} class="link" type="button" @click=${act}>${text}</button>`

/** Buttons on one line; `bar` when they end a form. */
export const actions = (content: unknown, bar = false): TemplateResult => html`<div part="actions${bar ? ' bar' : ''}" class="line">${content}</div>`

/** The rest of a name, for those who do not see what stands beside it. */
export const hidden = (text: unknown): TemplateResult => html`<span class="vh">${text}</span>`

/** Terms and what they are; pairs without a value are left out. */
export const facts = (pairs: readonly (readonly [unknown, unknown])[], part = ''): TemplateResult =>
  html`<dl part="facts${part && ` ${part}`}" dir=${part === 'log' ? 'ltr' : nothing}>${pairs.map(([term, value]) => (value ? html`<dt>${term}</dt><dd><bdi>${value}</bdi></dd>` : nothing))}</dl>`
