import type { Draft, GatewayView, ModeView, SettingValue } from '@mail-gateway/contract'
import type { Words } from '../strings/words.ts'

/** One thing two administrators wrote differently; `pick` says whose is kept. */
export interface Line {
  readonly name: string
  readonly label: string
  readonly mine: string
  readonly theirs: string
  readonly take: 'mine' | 'theirs'
}

const text = (value: SettingValue | undefined) => String(value ?? '')

export type Say = (mode: ModeView, name: string, value: SettingValue | undefined) => string

/** What was loaded, what was typed, what is stored by now. */
export class Conflict {
  readonly base: GatewayView
  readonly mine: Draft
  readonly theirs: GatewayView
  #lines: readonly Line[]

  constructor(base: GatewayView, mine: Draft, theirs: GatewayView, modes: readonly ModeView[], words: Words, say: Say) {
    this.base = base
    this.mine = mine
    this.theirs = theirs
    this.#lines = this.#compare(modes, words, say)
  }

  get lines(): readonly Line[] { return this.#lines }

  choose(name: string, take: 'mine' | 'theirs'): void {
    this.#lines = this.#lines.map((line) => (line.name === name ? { ...line, take } : line))
  }

  takes(name: string): 'mine' | 'theirs' | undefined { return this.#lines.find((line) => line.name === name)?.take }

  /** The draft that holds what was chosen, line by line, over what is stored now. Secrets are decided by the caller. */
  merged(): Omit<Draft, 'secrets'> {
    const { mine, theirs } = this
    const whole = this.takes(':mode')
    const side = whole === 'theirs' ? theirs : mine
    const pick = (name: string) => (whole ? side.settings[name] : this.takes(name) === 'mine' ? mine.settings[name] : theirs.settings[name])
    const names = new Set([...Object.keys(mine.settings), ...Object.keys(theirs.settings)])
    const settings = Object.fromEntries([...names].map((name) => [name, pick(name) ?? null] as const).filter(([, value]) => value !== null))
    return { name: this.takes(':name') === 'mine' ? mine.name ?? theirs.name : theirs.name, mode: side.mode, settings }
  }

  #compare(modes: readonly ModeView[], { t }: Words, say: Say): readonly Line[] {
    const { base, mine, theirs } = this
    const mode = modes.find(({ id }) => id === mine.mode)
    const label = (id: SettingValue | undefined) => modes.find((each) => each.id === id)?.label ?? text(id)
    const name = mine.name ?? base.name
    return [
      ...line(':name', t.name, name, theirs.name, name !== base.name, text),
      ...line(':mode', t.wayOfSending, mine.mode, theirs.mode, mine.mode !== base.mode, label),
      ...(mode && mine.mode === theirs.mode ? this.#settings(mode, t, say) : []),
    ]
  }

  #settings(mode: ModeView, t: Words['t'], say: Say): readonly Line[] {
    const { base, mine, theirs } = this
    return mode.fields.flatMap(({ name, label, kind }) => {
      if (kind !== 'secret') return line(name, label, mine.settings[name], theirs.settings[name], text(mine.settings[name]) !== text(base.settings[name]), (value) => say(mode, name, value))
      const input = mine.secrets?.[name]
      const changed = input !== undefined && !('keep' in input)
      if (!changed || base.secrets[name]?.setAt === theirs.secrets[name]?.setAt) return []
      return [{ name, label, mine: 'remove' in input ? t.empty : t.newOne, theirs: theirs.secrets[name]?.set ? t.storedOne : t.empty, take: 'mine' }]
    })
  }
}

const line = (name: string, label: string, mine: SettingValue | undefined, theirs: SettingValue | undefined, changed: boolean, say: (value: SettingValue | undefined) => string): readonly Line[] =>
  text(mine) === text(theirs) ? [] : [{ name, label, mine: say(mine), theirs: say(theirs), take: changed ? 'mine' : 'theirs' }]
