import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Control } from '../kinds/control.ts'
import { kindFor } from '../kinds/index.ts'
import { icon } from './icons.ts'

const needsMark = ({ field }: Control): boolean =>
  !field.required && field.default === undefined && !field.options && field.kind !== 'toggle' && field.kind !== 'secret'

const label = (control: Control) => {
  const { field, words, secret } = control
  const text = secret?.state === 'replacing' ? words.t.newSecret(field.label) : field.label
  return html`${text}${needsMark(control) ? html`<small>${` ${words.t.optional}`}</small>` : nothing}`
}

const cell = (control: Control, hint: unknown, drawn: TemplateResult) => html`<div part="cell" class="stack">
  ${control.error ? html`<p part="error" id="${control.id}-e"><span class="vh">${control.words.t.error}</span>${control.error}</p>` : nothing}
  ${drawn}
  ${hint ? html`<p part="hint" id="${control.id}-h">${hint}</p>` : nothing}</div>`

/** One setting: label, error, control and hint, whatever its kind. */
export const fieldPart = (control: Control): TemplateResult => {
  const { field, id, error, note } = control
  const kind = kindFor(field)
  const plain = field.unavailable ?? (kind.hint ? kind.hint(control) : field.hint)
  const hint = note ? html`<b>${icon('warn', 'warn')}${note}</b> ${plain}` : plain
  const inner = cell(control, hint, kind.draw(control))
  const layout = kind.layout?.(control) ?? 'label'
  if (layout === 'group') return html`<fieldset part="field" role="radiogroup" aria-invalid=${error ? 'true' : nothing}
      aria-describedby=${[hint && `${id}-h`, error && `${id}-e`].filter(Boolean).join(' ') || nothing}><legend part="label">${label(control)}</legend>${inner}</fieldset>`
  return html`<div part="field">${layout === 'label' ? html`<label part="label" for=${id}>${label(control)}</label>` : layout === 'named' ? html`<span part="label" id="${id}-l">${label(control)}</span>` : html`<span></span>`}${inner}</div>`
}
