import type { FieldView, SettingValue } from '@mail-gateway/contract'
import type { TemplateResult } from '../parts/html.ts'
import type { Words } from '../strings/words.ts'

/** What is known about a secret, and what may be done with it. There is never a stored value to show. */
export interface SecretFace {
  /** `moved`: one is stored, but where it would be sent has changed, so that it has to be typed again. */
  readonly state: 'empty' | 'configured' | 'replacing' | 'moved' | 'removed'
  /** Typed in this visit. */
  readonly value: string
  readonly shown: boolean
  readonly setAt?: string
  readonly setBy?: string
  readonly expires?: string
  replace(): void
  keep(): void
  remove(): void
  toggle(): void
}

/** One field on the screen: what its kind needs to draw the control and to say what was typed. */
export interface Control {
  readonly field: FieldView
  /** Id of the control; hint and error hang their suffix on it. */
  readonly id: string
  readonly value: SettingValue | undefined
  readonly error: string | undefined
  /** What was taken out of what was typed. */
  readonly note?: string | undefined
  readonly disabled: boolean
  readonly words: Words
  readonly secret?: SecretFace | undefined
  /** Stands beside the control, on its line. */
  readonly after?: unknown
  /** Every keystroke; `whole` when the value arrived or was finished in one piece and may be cleaned. */
  input(value: string | boolean, whole: boolean): void
}

/** How a kind of field is drawn. */
export interface Kind {
  /** Where it is absent or says `label`: one label for one control. `group`: several controls under a legend; `named`: no control yet, only a name; `bare`: the control brings its own label. */
  readonly layout?: (control: Control) => 'label' | 'group' | 'named' | 'bare'
  readonly draw: (control: Control) => TemplateResult
  /** Replaces the field's hint where the kind knows better. */
  readonly hint?: (control: Control) => unknown
}

/** Ids of hint, error and unit, in the order they are read. */
export const described = ({ field, id, error, secret, note }: Control): string =>
  [(field.hint || note || secret || field.unavailable) && `${id}-h`, error && `${id}-e`, field.unit && `${id}-u`].filter(Boolean).join(' ')

const textOf = (event: Event): string => (event.target as HTMLInputElement).value

/** Listeners of a control that holds text. */
export const typing = (control: Control) => ({
  input: (event: InputEvent) => control.input(textOf(event), event.inputType === 'insertFromPaste' || event.inputType === 'insertFromDrop'),
  change: (event: Event) => control.input(textOf(event), true),
})
