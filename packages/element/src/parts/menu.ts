import { html } from './html.ts'
import type { TemplateResult } from './html.ts'

/** Leaving it, choosing something, or Escape closes a menu; Escape gives the focus back. */
const close = (event: Event): void => {
  const menu = event.currentTarget as HTMLDetailsElement
  const { type, relatedTarget, key, target } = event as FocusEvent & KeyboardEvent
  const closes = type === 'focusout' ? !menu.contains(relatedTarget as Node | null) : type === 'click' ? (target as Element).closest('div') : key === 'Escape'
  if (!closes) return
  menu.open = false
  if (key) menu.querySelector('summary')!.focus()
}

/** Seldom used actions behind one disclosure. */
export const menuPart = (label: unknown, items: readonly unknown[]): TemplateResult =>
  html`<details part="menu" @focusout=${close} @keydown=${close} @click=${close}><summary>${label}</summary><div class="box">${items}</div></details>`
