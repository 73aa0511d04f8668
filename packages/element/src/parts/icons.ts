import { html } from './html.ts'
import type { TemplateResult } from './html.ts'

export type Glyph = 'pass' | 'warn' | 'fail' | 'busy' | 'skip' | 'open' | 'wait' | 'out' | 'key'

/** The glyphs, once per shadow root. A shape of its own for every state: colour is never the only sign. */
export const sprite: TemplateResult = html`<svg class="vh" aria-hidden="true">
  <g id="pass"><circle cx="10" cy="10" r="9"/><path class="cut" d="m6 10.4 2.8 2.8L14.2 7"/></g>
  <g id="warn"><path d="M8.5 2.1a1.75 1.75 0 0 1 3 0l7.3 13.2a1.75 1.75 0 0 1-1.5 2.6H2.7a1.75 1.75 0 0 1-1.5-2.6z"/><path class="cut" d="M10 7v4.4m0 3v.1"/></g>
  <g id="fail"><path d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z"/><path class="cut" d="m7 7 6 6m0-6-6 6"/></g>
  <g id="busy" class="ink"><circle cx="10" cy="10" r="8" opacity=".25"/><path d="M10 2a8 8 0 0 1 8 8"/></g>
  <g id="skip" class="ink"><circle cx="10" cy="10" r="8"/><path d="M6.5 10h7"/></g>
  <g id="open" class="ink"><circle cx="10" cy="10" r="8" stroke-dasharray="3.2 3.08"/><path d="M7.9 7.9a2.1 2.1 0 1 1 3.1 1.85c-.7.4-1 .8-1 1.6m0 2.6v.05"/></g>
  <g id="wait" class="ink"><circle cx="10" cy="10" r="3.6"/></g>
  <g id="out" class="ink"><path d="M8 4.5H4.5v11h11V12m-4-8.5h5v5m-.3-4.7-7 7"/></g>
  <g id="key" class="ink"><circle cx="6.5" cy="10" r="3.8"/><path d="M10.3 10h7.2v3m-3.2-3v2.2"/></g></svg>`

/** One glyph; `tone` is a colour class, or empty to take the text's colour. */
export const icon = (glyph: Glyph, tone = ''): TemplateResult =>
  html`<svg class=${tone} viewBox="0 0 20 20" aria-hidden="true"><use href="#${glyph}"/></svg>`
