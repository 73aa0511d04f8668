import { cleanAddress } from '../clean/clean.ts'
import type { Words } from '../strings/words.ts'
import type { ChecksController } from './checks.ts'
import type { GatewaysController } from './gateways.ts'
import type { Journey } from './journey.ts'
import type { Page } from './page.ts'

/** One test email of this visit. */
export interface Sent { readonly gatewayId: string; readonly to: string; readonly at: string; readonly arrived?: boolean | undefined }

export interface TestMailParts {
  readonly journey: Journey
  readonly gateways: GatewaysController
  readonly checks: ChecksController
  readonly words: () => Words
}

/** Sends one email to somebody who can say whether it arrived. */
export class TestMail {
  error: string | undefined
  #typed: string | undefined
  #sent: readonly Sent[] = []
  readonly #page: Page
  readonly #parts: TestMailParts

  constructor(page: Page, parts: TestMailParts) { this.#page = page; this.#parts = parts }

  /** Recipient: typed, else the host's choice, else whoever is signed in. */
  get to(): string {
    if (this.onlySelf) return this.#parts.gateways.meta?.me.email ?? ''
    return this.#typed ?? (this.#page.testRecipient || (this.#parts.gateways.meta?.me.email ?? ''))
  }

  get onlySelf(): boolean { return this.#parts.gateways.meta?.policy.testRecipients === 'self' }
  get domains(): readonly string[] { const who = this.#parts.gateways.meta?.policy.testRecipients; return Array.isArray(who) ? who : [] }

  /** The one on the screen, and those before it, newest first. */
  get sent(): { readonly current: Sent | undefined; readonly earlier: readonly Sent[] } {
    const own = this.#sent.filter(({ gatewayId }) => gatewayId === this.#parts.journey.gateway?.id)
    const shown = this.#accepted
    return { current: own.find(({ at }) => at === shown?.at) ?? shown, earlier: own.filter(({ at }) => at !== shown?.at) }
  }

  /** The run on the screen, where it handed an email of this gateway over. */
  get #accepted(): Sent | undefined {
    const { verdict, purpose, at } = this.#parts.checks
    const { gateway } = this.#parts.journey
    return verdict === 'passed' && purpose?.to && purpose.gatewayId === gateway?.id ? { gatewayId: purpose.gatewayId!, to: purpose.to, at } : undefined
  }

  type(value: string, whole: boolean): void {
    this.#typed = whole ? cleanAddress(value) : value
    if (this.error) this.error = this.#judge()
    this.#page.requestUpdate()
  }

  /** Sends to the recipient on the screen, or to the one given. True when the server accepted it. */
  async send(to?: string): Promise<boolean> {
    const { journey } = this.#parts
    if (to !== undefined) this.#typed = cleanAddress(to)
    else if (this.#typed !== undefined) this.#typed = cleanAddress(this.#typed)
    this.error = this.#judge()
    this.#page.requestUpdate()
    const { gateway } = journey
    if (this.error || !gateway || journey.busy) { if (this.error) this.#page.focusOn('#t-to'); return false }
    const recipient = this.to
    const verdict = await journey.run({ gatewayId: gateway.id, until: 'delivery', to: recipient },
      { gatewayId: gateway.id, draft: false, saves: false, until: 'delivery', to: recipient }, () => void this.send())
    const sent = this.#accepted
    if (sent && !this.#sent.some(({ at }) => at === sent.at)) this.#sent = [sent, ...this.#sent]
    this.#refused()
    this.#page.requestUpdate()
    return verdict === 'passed'
  }

  confirm(arrived: boolean): void {
    const { current } = this.sent
    if (current) this.#sent = [{ ...current, arrived }, ...this.#sent.filter(({ at }) => at !== current.at)]
    this.#page.focusOn(arrived ? '[part~=verdict] [tabindex]' : '[part~=finding] [tabindex]')
  }

  // The server's words about the recipient belong beside the recipient.
  #refused(): void {
    const { journey, checks } = this.#parts
    const about = checks.failure?.problem.errors?.find(({ pointer }) => pointer === '/to')
    if (!about) return
    this.error = about.detail
    journey.loose = []
    this.#page.focusOn('#t-to')
  }

  #judge(): string | undefined {
    const { t } = this.#parts.words()
    if (!this.to) return t.toRequired
    if (!/^[^\s@,;<>()"]+@[^\s@,;<>()"]+$/.test(this.to)) return t.toFormat
    const domain = this.to.split('@')[1]!.toLowerCase()
    return this.domains.length && !this.domains.some((each) => each.toLowerCase() === domain) ? t.toDomain(this.domains.join(', ')) : undefined
  }
}
