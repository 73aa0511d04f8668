// One door to the template language, so that a bundle names it once.
export { css, html, noChange, nothing } from 'lit'
export type { TemplateResult } from 'lit'
export { live } from 'lit/directives/live.js'
