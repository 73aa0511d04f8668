import type { MetaView } from '@mail-gateway/contract'
import { cleanAddress } from '../clean/clean.ts'
import type { Strings } from '../strings/en.ts'
import type { ChecksController } from './checks.ts'
import type { GatewaysController } from './gateways.ts'
import type { Journey } from './journey.ts'
import { addressShape } from './judge.ts'
import type { Page } from './page.ts'

/** One test email of this visit. */
export interface Sent { readonly gatewayId: string; readonly to: string; readonly at: string; readonly arrived?: boolean | undefined }

export interface TestMailParts {
  readonly page: Page
  readonly journey: Journey
  readonly gateways: GatewaysController
  readonly checks: ChecksController
  readonly t: () => Strings
}

/** Sends one email to somebody who can say whether it arrived. */
export class TestMail {
  error: string | undefined
  #typed: string | undefined
  #sent: readonly Sent[] = []
  private declare readonly page: Page
  private declare readonly journey: Journey
  private declare readonly gateways: GatewaysController
  private declare readonly checks: ChecksController
  private declare readonly t: () => Strings

  constructor(parts: TestMailParts) { Object.assign(this, parts) }

  get #meta(): MetaView { return this.gateways.meta! }
  get #who(): MetaView['policy']['testRecipients'] { return this.#meta.policy.testRecipients }
  get onlySelf(): boolean { return this.#who === 'self' }
  get domains(): readonly string[] { return typeof this.#who === 'string' ? [] : this.#who }

  /** Recipient: typed, else the host's choice, else whoever is signed in. */
  get to(): string {
    const own = this.#meta.me.email ?? ''
    return this.onlySelf ? own : this.#typed ?? (this.page.testRecipient || own)
  }

  /** The one on the screen, and those before it, newest first. */
  get sent(): { readonly current: Sent | undefined; readonly earlier: readonly Sent[] } {
    const own = this.#sent.filter(({ gatewayId }) => gatewayId === this.journey.gateway?.id)
    const shown = this.#accepted
    return { current: own.find(({ at }) => at === shown?.at) ?? shown, earlier: own.filter(({ at }) => at !== shown?.at) }
  }

  /** The run on the screen, where it handed an email of this gateway over. */
  get #accepted(): Sent | undefined {
    const { verdict, purpose, at } = this.checks
    return verdict === 'passed' && purpose?.to && purpose.gatewayId === this.journey.gateway?.id ? { gatewayId: purpose.gatewayId!, to: purpose.to, at } : undefined
  }

  type(value: string, whole: boolean): void {
    this.#typed = whole ? cleanAddress(value) : value
    if (this.error) this.error = this.#judge()
    this.page.requestUpdate()
  }

  /** Sends to the recipient on the screen, or to the one given. True when the server accepted it. */
  async send(given = this.#typed): Promise<boolean> {
    const { journey, journey: { gateway }, checks, page } = this
    // A host may call before anything is loaded.
    if (!gateway) return false
    if (given !== undefined) this.type(given, true)
    this.error = this.#judge()
    if (this.error) page.focusOn('#t-to')
    if (this.error || journey.busy) return false
    const { id: gatewayId } = gateway
    const verdict = await journey.run({ gatewayId, until: 'delivery', to: this.to }, () => this.send())
    const sent = this.#accepted
    if (sent && !this.#sent.some(({ at }) => at === sent.at)) this.#sent = [sent, ...this.#sent]
    // The server's words about the recipient belong beside the recipient.
    this.error = checks.failure?.problem.errors?.find(({ pointer }) => pointer === '/to')?.detail
    if (this.error) { journey.loose = []; page.focusOn('#t-to') }
    return verdict === 'passed'
  }

  confirm(arrived: boolean): void {
    const { current } = this.sent
    if (current) this.#sent = [{ ...current, arrived }, ...this.#sent.filter(({ at }) => at !== current.at)]
    this.page.focusOn(arrived ? '[part~=verdict] [tabindex]' : '[part~=finding] [tabindex]')
  }

  #judge(): string | undefined {
    const t = this.t()
    const { to, domains } = this
    if (!to) return t.toRequired
    if (!addressShape.test(to)) return t.toFormat
    const domain = to.split('@')[1]!.toLowerCase()
    return domains.length && !domains.some((each) => each.toLowerCase() === domain) ? t.toDomain(domains.join(', ')) : undefined
  }
}
