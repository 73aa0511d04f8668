import { css } from './html.ts'

/** Width of the element, not of the window. */
export const widthStyles = css`
@container mgs (min-width: 38em) {
  [part~=field] { grid-template-columns: 11em minmax(0, 1fr) }
  [part~=mode] { grid-template-columns: auto 15em 1fr }
  [part~=mode-hint] { grid-column: 3 }
}
@container mgs (min-width: 58em) {
  [part~=columns] { grid-template-columns: minmax(0, 1fr) clamp(18em, 36%, 25em); gap: var(--_8); align-items: start }
  [part~=list]:not([part~=empty]) { display: grid; grid-template-columns: auto fit-content(12em) minmax(0, 1fr) auto }
  [part~=row] { grid-template-columns: subgrid; grid-column: 1 / -1 }
  [part~=row] > [part~=actions] { flex-wrap: nowrap; align-self: center; justify-content: end }
  [part~=pairs] { grid-template-columns: auto 1fr auto 1fr }
  [part~=rows] { grid-template-columns: 1.75rem auto minmax(10em, auto) minmax(0, 1fr) auto auto }
  [part~=check]::before { content: attr(data-stage); grid-area: 1 / 2 }
  [part~=check-label] { grid-column: 3 }
  [part~=check-detail] { grid-area: 1 / 4 }
  [data-stage]:not(:first-child) { margin-block-start: var(--_2) }
  [part~=finding] { grid-column: 3 / -1 }
  [part~=check-fail] > [part~=finding] { grid-template-columns: minmax(0, 1fr) 16em }
  [part~=finding] > details { grid-column: 1 / -1 }
  [part~=guide-link] { display: none }
}
@container mgs (max-width: 32em) {
  [part~=rows] { grid-template-columns: 1.75rem auto minmax(0, 1fr) }
  [part~=check-label] { grid-column: 2 / -1 }
  [part~=check-word] { grid-area: 2 / 2 }
  [part~=check-detail] { grid-column: 3 }
  [part~=check-pass] > [part~=check-detail] { grid-column: 2 / -1 }
  [part~=check-time], [part~=check-pass] > [part~=check-word] { display: none }
  [part~=check-fail] > [part~=finding] { grid-column: 1 / -1; padding: var(--_4); position: relative }
  [part~=facts] { grid-template-columns: 1fr; gap: 0 }
  .end { margin: 0 }
  [part~=facts] dd { margin-block-end: var(--_2) }
  [part~=verdict] .title { font-size: var(--_l) }
  [part~=actions] { gap: var(--_2) var(--_4) }
  [part~=button] { white-space: normal; padding-block: .25em }
  [part~=button-quiet] { padding-inline: 0 }
}
`
