import type { Capabilities, CheckStatus, Draft, GatewayStatus, GatewayView, Problem, Verdict } from '@mail-gateway/contract'

/** Screens of the element. */
export type View = 'list' | 'edit' | 'test'

const event = <T>(type: string, cancelable = false) => class extends Event {
  readonly detail: T
  constructor(detail: T) {
    super(type, { bubbles: true, composed: true, cancelable })
    this.detail = detail
  }
}

/** Loaded and usable. */
export class ReadyEvent extends event<{ readonly apiVersion: string; readonly capabilities: Capabilities; readonly count: number }>('mgs-ready') {}

/** The user goes to another screen. Cancel it and set `view` and `gateway-id` to route in the host. */
export class NavigateEvent extends event<{ readonly view: View; readonly gatewayId: string | undefined }>('mgs-navigate', true) {}

/** The user chooses another way of sending. Cancelable. */
export class ModeChangeEvent extends event<{ readonly mode: string; readonly previous: string }>('mgs-mode-change', true) {}

/** The user changed a field. Carries its name, never a value. */
export class ChangeEvent extends event<{ readonly field: string; readonly mode: string; readonly dirty: boolean }>('mgs-change') {}

/** About to save. Cancelable; the draft has no secrets. */
export class BeforeSaveEvent extends event<{ readonly draft: Omit<Draft, 'secrets'> }>('mgs-before-save', true) {}

/** Saved. */
export class SaveEvent extends event<{ readonly gateway: GatewayView }>('mgs-save') {}

/** About to ask whether to delete. Cancelable. */
export class BeforeDeleteEvent extends event<{ readonly gatewayId: string }>('mgs-before-delete', true) {}

/** Deleted. */
export class DeleteEvent extends event<{ readonly gatewayId: string }>('mgs-delete') {}

/** A run has its plan. */
export class CheckStartEvent extends event<{ readonly runId: string; readonly mode: string }>('mgs-check-start') {}

/** One row has ended. */
export class CheckRowEvent extends event<{ readonly runId: string; readonly id: string; readonly status: CheckStatus; readonly code: string | undefined; readonly ms: number }>('mgs-check') {}

/** A run has ended. `counts`: rows by status. */
export class CheckEndEvent extends event<{ readonly runId: string; readonly verdict: Verdict; readonly counts: Readonly<Record<CheckStatus, number>>; readonly ms: number }>('mgs-check-end') {}

/** What is known about the gateway on the screen has changed. */
export class StatusChangeEvent extends event<{ readonly status: GatewayStatus; readonly previous: GatewayStatus | undefined }>('mgs-status-change') {}

/** A request failed. The element shows it itself; RFC 9457 details. */
export class ErrorEvent extends event<{ readonly problem: Problem }>('mgs-error') {}

/** Every event of the element by its name. */
export interface MailGatewayEventMap {
  'mgs-ready': ReadyEvent
  'mgs-navigate': NavigateEvent
  'mgs-mode-change': ModeChangeEvent
  'mgs-change': ChangeEvent
  'mgs-before-save': BeforeSaveEvent
  'mgs-save': SaveEvent
  'mgs-before-delete': BeforeDeleteEvent
  'mgs-delete': DeleteEvent
  'mgs-check-start': CheckStartEvent
  'mgs-check': CheckRowEvent
  'mgs-check-end': CheckEndEvent
  'mgs-status-change': StatusChangeEvent
  'mgs-error': ErrorEvent
}

declare global {
  interface HTMLElementEventMap extends MailGatewayEventMap {}
}
