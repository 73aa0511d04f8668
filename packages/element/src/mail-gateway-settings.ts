import type { Draft, GatewayStatus, GatewayView, RunRow, Verdict } from '@mail-gateway/contract'
import { LitElement } from 'lit'
import type { PropertyValues, TemplateResult } from 'lit'
import type { Transport } from './client/client.ts'
import { addLanguage } from './controllers/locale.ts'
import type { MessagesInput } from './controllers/locale.ts'
import type { Page } from './controllers/page.ts'
import type { View } from './events.ts'
import { Product } from './product.ts'
import { screen } from './screens/index.ts'
import type { Strings } from './strings/en.ts'
import { version } from './version.ts'
// Last: a bundle packs better with texts of one kind together.
import { styles } from './parts/styles.ts'

/** What a run came to. */
export interface CheckReport { readonly runId: string | undefined; readonly verdict: Verdict | undefined; readonly rows: readonly RunRow[] }

const reflected = { reflect: true } as const
const flag = { type: Boolean } as const

/** The settings page for outgoing mail, as one element. `custom-elements.json` lists all of its public face. */
export class MailGatewaySettings extends LitElement implements Page {
  static readonly version: string = version
  static override styles = styles
  static override properties = {
    apiBase: { attribute: 'api-base' },
    view: reflected,
    gatewayId: { attribute: 'gateway-id', reflect: true },
    mode: reflected,
    modes: {},
    single: { type: Boolean, reflect: true },
    productName: { attribute: 'product-name' },
    testRecipient: { attribute: 'test-recipient' },
    credentials: {},
    readonly: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
    withoutGuide: { ...flag, attribute: 'without-guide' },
    withoutTest: { ...flag, attribute: 'without-test' },
    withoutHeading: { ...flag, attribute: 'without-heading' },
    withoutLeaveWarning: { ...flag, attribute: 'without-leave-warning' },
    headingLevel: { type: Number, attribute: 'heading-level' },
    messages: { attribute: false },
    defaults: { attribute: false },
  }

  declare apiBase: string
  declare view: View
  declare gatewayId: string | undefined
  declare mode: string | undefined
  declare modes: string | undefined
  declare single: boolean
  declare productName: string
  declare testRecipient: string
  declare credentials: 'same-origin' | 'include'
  declare readonly: boolean
  declare disabled: boolean
  declare withoutGuide: boolean
  declare withoutTest: boolean
  declare withoutHeading: boolean
  declare withoutLeaveWarning: boolean
  declare headingLevel: number
  /** Overrides of any text, or a function that brings them for a language. */
  declare messages: MessagesInput | undefined
  /** What a new gateway starts with. */
  declare defaults: Partial<Draft> | undefined
  /** Called for every request: the host's session or CSRF header. */
  declare headers: (() => HeadersInit | Promise<HeadersInit>) | undefined
  /** Replaces fetch. */
  declare transport: Transport | undefined
  readonly #product: Product

  constructor() {
    super()
    Object.assign(this, {
      apiBase: '/api/mail-gateway', view: 'list', single: false, productName: '', testRecipient: '', credentials: 'same-origin', readonly: false, disabled: false,
      withoutGuide: false, withoutTest: false, withoutHeading: false, withoutLeaveWarning: false, headingLevel: 2,
    })
    this.#product = new Product(this)
  }

  /** Registers the element under a tag of the host's choice. Registering twice is no mistake. */
  static define(tag = 'mail-gateway-settings', registry: CustomElementRegistry = customElements): void {
    const known = registry.get(tag) as { version?: string } | undefined
    if (!known) registry.define(tag, tag === 'mail-gateway-settings' ? this : class extends this {})
    else if (known.version !== this.version) console.warn(`mail-gateway-settings: <${tag}> is version ${known.version ?? 'unknown'}; version ${this.version} was loaded too and is not used`)
  }

  /** Makes a language known to every element on the page. */
  static addLanguage(lang: string, strings: Strings): void { addLanguage(lang, strings) }

  /** Stored gateways. */
  get gateways(): readonly GatewayView[] { return this.#product.gateways.gateways }
  /** The gateway on the screen. */
  get gateway(): GatewayView | undefined { return this.#product.journey.gateway }
  get status(): GatewayStatus | undefined { return this.gateway?.status }
  get dirty(): boolean { return this.#product.journey.dirty }
  /** The run on the screen. */
  get checkReport(): CheckReport { const { runId, verdict, rows } = this.#product.checks; return { runId, verdict, rows } }

  /** Reads everything again. */
  load(): Promise<void> { return this.#product.gateways.load() }
  /** Stores what is typed; `verify` checks first and stores only what passed. Undefined when nothing was stored. */
  save({ verify = false }: { readonly verify?: boolean } = {}): Promise<GatewayView | undefined> { return verify ? this.#product.journey.checkAndSave() : this.#product.journey.save() }
  /** Checks what is typed, without storing it. */
  verify(options: { readonly signal?: AbortSignal } = {}): Promise<CheckReport> { return this.#product.verify(options.signal).then(() => this.checkReport) }
  /** Sends a test email of the stored gateway on the screen. True when the server accepted it. */
  sendTest(to?: string): Promise<boolean> { return this.#product.test.send(to) }
  /** Throws away what was typed. */
  reset(): void { this.#product.journey.reset() }
  checkValidity(): boolean { return this.#product.draft.valid(this.#product.locale.words.t) }
  reportValidity(): boolean { return this.#product.journey.report() }
  override focus(options?: FocusOptions): void { (this.renderRoot.querySelector<HTMLElement>('[part~=control], [part~=button], .link') ?? this).focus(options) }
  /** The run on the screen as text for a support ticket, without any secret. */
  report(): string { return this.#product.report() }
  focusOn(selector: string): void { this.#product.focusOn(selector) }

  override willUpdate(changed: PropertyValues<this>): void { this.#product.willUpdate(changed) }
  override updated(): void { this.#product.updated() }
  override render(): TemplateResult { return screen(this.#product.scene) }
}
