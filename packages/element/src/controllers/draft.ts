import type { Draft, FieldError, FieldView, GatewayView, GuideStep, ModeView, NoticeView, Repair, SecretInput, SecretView, SettingValue } from '@mail-gateway/contract'
import { clean } from '../clean/clean.ts'
import type { Strings } from '../strings/en.ts'
import { Hosted } from './hosted.ts'
import { holds, judge, matches, mistaken, settingsOf, shown, typed } from './judge.ts'

/** A secret while it is edited. `open`: a new value is asked for although one is stored. */
interface SecretEdit { value: string; open: boolean; removed: boolean; shown: boolean }

/** What was typed for one mode. */
interface Sheet { readonly values: Record<string, SettingValue>; readonly secrets: Record<string, SecretEdit>; readonly touched: Set<string>; readonly notes: Map<string, Repair> }

export type SecretState = 'empty' | 'configured' | 'replacing' | 'moved' | 'removed'

const fresh = (): SecretEdit => ({ value: '', open: false, removed: false, shown: false })

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each))

/** Loosely the same: what a server writes in another case or as a number is not a change. */
const same = (a: SettingValue | undefined, b: SettingValue | undefined): boolean =>
  String(a ?? '').trim().toLowerCase() === String(b ?? '').trim().toLowerCase()

/** What is typed and not saved, per mode; which secrets are kept; what has to be corrected. */
export class DraftController extends Hosted {
  gateway: GatewayView | undefined
  name = ''
  mode = ''
  /** Name of a setting or secret, or `name`, to the words that say what to do. */
  errors = new Map<string, string>()
  #modes: readonly ModeView[] = []
  #sheets = new Map<string, Sheet>()
  #opened = ''
  #defaults: Partial<Draft> = {}

  /** Starts from a stored gateway, or from nothing. */
  open(gateway: GatewayView | undefined, modes: readonly ModeView[], defaults: Partial<Draft> = {}, wanted?: string): void {
    this.gateway = gateway
    this.#modes = modes
    this.#defaults = defaults
    this.#sheets = new Map()
    this.errors = new Map()
    this.name = gateway?.name ?? defaults.name ?? ''
    const start = [gateway?.mode, wanted, defaults.mode].find((id) => modes.some((mode) => mode.id === id))
    this.mode = start ?? (modes.find(({ available }) => available.ok) ?? modes[0])?.id ?? ''
    this.#opened = this.stamp
    this.redraw()
  }

