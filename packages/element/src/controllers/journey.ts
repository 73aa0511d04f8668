import type { CheckRequest, GatewayView, ModeView, Stage, Verdict } from '@mail-gateway/contract'
import { newId } from '../client/client.ts'
import type { Client } from '../client/client.ts'
import { asFailure } from '../client/failure.ts'
import type { Failure } from '../client/failure.ts'
import { BeforeDeleteEvent, BeforeSaveEvent, ChangeEvent, DeleteEvent, ErrorEvent, ModeChangeEvent, NavigateEvent, SaveEvent, StatusChangeEvent } from '../events.ts'
import type { View } from '../events.ts'
import type { Strings } from '../strings/en.ts'
import type { Announcer } from './announcer.ts'
import type { ChecksController } from './checks.ts'
import { Conflict } from './conflict.ts'
import type { DraftController } from './draft.ts'
import type { GatewaysController } from './gateways.ts'
import type { TabMemory } from './memory.ts'
import type { Page } from './page.ts'

/** A request that failed, shown where the user is; `again` repeats what was tried. */
export interface Notice { readonly failure: Failure; readonly again?: (() => unknown) | undefined }

/** A question before something is lost. */
export interface Ask { readonly title: string; readonly text: string; readonly yes: string; readonly no: string; answer(yes: boolean): void }

/** What a journey goes through. */
export interface JourneyParts {
  readonly page: Page
  readonly client: Client
  readonly gateways: GatewaysController
  readonly draft: DraftController
  readonly checks: ChecksController
  readonly announcer: Announcer
  readonly memory: () => TabMemory
  readonly t: () => Strings
}

/** The server says that there is no such gateway. */
const isUnknown = (error: unknown): boolean => asFailure(error).code === 'gateway.unknown'

const heading = '[part~=heading] [tabindex]'

/** What the user does, from opening a gateway to having it saved: every verb of the element. */
export class Journey {
  /** The form stands folded to a summary after a save. */
  folded = false
  notice: Notice | undefined
  conflict: Conflict | undefined
  question: Ask | undefined
  /** What a server refused without pointing at a field. */
  loose: readonly string[] = []
  readonly #page: Page
  readonly #client: Client
  readonly #gateways: GatewaysController
  readonly #draft: DraftController
  readonly #checks: ChecksController
  readonly #parts: JourneyParts
  #saving = false
  #key = ''
  // Id the gateway gets that is being set up: however often it is sent, it is one.
  #made = ''
  // What the run on the screen was about, where it was about what is typed.
  #checked = ''

  constructor(parts: JourneyParts) {
    this.#parts = parts
    this.#page = parts.page
    this.#client = parts.client
    this.#gateways = parts.gateways
    this.#draft = parts.draft
    this.#checks = parts.checks
  }

  /** The gateway on the screen, where it exists already. */
  get gateway(): GatewayView | undefined {
    const { gatewayId, single } = this.#page
    const { gateways } = this.#gateways
    return gateways.find(gatewayId === undefined && single ? (each) => each.default : ({ id }) => id === gatewayId)
  }

