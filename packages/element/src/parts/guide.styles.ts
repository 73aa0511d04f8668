import { css } from './html.ts'

/** Guide, and the rail it shares with the checks. */
export const guideStyles = css`
[part~=guide] { border-radius: var(--_radius) }
iframe { position: fixed; inline-size: 0; block-size: 0; border: 0 } /* printed from; some browsers print nothing that is not displayed */
pre { padding: var(--_2); overflow: auto; border: var(--_line) var(--_border); border-radius: var(--_corner); background: var(--_surface); max-block-size: 20em }
[part~=steps] { counter-reset: step }
[part~=step] { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 var(--_3); padding-block-end: var(--_2); counter-increment: step }
[part~=mark] { position: relative; grid-area: 1 / 1 / span 3; align-self: stretch; display: grid; justify-items: center; align-content: start; color: var(--_c, var(--_edge)) }
:not(:last-child) > [part~=mark]::after { content: ""; position: absolute; inset-block: 1.5em calc(var(--_4)*-1); inset-inline-start: calc(50% - 1px); border-inline-start: 2px solid color-mix(in oklab, currentColor 45%, var(--_surface)) }
[part~=mark] > * { margin-block-start: .15em; border-radius: 1rem; background: var(--_surface); z-index: 1 }
[part~=step] > [part~=mark] { margin-block-start: calc((1lh - 1.5rem)/2) }
[part~=mark] > input { appearance: none; inline-size: 1.5rem; block-size: 1.5rem; margin: 0; translate: none; border: var(--_line) var(--_edge); color: var(--_text); font-size: var(--_s); font-weight: 700; line-height: 1.35rem; text-align: center; cursor: pointer }
[part~=mark] > input::before { content: counter(step) }
[part~=mark] > :checked { border-color: #0000; background: var(--_success); color: var(--_surface) }
[part~=mark] > :checked::before { content: "✓" }
[part~=step-current] > [part~=mark] > input { border: 2px solid var(--_link); color: var(--_link) }
`
