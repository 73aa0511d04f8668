import { html, live, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { described, typing } from './control.ts'
import type { Control, Kind } from './control.ts'

interface Look { readonly type?: string; readonly inputmode?: string; readonly ltr?: boolean; readonly mono?: boolean }

// The opt-outs keep password managers from offering to save or to fill what belongs to a machine.
export const inputPart = (control: Control, look: Look): TemplateResult => {
  const { field, id, value, error, disabled } = control
  const on = typing(control)
  return html`<input part="control" id=${id} name=${field.name} type=${look.type ?? 'text'}
    class=${look.mono || (field.pattern && field.ltr) ? 'mono' : nothing}
    dir=${field.ltr || look.ltr ? 'ltr' : nothing} inputmode=${look.inputmode ?? nothing} size=${field.size ?? nothing}
    autocomplete=${field.autocomplete ?? 'off'} spellcheck="false" autocapitalize="off" autocorrect="off" data-1p-ignore data-lpignore="true" data-bwignore data-form-type="other" ?disabled=${disabled}
    aria-required=${field.required ? 'true' : nothing} aria-invalid=${error ? 'true' : nothing} aria-describedby=${described(control) || nothing}
    .value=${live(String(value ?? ''))} @input=${on.input} @change=${on.change}>`
}

const line = (control: Control, look: Look) => {
  const { field: { unit }, id, after } = control
  const input = inputPart(control, look)
  return after ? html`<div part="secret" class="line">${input}${after}</div>` : unit ? html`<div part="unit" class="line">${input}<span id="${id}-u">${unit}</span></div>` : input
}

const kindOf = (look: Look): Kind => ({ draw: (control) => line(control, look) })

export const text = kindOf({})
export const host = kindOf({ inputmode: 'url', ltr: true })
export const email = kindOf({ type: 'email', ltr: true })
export const number = kindOf({ inputmode: 'numeric', ltr: true })
export const date = kindOf({ type: 'date' })

export const multiline: Kind = {
  draw: (control) => {
    const { field, id, value, error, disabled } = control
    const on = typing(control)
    return html`<textarea part="control" id=${id} name=${field.name} class=${field.ltr ? 'mono' : nothing} rows=${field.rows ?? 3}
      dir=${field.ltr ? 'ltr' : nothing} spellcheck=${field.ltr ? 'false' : 'true'} ?disabled=${disabled} aria-required=${field.required ? 'true' : nothing}
      aria-invalid=${error ? 'true' : nothing} aria-describedby=${described(control) || nothing}
      .value=${live(String(value ?? ''))} @input=${on.input} @change=${on.change}></textarea>`
  },
}
