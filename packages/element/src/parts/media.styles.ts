import { css } from './html.ts'

/** Placeholder, motion, touch, forced colours, paper. */
export const mediaStyles = css`
[part~=bones] span { border-color: #0000; border-radius: .3em; background: var(--_border); color: #0000 }
@media (prefers-reduced-motion: no-preference) {
  [part~=check-busy] svg { animation: spin 1s linear infinite }
  :not([part~=check-wait], [part~=check-busy]) > [part~=mark] > svg { animation: pop var(--_fast) }
  :not([part~=check-wait], [part~=check-busy]) > [part~=mark]::after { animation: grow var(--_fast); transform-origin: top }
}
@keyframes spin { to { rotate: 1turn } }
@keyframes pop { 0% { scale: .4 } 70% { scale: 1.15 } }
@keyframes grow { 0% { scale: 1 0 } }
@media (pointer: coarse) {
  :host { --_height: max(2.75rem, var(--mgs-control-height, 0px)) }
  [part~=mode], [part~=choice], summary, [part~=copy] { min-block-size: 2.75rem; align-content: center }
  [part~=mark] > input::after { content: ""; position: absolute; inset: 0 -.625rem }
}
@media (forced-colors: active) {
  svg { forced-color-adjust: auto }
  .cut { stroke: Canvas }
  [part~=button-primary], [part~=mark] > :checked { forced-color-adjust: none; background: Highlight; color: HighlightText }
  [part~=mode]:has(:checked) { outline: 2px solid Highlight; outline-offset: -2px }
}
@media print {
  :host { --_text: #000; --_surface: #fff; color-scheme: light; max-inline-size: none }
  [part~=button], [part~=copy] { display: none }
  a[href^=http]::after { content: " " attr(href) }
}
`