  /** The same modes in other words: what was typed stays. */
  reword(modes: readonly ModeView[]): void { this.#modes = modes; this.redraw() }

  get view(): ModeView | undefined { return this.#modes.find(({ id }) => id === this.mode) }
  get fields(): readonly FieldView[] { return this.view ? shown(this.view, this.#sheet.values) : [] }
  get values(): Readonly<Record<string, SettingValue>> { return this.#sheet.values }
  get dirty(): boolean { return this.stamp !== this.#opened }
  /** Equal as long as nothing was changed: a run started earlier may have been about something else. */
  get stamp(): string { return JSON.stringify(this.draft()) }

  /** What is known once the chosen options are chosen. */
  get facts(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.fields.map(({ name, options }) => options?.find(({ value }) => value === this.values[name])?.facts)) as Record<string, string>
  }

  /** Steps of the guide that these settings need. */
  get steps(): readonly GuideStep[] { return this.view?.guide?.steps.filter(({ when }) => holds(when, { ...this.facts, ...this.values })) ?? [] }

  /** What these settings should be told. */
  get advice(): NoticeView | undefined {
    return this.view?.notices?.find(({ when }) => Object.entries(when).every(([name, pattern]) => matches(pattern, this.values[name], 'i')))
  }

  /** What a value was mistaken for, until its next edit. */
  note(name: string): Repair | undefined { return this.#sheet.notes.get(name) }

  field(name: string): FieldView | undefined { return this.fields.find((field) => field.name === name) }

  /** Chooses a mode; what the old and the new one share comes along unless it was typed there before. `carry`: which of the new settings takes which old value. */
  choose(mode: string, carry: Readonly<Record<string, string>> = {}): void {
    const before = this.view
    const old = this.#sheet
    this.mode = mode
    const { values, touched } = this.#sheet
    if (before && this.view) this.#carry(before, old, this.view, this.#sheet)
    for (const [name, from] of Object.entries(carry)) if (!touched.has(name)) values[name] = old.values[from] ?? ''
    this.errors = new Map()
    this.redraw()
  }

  rename(name: string): void { this.name = name; this.#settle('name'); this.redraw() }

  /** Takes what was typed; `whole` when it may be cleaned: pasted, or left. Returns what there is to say about a mistaken value. */
  set(name: string, value: string | boolean, whole: boolean, t: Strings): string | undefined {
    const field = this.view?.fields.find((each) => each.name === name)
    if (!field) return undefined
    const repair = this.#put(field, value, whole)
    this.#follow(field, value)
    if (this.errors.has(name)) this.#settle(name, this.#judge(field, t))
    this.redraw()
    return repair?.say
  }

  secretState(name: string): SecretState {
    const { open, removed } = this.edit(name)
    if (!this.stored(name)?.set) return 'empty'
    if (removed) return 'removed'
    if (this.moved) return 'moved'
    return open ? 'replacing' : 'configured'
  }

  /** The stored secret of this name, where it belongs to what is being edited. */
  stored(name: string): SecretView | undefined {
    const { gateway, view } = this
    const was = this.#modes.find(({ id }) => id === gateway?.mode)
    return gateway && view && was && sameList(view.destination, was.destination) ? gateway.secrets[name] : undefined
  }

  /** Label of the first setting that moves a stored secret elsewhere. */
  get moved(): string | undefined {
    const { gateway, view } = this
    if (!gateway || !view) return undefined
    const values = settingsOf(view, this.#sheet.values)
    const was = gateway.mode === view.id ? settingsOf(view, this.#start(view, gateway)) : gateway.settings
    const name = view.destination.find((each) => view.fields.some((field) => field.name === each && field.kind !== 'secret') && !same(values[each], was[each]))
    return view.fields.find((field) => field.name === name)?.label
  }

  edit(name: string): SecretEdit { return this.#sheet.secrets[name] ??= fresh() }
  replace(name: string): void { this.#decide(name, { open: true }) }
  keep(name: string): void { this.#decide(name) }
  remove(name: string): void { this.#decide(name, { removed: true }) }
  toggle(name: string): void { const edit = this.edit(name); edit.shown = !edit.shown; this.redraw() }

  /** Whether everything shown would pass, without showing what would not. */
  valid(t: Strings): boolean { return this.fields.every((field) => !this.#judge(field, t)) }

  /** Cleans and judges everything that is shown. True when nothing has to be corrected. */
  validate(t: Strings): boolean {
    for (const field of this.fields) this.#put(field, field.kind === 'secret' ? this.edit(field.name).value : this.values[field.name] ?? '', true)
    for (const edit of Object.values(this.#sheet.secrets)) edit.shown = false
    this.errors = new Map(this.fields.flatMap((field) => { const text = this.#judge(field, t); return text ? [[field.name, text] as const] : [] }))
    this.redraw()
    return this.errors.size === 0
  }

  /** Puts the server's words beside the controls they point at. Returns what points nowhere. */
  refuse(errors: readonly FieldError[]): readonly string[] {
    const rest: string[] = []
    for (const { pointer, detail } of errors) {
      const name = pointer.split('/').find((part, index) => index > 0 && !['settings', 'secrets'].includes(part))?.replace(/~1/g, '/').replace(/~0/g, '~')
      if (name !== undefined && (name === 'name' || this.field(name))) this.errors.set(name, detail)
      else rest.push(detail)
    }
    this.redraw()
    return rest
  }

  /** The server would not send a kept secret to a new place: ask for it. */
  askAgain(labels: readonly string[], t: Strings): void {
    for (const field of this.fields.filter(({ kind }) => kind === 'secret')) {
      if (this.stored(field.name)?.set && !this.edit(field.name).open) this.#sheet.secrets[field.name] = { ...fresh(), open: true }
      if (!this.edit(field.name).value) this.errors.set(field.name, t.secretMoved(field.label, labels.map((name) => this.field(name)?.label ?? name).join(', ')))
    }
    this.redraw()
  }

  /** What is sent. A stored secret that no shown field needs any more goes. */
  draft(): Draft {
    const { view } = this
    if (!view) return { mode: this.mode, settings: {} }
    const secrets = Object.fromEntries(view.fields.filter(({ kind }) => kind === 'secret').flatMap(({ name }) => {
      const input = this.#input(name)
      return input ? [[name, input] as const] : []
    }))
    const name = this.name.trim()
    return { ...((name || this.gateway) && { name }), ...(this.#defaults.default !== undefined && !this.gateway && { default: this.#defaults.default }), mode: this.mode, settings: settingsOf(view, this.#sheet.values), ...(Object.keys(secrets).length && { secrets }) }
  }

  /** What may be kept beside a run over a reload: everything typed but secrets. */
  memo(): Omit<Draft, 'secrets'> { const { secrets: _, ...rest } = this.draft(); return rest }

  /** Puts typed values over what is stored. */
  fill({ name, mode, settings }: Omit<Draft, 'secrets'>): void {
    if (name !== undefined) this.name = name
    if (this.#modes.some(({ id }) => id === mode)) this.mode = mode
    const { values, touched } = this.#sheet
    for (const field of this.view?.fields ?? []) {
      if (field.kind === 'secret') continue
      values[field.name] = settings[field.name] ?? ''
      touched.add(field.name)
    }
    this.redraw()
  }

  /** Puts a merged version over what somebody else stored; secrets typed here stay unless they are dropped. */
  rebase(gateway: GatewayView, merged: Omit<Draft, 'secrets'>, dropped: (name: string) => boolean): void {
    const { secrets } = this.#sheet
    this.open(gateway, this.#modes, this.#defaults)
    this.fill(merged)
    for (const [name, edit] of Object.entries(secrets)) if (!dropped(name)) this.#sheet.secrets[name] = edit
    this.redraw()
  }

  get #sheet(): Sheet {
    const found = this.#sheets.get(this.mode)
    if (found) return found
    const { view } = this
    const sheet: Sheet = { values: view ? this.#start(view, this.gateway) : {}, secrets: {}, touched: new Set(), notes: new Map() }
    this.#sheets.set(this.mode, sheet)
    return sheet
  }

  // What a form starts with: stored, else the host's, else the field's own.
  #start(view: ModeView, gateway: GatewayView | undefined): Record<string, SettingValue> {
    const given = gateway ? (gateway.mode === view.id ? gateway.settings : {}) : this.#defaults.settings ?? {}
    return Object.fromEntries(view.fields.filter(({ kind }) => kind !== 'secret').map((field) =>
      [field.name, given[field.name] ?? field.default ?? (field.kind === 'toggle' ? false : '')]))
  }

  #decide(name: string, more: Partial<SecretEdit> = {}): void { this.#sheet.secrets[name] = { ...fresh(), ...more }; this.#settle(name); this.redraw() }

  #put(field: FieldView, given: SettingValue, whole: boolean): Repair | undefined {
    const { name, kind } = field
    const { values, touched, notes } = this.#sheet
    const edit = kind === 'secret' ? this.edit(name) : undefined
    let value = given
    let repair: Repair | undefined
    if (whole && typeof value === 'string') {
      const cleaned = clean(kind === 'number' || edit ? kind : field.clean, value)
      if (cleaned.port) this.#movePort(field, Number(cleaned.port))
      repair = mistaken(field, cleaned.value)
      value = typed(field, repair?.to === undefined ? cleaned.value : cleaned.value.replace(new RegExp(repair.pattern, 'i'), repair.to))
    }
    if (value !== (edit ? edit.value : values[name])) notes.delete(name)
    if (repair) notes.set(name, repair)
    if (edit) edit.value = String(value)
    else { values[name] = value; touched.add(name) }
    return repair
  }

  // A port pasted behind a name belongs in the number of the same group that takes ports.
  #movePort({ group }: FieldView, port: number): void {
    const field = this.fields.find((each) => each.kind === 'number' && each.group === group && each.max === 65_535)
    if (!field) return
    this.#sheet.values[field.name] = port
    this.#sheet.touched.add(field.name)
    this.#settle(field.name)
  }

  // What an option sets follows the choice, as long as it still holds what another option had set.
  #follow(field: FieldView, value: string | boolean): void {
    const chosen = field.options?.find((option) => option.value === value)
    for (const [name, wanted] of Object.entries(chosen?.sets ?? {})) {
      const current = this.#sheet.values[name]
      const ours = current === '' || current === undefined || field.options!.some(({ sets }) => sets && name in sets && same(sets[name], current))
      if (ours) { this.#sheet.values[name] = wanted; this.#settle(name) }
    }
  }

  #carry(from: ModeView, old: Sheet, to: ModeView, now: Sheet): void {
    for (const field of to.fields) {
      const twin = from.fields.find(({ name, kind }) => name === field.name && kind === field.kind)
      if (!twin || now.touched.has(field.name)) continue
      const secret = old.secrets[field.name]
      if (field.kind === 'secret') { if (secret?.value && sameList(from.destination, to.destination)) now.secrets[field.name] = { ...secret } }
      else if (old.touched.has(field.name) || this.gateway) now.values[field.name] = old.values[field.name] ?? ''
    }
  }

  #judge(field: FieldView, t: Strings): string | undefined {
    if (field.unavailable) return undefined
    if (field.kind !== 'secret') return judge(field, this.#sheet.values[field.name], t)
    const state = this.secretState(field.name)
    if (state === 'configured' || state === 'removed') return undefined
    const { value } = this.edit(field.name)
    if (value) return judge(field, value, t)
    if (state === 'moved') return t.secretMoved(field.label, this.moved ?? '')
    // An empty new value is a mistake, never an erasure.
    return judge(state === 'replacing' ? { ...field, required: true } : field, value, t)
  }

  #input(name: string): SecretInput | undefined {
    const edit = this.edit(name)
    const isStored = this.stored(name)?.set
    if (!this.field(name) || edit.removed) return isStored ? { remove: true } : undefined
    if (edit.value) return { value: edit.value }
    return isStored && this.secretState(name) === 'configured' ? { keep: true } : undefined
  }

  #settle(name: string, text?: string): void {
    if (text) this.errors.set(name, text)
    else this.errors.delete(name)
  }
}
