import { html } from './html.ts'
import type { TemplateResult } from './html.ts'

export interface MenuItem { readonly text: unknown; readonly risk?: boolean; act(): void }

const close = (event: Event): void => { (event.currentTarget as HTMLElement).closest('details')!.open = false }

const leave = (event: FocusEvent): void => {
  const details = event.currentTarget as HTMLDetailsElement
  if (!details.contains(event.relatedTarget as Node | null)) details.open = false
}

const escape = (event: KeyboardEvent): void => {
  if (event.key !== 'Escape') return
  const details = event.currentTarget as HTMLDetailsElement
  details.open = false
  details.querySelector('summary')?.focus()
}

/** Seldom used actions behind one disclosure; Escape or leaving closes it. */
export const menuPart = (label: unknown, items: readonly MenuItem[]): TemplateResult => html`
  <details part="menu" @focusout=${leave} @keydown=${escape}><summary>${label}</summary><div class="box">${items.map(({ text, risk, act }) =>
    html`<button part="button button-quiet${risk ? ' button-risk' : ''}" type="button" @click=${(event: Event) => { close(event); act() }}>${text}</button>`)}</div></details>`
