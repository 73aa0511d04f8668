import type { StoredRun } from '../ports/store.ts'

/**
 * Runs kept of one tenant: a quarter of an hour of nothing but checks, one after another at their limit, and some 2 MB
 * in all. Whoever saves what was just proven, or looks at a result again, comes long before.
 */
export const mostRuns = 500

/** True for a run that says something about its configuration for good: it failed, or it passed at least the sign-in. */
export const proves = ({ view }: StoredRun): boolean =>
  view.verdict === 'failed' || (view.verdict === 'passed' && (view.until === 'identity' || view.until === 'delivery'))

/**
 * The run that counts among those of one fingerprint, newest first: the newest that proves something;
 * a passed delivery outranks later passes without one, as long as nothing failed since.
 */
export const telling = (newestFirst: readonly StoredRun[]): StoredRun | undefined => {
  const proving = newestFirst.filter(proves)
  const failure = proving.findIndex(({ view }) => view.verdict === 'failed')
  const sinceFailure = failure === -1 ? proving : proving.slice(0, failure)
  return sinceFailure.find(({ view }) => view.until === 'delivery') ?? proving[0]
}
