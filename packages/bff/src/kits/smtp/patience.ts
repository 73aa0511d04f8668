/** Milliseconds each part of a check may take; bytes that drip in extend none of them. */
export const patience = { lookup: 3_000, connect: 5_000, greeting: 5_000, handshake: 5_000, reply: 5_000, final: 10_000 } as const

/**
 * Waits for `work` until its deadline, and no longer than `signal` lasts.
 * @throws what `late()` makes when the deadline passes; the signal's reason when it is aborted
 */
export const within = async <T>(work: Promise<T>, ms: number, signal: AbortSignal, late: () => Error): Promise<T> => {
  // Whoever loses the race may still reject later; nobody listens any more.
  work.catch(() => {})
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late()), ms)
  const aborted = () => reject(signal.reason as Error)
  signal.addEventListener('abort', aborted, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', aborted)
  }
}
