import { button, hidden } from '../parts/button.ts'
import { html, nothing } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import type { Control, Kind } from './control.ts'
import { inputPart } from './text.ts'

/** A button whose name says which secret it is about. */
const act = ({ field }: Control, text: string, then: () => void, look: '' | 'quiet' = '') => button(html`${text}${hidden(` ${field.label}`)}`, then, look)

const stored = (control: Control) => {
  const { id, field, secret, words: { t }, disabled } = control
  return html`<div part="secret" class="line" id=${id} role="group" aria-labelledby="${id}-l"><span part="secret-state" class="box">${icon('key')}${secret!.state === 'removed' ? t.removed : t.configured}</span>
    ${disabled ? nothing : secret!.state === 'removed' ? act(control, t.keepStored, secret!.keep)
      : html`${act(control, t.replace, secret!.replace)}${field.required ? nothing : act(control, t.removeSecret, secret!.remove, 'quiet')}`}</div>`
}

const open = (control: Control) => {
  const { secret, words: { t } } = control
  return html`<div part="secret" class="line">${inputPart({ ...control, value: secret!.value }, { type: secret!.shown ? 'text' : 'password', ltr: true, mono: true })}
    ${secret!.value ? act(control, secret!.shown ? t.hide : t.show, secret!.toggle) : nothing}${secret!.state === 'replacing' ? act(control, t.keepStored, secret!.keep) : nothing}</div>`
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
    return [face.setAt && t.replaced(words.when(face.setAt), face.setBy ?? ''), face.expires && t.expires(words.until(face.expires))].filter(Boolean).join('. ')
  },
}
