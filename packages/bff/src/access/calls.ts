import { Refusal } from '../findings/problem.ts'

/** Calls under way: they are waited for before what they work on is closed. */
export interface Calls {
  /** @throws Refusal `service.closed` once no more are taken */
  take<T>(work: () => Promise<T>): Promise<T>
  /** Takes no more, and waits until every one has its answer. */
  close(): Promise<unknown>
}

export const createCalls = (): Calls => {
  const underWay = new Set<Promise<unknown>>()
  let closed = false
  return {
    async take(work) {
      if (closed) throw new Refusal('service.closed', { retryAfter: 10 })
      const one = work()
      underWay.add(one)
      return one.finally(() => underWay.delete(one))
    },
    close() {
      closed = true
      return Promise.allSettled(underWay)
    },
  }
}
