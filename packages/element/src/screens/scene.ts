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
  readonly page: Page & { readonly withoutHeading: boolean; readonly withoutGuide: boolean }
  readonly words: Words
  /** Level of the page title. */
  readonly level: number
  readonly product: string
  readonly base: string
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

export const modeOf = ({ gateways }: Scene, id: string): ModeView | undefined => gateways.modes.find((mode) => mode.id === id)

/** Id of a setting's control. */
export const idOf = (name: string): string => `f-${name}`

const secretFace = ({ draft, page }: Scene, field: FieldView): SecretFace => {
  const { name } = field
  const { value, shown } = draft.edit(name)
  const stored = draft.stored(name)
  const focus = () => page.focusOn(`#${CSS.escape(idOf(name))}`)
  return {
    state: draft.secretState(name), value, shown: shown && value !== '',
    ...(stored?.setAt && { setAt: stored.setAt }), ...(stored?.setBy && { setBy: stored.setBy }), ...(stored?.expires && { expires: stored.expires }),
    replace: () => { draft.replace(name); focus() },
    keep: () => { draft.keep(name); focus() },
    remove: () => { draft.remove(name); focus() },
    toggle: () => draft.toggle(name),
  }
}

// A secret that would travel elsewhere is asked for at once, not at the next submit.
const errorOf = ({ draft, words: { t } }: Scene, field: FieldView): string | undefined => {
  const moved = field.kind === 'secret' && draft.secretState(field.name) === 'moved' && !draft.edit(field.name).value
  return draft.errors.get(field.name) ?? (moved ? t.secretMoved(field.label, draft.moved ?? '') : undefined)
}

/** One setting with what is typed, what is wrong, and where keystrokes go. */
export const controlOf = (scene: Scene, field: FieldView): Control => {
  const { draft, journey, words, page } = scene
  const face = field.kind === 'secret' ? secretFace(scene, field) : undefined
  return {
    field, words, id: idOf(field.name), value: draft.values[field.name], error: errorOf(scene, field),
    disabled: page.disabled || Boolean(field.unavailable), ...(face && { secret: face }),
    input: (value, whole) => { draft.set(field.name, value, whole, words.t); journey.changed(field.name) },
  }
}

/** The gateway's name, drawn like any other field. */
export const nameControl = ({ draft, journey, words, page }: Scene): Control => ({
  field: { name: 'name', kind: 'text', label: words.t.name, hint: words.t.nameHint, group: '', required: false, maxLength: 128, messages: {} },
  words, id: 'n-name', value: draft.name, error: draft.errors.get('name'), disabled: page.disabled,
  input: (value) => { draft.rename(String(value)); journey.changed('name') },
})
