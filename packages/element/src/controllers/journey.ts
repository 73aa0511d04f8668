import type { CheckRequest, GatewayView, ModeView, Verdict } from '@mail-gateway/contract'
import { stages } from '@mail-gateway/contract'
import type { Client } from '../client/client.ts'
import { asFailure } from '../client/failure.ts'
import type { Failure } from '../client/failure.ts'
import { BeforeDeleteEvent, BeforeSaveEvent, ChangeEvent, DeleteEvent, ErrorEvent, ModeChangeEvent, NavigateEvent, SaveEvent, StatusChangeEvent } from '../events.ts'
import type { View } from '../events.ts'
import type { Words } from '../strings/words.ts'
import type { Announcer } from './announcer.ts'
import type { ChecksController, RunPurpose } from './checks.ts'
import { Conflict } from './conflict.ts'
import type { Say } from './conflict.ts'
import type { DraftController } from './draft.ts'
import type { GatewaysController } from './gateways.ts'
import type { TabMemory } from './memory.ts'
import type { Page } from './page.ts'

/** A request that failed, shown where the user is; `again` repeats what was tried. */
export interface Notice { readonly failure: Failure; readonly again?: (() => void) | undefined }

/** A question before something is lost. */
export interface Ask { readonly title: string; readonly text: string; readonly yes: string; readonly no: string; readonly risk: boolean; answer(yes: boolean): void }

export interface JourneyParts {
  readonly client: Client
  readonly gateways: GatewaysController
  readonly draft: DraftController
  readonly checks: ChecksController
  readonly announcer: Announcer
  readonly memory: () => TabMemory
  readonly words: () => Words
  readonly say: Say
}

/** What the user does, from opening a gateway to having it saved: every verb of the element. */
export class Journey {
  /** The form stands folded to a summary after a save. */
  folded = false
  notice: Notice | undefined
  conflict: Conflict | undefined
  question: Ask | undefined
  /** What a server refused without pointing at a field. */
  loose: readonly string[] = []
  /** A save is on its way. */
  saving = false
  /** A run passed, but what was typed has changed since. */
  overtaken = false
  readonly #page: Page
  readonly #parts: JourneyParts
  #key = ''

