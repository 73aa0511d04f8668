/** Work that is under way for somebody, and may serve others who want the same. */
export interface Flights {
  /**
   * What `work` brings, or what the same work brings that somebody else began and that still goes on. A failure is
   * shared like a result. Who began it is alone in ending it: where that one leaves, one of the others begins anew.
   * @throws what the work threw, or the reason of this caller's own signal
   */
  join<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

type Outcome = { readonly value: unknown } | { readonly error: unknown } | 'left'

interface Flight {
  /** Monotonic milliseconds. */
  readonly began: number
  /** Never rejects. */
  readonly outcome: Promise<Outcome>
}

/**
 * Milliseconds after which nobody waits for others any more. A Worker's request can be taken away without a word, and
 * what it began then never ends; this leaves a run the time for one request of its own.
 */
const longestWait = 6_000

/** @param elapsed monotonic milliseconds */
export const createFlights = (elapsed: () => number): Flights => {
  const underWay = new Map<string, Flight>()
  const forget = (key: string, flight: Flight): void => { if (underWay.get(key) === flight) underWay.delete(key) }
  return {
    async join<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
      for (;;) {
        const others = underWay.get(key)
        const flight = others ?? { began: elapsed(), outcome: outcomeOf(work, signal) }
        underWay.set(key, flight)
        const outcome = await (others ? patiently(others, elapsed, signal) : flight.outcome)
        forget(key, flight)
        if (outcome !== 'left') {
          if ('error' in outcome) throw outcome.error
          // The key stands for the kind of work.
          return outcome.value as T
        }
        signal.throwIfAborted()
      }
    },
  }
}

const outcomeOf = async (work: () => Promise<unknown>, signal: AbortSignal): Promise<Outcome> => {
  try {
    return { value: await work() }
  } catch (error) {
    return signal.aborted ? 'left' : { error }
  }
}

/** What became of it, or `left` where nobody says so in time. */
const patiently = async ({ began, outcome }: Flight, elapsed: () => number, signal: AbortSignal): Promise<Outcome> => {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const timer = setTimeout(() => resolve('left'), Math.max(0, began + longestWait - elapsed()))
  const aborted = () => reject(signal.reason as Error)
  signal.addEventListener('abort', aborted, { once: true })
  try {
    return await Promise.race([outcome, promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', aborted)
  }
}
