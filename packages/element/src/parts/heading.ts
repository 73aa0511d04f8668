import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'

export interface HeadingOptions {
  readonly id?: string | undefined
  /** The size of a page title. */
  readonly title?: boolean
  /** May take focus by script. */
  readonly focus?: boolean
}

/** A native heading of any level, so that the element fits the outline of its host. */
export const heading = (level: number, text: unknown, { id, title, focus }: HeadingOptions = {}): TemplateResult => {
  const [name, size, tab] = [id ?? nothing, title ? 'title' : nothing, focus ? '-1' : nothing]
  switch (Math.min(Math.max(Math.trunc(level) || 2, 1), 6)) {
    case 1: return html`<h1 id=${name} class=${size} tabindex=${tab}>${text}</h1>`
    case 2: return html`<h2 id=${name} class=${size} tabindex=${tab}>${text}</h2>`
    case 3: return html`<h3 id=${name} class=${size} tabindex=${tab}>${text}</h3>`
    case 4: return html`<h4 id=${name} class=${size} tabindex=${tab}>${text}</h4>`
    case 5: return html`<h5 id=${name} class=${size} tabindex=${tab}>${text}</h5>`
    default: return html`<h6 id=${name} class=${size} tabindex=${tab}>${text}</h6>`
  }
}