  constructor(page: Page, parts: JourneyParts) { this.#page = page; this.#parts = parts }

  /** The gateway on the screen, where it exists already. */
  get gateway(): GatewayView | undefined {
    const { gateways } = this.#parts
    if (this.#page.gatewayId === undefined && this.#page.single) return gateways.gateways.find((each) => each.default) ?? gateways.gateways[0]
    return gateways.find(this.#page.gatewayId)
  }

  get view(): View { return this.#page.single && this.#page.view === 'list' ? 'edit' : this.#page.view }
  get gone(): boolean { const { gatewayId } = this.#page; return gatewayId !== undefined && gatewayId !== 'new' && !this.gateway }
  get dirty(): boolean { return this.view !== 'list' && this.#parts.draft.dirty }
  get busy(): boolean { return this.saving || this.#parts.checks.running }

  /** Ways of sending on offer: all, or those the host names; the one in use always. */
  get modes(): readonly ModeView[] {
    const named = this.#page.modes?.split(/\s+/).filter(Boolean)
    const all = this.#parts.gateways.modes
    return named?.length ? all.filter(({ id }) => named.includes(id) || id === this.gateway?.mode) : all
  }

  get may(): { readonly write: boolean; readonly test: boolean; readonly send: boolean } {
    const rights = this.#parts.gateways.meta?.rights ?? []
    const free = !this.#page.disabled
    const test = free && rights.includes('test')
    return { write: free && !this.#page.readonly && rights.includes('write'), test, send: test && !this.#page.withoutTest }
  }

  /** Follows the address the host or the user chose: another gateway opens another draft. */
  sync(): void {
    const { gateways, draft } = this.#parts
    if (!gateways.loaded) return
    const key = this.view === 'list' ? '' : this.#page.gatewayId ?? this.gateway?.id ?? 'new'
    if (key === this.#key) return
    this.#key = key
    this.#clear()
    if (key) draft.open(this.gateway, this.modes, this.#page.defaults, this.#page.mode)
    if (key) this.#page.mode = draft.mode
  }

  /** Goes to another screen; asks when something typed would be lost. */
  async go(view: View, gatewayId?: string): Promise<boolean> {
    const stays = gatewayId !== undefined && gatewayId === this.gateway?.id && view !== 'list'
    if (!stays && this.dirty && !await this.#leaves()) return false
    if (!this.#page.dispatchEvent(new NavigateEvent({ view, gatewayId }))) return false
    if (stays) this.#clear()
    // What was said belongs to the screen that is left.
    this.#parts.announcer.now('')
    this.#place(view, gatewayId)
    this.#page.focusOn('[part~=heading] [tabindex]')
    return true
  }

  edit(): void { this.folded = false; this.#parts.checks.clear(); this.#page.focusOn('[part~=heading] [tabindex]') }

  cancel(): void {
    if (!this.#page.single) void this.go('list')
    else if (this.dirty) void this.#leaves().then((leaves) => { if (leaves) this.reset() })
  }

  /** Throws away what was typed. */
  reset(): void {
    const { draft } = this.#parts
    this.#clear()
    draft.open(this.gateway, this.modes, this.#page.defaults)
    this.#page.mode = draft.mode
  }

  choose(mode: string): void {
    const { draft, announcer, words } = this.#parts
    if (mode === draft.mode) return
    if (this.#page.dispatchEvent(new ModeChangeEvent({ mode, previous: draft.mode }))) {
      draft.choose(mode)
      this.#page.mode = mode
      announcer.say(words().t.modeChosen(draft.view?.label ?? mode))
      this.changed('mode')
    } else this.#page.requestUpdate()
  }

  changed(field: string): void {
    const { draft } = this.#parts
    this.#page.dispatchEvent(new ChangeEvent({ field, mode: draft.mode, dirty: draft.dirty }))
  }

  /** Cleans and judges what was typed; a problem takes the focus. */
  report(): boolean {
    this.loose = []
    this.notice = undefined
    if (this.#parts.draft.validate(this.#parts.words().t)) return true
    this.#page.focusOn('[part~=summary]')
    return false
  }

  /** Checks what is typed. Nothing is stored. */
  async check(saves = false): Promise<Verdict | undefined> {
    const { draft, gateways } = this.#parts
    if (this.busy || !this.report()) return undefined
    const least = gateways.meta?.policy.saveRequires ?? 'nothing'
    const until = saves && least !== 'nothing' && stages.indexOf(least) > stages.indexOf('identity') ? least : 'identity'
    const gatewayId = draft.gateway?.id
    const { mode, settings, secrets } = draft.draft()
    const stamp = draft.stamp
    const verdict = await this.run({ ...(gatewayId !== undefined && { gatewayId }), mode, settings, ...(secrets && { secrets }), until },
      { gatewayId, draft: true, saves, until }, () => void (saves ? this.checkAndSave() : this.check()))
    this.overtaken = verdict === 'passed' && stamp !== draft.stamp
    if (this.overtaken) this.#page.requestUpdate()
    return this.overtaken ? undefined : verdict
  }

  /** Checks what is typed, and stores it when it works. */
  async checkAndSave(): Promise<GatewayView | undefined> {
    if (this.busy || !this.report() || !this.#allowed()) return undefined
    return await this.check(true) === 'passed' ? this.#store() : undefined
  }

  /** Stores what is typed as it is. */
  async save(): Promise<GatewayView | undefined> {
    if (this.busy || !this.report() || !this.#allowed()) return undefined
    if (!this.#parts.checks.verdict) this.#parts.checks.clear()
    return this.#store()
  }

  /** Runs a request of checks, and shows what came of it or why it did not run. */
  async run(request: CheckRequest, purpose: RunPurpose, again: () => void): Promise<Verdict | undefined> {
    const { checks, draft, gateways } = this.#parts
    this.notice = undefined
    this.overtaken = false
    const verdict = await checks.run(request, purpose)
    this.#parts.memory().run = undefined
    if (checks.failure) this.refused(checks.failure, again)
    const errors = checks.rows.flatMap(({ finding }) => finding?.errors ?? [])
    if (purpose.draft && errors.length) draft.refuse(errors)
    if (!purpose.draft && purpose.gatewayId !== undefined && verdict) await this.#refresh(purpose.gatewayId)
    gateways.find(purpose.gatewayId)
    return verdict
  }

  /** Checks a stored gateway from the list. */
  async checkStored(gateway: GatewayView): Promise<void> {
    if (this.busy) return
    const { id } = gateway
    await this.run({ gatewayId: id, until: 'identity' }, { gatewayId: id, draft: false, saves: false, until: 'identity' }, () => void this.checkStored(gateway))
  }

  /** Opens a gateway with its last run beside it. */
  async see(gateway: GatewayView): Promise<void> {
    const { runId } = gateway.status
    if (!await this.go('edit', gateway.id) || runId === undefined) return
    this.sync()
    await this.#parts.checks.resume(runId, { gatewayId: gateway.id, draft: false, saves: false, until: 'delivery' })
    if (this.#parts.checks.failure) this.refused(this.#parts.checks.failure)
  }

  async makeDefault(gateway: GatewayView): Promise<void> {
    const { client, gateways, announcer, words } = this.#parts
    const { mode, settings } = gateway
    await this.#try(async () => {
      gateways.put(await client.save(gateway, { default: true, mode, settings }))
      await gateways.reread()
      announcer.now(words().t.madeDefault(gateway.name))
    }, () => void this.makeDefault(gateway))
  }

  async remove(gateway: GatewayView, title: string): Promise<void> {
    const { client, gateways, announcer, words } = this.#parts
    const { t } = words()
    if (!this.#page.dispatchEvent(new BeforeDeleteEvent({ gatewayId: gateway.id }))) return
    const text = gateway.default && gateways.gateways.length > 1 ? `${t.deleteText} ${t.deleteDefault}` : t.deleteText
    if (!await this.#ask({ title: t.deleteTitle(title), text, yes: t.deleteIt, no: t.keepIt, risk: true })) return
    await this.#try(async () => {
      await client.remove(gateway)
      await gateways.reread()
      announcer.now(t.deleted(title))
      this.#page.dispatchEvent(new DeleteEvent({ gatewayId: gateway.id }))
      this.#page.focusOn('[part~=heading] [tabindex]')
    }, () => void this.remove(gateway, title))
  }

  /** Saves the lines chosen in a conflict, after a check. */
  async saveChoice(): Promise<void> {
    const { conflict } = this
    if (!conflict) return
    this.#settle(conflict)
    await this.checkAndSave()
  }

  takeTheirs(): void {
    const { conflict } = this
    if (!conflict) return
    this.#parts.draft.open(conflict.theirs, this.modes)
    this.conflict = undefined
    this.#parts.checks.clear()
    this.#page.mode = this.#parts.draft.mode
    this.#page.focusOn('[part~=heading] [tabindex]')
  }

  keepEditing(): void { this.conflict = undefined; this.#page.focusOn('[part~=heading] [tabindex]') }

  chooseLine(name: string, take: 'mine' | 'theirs'): void { this.conflict?.choose(name, take); this.#page.requestUpdate() }

  /** Takes up a run that a reload interrupted, with what was typed for it. */
  async pickUp(): Promise<void> {
    const { checks, draft, memory } = this.#parts
    const kept = memory().run
    if (!kept || (this.#page.gatewayId !== undefined && this.#page.gatewayId !== (kept.gatewayId ?? 'new'))) return
    memory().run = undefined
    this.#place(kept.view, kept.view === 'list' ? undefined : kept.gatewayId ?? 'new')
    this.sync()
    if (kept.draft) draft.fill(kept.draft)
    await checks.resume(kept.runId, { gatewayId: kept.gatewayId, draft: kept.draft !== undefined, saves: false, until: kept.until, to: kept.to })
    if (kept.gatewayId !== undefined) await this.#refresh(kept.gatewayId)
  }

  /** Shows a failed request where it belongs: at the fields, as a conflict, or as a notice. */
  refused(failure: Failure, again?: () => void): void {
    const { draft, words } = this.#parts
    const { problem } = failure
    this.#page.dispatchEvent(new ErrorEvent({ problem }))
    if (problem.status === 412 && problem.gateway && draft.gateway) this.#disagree(problem.gateway)
    else if (problem.code === 'secret.destination-changed') { draft.askAgain(problem.fields ?? [], words().t); this.#page.focusOn('[part~=summary]') }
    else if (problem.status === 422 && problem.errors?.length) { this.loose = draft.refuse(problem.errors); this.#page.focusOn('[part~=summary]') }
    else this.notice = { failure, again }
    this.#page.requestUpdate()
  }

  #disagree(theirs: GatewayView): void {
    const { draft, gateways, words, say } = this.#parts
    gateways.put(theirs)
    this.conflict = new Conflict(draft.gateway!, draft.draft(), theirs, gateways.modes, words(), say)
    this.#page.focusOn('[part~=callout]')
  }

  #settle(conflict: Conflict): void {
    const { draft } = this.#parts
    draft.rebase(conflict.theirs, conflict.merged(), (name) => conflict.takes(name) === 'theirs')
    this.conflict = undefined
  }

  #allowed(): boolean { return this.#page.dispatchEvent(new BeforeSaveEvent({ draft: this.#parts.draft.memo() })) }

  async #store(): Promise<GatewayView | undefined> {
    const { client, draft, gateways, announcer, words } = this.#parts
    const previous = draft.gateway?.status
    return this.#try(async () => {
      const gateway = gateways.put(draft.gateway ? await client.save(draft.gateway, draft.draft()) : await client.create(draft.draft()))
      this.#adopt(gateway)
      announcer.now(words().t.saved)
      this.#page.dispatchEvent(new SaveEvent({ gateway }))
      this.#tell(gateway, previous)
      return gateway
    }, () => void this.save())
  }

  // What was typed is stored now: the form folds, and every secret leaves this page.
  #adopt(gateway: GatewayView): void {
    this.#parts.draft.open(gateway, this.modes)
    this.#key = gateway.id
    this.folded = true
    if (!this.#page.single) this.#page.gatewayId = gateway.id
    this.#page.focusOn('[part~=verdict] [tabindex]')
  }

  async #try<T>(act: () => Promise<T>, again: () => void): Promise<T | undefined> {
    this.saving = true
    this.notice = undefined
    this.#page.requestUpdate()
    try { return await act() } catch (error) { this.refused(asFailure(error), again) } finally { this.saving = false; this.#page.requestUpdate() }
    return undefined
  }

  async #refresh(id: string): Promise<void> {
    const { gateways, draft } = this.#parts
    const previous = gateways.find(id)?.status
    try {
      const gateway = await gateways.refresh(id)
      if (draft.gateway?.id === id && !draft.dirty && draft.gateway.revision === gateway.revision) draft.gateway = gateway
      this.#tell(gateway, previous)
    } catch (error) { this.#page.dispatchEvent(new ErrorEvent({ problem: asFailure(error).problem })) }
  }

  #tell({ status }: GatewayView, previous: GatewayView['status'] | undefined): void {
    if (status.state !== previous?.state) this.#page.dispatchEvent(new StatusChangeEvent({ status, previous }))
  }

  #clear(): void {
    this.#parts.checks.clear()
    Object.assign(this, { folded: false, notice: undefined, conflict: undefined, loose: [], overtaken: false })
  }

  #place(view: View, gatewayId: string | undefined): void { this.#page.view = view; this.#page.gatewayId = gatewayId }

  async #leaves(): Promise<boolean> {
    const { t } = this.#parts.words()
    if (this.#page.withoutLeaveWarning) return true
    return this.#ask({ title: t.leaveTitle, text: t.leaveText, yes: t.leave, no: t.stay, risk: true })
  }

  #ask(question: Omit<Ask, 'answer'>): Promise<boolean> {
    return new Promise((done) => {
      this.question = { ...question, answer: (yes) => { this.question = undefined; this.#page.requestUpdate(); done(yes) } }
      this.#page.requestUpdate()
    })
  }
}
