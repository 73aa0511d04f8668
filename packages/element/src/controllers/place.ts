import type { GatewayView, ModeView } from '@mail-gateway/contract'
import { newId } from '../client/client.ts'
import type { Client } from '../client/client.ts'
import type { Failure } from '../client/failure.ts'
import { ChangeEvent, ModeChangeEvent, NavigateEvent } from '../events.ts'
import type { View } from '../events.ts'
import type { Strings } from '../strings/en.ts'
import type { Announcer } from './announcer.ts'
import type { ChecksController } from './checks.ts'
import type { Conflict } from './conflict.ts'
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

export const heading = '[part~=heading] [tabindex]'

/** Where the user is: which gateway is on the screen, what may be done with it, and the ways from one screen to another. */
export class Place {
  /** The form stands folded to a summary after a save. */
  folded = false
  notice: Notice | undefined
  conflict: Conflict | undefined
  question: Ask | undefined
  /** What a server refused without pointing at a field. */
  loose: readonly string[] = []
  protected declare readonly page: Page
  protected declare readonly client: Client
  protected declare readonly gateways: GatewaysController
  protected declare readonly draft: DraftController
  protected declare readonly checks: ChecksController
  protected declare readonly announcer: Announcer
  protected declare readonly memory: () => TabMemory
  protected declare readonly t: () => Strings
  /** What the draft is of: a stored gateway, `new`, or nothing. */
  protected drafted = ''
  /** Id the gateway gets that is being set up: however often it is sent, it is one. */
  protected nextId = ''

  constructor(parts: JourneyParts) { Object.assign(this, parts) }

  /** The gateway on the screen, where it exists already. */
  get gateway(): GatewayView | undefined {
    const { gatewayId, single } = this.page
    const { gateways } = this.gateways
    return gateways.find(gatewayId === undefined && single ? (each) => each.default : ({ id }) => id === gatewayId)
  }

  get view(): View { const { single, view } = this.page; return single && view === 'list' ? 'edit' : view }
  get gone(): boolean { const { gatewayId } = this.page; return Boolean(gatewayId) && gatewayId !== 'new' && !this.gateway }
  get dirty(): boolean { return this.view !== 'list' && this.draft.dirty }

  /** Ways of sending on offer: all, or those the host names; the one in use always. */
  get modes(): readonly ModeView[] {
    const named = this.page.modes?.split(' ') ?? []
    return this.gateways.modes.filter(({ id }) => !named.length || named.includes(id) || id === this.gateway?.mode)
  }

  get may(): { readonly write: boolean; readonly test: boolean; readonly send: boolean } {
    const { disabled, readonly, withoutTest } = this.page
    const has = (right: 'write' | 'test') => !disabled && Boolean(this.gateways.meta?.rights.includes(right))
    const test = has('test')
    return { write: !readonly && has('write'), test, send: test && !withoutTest }
  }

  /** Follows the address the host or the user chose: another gateway opens another draft. */
  sync(): void {
    const { gatewayId, mode } = this.page
    const wanted = !this.gateways.loaded ? this.drafted : this.view === 'list' ? '' : gatewayId ?? this.gateway?.id ?? 'new'
    if (wanted === this.drafted) return
    this.drafted = wanted
    this.wipe()
    if (wanted) this.reopen(mode)
  }

  /** Goes to another screen; asks when something typed would be lost. */
  async go(view: View, gatewayId?: string): Promise<boolean> {
    const stays = gatewayId !== undefined && gatewayId === this.gateway?.id
    if (!stays && this.dirty && !await this.#leaves()) return false
    if (!this.page.dispatchEvent(new NavigateEvent({ view, gatewayId }))) return false
    if (stays) this.wipe()
    // What was said belongs to the screen that is left.
    this.announcer.now('')
    this.arrive(view, gatewayId)
    return true
  }

  edit(): void { this.wipe(); this.page.focusOn(heading) }

  async cancel(): Promise<void> {
    if (!this.page.single) await this.go('list')
    else if (await this.#leaves()) this.reset()
  }

  /** Throws away what was typed. */
  reset(): void { this.wipe(); this.reopen() }

  choose(mode: string, carry?: Readonly<Record<string, string>>): void {
    const previous = this.draft.mode
    if (!this.page.dispatchEvent(new ModeChangeEvent({ mode, previous }))) { this.page.requestUpdate(); return }
    this.draft.choose(mode, carry)
    this.page.mode = mode
    this.announcer.say(this.t().modeChosen(this.draft.view?.label ?? mode))
    this.changed('mode')
  }

  /** Goes to another mode that a notice offers, and to its first field. */
  move(mode: string, carry?: Readonly<Record<string, string>>): void {
    this.choose(mode, carry)
    this.page.focusOn('[part~=columns] [part~=control]')
  }

  /** Puts a field or a step of the guide before the user, from wherever it is asked for; the run stays on the screen. */
  lead(selector: string): void {
    const { gatewayId } = this.page
    if (this.view !== 'edit' && !this.page.dispatchEvent(new NavigateEvent({ view: 'edit', gatewayId }))) return
    this.folded = false
    this.page.view = 'edit'
    this.page.focusOn(selector)
  }

  changed(field: string, say = ''): void {
    if (say) this.announcer.now(say)
    const { mode, dirty } = this.draft
    this.page.dispatchEvent(new ChangeEvent({ field, mode, dirty }))
  }

  protected reopen(mode?: string): void {
    this.nextId = newId()
    this.draft.open(this.gateway, this.modes, this.page.defaults, mode)
    this.page.mode = this.draft.mode
  }

  protected wipe(): void {
    this.checks.clear()
    Object.assign(this, { folded: false, notice: undefined, conflict: undefined, loose: [] })
  }

  protected arrive(view: View, gatewayId: string | undefined): void { Object.assign(this.page, { view, gatewayId }); this.page.focusOn(heading) }

  protected ask(title: string, text: string, yes: string, no: string): Promise<boolean> {
    this.page.requestUpdate()
    return new Promise((answered) => {
      this.question = { title, text, yes, no, answer: (answer) => { this.question = undefined; this.page.requestUpdate(); answered(answer) } }
    })
  }

  async #leaves(): Promise<boolean> {
    const { leaveTitle, leaveText, leave, stay } = this.t()
    return this.page.withoutLeaveWarning || this.ask(leaveTitle, leaveText, leave, stay)
  }
}
