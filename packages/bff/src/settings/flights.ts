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

/** `alive` grows as long as somebody is at it: a Worker's request can be taken away without a word, and what it began then never ends. */
interface Flight {
  alive: number
  /** Never rejects. */
  readonly outcome: Promise<Outcome>
}

/** Milliseconds between two signs of life, and between two looks for them. */
const beat = 500
const look = 1_000
/** Looks without a sign after which nobody waits any more. Counted, not timed: a busy machine holds both sides up. */
const patience = 3

export const createFlights = (): Flights => {
  const underWay = new Map<string, Flight>()
  return {
    async join<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
      for (;;) {
        signal.throwIfAborted()
        const others = underWay.get(key)
        const flight = others ?? begin(work, signal)
        underWay.set(key, flight)
        const outcome = await (others ? awaited(others, signal) : flight.outcome)
        if (underWay.get(key) === flight) underWay.delete(key)
        if (outcome === 'left') continue
        if ('error' in outcome) throw outcome.error
        // The key stands for the kind of work.
        return outcome.value as T
      }
    },
  }
}

const begin = (work: () => Promise<unknown>, signal: AbortSignal): Flight => {
  const flight: Flight = { alive: 0, outcome: outcomeOf(work, signal, () => { flight.alive += 1 }) }
  return flight
}

const outcomeOf = async (work: () => Promise<unknown>, signal: AbortSignal, sign: () => void): Promise<Outcome> => {
  // Work that hears no signal is given up with whoever began it.
  const signs = setInterval(() => { if (signal.aborted) clearInterval(signs); else sign() }, beat)
  try {
    return { value: await work() }
  } catch (error) {
    return signal.aborted ? 'left' : { error }
  } finally {
    clearInterval(signs)
  }
}

/** What became of it, or `left` where nobody is at it any more. */
const awaited = async (flight: Flight, signal: AbortSignal): Promise<Outcome> => {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  let [seen, missed] = [flight.alive, 0]
  const looks = setInterval(() => {
    missed = flight.alive === seen ? missed + 1 : 0
    seen = flight.alive
    if (missed === patience) resolve('left')
  }, look)
  const aborted = () => reject(signal.reason as Error)
  signal.addEventListener('abort', aborted, { once: true })
  try {
    return await Promise.race([flight.outcome, promise])
  } finally {
    clearInterval(looks)
    signal.removeEventListener('abort', aborted)
  }
}
