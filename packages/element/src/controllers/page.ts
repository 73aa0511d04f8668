import type { Draft } from '@mail-gateway/contract'
import type { ReactiveControllerHost } from 'lit'
import type { View } from '../events.ts'

/** The element as its controllers see it: what the host page has set, and where they may put the user. */
export interface Page extends ReactiveControllerHost, HTMLElement {
  view: View
  gatewayId: string | undefined
  mode: string | undefined
  readonly modes: string | undefined
  readonly single: boolean
  readonly readonly: boolean
  readonly disabled: boolean
  readonly testRecipient: string
  readonly withoutTest: boolean
  readonly withoutLeaveWarning: boolean
  readonly withoutHeading: boolean
  readonly withoutGuide: boolean
  readonly defaults: Partial<Draft> | undefined
  /** Moves the focus once the next picture is drawn: to the first match in the shadow root. */
  focusOn(selector: string): void
}
