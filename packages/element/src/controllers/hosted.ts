import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** A controller that is told when its host comes and goes, and has it drawn anew. */
export abstract class Hosted implements ReactiveController {
  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected?(): void
  protected redraw(): void { this.#host.requestUpdate() }
}
