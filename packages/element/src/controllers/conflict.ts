import type { Draft, FieldView, GatewayView, ModeView, SettingValue } from '@mail-gateway/contract'
import type { Strings } from '../strings/en.ts'
import { valueText } from '../strings/words.ts'

/** One thing two administrators wrote differently; `take` says whose is kept. */
export interface Line {
  readonly name: string
  readonly label: string
  readonly mine: string
  readonly theirs: string
  readonly take: 'mine' | 'theirs'
}

const same = (a: SettingValue | undefined, b: SettingValue | undefined): boolean => String(a ?? '') === String(b ?? '')

/** What was loaded, what was typed, what is stored by now. */
export class Conflict {
  readonly mine: Draft
  readonly theirs: GatewayView
  lines: readonly Line[]

  constructor(base: GatewayView, mine: Draft, theirs: GatewayView, modes: readonly ModeView[], t: Strings) {
    this.mine = mine
    this.theirs = theirs
    const name = mine.name ?? base.name
    const label = (id: string) => modes.find((each) => each.id === id)?.label ?? id
    const line = (key: string, title: string, was: SettingValue | undefined, my: SettingValue | undefined, their: SettingValue | undefined, say: (value: never) => string): Line[] =>
      same(my, their) ? [] : [{ name: key, label: title, mine: say(my as never), theirs: say(their as never), take: same(my, was) ? 'theirs' : 'mine' }]
    const secret = ({ name: key, label: title }: FieldView): Line[] => {
      const input = mine.secrets?.[key]
      if (!input || 'keep' in input || base.secrets[key]?.setAt === theirs.secrets[key]?.setAt) return []
      return [{ name: key, label: title, mine: 'remove' in input ? t.notSet : t.newOne, theirs: theirs.secrets[key]?.set ? t.storedOne : t.notSet, take: 'mine' }]
    }
    const fields = mine.mode === theirs.mode ? modes.find(({ id }) => id === mine.mode)?.fields ?? [] : []
    this.lines = [
      ...line(':name', t.name, base.name, name, theirs.name, (value) => valueText(undefined, value, t)),
      ...line(':mode', t.howSent, base.mode, mine.mode, theirs.mode, label),
      ...fields.flatMap((field) => field.kind === 'secret' ? secret(field)
        : line(field.name, field.label, base.settings[field.name], mine.settings[field.name], theirs.settings[field.name], (value) => valueText(field, value, t))),
    ]
  }

  takes(name: string): 'mine' | 'theirs' | undefined { return this.lines.find((line) => line.name === name)?.take }

  /** The draft that holds what was chosen, line by line, over what is stored now. Secrets are decided by the caller. */
  merged(): Omit<Draft, 'secrets'> {
    const { mine, theirs } = this
    // Fields belong to their mode: where modes differ, one side is taken whole.
    const side = this.takes(':mode') === 'theirs' ? theirs : mine
    const settings = mine.mode === theirs.mode ? { ...theirs.settings } : { ...side.settings }
    for (const { name, take } of this.lines) if (take === 'mine' && !name.startsWith(':')) settings[name] = mine.settings[name] ?? null
    return { name: this.takes(':name') === 'mine' ? mine.name! : theirs.name, mode: side.mode, settings }
  }
}
