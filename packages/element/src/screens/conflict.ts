import type { Conflict } from '../controllers/conflict.ts'
import { actions, button } from '../parts/button.ts'
import { callout } from '../parts/callout.ts'
import { fieldPart } from '../parts/field.ts'
import { heading } from '../parts/heading.ts'
import { html } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import type { Scene } from './scene.ts'

/** Two versions side by side: nothing is lost, and nothing is chosen silently. */
export const conflictScreen = ({ journey, words, t, level }: Scene, { theirs: { updatedAt, updatedBy }, lines }: Conflict): TemplateResult => {
  const when = words.when(updatedAt)
  return html`${callout('warn', level + 1, t.conflictTitle, html`<bdi>${t.conflictText(updatedBy, when)}</bdi>`, undefined, true)}
  <form part="form" class="stack" novalidate @submit=${(event: Event) => { event.preventDefault(); void journey.saveChoice() }}>
    <fieldset part="group" class="stack"><legend>${heading(level + 1, t.different)}</legend>${lines.length ? lines.map(({ name, label, take, mine, theirs }) => fieldPart({
      field: { name: `c-${name}`, kind: 'choice', label, group: '', required: true, messages: {}, options: [{ value: 'mine', label: mine, hint: t.yours }, { value: 'theirs', label: theirs, hint: t.theirs(when) }] },
      words, id: `c-${name}`, value: take, error: undefined, disabled: false, input: (value) => journey.chooseLine(name, value as 'mine' | 'theirs'),
    })) : t.noDifference}</fieldset>
    ${actions(html`${button(t.saveChoice, undefined, 'primary')}${button(t.takeTheirs, () => journey.takeTheirs())}${button(t.keepEditing, () => journey.keepEditing(), 'quiet', false, 'end')}`, true)}</form>`
}