  get view(): View { const { single, view } = this.#page; return single && view === 'list' ? 'edit' : view }
  get gone(): boolean { const { gatewayId } = this.#page; return Boolean(gatewayId) && gatewayId !== 'new' && !this.gateway }
  get dirty(): boolean { return this.view !== 'list' && this.#draft.dirty }
  get busy(): boolean { return this.#saving || this.#checks.running }

  /** Ways of sending on offer: all, or those the host names; the one in use always. */
  get modes(): readonly ModeView[] {
    const named = this.#page.modes?.split(' ') ?? []
    return this.#gateways.modes.filter(({ id }) => !named.length || named.includes(id) || id === this.gateway?.mode)
  }

  get may(): { readonly write: boolean; readonly test: boolean; readonly send: boolean } {
    const { disabled, readonly, withoutTest } = this.#page
    const has = (right: 'write' | 'test') => !disabled && Boolean(this.#gateways.meta?.rights.includes(right))
    const test = has('test')
    return { write: !readonly && has('write'), test, send: test && !withoutTest }
  }

  /** Follows the address the host or the user chose: another gateway opens another draft. */
  sync(): void {
    const { gatewayId, mode } = this.#page
    const key = !this.#gateways.loaded ? this.#key : this.view === 'list' ? '' : gatewayId ?? this.gateway?.id ?? 'new'
    if (key === this.#key) return
    this.#key = key
    this.#clear()
    if (key) this.#open(mode)
  }

  /** Goes to another screen; asks when something typed would be lost. */
  async go(view: View, gatewayId?: string): Promise<boolean> {
    const stays = gatewayId !== undefined && gatewayId === this.gateway?.id
    if (!stays && this.dirty && !await this.#leaves()) return false
    if (!this.#page.dispatchEvent(new NavigateEvent({ view, gatewayId }))) return false
    if (stays) this.#clear()
    // What was said belongs to the screen that is left.
    this.#parts.announcer.now('')
    this.#place(view, gatewayId)
    return true
  }

  edit(): void { this.#clear(); this.#page.focusOn(heading) }

  async cancel(): Promise<void> {
    if (!this.#page.single) await this.go('list')
    else if (await this.#leaves()) this.reset()
  }

  /** Throws away what was typed. */
  reset(): void { this.#clear(); this.#open() }

  choose(mode: string, carry?: Readonly<Record<string, string>>): void {
    const { announcer, t } = this.#parts
    const previous = this.#draft.mode
    if (!this.#page.dispatchEvent(new ModeChangeEvent({ mode, previous }))) { this.#page.requestUpdate(); return }
    this.#draft.choose(mode, carry)
    this.#page.mode = mode
    announcer.say(t().modeChosen(this.#draft.view?.label ?? mode))
    this.changed('mode')
  }

  /** Goes to another mode that a notice offers, and to its first field. */
  move(mode: string, carry?: Readonly<Record<string, string>>): void {
    this.choose(mode, carry)
    this.#page.focusOn('[part~=columns] [part~=control]')
  }

  /** Puts a field or a step of the guide before the user, from wherever it is asked for; the run stays on the screen. */
  lead(selector: string): void {
    const { gatewayId } = this.#page
    if (this.view !== 'edit' && !this.#page.dispatchEvent(new NavigateEvent({ view: 'edit', gatewayId }))) return
    this.folded = false
    this.#page.view = 'edit'
    this.#page.focusOn(selector)
  }

  changed(field: string, say = ''): void {
    if (say) this.#parts.announcer.now(say)
    const { mode, dirty } = this.#draft
    this.#page.dispatchEvent(new ChangeEvent({ field, mode, dirty }))
  }

  /** Nothing failed and nothing broke off. */
  get #good(): boolean { return this.#checks.verdict === 'passed' || this.#checks.undecided }

  /** A run passed, but what was typed has changed since. */
  get overtaken(): boolean {
    return this.#good && this.#checked !== '' && this.#checked !== this.#draft.stamp
  }

  /** Cleans and judges what was typed; a problem takes the focus. */
  report(): boolean {
    this.loose = []
    this.notice = undefined
    const good = this.#draft.validate(this.#parts.t())
    if (!good) this.#page.focusOn('[part~=summary]')
    return good
  }

  /** Checks what is typed. Nothing is stored. */
  async check(saves = false): Promise<Verdict | undefined> {
    if (this.busy || !this.report()) return undefined
    const least = this.#gateways.meta!.policy.saveRequires
    const until: Stage = saves && least === 'delivery' ? least : 'identity'
    const { gateway, stamp } = this.#draft
    const { mode, settings, secrets } = this.#draft.draft()
    const verdict = await this.run({ ...(gateway && { gatewayId: gateway.id }), mode, settings, ...(secrets && { secrets }), until },
      () => saves ? this.checkAndSave() : this.check(), saves, stamp)
    this.#page.requestUpdate()
    return this.overtaken ? undefined : verdict
  }

  /** Checks what is typed, and stores it when it works, or when only a message can tell. */
  async checkAndSave(): Promise<GatewayView | undefined> {
    const verdict = this.#allowed() && await this.check(true)
    return verdict && (verdict === 'passed' || this.#checks.undecided) ? this.#store() : undefined
  }

  /** Stores what is typed as it is. */
  async save(): Promise<GatewayView | undefined> { return this.#allowed() ? this.#store() : undefined }

  /** Runs a request of checks, and shows what came of it or why it did not run. */
  async run(request: CheckRequest, again: () => unknown, saves = false, stamp = ''): Promise<Verdict | undefined> {
    this.notice = undefined
    this.#checked = stamp
    const verdict = await this.#checks.run(request, saves)
    const { failure, rows } = this.#checks
    this.#parts.memory().keep({ run: undefined })
    // Somebody else tests this very gateway: their test is as good.
    if (failure?.problem.runId) return this.#follow(failure.problem.runId, request.gatewayId!)
    if (failure) this.refused(failure, again)
    if (stamp) this.#draft.refuse(rows.flatMap(({ finding }) => finding?.errors ?? []))
    else if (verdict) await this.#refresh(request.gatewayId!)
    return verdict
  }

  async #follow(runId: string, gatewayId: string): Promise<Verdict | undefined> {
    const verdict = await this.#checks.resume(runId, { gatewayId })
    if (this.#checks.failure) this.refused(this.#checks.failure)
    await this.#refresh(gatewayId)
    return verdict
  }

  /** Checks a stored gateway. */
  async checkStored(gateway: GatewayView): Promise<void> {
    const { id } = gateway
    if (!this.busy) await this.run({ gatewayId: id, until: 'identity' }, () => this.checkStored(gateway))
  }

  /** Opens a gateway with its last run beside it. */
  async see({ id, status: { runId } }: GatewayView): Promise<void> {
    if (!await this.go('edit', id)) return
    this.sync()
    await this.#checks.resume(runId!, { gatewayId: id })
    if (this.#checks.failure) this.refused(this.#checks.failure)
  }

  async makeDefault(gateway: GatewayView): Promise<void> {
    const { mode, settings, name } = gateway
    await this.#try(async () => {
      await this.#sure(gateway, () => this.#client.save(gateway, { default: true, mode, settings }, !this.#gateways.unchecked))
      await this.#gateways.reread()
      this.#parts.announcer.now(this.#parts.t().madeDefault(name))
    }, () => this.makeDefault(gateway))
  }

  async remove(gateway: GatewayView, title: string): Promise<void> {
    const { t, announcer } = this.#parts
    const { deleteTitle, deleteText, deleteDefault, deleteIt, keepIt, deleted } = t()
    const { id: gatewayId } = gateway
    if (!this.#page.dispatchEvent(new BeforeDeleteEvent({ gatewayId }))) return
    const text = gateway.default && this.#gateways.gateways.length > 1 ? `${deleteText} ${deleteDefault}` : deleteText
    if (!await this.#ask(deleteTitle(title), text, deleteIt, keepIt)) return
    await this.#try(async () => {
      await this.#sure(gateway, () => this.#client.remove(gateway).catch((error: unknown) => { if (!isUnknown(error)) throw error }))
      await this.#gateways.reread()
      announcer.now(deleted(title))
      this.#page.dispatchEvent(new DeleteEvent({ gatewayId }))
      this.#page.focusOn(heading)
    }, () => this.remove(gateway, title))
  }

  /** Saves the lines chosen in a conflict, after a check. */
  async saveChoice(): Promise<void> {
    const { conflict } = this
    if (!conflict) return
    this.conflict = undefined
    this.#draft.rebase(conflict.theirs, conflict.merged(), (name) => conflict.takes(name) === 'theirs')
    await this.checkAndSave()
  }

  takeTheirs(): void { this.#clear(); this.#open(); this.#page.focusOn(heading) }

  keepEditing(): void { this.conflict = undefined; this.#page.focusOn(heading) }

  chooseLine(name: string, take: 'mine' | 'theirs'): void {
    const { conflict } = this
    conflict!.lines = conflict!.lines.map((line) => (line.name === name ? { ...line, take } : line))
    this.#page.requestUpdate()
  }

  /** Takes up a run that a reload interrupted, with what was typed for it. */
  async pickUp(): Promise<void> {
    const memory = this.#parts.memory()
    const { run } = memory.kept
    const here = this.#page
    // A host that routes has said where to be: that screen is not left for an old run.
    if (!run || this.busy || (here.gatewayId !== undefined && (here.gatewayId !== (run.gatewayId ?? 'new') || here.view !== run.view))) return
    const { runId, view, gatewayId, until, to, draft } = run
    memory.keep({ run: undefined })
    this.#place(view, view === 'list' ? undefined : gatewayId ?? 'new')
    this.sync()
    if (draft) this.#draft.fill(draft)
    await this.#checks.resume(runId, { gatewayId, draft: Boolean(draft), until, to })
    if (gatewayId !== undefined) await this.#refresh(gatewayId)
  }

  /** The network is back, or nearly: reads again what is stored, and sends nothing again that could change it. */
  async back(again = [500, 2000]): Promise<void> {
    const gateways = this.#gateways
    const { notice } = this
    const { failure, runId, purpose } = this.#checks
    if (!gateways.loaded) return gateways.load(true)
    if (this.busy || notice?.failure.status !== 0) return
    try {
      await gateways.reread()
      if (notice.failure.code === 'client.lost') {
        const { gateway } = this.#draft
        if (await this.#revision(gateway) === gateway?.revision) this.notice = { ...notice, failure: notice.failure.as('client.unreachable') }
        else await notice.again?.()
      } else if (failure && runId) {
        await this.#checks.resume(runId, purpose!)
        this.notice = this.#checks.failure && { ...notice, failure: this.#checks.failure }
      }
    } catch {
      // What was said of the failure still holds.
      const [wait, ...rest] = again
      if (wait) setTimeout(() => void this.back(rest), wait)
    }
    this.#page.requestUpdate()
  }

  /** Shows a failed request where it belongs: at the fields, as a conflict, or as a notice. */
  refused(failure: Failure, again?: () => unknown): void {
    const t = this.#parts.t()
    const { problem, problem: { status, code, gateway, errors, fields = [] } } = failure
    this.#page.dispatchEvent(new ErrorEvent({ problem }))
    if (gateway) this.#gateways.put(gateway)
    // A list has no versions to choose between and no field to point at: what is stored now stands in it.
    if (this.view === 'list') this.notice = { failure, again: gateway ? undefined : again }
    else if (gateway) {
      // One that is being set up is stored already where the answer to an earlier save was lost.
      this.conflict = new Conflict(this.#draft.gateway ?? gateway, this.#draft.draft(), gateway, this.#gateways.modes, t)
      this.#page.focusOn('[part~=callout]')
    } else if (code === 'secret.destination-changed' || (status === 422 && errors?.length)) {
      if (status === 422) this.loose = this.#draft.refuse(errors!)
      else this.#draft.askAgain(fields, t)
      this.#page.focusOn('[part~=summary]')
    } else this.notice = { failure, again }
    this.#page.requestUpdate()
  }

  #allowed(): boolean { return !this.busy && this.report() && this.#page.dispatchEvent(new BeforeSaveEvent({ draft: this.#draft.memo() })) }

  async #store(): Promise<GatewayView | undefined> {
    const draft = this.#draft
    const before = draft.gateway
    const proven = this.#good && this.#checked === draft.stamp
    return this.#try(async () => {
      const proves = !this.#gateways.unchecked
      const gateway = this.#gateways.put(await this.#sure(before, () => before ? this.#client.save(before, draft.draft(), proves) : this.#client.create(draft.draft(), this.#made, proves)))
      // What was typed is stored now: the form folds, and every secret leaves this page.
      this.#key = gateway.id
      const memory = this.#parts.memory()
      if (!before) memory.keep({ ticks: { ...memory.kept.ticks, [gateway.id]: memory.kept.ticks?.['new'] ?? [], new: [] } })
      // A run about anything else would speak for settings it has not seen.
      if (!proven) this.#checks.clear()
      if (this.#page.gatewayId || !this.#page.single) this.#page.gatewayId = gateway.id
      this.#open()
      this.folded = true
      this.#page.focusOn('[part~=verdict] [tabindex]')
      this.#parts.announcer.now(this.#parts.t().saved)
      this.#page.dispatchEvent(new SaveEvent({ gateway }))
      this.#tell(gateway, before)
      return gateway
    }, () => this.save())
  }

  /**
   * Where the answer to a change is lost, what is stored tells whether it was made. Asked for again over a newer revision it
   * changes nothing, and is answered.
   */
  async #sure<T>(before: GatewayView | undefined, act: () => Promise<T>): Promise<T> {
    try { return await act() } catch (error) {
      const failure = asFailure(error)
      if (!failure.code.startsWith('client.')) throw failure
      if (await this.#revision(before).catch(() => { throw failure.as('client.lost') }) === before?.revision) throw failure
      return act()
    }
  }

  /** Stored revision of what is edited; nothing where nothing is stored. */
  async #revision(before: GatewayView | undefined): Promise<number | undefined> {
    try { return (await this.#client.gateway(before?.id ?? this.#made, AbortSignal.timeout(2000))).revision } catch (error) { if (!isUnknown(error)) throw error }
    return undefined
  }

  async #try<T>(act: () => Promise<T>, again: () => unknown): Promise<T | undefined> {
    if (this.#saving) return undefined
    this.#saving = true
    this.notice = undefined
    this.#page.requestUpdate()
    try { return await act() } catch (error) { this.refused(asFailure(error), again) } finally { this.#saving = false; this.#page.requestUpdate() }
    return undefined
  }

  async #refresh(id: string): Promise<void> {
    const before = this.#gateways.gateways.find((each) => each.id === id)
    try {
      const gateway = this.#gateways.put(await this.#client.gateway(id))
      if (this.#draft.gateway?.revision === gateway.revision && this.#draft.gateway.id === id) this.#draft.gateway = gateway
      this.#tell(gateway, before)
    } catch (error) { this.#page.dispatchEvent(new ErrorEvent({ problem: asFailure(error).problem })) }
  }

  #tell({ status }: GatewayView, before: GatewayView | undefined): void {
    const previous = before?.status
    if (status.state !== previous?.state) this.#page.dispatchEvent(new StatusChangeEvent({ status, previous }))
  }

  #open(mode?: string): void {
    this.#made = newId()
    this.#draft.open(this.gateway, this.modes, this.#page.defaults, mode)
    this.#page.mode = this.#draft.mode
  }

  #clear(): void {
    this.#checks.clear()
    Object.assign(this, { folded: false, notice: undefined, conflict: undefined, loose: [] })
  }

  #place(view: View, gatewayId: string | undefined): void { Object.assign(this.#page, { view, gatewayId }); this.#page.focusOn(heading) }

  async #leaves(): Promise<boolean> {
    const { leaveTitle, leaveText, leave, stay } = this.#parts.t()
    return this.#page.withoutLeaveWarning || this.#ask(leaveTitle, leaveText, leave, stay)
  }

  #ask(title: string, text: string, yes: string, no: string): Promise<boolean> {
    this.#page.requestUpdate()
    return new Promise((answered) => {
      this.question = { title, text, yes, no, answer: (answer) => { this.question = undefined; this.#page.requestUpdate(); answered(answer) } }
    })
  }
}
