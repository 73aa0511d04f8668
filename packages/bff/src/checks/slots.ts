import { Refusal } from '../findings/problem.ts'
import { withPulse } from './pulse.ts'

/** A few places to work in and a short queue before them (threat T55): one tenant, with half of the places at most, does not starve the rest. */
export interface Slots {
  /**
   * Takes a place in the queue at once.
   * @throws Refusal `check.queue-full`
   */
  queue(tenant: string): Ticket
}

export interface Ticket {
  /** Resolves when it is this one's turn; rejects when `signal` aborts first. */
  turn(signal: AbortSignal): Promise<void>
  /** Leaves the queue or frees the slot. Safe to call twice. */
  leave(): void
}

interface Waiting {
  readonly tenant: string
  grant(): void
}

export const createSlots = (atOnce = 20, inQueue = 50): Slots => {
  const working = new Set<Waiting>()
  const waiting = new Set<Waiting>()
  const admit = () => {
    for (const one of waiting) {
      if (working.size >= atOnce) return
      if ([...working].filter(({ tenant }) => tenant === one.tenant).length >= atOnce / 2) continue
      waiting.delete(one)
      working.add(one)
      one.grant()
    }
  }
  return {
    queue(tenant) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const one: Waiting = { tenant, grant: resolve }
      const leave = () => {
        waiting.delete(one)
        working.delete(one)
        admit()
      }
      waiting.add(one)
      admit()
      if (waiting.size > inQueue) {
        leave()
        throw new Refusal('check.queue-full', { retryAfter: 5 })
      }
      return { turn: (signal) => withPulse(abortable(promise, signal)), leave }
    },
  }
}

const abortable = (promise: Promise<void>, signal: AbortSignal): Promise<void> => new Promise((resolve, reject) => {
  const abort = () => reject(signal.reason as Error)
  if (signal.aborted) return abort()
  signal.addEventListener('abort', abort, { once: true })
  void promise.then(() => {
    signal.removeEventListener('abort', abort)
    resolve()
  })
})
