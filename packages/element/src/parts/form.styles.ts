import { css } from './html.ts'

/** Form. */
export const formStyles = css`
[part~=choices] { overflow: clip }
[part~=mode], [part~=choice] { position: relative; display: grid; grid-template-columns: auto 1fr; gap: 0 var(--_2); align-items: baseline }
[part~=mode] { padding: var(--_2) var(--_4) }
[part~=choice], summary { min-block-size: 1.5rem }
[part~=mode]:has(:checked) { background: color-mix(in oklab, var(--_accent) 8%, var(--_surface)) }
:is([part~=mode], [part~=choice]) label::after { content: ""; position: absolute; inset: 0; cursor: pointer }
[part~=mode-hint] { grid-column: 2 }
[part~=group] { padding-block-end: var(--_3) }
[part~=field] { gap: var(--_1) var(--_6); align-items: baseline }
[part~=cell] { gap: var(--_1) }
[part~=label], summary { font-weight: var(--_weight) }
[part~=secret] { max-inline-size: 25rem }
[part~=secret] > :first-child { flex: 1 14em; min-inline-size: 0 }
[part~=secret-state] { padding: 0 var(--_2); border-radius: var(--_corner); line-height: calc(var(--_height) - 2px) }
[part~=secret-state], [part~=callout], [part~=guide] { background: var(--_raised) }
[part~=summary], [part~=callout], [part~=guide], [part~=checks] { padding: var(--_4) }
[part~=summary] { border: 2px solid var(--_danger); gap: var(--_1) }
[part~=summary] a { display: inline-block; color: var(--_danger); line-height: 1.5rem }
[part~=callout] { display: flex; gap: var(--_3) }
[part~=callout-warn], [part~=callout-fail], [part~=check-fail] > [part~=finding] { border: var(--_line) color-mix(in oklab, var(--_c) 45%, var(--_surface)); border-radius: var(--_radius); background: color-mix(in oklab, var(--_c) 4%, var(--_surface)) }
[part~=callout] > .stack { flex: 1; gap: var(--_2) }
details > * + * { margin-block-start: var(--_2) }
summary { cursor: pointer; inline-size: fit-content; padding-inline-start: .85em; text-indent: -.85em }
summary::marker { color: var(--_muted); font-size: .8em }
[part~=more] > summary { color: var(--_link) }
[part~=facts] { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--_1) var(--_4); align-items: baseline }
`
