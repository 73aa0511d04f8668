import type { PropertyValues } from 'lit'
import { Client } from './client/client.ts'
import type { Transport } from './client/client.ts'
import type { Failure } from './client/failure.ts'
import { Announcer } from './controllers/announcer.ts'
import { ChecksController } from './controllers/checks.ts'
import { DraftController } from './controllers/draft.ts'
import { GatewaysController } from './controllers/gateways.ts'
import { Journey } from './controllers/journey.ts'
import { LocaleController } from './controllers/locale.ts'
import type { MessagesInput } from './controllers/locale.ts'
import { TabMemory } from './controllers/memory.ts'
import type { Page } from './controllers/page.ts'
import { TestMail } from './controllers/test-mail.ts'
import { CheckEndEvent, CheckRowEvent, CheckStartEvent, ErrorEvent, ReadyEvent } from './events.ts'
import { countsOf } from './parts/evidence.ts'
import { verdictOf } from './screens/checklist.ts'
import type { Scene } from './screens/index.ts'

/** The element as the composition below needs it. */
export interface Root extends Page {
  readonly apiBase: string
  readonly credentials: RequestCredentials
  readonly headers: (() => HeadersInit | Promise<HeadersInit>) | undefined
  readonly transport: Transport | undefined
  readonly productName: string
  readonly headingLevel: number
  readonly messages: MessagesInput | undefined
}

/** The one place where controllers meet. */
export class Product {
  readonly locale: LocaleController
  readonly gateways: GatewaysController
  readonly draft: DraftController
  readonly checks: ChecksController
  readonly announcer: Announcer
  readonly journey: Journey
  readonly test: TestMail
  readonly #root: Root
  // Fixed at the first connect: a page script that swaps the address later moves nothing.
  #base: string | undefined
  #memory: TabMemory | undefined
  #focus: string | undefined
  #internals: ElementInternals | undefined
  #warns = false
  #said = { at: 0, state: '' }

