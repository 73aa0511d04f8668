import { html, live, nothing } from '../parts/html.ts'
import { described } from './control.ts'
import type { Kind } from './control.ts'

/** A few options, all visible. The space is part of the hint's own text: one that stands alone is lost from the name a screen reader says. */
export const choice: Kind = {
  layout: () => 'group',
  draw: (control) => html`${control.field.options?.map((option, index) => {
    const id = index ? `${control.id}-${index}` : control.id
    return html`<div part="choice"><input type="radio" id=${id} name=${control.field.name} value=${option.value} ?disabled=${control.disabled}
      .checked=${live(control.value === option.value)} @change=${() => control.input(option.value, true)}><label for=${id}><bdi>${option.label}</bdi>${option.hint ? html`<small>${` ${option.hint}`}</small>` : nothing}</label></div>`
  })}`,
}

/** Many options, or options of little weight. */
export const select: Kind = {
  draw: (control) => {
    const { field, id, value, error, disabled } = control
    return html`<select part="control" id=${id} name=${field.name} ?disabled=${disabled} aria-invalid=${error ? 'true' : nothing}
      aria-describedby=${described(control) || nothing} @change=${(event: Event) => control.input((event.target as HTMLSelectElement).value, true)}>
      ${field.options?.map((option) => html`<option value=${option.value} .selected=${live(value === option.value)}>${option.label}</option>`)}</select>`
  },
}

/** Yes or no; the label does not change with the state. */
export const toggle: Kind = {
  layout: () => 'bare',
  draw: (control) => {
    const { field, id, value, error, disabled } = control
    return html`<div part="choice"><input type="checkbox" id=${id} name=${field.name} ?disabled=${disabled} aria-invalid=${error ? 'true' : nothing}
      aria-describedby=${described(control) || nothing} .checked=${live(value === true)}
      @change=${(event: Event) => control.input((event.target as HTMLInputElement).checked, true)}><label for=${id}>${field.label}</label></div>`
  },
}
