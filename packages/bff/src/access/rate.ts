/** Counts calls per key over the last `ms` milliseconds, in this process. */
export interface Rate {
  /** @returns seconds to wait when the limit is reached, otherwise 0 and the call is counted. */
  take(key: string): number
}

/** A sliding window; `elapsed` is a clock that only grows. */
export const createRate = (limit: number, ms: number, elapsed: () => number): Rate => {
  const calls = new Map<string, number[]>()
  let swept = elapsed()

  // Keys that fell silent are dropped once per window, so that memory follows the callers and not their history.
  const sweep = (now: number) => {
    if (now - swept < ms) return
    swept = now
    for (const [key, times] of calls) if ((times.at(-1) ?? 0) <= now - ms) calls.delete(key)
  }
  return {
    take(key) {
      const now = elapsed()
      sweep(now)
      const recent = (calls.get(key) ?? []).filter((time) => time > now - ms)
      calls.set(key, recent)
      if (recent.length >= limit) return Math.max(1, Math.ceil((recent[0]! + ms - now) / 1000))
      recent.push(now)
      return 0
    },
  }
}
