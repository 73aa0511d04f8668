import { css } from './html.ts'

/** Checks: one line from here to the mailbox. */
export const checklistStyles = css`
[part~=checks] { box-shadow: var(--_shadow); gap: var(--_4) }
[part~=verdict] { gap: var(--_2) var(--_3); align-items: start }
[part~=verdict] > svg { inline-size: 1.75rem; block-size: 1.75rem }
[part~=verdict] > svg + div { flex: 1 11em }
[part~=verdict] > svg + div > :first-child { line-height: 1.75rem }
[part~=rows] { grid-template-columns: 1.75rem minmax(0, 1fr) auto auto; gap: 0 var(--_3) }
[part~=check] { grid-column: 1 / -1; display: grid; grid-template-columns: subgrid; align-items: baseline; padding-block: .22em }
[part~=check-label] { grid-area: 1 / 2 }
[part~=check-detail] { grid-area: 2 / 2 / auto / -1; color: var(--_muted) }
[part~=check-word] { grid-area: 1 / -3; color: var(--_c, var(--_muted)) }
[part~=check-time] { grid-area: 1 / -2; color: var(--_muted); text-align: end }
[part~=check-pass] > [part~=check-word], :is([part~=check-wait], [part~=check-skip]) > * { color: var(--_muted); font-family: inherit; font-weight: 400 }
[part~=finding] { grid-area: 3 / 2 / auto / -1; gap: var(--_4) var(--_8); padding-block: var(--_2) }
[part~=check-fail] > [part~=finding] { margin-block: var(--_2) var(--_4); padding: var(--_6) }
[part~=finding] > [part~=facts], [part~=step] [part~=facts] { grid-template-columns: 1fr; gap: 0; align-content: start }
[part~=finding] > [part~=facts] dd, [part~=step] dd { margin-block-end: var(--_2) }
[part~=check-remedy] { list-style: decimal; padding-inline-start: 1.3em; font-size: var(--_l) }
[part~=check-remedy] > * + * { margin-block-start: var(--_2) }
`
