import { css } from './html.ts'

/** Ground. */
export const groundStyles = css`
*, ::before, ::after { box-sizing: border-box }
h1, h2, h3, h4, h5, h6, p, ol, ul, dl, dd, pre, fieldset, legend { margin: 0; padding: 0; border: 0; min-inline-size: 0; overflow-wrap: anywhere; text-wrap-style: pretty }
h1, h2, h3, h4, h5, h6 { font-size: var(--_l); font-weight: 650; line-height: 1.3 }
.title { font-size: var(--_xl); letter-spacing: -.01em }
b, [part~=row-name] > .link, [part~=error], [part~=mode-title], [part~=summary] a, [part~=check-word], :is([part~=check-fail], [part~=check-busy]) > [part~=check-label] { font-weight: 600 }
ol, ul { list-style: none }
legend { float: inline-start; inline-size: 100% } /* floated, it is an ordinary grid item */
small, [part~=hint], [part~=mode-hint], [part~=tag], [part~=check]::before { color: var(--_muted); font-size: var(--_s); font-weight: 400 }
[part~=intro], dt, [part~=verdict] p { color: var(--_muted) }
[part~=check-word], code, .mono, [part~=check-detail], [part~=check-time], [part~=log] { font-size: var(--_s) }
code, .mono, [part~=check-detail], [part~=check-time], [part~=log] { font-family: var(--_mono) }
svg { inline-size: 1.2em; block-size: 1.2em; fill: currentColor; flex: none; vertical-align: -.24em }
.cut, .ink { fill: none; stroke: var(--_surface); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.ink { stroke: currentColor }
.vh { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.stack, [part~=field], [part~=row], [part~=rows] { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_3); align-content: start }
.line { display: flex; flex-wrap: wrap; gap: var(--_2); align-items: center }
.box { border: var(--_line) var(--_border); border-radius: var(--_radius); background: var(--_surface) }
.end { margin-inline-start: auto }
:is(h1, h2, h3, h4, h5, h6):focus { outline: 0 }
.pass, [part~=check-pass] { --_c: var(--_success) }
.warn, [part~=callout-warn], [part~=check-warn] { --_c: var(--_warning) }
.fail, [part~=callout-fail], [part~=check-fail], [part~=error] { --_c: var(--_danger) }
.busy, [part~=check-busy], [part~=check-open] { --_c: var(--_info) }
.pass, .warn, .fail, .busy, [part~=error] { color: var(--_c) }
a, .link { color: var(--_link); text-decoration: underline 1px; text-underline-offset: .2em }
:is(a, .link):hover { text-decoration-thickness: 2px }
a svg { block-size: .8em; vertical-align: 0 }
:focus-visible { outline: var(--mgs-focus-width, 2px) solid var(--_focus); outline-offset: 2px }
`
