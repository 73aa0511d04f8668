import { css } from './html.ts'

/** Frame and list. */
export const listStyles = css`
[part~=base], [part~=form] { gap: var(--_6) }
[part~=heading], [part~=guide] > header { align-items: end; justify-content: space-between }
[part~=bar] { border-block-start: var(--_line) var(--_border); padding-block-start: var(--_4) }
[part~=back]::before { content: "‹ " / "" }
[part~=tag] { border: var(--_line) var(--_border); border-radius: var(--_corner); padding: 0 .4em; margin-inline-start: .3em }
[part~=row] { gap: var(--_2) var(--_6); padding: var(--_3) var(--_4) }
:is([part~=row], [part~=mode]) + * { border-block-start: var(--_line) var(--_border) }
:is([part~=row-status], [part~=hint], [part~=secret-state]) svg { margin-inline-end: .4em }
[part~=empty] { padding: var(--_6) }
[part~=empty] > p, [part~=intro] { max-inline-size: 42rem }
[part~=menu] { position: relative; margin-inline-start: auto }
[part~=menu] > summary { padding: 0; text-indent: 0; color: var(--_link); line-height: calc(var(--_height) - 2px); list-style: none }
[part~=menu] > summary::marker { content: "" }
[part~=menu] > summary::after { content: " ▾" / ""; font-size: .8em; line-height: 0 }
[part~=menu] > div { position: absolute; z-index: 2; inset-inline-end: 0; margin: 0; padding: var(--_1); inline-size: max-content; display: grid; box-shadow: 0 4px 16px color-mix(in oklab, var(--_text) 16%, #0000) }
[part~=menu] [part~=button] { text-align: start; padding: 0 var(--_3); box-shadow: none; color: var(--_text) }
[part~=menu] [part~=button-risk] { border-color: #0000; background: none; color: var(--_danger) }
[part~=dialog] { max-inline-size: min(32rem, calc(100vw - 2rem)); margin: auto; padding: var(--_6); color: inherit; box-shadow: 0 8px 32px color-mix(in oklab, var(--_text) 24%, #0000) }
[part~=dialog]::backdrop { background: color-mix(in oklab, #000 45%, #0000) }
`
