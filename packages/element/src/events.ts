import type { Capabilities, CheckStatus, Draft, GatewayStatus, GatewayView, Problem, Verdict } from '@mail-gateway/contract'

/** Screens of the element. */
export type View = 'list' | 'edit' | 'test'

class MailGatewayEvent<T> extends Event {
  readonly detail: T
  constructor(type: string, detail: T, cancelable = false) {
    super(type, { bubbles: true, composed: true, cancelable })
    this.detail = detail
  }
}

/** Loaded and usable. */
export class ReadyEvent extends MailGatewayEvent<{ readonly apiVersion: string; readonly capabilities: Capabilities; readonly count: number }> {
  constructor(detail: ReadyEvent['detail']) { super('mgs-ready', detail) }
}

/** The user goes to another screen. Cancel it and set `view` and `gateway-id` to route in the host. */
export class NavigateEvent extends MailGatewayEvent<{ readonly view: View; readonly gatewayId: string | undefined }> {
  constructor(detail: NavigateEvent['detail']) { super('mgs-navigate', detail, true) }
}

/** The user chooses another way of sending. Cancelable. */
export class ModeChangeEvent extends MailGatewayEvent<{ readonly mode: string; readonly previous: string }> {
  constructor(detail: ModeChangeEvent['detail']) { super('mgs-mode-change', detail, true) }
}

/** The user changed a field. Carries its name, never a value. */
export class ChangeEvent extends MailGatewayEvent<{ readonly field: string; readonly mode: string; readonly dirty: boolean }> {
  constructor(detail: ChangeEvent['detail']) { super('mgs-change', detail) }
}

/** About to save. Cancelable; the draft has no secrets. */
export class BeforeSaveEvent extends MailGatewayEvent<{ readonly draft: Omit<Draft, 'secrets'> }> {
  constructor(detail: BeforeSaveEvent['detail']) { super('mgs-before-save', detail, true) }
}

/** Saved. */
export class SaveEvent extends MailGatewayEvent<{ readonly gateway: GatewayView }> {
  constructor(detail: SaveEvent['detail']) { super('mgs-save', detail) }
}

/** About to ask whether to delete. Cancelable. */
export class BeforeDeleteEvent extends MailGatewayEvent<{ readonly gatewayId: string }> {
  constructor(detail: BeforeDeleteEvent['detail']) { super('mgs-before-delete', detail, true) }
}

/** Deleted. */
export class DeleteEvent extends MailGatewayEvent<{ readonly gatewayId: string }> {
  constructor(detail: DeleteEvent['detail']) { super('mgs-delete', detail) }
}

/** A run has its plan. */
export class CheckStartEvent extends MailGatewayEvent<{ readonly runId: string; readonly mode: string }> {
  constructor(detail: CheckStartEvent['detail']) { super('mgs-check-start', detail) }
}

/** One row has ended. */
export class CheckRowEvent extends MailGatewayEvent<{ readonly runId: string; readonly id: string; readonly status: CheckStatus; readonly code: string | undefined; readonly ms: number }> {
  constructor(detail: CheckRowEvent['detail']) { super('mgs-check', detail) }
}

/** A run has ended. `counts`: rows by status. */
export class CheckEndEvent extends MailGatewayEvent<{ readonly runId: string; readonly verdict: Verdict; readonly counts: Readonly<Record<CheckStatus, number>>; readonly ms: number }> {
  constructor(detail: CheckEndEvent['detail']) { super('mgs-check-end', detail) }
}

/** What is known about the gateway on the screen has changed. */
export class StatusChangeEvent extends MailGatewayEvent<{ readonly status: GatewayStatus; readonly previous: GatewayStatus | undefined }> {
  constructor(detail: StatusChangeEvent['detail']) { super('mgs-status-change', detail) }
}

/** A request failed. The element shows it itself; RFC 9457 details. */
export class ErrorEvent extends MailGatewayEvent<{ readonly problem: Problem }> {
  constructor(detail: ErrorEvent['detail']) { super('mgs-error', detail) }
}

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
