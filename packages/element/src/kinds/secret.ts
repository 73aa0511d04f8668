import { html, live, nothing } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import { described, typing } from './control.ts'
import type { Control, Kind } from './control.ts'

const named = (text: string, label: string) => html`${text}<span class="vh"> ${label}</span>`

const stored = ({ id, field, secret, words: { t }, disabled }: Control) => html`
  <div part="secret" class="line" role="group" aria-labelledby="${id}-l"><span part="secret-state" class="box">${icon('key')}${secret!.state === 'removed' ? t.removed : t.configured}</span>
  ${disabled ? nothing : secret!.state === 'removed'
    ? html`<button part="button" type="button" id=${id} @click=${secret!.keep}>${named(t.keepStored, field.label)}</button>`
    : html`<button part="button" type="button" id=${id} @click=${secret!.replace}>${named(t.replace, field.label)}</button>
      ${field.required ? nothing : html`<button part="button button-quiet" type="button" @click=${secret!.remove}>${named(t.removeSecret, field.label)}</button>`}`}</div>`

// The opt-outs keep password managers from offering to save or to fill a machine's secret.
const open = (control: Control) => {
  const { field, id, error, disabled, secret, words: { t } } = control
  const on = typing(control)
  return html`<div part="secret" class="line"><input part="control" id=${id} name=${field.name} class="mono" type=${secret!.shown ? 'text' : 'password'} dir="ltr"
    autocomplete=${field.autocomplete ?? 'off'} spellcheck="false" autocapitalize="off" autocorrect="off" data-1p-ignore data-lpignore="true" data-bwignore data-form-type="other"
    ?disabled=${disabled} aria-required=${field.required ? 'true' : nothing} aria-invalid=${error ? 'true' : nothing} aria-describedby=${described(control) || nothing}
    .value=${live(secret!.value)} @input=${on.input} @change=${on.change}>
    ${secret!.value ? html`<button part="button" type="button" @click=${secret!.toggle}>${named(secret!.shown ? t.hide : t.show, field.label)}</button>` : nothing}
    ${secret!.state === 'replacing' ? html`<button part="button" type="button" @click=${secret!.keep}>${named(t.keepStored, field.label)}</button>` : nothing}</div>`
}

const isStored = ({ secret }: Control): boolean => secret?.state === 'configured' || secret?.state === 'removed'

/** A value the browser may send and never gets back: empty, configured, replacing, or asked for again. */
export const secret: Kind = {
  layout: (control) => (isStored(control) ? 'named' : 'label'),
  draw: (control) => (isStored(control) ? stored(control) : open(control)),
  hint: ({ field, secret: face, words }) => {
    const { t } = words
    if (face?.state === 'moved') return t.secretMovedHint
    if (face?.state === 'replacing') return t.replaceHint
    if (face?.state !== 'configured') return field.hint
    return [face.setAt && t.replaced(words.when(face.setAt), face.setBy ?? ''), face.expires && t.expires(words.day(face.expires))].filter(Boolean).join('. ')
  },
}
