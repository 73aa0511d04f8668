import type { GatewayView } from '@mail-gateway/contract'
import type { Failure } from '../client/failure.ts'
import { ErrorEvent } from '../events.ts'
import { Conflict } from './conflict.ts'
import { heading, Place } from './place.ts'

/** What did not go through, and how the user goes on from there. */
export abstract class Refusals extends Place {
  abstract checkAndSave(): Promise<GatewayView | undefined>

  /** Shows a failed request where it belongs: at the fields, as a conflict, or as a notice. `here`: nobody has gone elsewhere since. */
  refused(failure: Failure, again?: () => unknown, here = true): void {
    const { page, draft, gateways, t } = this
    const { problem, problem: { status, code, gateway, errors, fields = [] } } = failure
    page.dispatchEvent(new ErrorEvent({ problem }))
    if (gateway) gateways.put(gateway)
    const list = this.view === 'list'
    // A list has no versions to choose between and no field to point at, nor has another gateway: what is stored now stands in it.
    if (list || !here) this.notice = { failure, again: gateway || !list ? undefined : again }
    else if (gateway) {
      // One that is being set up is stored already where the answer to an earlier save was lost.
      this.conflict = new Conflict(draft.gateway ?? gateway, draft.draft(), gateway, gateways.modes, t())
      page.focusOn('[part~=callout]')
    } else if (code === 'secret.destination-changed' || (status === 422 && errors?.length)) {
      if (status === 422) this.loose = draft.refuse(errors!)
      else draft.askAgain(fields, t())
      page.focusOn('[part~=summary]')
    } else this.notice = { failure, again }
    page.requestUpdate()
  }

  /** Saves the lines chosen in a conflict, after a check. */
  async saveChoice(): Promise<void> {
    const { conflict } = this
    if (!conflict) return
    this.conflict = undefined
    this.draft.rebase(conflict.theirs, conflict.merged(), (name) => conflict.takes(name) === 'theirs')
    await this.checkAndSave()
  }

  takeTheirs(): void { this.reset(); this.page.focusOn(heading) }

  keepEditing(): void { this.conflict = undefined; this.page.focusOn(heading) }

  chooseLine(name: string, take: 'mine' | 'theirs'): void {
    const { conflict } = this
    conflict!.lines = conflict!.lines.map((line) => (line.name === name ? { ...line, take } : line))
    this.page.requestUpdate()
  }
}
