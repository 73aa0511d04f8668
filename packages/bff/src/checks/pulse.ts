/** Milliseconds between two signs of life. */
const beat = 1_000

/**
 * Waits for what another request will settle. Cloudflare's runtime takes a request that waits for nothing of its own for
 * hung, and ends it (developers.cloudflare.com/workers/observability/errors, error 1101); a timer of its own keeps it.
 */
export const withPulse = async <T>(work: Promise<T>): Promise<T> => {
  const timer = setInterval(() => {}, beat)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
