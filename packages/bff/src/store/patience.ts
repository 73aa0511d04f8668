import { StoreSilent } from '../ports/store.ts'
import type { Store } from '../ports/store.ts'

/** Milliseconds one call to the store may take: more than any store of ours waits for a lock. */
const patienceMs = 5_000

/** A store is waited for in one way, whoever works over it: what is kept by store stays one. */
const known = new WeakMap<Store, Store>()

/**
 * The same store, whose every call comes to an end: one that has not settled in time throws `StoreSilent`, and what it does
 * later is heard by nobody. What no caller waits for, `sweep` and `close`, takes the time it takes.
 */
export const patient = (store: Store): Store => {
  const waiting = known.get(store) ?? new Proxy(store, {
    get: (_, name: keyof Store) => (...values: never[]) => {
      const work = (store[name] as (...values: never[]) => Promise<unknown>)(...values)
      return name === 'sweep' || name === 'close' ? work : inTime(work)
    },
  })
  known.set(store, waiting)
  return waiting
}

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new StoreSilent()), patienceMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
