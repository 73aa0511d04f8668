import type { GatewayView } from '@mail-gateway/contract'
import { asFailure } from '../client/failure.ts'
import { BeforeDeleteEvent, BeforeSaveEvent, DeleteEvent, SaveEvent } from '../events.ts'
import { heading } from './place.ts'
import { Runs } from './runs.ts'

/** What is stored, or is going to be under this id. */
type Stored = Pick<GatewayView, 'id'> & Partial<GatewayView>

/** The server says that there is no such gateway. */
const isUnknown = (error: unknown): boolean => asFailure(error).code === 'gateway.unknown'

/**
 * What the user does, from opening a gateway to having it saved: every verb of the element. Here are those that change what is
 * stored; below them runs of checks, what is done about a refusal, and the place the user is at.
 */
export class Journey extends Runs {
  /** Checks what is typed, and stores it when it works, or when only a message can tell. */
  async checkAndSave(): Promise<GatewayView | undefined> {
    const verdict = this.#allowed() && await this.check(true)
    return verdict && (verdict === 'passed' || this.checks.undecided) ? this.#store() : undefined
  }

  /** Stores what is typed as it is. */
  async save(): Promise<GatewayView | undefined> { return this.#allowed() ? this.#store() : undefined }

  async makeDefault(gateway: GatewayView): Promise<void> {
    const { mode, settings, name } = gateway
    await this.#try(async () => {
      await this.#sure(gateway, () => this.client.save(gateway, { default: true, mode, settings }, !this.gateways.unchecked))
      await this.gateways.reread()
      this.announcer.now(this.t().madeDefault(name))
    }, () => this.makeDefault(gateway))
  }

  async remove(gateway: GatewayView, title: string): Promise<void> {
    const { deleteTitle, deleteText, deleteDefault, deleteIt, keepIt, deleted } = this.t()
    const { id: gatewayId } = gateway
    if (!this.page.dispatchEvent(new BeforeDeleteEvent({ gatewayId }))) return
    const text = gateway.default && this.gateways.gateways.length > 1 ? `${deleteText} ${deleteDefault}` : deleteText
    if (!await this.ask(deleteTitle(title), text, deleteIt, keepIt)) return
    await this.#try(async () => {
      await this.#sure(gateway, () => this.client.remove(gateway).catch((error: unknown) => { if (!isUnknown(error)) throw error }))
      await this.gateways.reread()
      this.announcer.now(deleted(title))
      this.page.dispatchEvent(new DeleteEvent({ gatewayId }))
      this.page.focusOn(heading)
    }, () => this.remove(gateway, title))
  }

  /** The network is back, or nearly: reads again what is stored, and sends nothing again that could change it. */
  async back(again = [500, 2000]): Promise<void> {
    const { gateways, notice, checks } = this
    const { failure, runId, purpose } = checks
    if (!gateways.loaded) return gateways.load(true)
    if (this.busy || notice?.failure.status !== 0) return
    try {
      await gateways.reread()
      if (notice.failure.code === 'client.lost') {
        const at = this.#at
        if (await this.#revision(at) === at.revision) this.notice = { ...notice, failure: notice.failure.as('client.unreachable') }
        else await notice.again?.()
      } else if (failure && runId) {
        await checks.resume(runId, purpose!)
        this.notice = checks.failure && { ...notice, failure: checks.failure }
      }
    } catch {
      // What was said of the failure still holds.
      const [wait, ...rest] = again
      if (wait) setTimeout(() => void this.back(rest), wait)
    }
    this.page.requestUpdate()
  }

  #allowed(): boolean { return !this.busy && this.report() && this.page.dispatchEvent(new BeforeSaveEvent({ draft: this.draft.memo() })) }

  async #store(): Promise<GatewayView | undefined> {
    const { page, proven } = this
    const draft = this.draft.draft()
    const at = this.#at
    const isNew = at.revision === undefined
    return this.#try(async (here) => {
      const proves = !this.gateways.unchecked
      const gateway = this.gateways.put(await this.#sure(at, () => isNew ? this.client.create(draft, at.id, proves) : this.client.save(at as GatewayView, draft, proves)))
      const memory = this.memory()
      const { ticks } = memory.kept
      if (isNew) memory.keep({ ticks: { ...ticks, [gateway.id]: ticks?.['new'] ?? [], new: [] } })
      // Whoever was led elsewhere meanwhile stays there.
      if (here()) this.#fold(gateway.id, proven)
      this.announcer.now(this.t().saved)
      page.dispatchEvent(new SaveEvent({ gateway }))
      this.tell(gateway, at.status)
      return gateway
    }, () => this.save())
  }

  /** What was typed is stored now: the form folds, and every secret leaves this page. */
  #fold(id: string, proven: boolean): void {
    const { page } = this
    this.drafted = id
    // A run about anything else would speak for settings it has not seen.
    if (!proven) this.checks.clear()
    if (page.gatewayId || !page.single) page.gatewayId = id
    this.reopen()
    this.folded = true
    page.focusOn('[part~=verdict] [tabindex]')
  }

  /**
   * Where the answer to a change is lost, what is stored tells whether it was made. Asked for again over a newer revision it
   * changes nothing, and is answered.
   */
  async #sure<T>(at: Stored, act: () => Promise<T>): Promise<T> {
    try { return await act() } catch (error) {
      const failure = asFailure(error)
      if (!failure.code.startsWith('client.')) throw failure
      if (await this.#revision(at).catch(() => { throw failure.as('client.lost') }) === at.revision) throw failure
      return act()
    }
  }

  /** What is edited, by the id it has or is going to have. */
  get #at(): Stored { return this.draft.gateway ?? { id: this.nextId } }

  /** Its revision by now; nothing where nothing is stored. */
  async #revision({ id }: Stored): Promise<number | undefined> {
    try { return (await this.client.gateway(id, AbortSignal.timeout(2000))).revision } catch (error) { if (!isUnknown(error)) throw error }
    return undefined
  }

  async #try<T>(act: (here: () => boolean) => Promise<T>, again: () => unknown): Promise<T | undefined> {
    if (this.saving) return undefined
    this.saving = true
    this.notice = undefined
    const { gatewayId } = this.page
    const here = () => gatewayId === this.page.gatewayId
    this.page.requestUpdate()
    try { return await act(here) } catch (error) { this.refused(asFailure(error), again, here()) } finally { this.saving = false; this.page.requestUpdate() }
    return undefined
  }
}
