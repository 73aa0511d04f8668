import type { FieldView, ModeView } from '@mail-gateway/contract'
import type { ChecksController } from '../controllers/checks.ts'
import type { DraftController } from '../controllers/draft.ts'
import type { GatewaysController } from '../controllers/gateways.ts'
import type { Journey } from '../controllers/journey.ts'
import type { Page } from '../controllers/page.ts'
import type { TestMail } from '../controllers/test-mail.ts'
import type { Control, SecretFace } from '../kinds/control.ts'
import type { Strings } from '../strings/en.ts'
import type { Words } from '../strings/words.ts'

/** Everything a screen is drawn from. Screens decide what is shown; parts decide how; controllers know what is. */
export interface Scene {
  readonly page: Page
  readonly words: Words
  /** Its texts. */
  readonly t: Strings
  /** Level of the page title. */
  readonly level: number
  readonly product: string
  readonly gateways: GatewaysController
  readonly draft: DraftController
  readonly checks: ChecksController
  readonly journey: Journey
  readonly test: TestMail
  /** Rows of the list when it was last seen. */
  readonly remembered: number | undefined
  /** What the status region says. */
  readonly said: string
  readonly ticks: readonly string[]
  tick(step: string): void
  copy(text: string, event: Event): void
}

export const modeOf = ({ gateways }: Scene, { mode }: { readonly mode: string }): ModeView | undefined => gateways.modes.find(({ id }) => id === mode)

/** Selector of a setting's control; of a stored secret, its first button. */
export const controlAt = (name: string): string => { const at = `#${CSS.escape(`f-${name}`)}`; return `${at}:not(div), ${at} button` }

const secretFace = ({ draft, page }: Scene, { name }: FieldView): SecretFace => {
  const focus = (act: () => void) => () => { act(); page.focusOn(controlAt(name)) }
  const edit = draft.edit(name)
  return {
    ...draft.stored(name), state: draft.secretState(name), value: edit.value, shown: edit.shown && edit.value !== '',
    replace: focus(() => draft.replace(name)), keep: focus(() => draft.keep(name)), remove: focus(() => draft.remove(name)), toggle: () => draft.toggle(name),
  }
}

/** One setting with what is typed, what is wrong, and where keystrokes go. */
export const controlOf = (scene: Scene, field: FieldView): Control => {
  const { draft, journey, words, t, page } = scene
  const { name, kind, label } = field
  const secret = kind === 'secret' ? secretFace(scene, field) : undefined
  // A secret that would travel elsewhere is asked for at once, not at the next submit.
  const moved = secret?.state === 'moved' && !secret.value ? t.secretMoved(label, draft.moved!) : undefined
  const { to, say } = draft.note(name) ?? {}
  return {
    field, words, id: `f-${name}`, value: draft.values[name], error: draft.errors.get(name) ?? moved ?? (to === undefined ? say : undefined),
    disabled: page.disabled || Boolean(field.unavailable), secret,
    note: to === undefined ? undefined : say, input: (value, whole) => journey.changed(name, draft.set(name, value, whole, t)),
  }
}
