import type { Conflict, Line } from '../controllers/conflict.ts'
import { actions, button } from '../parts/button.ts'
import { callout } from '../parts/callout.ts'
import { heading } from '../parts/heading.ts'
import { html, live } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import type { Scene } from './scene.ts'

/** Two versions side by side: nothing is lost, and nothing is chosen silently. */
export const conflictScreen = ({ journey, words, words: { t }, level }: Scene, { theirs: { updatedAt, updatedBy }, lines }: Conflict): TemplateResult => {
  const when = words.when(updatedAt)
  const option = ({ name, take }: Line, side: 'mine' | 'theirs', value: string, whose: string) => html`<div part="choice">
    <input type="radio" name="c-${name}" id="c-${name}-${side}" .checked=${live(take === side)} @change=${() => journey.chooseLine(name, side)}>
    <label for="c-${name}-${side}"><bdi>${value}</bdi><small>${` ${whose}`}</small></label></div>`
  return html`${callout('warn', level + 1, t.conflictTitle, html`<bdi>${t.conflictText(updatedBy, when)}</bdi>`, undefined, true)}
  <form part="form" class="stack" novalidate @submit=${(event: Event) => { event.preventDefault(); void journey.saveChoice() }}>
    <fieldset part="group" class="stack"><legend>${heading(level + 1, t.different)}</legend>${lines.length ? lines.map((line) => html`
      <fieldset part="field"><legend part="label">${line.label}</legend><div part="cell" class="stack">${option(line, 'mine', line.mine, t.yours)}${option(line, 'theirs', line.theirs, t.theirs(when))}</div></fieldset>`) : t.noDifference}</fieldset>
    ${actions(html`${button(t.saveChoice, undefined, 'primary')}${button(t.takeTheirs, () => journey.takeTheirs())}${button(t.keepEditing, () => journey.keepEditing(), 'quiet', false, 'end')}`, true)}</form>`
}
