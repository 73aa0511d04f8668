import type { FieldView, ModeView } from '@mail-gateway/contract'
import type { ChecksController } from '../controllers/checks.ts'
import type { DraftController } from '../controllers/draft.ts'
import type { GatewaysController } from '../controllers/gateways.ts'
import type { Journey } from '../controllers/journey.ts'
import type { Page } from '../controllers/page.ts'
import type { TestMail } from '../controllers/test-mail.ts'
import type { Control, SecretFace } from '../kinds/control.ts'
import type { Words } from '../strings/words.ts'

/** Everything a screen is drawn from. Screens decide what is shown; parts decide how; controllers know what is. */
export interface Scene {
  readonly page: Page
  readonly words: Words
  /** Level of the page title. */
  readonly level: number
  readonly product: string
  readonly gateways: GatewaysController
  readonly draft: DraftController
  readonly checks: ChecksController
  readonly journey: Journey
  readonly test: TestMail
  /** Rows of the list when it was last seen. */
  readonly remembered: number
  /** What the status region says. */
  readonly said: string
  readonly ticks: ReadonlySet<string>
  tick(step: string): void
  copy(text: string, event: Event): void
}

export const modeOf = ({ gateways }: Scene, { mode }: { readonly mode: string }): ModeView | undefined => gateways.modes.find(({ id }) => id === mode)

/** Selector of a setting's control. */
export const controlAt = (name: string): string => `#${CSS.escape(`f-${name}`)}`

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
  const { draft, journey, words, page } = scene
  const { name, kind, label } = field
  const secret = kind === 'secret' ? secretFace(scene, field) : undefined
  // A secret that would travel elsewhere is asked for at once, not at the next submit.
  const moved = secret?.state === 'moved' && !secret.value ? words.t.secretMoved(label, draft.moved!) : undefined
  return {
    field, words, id: `f-${name}`, value: draft.values[name], error: draft.errors.get(name) ?? moved,
    disabled: page.disabled || Boolean(field.unavailable), secret,
    input: (value, whole) => { draft.set(name, value, whole, words.t); journey.changed(name) },
  }
}