  constructor(root: Root) {
    this.#root = root
    root.addController({ hostConnected: () => this.#connect(), hostDisconnected: () => { this.#warn(false); this.#listen(removeEventListener) } })
    const client = new Client({
      base: () => this.#base ?? root.apiBase, language: () => this.locale.wanted, credentials: () => root.credentials,
      headers: () => root.headers?.(), transport: () => root.transport,
    })
    this.locale = new LocaleController(root, () => void this.gateways.reloadModes().then(() => this.draft.reword(this.journey.modes)))
    this.gateways = new GatewaysController(root, client, (failure) => this.#loaded(failure))
    this.draft = new DraftController(root)
    this.announcer = new Announcer(root)
    this.checks = new ChecksController(root, client, {
      started: (runId) => this.#started(runId),
      result: (runId, { id, status, finding, ms }) => root.dispatchEvent(new CheckRowEvent({ runId, id, status, code: finding?.code, ms })),
      ended: (runId, verdict, ms, rows) => root.dispatchEvent(new CheckEndEvent({ runId, verdict, counts: countsOf(rows), ms })),
    })
    const { gateways, draft, checks, announcer } = this
    const t = () => this.locale.words.t
    this.journey = new Journey({ page: root, client, gateways, draft, checks, announcer, t, memory: () => this.#remember() })
    this.test = new TestMail({ page: root, journey: this.journey, gateways, checks, t })
  }

  get scene(): Scene {
    const { gateways, locale: { words } } = this
    const root = this.#root
    return {
      ...this, page: root, words, t: words.t, said: this.announcer.text, level: root.headingLevel,
      product: root.productName || gateways.meta?.productName || words.t.thisProduct, remembered: this.#remember().kept.rows, ticks: this.#ticks,
      tick: (step) => this.#tick(step), copy: (text, event) => void this.#copy(text, event),
    }
  }

  willUpdate(changed: PropertyValues): void {
    if (changed.has('messages')) this.locale.messages = this.#root.messages
    const { mode } = this.#root
    this.journey.sync()
    if (changed.has('mode') && mode && mode !== this.draft.mode && this.journey.modes.some(({ id }) => id === mode)) this.draft.choose(mode)
    if (changed.has('modes')) this.draft.reword(this.journey.modes)
    this.#announce()
  }

  updated(): void {
    const shadow = this.#root.shadowRoot
    const dialog = shadow?.querySelector('dialog')
    if (dialog && !dialog.open) {
      dialog.showModal()
      // The answer that loses nothing comes first to whoever presses Enter.
      dialog.querySelector<HTMLElement>('button:last-of-type')!.focus()
    }
    this.#warn(this.#root.isConnected && this.journey.dirty && !this.#root.withoutLeaveWarning)
    this.#states()
    if (this.#focus === undefined || dialog) return
    const target = shadow?.querySelector<HTMLElement>(this.#focus)
    this.#focus = undefined
    for (let folded; (folded = target?.closest('details:not([open])'));) folded.setAttribute('open', '')
    target?.focus()
  }

  focusOn(selector: string): void { this.#focus = selector; this.#root.requestUpdate() }

  async verify(signal?: AbortSignal): Promise<void> {
    const stop = () => this.checks.stop()
    signal?.addEventListener('abort', stop, { once: true })
    await this.journey.check()
    signal?.removeEventListener('abort', stop)
  }

  report(): string {
    const { checks, journey, draft } = this
    const { gateway } = journey
    const head = { mode: draft.mode, gateway: gateway?.id ?? 'new', state: gateway?.status.state ?? 'unsaved', run: checks.runId ?? 'none', verdict: checks.verdict ?? 'none' }
    return [...Object.entries(head).map((pair) => pair.join(': ')), ...checks.rows.map(({ id, status, ms, finding }) =>
      [id, status, ms === undefined ? '' : `${ms} ms`, finding?.code, finding?.said].filter(Boolean).join('  '))].join('\n')
  }

  #connect(): void {
    this.#base ??= this.#root.apiBase
    // Server rendering has no internals.
    this.#internals ??= this.#root.attachInternals?.()
    this.#listen(addEventListener)
  }

  #listen(how: typeof addEventListener): void { for (const name of ['online', 'offline'] as const) how(name, this.#network) }

  readonly #network = (): void => {
    this.#root.requestUpdate()
    if (navigator.onLine) void this.journey.back()
  }

  #remember(): TabMemory { return this.#memory ??= new TabMemory(this.#base ?? this.#root.apiBase) }

  #loaded(failure?: Failure): void {
    const root = this.#root
    if (failure && this.gateways.loaded) { this.journey.refused(failure, () => void this.gateways.load()); return }
    if (failure) { root.dispatchEvent(new ErrorEvent({ problem: failure.problem })); return }
    const { meta, gateways } = this.gateways
    this.#remember().keep({ rows: gateways.length })
    this.journey.sync()
    root.dispatchEvent(new ReadyEvent({ apiVersion: meta!.apiVersion, capabilities: meta!.capabilities, count: gateways.length }))
    void this.journey.pickUp()
  }

  #started(runId: string): void {
    const { purpose } = this.checks
    this.#root.dispatchEvent(new CheckStartEvent({ runId, mode: (!purpose?.draft && this.gateways.gateways.find(({ id }) => id === purpose?.gatewayId)?.mode) || this.draft.mode }))
    if (!purpose) return
    const { gatewayId, until, to } = purpose
    this.#remember().keep({ run: { runId, view: this.journey.view, gatewayId, until: until!, to, draft: purpose.draft ? this.draft.memo() : undefined } })
  }

  // Progress at a pace one can listen to; the end of a run at once.
  #announce(): void {
    const { checks, locale: { words: { t } }, announcer } = this
    const { at, of } = checks.progress
    if (checks.state === 'running' && of && at !== this.#said.at) announcer.say(t.progress(at, of))
    const over = checks.state === 'done' || checks.state === 'stopped'
    if (over && this.#said.state === 'running') announcer.now(this.#verdict())
    this.#said = { at: checks.state === 'running' ? at : 0, state: checks.state }
  }

  #verdict(): string {
    const { title } = verdictOf(this.scene, () => undefined)
    const failed = this.checks.rows.find(({ status }) => status === 'fail')?.finding?.title
    return `${failed ? `${String(title)}: ${failed}` : String(title)}`.replace(/([^.!?…])$/, '$1.') + ` ${this.locale.words.t.counts(countsOf(this.checks.rows))}`
  }

  get #ticks(): readonly string[] { return this.#remember().kept.ticks?.[this.journey.gateway?.id ?? 'new'] ?? [] }

  #tick(step: string): void {
    const ticks = this.#ticks
    const memory = this.#remember()
    memory.keep({ ticks: { ...memory.kept.ticks, [this.journey.gateway?.id ?? 'new']: ticks.includes(step) ? ticks.filter((each) => each !== step) : [...ticks, step] } })
    this.#root.requestUpdate()
  }

  async #copy(text: string, event: Event): Promise<void> {
    const { t } = this.locale.words
    const from = event.currentTarget as HTMLElement
    const log = from.parentElement?.querySelector('dl, code') ?? from.closest('aside')
    try {
      await navigator.clipboard.writeText(text)
      this.announcer.now(t.copied)
    } catch {
      // Refused by policy, or no secure context: leave the text ready for the keyboard.
      if (log) getSelection()?.selectAllChildren(log)
      this.announcer.now(t.selected)
    }
  }

  #states(): void {
    const states = this.#internals?.states
    if (!states) return
    const state = this.journey.gateway?.status.state
    const { gateways: { loaded, failure }, journey, checks } = this
    states.clear()
    const on = (name: string, is: unknown) => { if (is) states.add(name) }
    on('loading', !loaded && !failure)
    on('dirty', journey.dirty)
    on('checking', checks.running)
    on('readonly', loaded && !journey.may.write)
    on(state!, /^(verified|unverified|failing|expiring)$/.test(state!))
  }

  // Only while something would be lost: the listener costs the browser's back-forward cache.
  #warn(on: boolean): void {
    if (on === this.#warns) return
    this.#warns = on
    const how = on ? addEventListener : removeEventListener
    how('beforeunload', this.#unload)
  }

  readonly #unload = (event: BeforeUnloadEvent): void => event.preventDefault()
}
