import { StoreSilent } from '../ports/store.ts'
import type { Store } from '../ports/store.ts'

/** Milliseconds one call to the store may take, more than any store of ours waits for a lock; and the last calls before an end. */
const patienceMs = 5_000

/** A store is waited for in one way, whoever works over it: what is kept by store stays one. */
const known = new WeakMap<Store, Store>()

/**
 * The same store, whose every call comes to an end: one that has not settled in time throws `StoreSilent`, and what it does
 * later is heard by nobody. What no caller waits for, `sweep` and `close`, takes the time it takes.
 */
export const patient = (store: Store): Store => {
  const waiting = known.get(store) ?? through(store, (work, name) => (name === 'sweep' || name === 'close' ? work() : inTime(work())))
  known.set(store, waiting)
  return waiting
}

/** The same, each of whose calls goes by way of `pass`. What it does not have it does not seem to have: not a `then` above all. */
export const through = <T extends object>(one: T, pass: (work: () => Promise<unknown>, name: keyof T) => Promise<unknown>): T => new Proxy(one, {
  get: (_, name) => one[name as keyof T] && ((...values: never[]) => pass(() => (one[name as keyof T] as (...values: never[]) => Promise<unknown>)(...values), name as keyof T)),
})

/** @throws StoreSilent where it is not */
export const inTime = async <T>(work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new StoreSilent()), patienceMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
