import { html, live } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Words } from '../strings/words.ts'
import { callout } from './callout.ts'
import { heading } from './heading.ts'

/** One thing on which two administrators disagree. */
export interface Difference {
  readonly name: string
  readonly label: string
  readonly mine: string
  readonly theirs: string
  readonly take: 'mine' | 'theirs'
}

export interface ConflictProps {
  readonly words: Words
  readonly level: number
  readonly who: string
  /** ISO 8601. */
  readonly at: string
  readonly differences: readonly Difference[]
  readonly busy: boolean
  choose(name: string, take: 'mine' | 'theirs'): void
  save(): void
  takeTheirs(): void
  keepEditing(): void
}

const line = ({ name, label, mine, theirs, take }: Difference, { words: { t }, words, at, choose }: ConflictProps) => {
  const option = (side: 'mine' | 'theirs', value: string, whose: string) => html`<div part="choice">
    <input type="radio" name="c-${name}" id="c-${name}-${side}" .checked=${live(take === side)} @change=${() => choose(name, side)}>
    <label for="c-${name}-${side}"><bdi>${value}</bdi> <small>${whose}</small></label></div>`
  return html`<fieldset part="field"><legend part="label">${label}</legend><div part="cell" class="stack">
    ${option('mine', mine, t.yours)}${option('theirs', theirs, t.theirs(words.when(at)))}</div></fieldset>`
}

/** Two versions side by side: nothing is lost, and nothing is chosen silently. */
export const conflictPart = (props: ConflictProps): TemplateResult => {
  const { words: { t }, words, level, who, at, differences, save, takeTheirs, keepEditing } = props
  return html`${callout({ tone: 'warn', level: level + 1, title: t.conflictTitle, text: html`<bdi>${t.conflictText(who, words.when(at))}</bdi>`, alert: true })}
  <form part="form" class="stack" novalidate @submit=${(event: Event) => { event.preventDefault(); save() }}>
    <fieldset part="group" class="stack"><legend>${heading(level + 1, t.different)}</legend>
      ${differences.length ? differences.map((difference) => line(difference, props)) : html`<p>${t.noDifference}</p>`}</fieldset>
    <div part="actions bar" class="line"><button part="button button-primary" type="submit">${t.saveChoice}</button>
      <button part="button" type="button" @click=${takeTheirs}>${t.takeTheirs}</button>
      <button part="button button-quiet" class="end" type="button" @click=${keepEditing}>${t.keepEditing}</button></div></form>`
}
