import { Hosted } from './hosted.ts'

/** At most one announcement in this time; a final one is read at once. */
const pace = 2000

/** What the status region says. It exists empty from the start, and never talks faster than one can listen. */
export class Announcer extends Hosted {
  text = ''
  #last = -pace
  #timer: ReturnType<typeof setTimeout> | undefined

  override hostDisconnected(): void { clearTimeout(this.#timer); this.text = '' }

  /** Progress: the newest wins when several come within the pace. */
  say(text: string): void {
    clearTimeout(this.#timer)
    const wait = this.#last + pace - performance.now()
    if (wait <= 0) this.#speak(text)
    else this.#timer = setTimeout(() => this.#speak(text), wait)
  }

  /** A verdict or the answer to an action: at once. */
  now(text: string): void { clearTimeout(this.#timer); this.#speak(text) }

  #speak(text: string): void { this.text = text; this.#last = performance.now(); this.redraw() }
}
