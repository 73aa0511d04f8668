import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'

export interface HeadingOptions {
  readonly id?: string | undefined
  /** The size of a page title. */
  readonly title?: boolean
  /** May take focus by script. */
  readonly focus?: boolean
}

const template = (n: number): TemplateStringsArray => {
  const strings = [`<h${n} id=`, ' class=', ' tabindex=', '>', `</h${n}>`]
  return Object.assign(strings, { raw: strings })
}
// A tag cannot be a hole in a template: one template per level, made once.
const levels = [1, 2, 3, 4, 5, 6].map(template)

/** A native heading of any level, so that the element fits the outline of its host. */
export const heading = (level: number, text: unknown, { id, title, focus }: HeadingOptions = {}): TemplateResult =>
  html(levels[Math.min(Math.max(Math.trunc(level) || 2, 1), 6) - 1]!, id ?? nothing, title ? 'title' : nothing, focus ? '-1' : nothing, text)
