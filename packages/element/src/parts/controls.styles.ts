import { css } from './html.ts'

/** Buttons and controls. */
export const controlsStyles = css`
button, input, select, textarea { font: inherit; color: inherit }
.link { min-block-size: 1.5rem; border: 0; padding: 0; background: none; color: var(--_link); text-align: start; cursor: pointer; overflow-wrap: anywhere }
[part~=button][aria-disabled=true] { opacity: .55; cursor: default }
[part~=button], [part~=copy], [part~=control] { min-block-size: var(--_height); padding: 0 var(--_3); border: var(--_line) var(--_edge); border-radius: var(--_corner); background: var(--_surface) }
[part~=button], [part~=copy] { box-shadow: var(--_shadow); font-weight: var(--_weight); white-space: nowrap; cursor: pointer }
:is([part~=button], [part~=copy]):hover { background: color-mix(in oklab, currentColor 7%, var(--_surface)) }
[part~=button-quiet] { border-color: #0000; background: none; box-shadow: none; color: var(--_link); padding: 0 var(--_2) }
[part~=button-quiet]:first-child { padding-inline-start: 0 } /* at an edge the text lines up, not its padding */
[part~=button-quiet]:last-child { padding-inline-end: 0 }
[part~=button-primary], [part~=button-danger] { --_c: var(--_accent); border-color: #0000; background: var(--_c); color: var(--_on-accent) }
[part~=button-danger] { --_c: var(--_danger); color: var(--_surface) }
:is([part~=button-primary], [part~=button-danger]):hover { background: color-mix(in oklab, var(--_c) 86%, var(--_text)) }
[part~=copy] { min-block-size: 1.5rem; padding: 0 .6em; font-size: var(--_s) }
[part~=control] { inline-size: 100%; max-inline-size: 25rem; padding: 0 var(--_2) }
[part~=control]:is([size], [type=date]) { inline-size: auto; justify-self: start }
textarea { padding-block: var(--_2); resize: vertical }
:disabled { opacity: .6; cursor: default }
[part~=control]:hover { border-color: var(--_text) }
[part~=control]:focus-visible { outline-offset: -1px }
[part~=control][aria-invalid] { border: 2px solid var(--_danger) }
:host(:dir(rtl)) [part][dir=ltr] { text-align: end }
[type=radio], [type=checkbox] { inline-size: 1.15em; block-size: 1.15em; margin: 0; accent-color: var(--_link); translate: 0 .18em }
`
