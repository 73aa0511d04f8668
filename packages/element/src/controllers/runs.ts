import type { CheckRequest, GatewayStatus, GatewayView, Stage, Verdict } from '@mail-gateway/contract'
import { asFailure } from '../client/failure.ts'
import { ErrorEvent, StatusChangeEvent } from '../events.ts'
import { Refusals } from './refusals.ts'

/** Runs of checks, of what is typed and of what is stored, and what follows from them. */
export abstract class Runs extends Refusals {
  protected saving = false
  // What the run on the screen was about, where it was about what is typed.
  #checked = ''

  get busy(): boolean { return this.saving || this.checks.running }

  /** Nothing failed and nothing broke off. */
  get #good(): boolean { return this.checks.verdict === 'passed' || this.checks.undecided }

  /** What is typed went through the run on the screen. */
  protected get proven(): boolean { return this.#good && this.#checked === this.draft.stamp }

  /** A run passed, but what was typed has changed since. */
  get overtaken(): boolean { return this.#good && this.#checked !== '' && this.#checked !== this.draft.stamp }

  /** Cleans and judges what was typed; a problem takes the focus. */
  report(): boolean {
    this.loose = []
    this.notice = undefined
    const good = this.draft.validate(this.t())
    if (!good) this.page.focusOn('[part~=summary]')
    return good
  }

  /** Checks what is typed. Nothing is stored. */
  async check(saves = false): Promise<Verdict | undefined> {
    if (this.busy || !this.report()) return undefined
    const least = this.gateways.meta!.policy.saveRequires
    const until: Stage = saves && least === 'delivery' ? least : 'identity'
    const { gateway, stamp } = this.draft
    const { mode, settings, secrets } = this.draft.draft()
    const verdict = await this.run({ ...(gateway && { gatewayId: gateway.id }), mode, settings, ...(secrets && { secrets }), until },
      () => saves ? this.checkAndSave() : this.check(), saves, stamp)
    this.page.requestUpdate()
    return this.overtaken ? undefined : verdict
  }

  /** Runs a request of checks, and shows what came of it or why it did not run. */
  async run(request: CheckRequest, again: () => unknown, saves = false, stamp = ''): Promise<Verdict | undefined> {
    this.notice = undefined
    this.#checked = stamp
    const verdict = await this.checks.run(request, saves)
    const { failure, rows } = this.checks
    this.memory().keep({ run: undefined })
    // Somebody else tests this very gateway: their test is as good.
    if (failure?.problem.runId) return this.#follow(failure.problem.runId, request.gatewayId!)
    if (failure) this.refused(failure, again)
    if (stamp) this.draft.refuse(rows.flatMap(({ finding }) => finding?.errors ?? []))
    else if (verdict) await this.#refresh(request.gatewayId!)
    return verdict
  }

  async #follow(runId: string, gatewayId: string): Promise<Verdict | undefined> {
    const verdict = await this.checks.resume(runId, { gatewayId })
    if (this.checks.failure) this.refused(this.checks.failure)
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
    await this.checks.resume(runId!, { gatewayId: id })
    if (this.checks.failure) this.refused(this.checks.failure)
  }

  /** Takes up a run that a reload interrupted, with what was typed for it. */
  async pickUp(): Promise<void> {
    const memory = this.memory()
    const { run } = memory.kept
    const here = this.page
    // A host that routes has said where to be: that screen is not left for an old run.
    if (!run || this.busy || (here.gatewayId !== undefined && (here.gatewayId !== (run.gatewayId ?? 'new') || here.view !== run.view))) return
    const { runId, view, gatewayId, until, to, draft } = run
    memory.keep({ run: undefined })
    this.arrive(view, view === 'list' ? undefined : gatewayId ?? 'new')
    this.sync()
    if (draft) this.draft.fill(draft)
    await this.checks.resume(runId, { gatewayId, draft: Boolean(draft), until, to })
    if (gatewayId !== undefined) await this.#refresh(gatewayId)
  }

  async #refresh(id: string): Promise<void> {
    const { draft, gateways } = this
    const before = gateways.gateways.find((each) => each.id === id)
    try {
      const gateway = gateways.put(await this.client.gateway(id))
      if (draft.gateway?.revision === gateway.revision && draft.gateway.id === id) draft.gateway = gateway
      this.tell(gateway, before?.status)
    } catch (error) { this.page.dispatchEvent(new ErrorEvent({ problem: asFailure(error).problem })) }
  }

  protected tell({ status }: GatewayView, previous: GatewayStatus | undefined): void {
    if (status.state !== previous?.state) this.page.dispatchEvent(new StatusChangeEvent({ status, previous }))
  }
}
