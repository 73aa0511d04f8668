import type { Evidence, RunRow, RunView } from '@mail-gateway/contract'
import type { Store, StoredRun, StoredStatus } from '../ports/store.ts'

/** What was done to the settings, and when. */
interface Change {
  readonly tenant: string
  /** Of the settings as they are now, the current key's first. */
  readonly fingerprints: readonly string[]
  /** Whether they may be compared with what is known: without, nothing counts as proven. */
  readonly comparable: boolean
  readonly previous: StoredStatus | undefined
  readonly at: string
  readonly by: string
}

/** The state after a save: what the newest telling run on exactly these settings and secrets proved, otherwise what is known of the past. */
export const statusAfterSave = async (store: Store, { tenant, fingerprints, comparable, previous, at, by }: Change): Promise<StoredStatus> => {
  const [fingerprint] = fingerprints
  const known = comparable ? fingerprints : []
  if (previous?.fingerprint && known.includes(previous.fingerprint)) return { ...previous, fingerprint: fingerprint! }
  const run = await firstFound(known, (one) => store.findRun(tenant, one))
  if (run) return { ...proven(run), fingerprint: fingerprint! }
  const wasProven = previous !== undefined && ['verified', 'checked', 'changed'].includes(previous.state)
  return { state: wasProven ? 'changed' : 'unverified', since: at, by, fingerprint: fingerprint! }
}

const firstFound = async (fingerprints: readonly string[], find: (one: string) => Promise<StoredRun | undefined>): Promise<StoredRun | undefined> => {
  for (const one of fingerprints) {
    const run = await find(one)
    if (run) return run
  }
  return undefined
}

/**
 * The state after a run on exactly the stored settings, or undefined where it changes nothing: nothing unproven counts,
 * and signing in again takes nothing away from a message that was accepted.
 */
export const statusAfterRun = (previous: StoredStatus, run: StoredRun): StoredStatus | undefined => {
  const { verdict, until } = run.view
  if (verdict === 'failed' && isAboutRecipient(run.view)) return undefined
  if (verdict === 'failed') return { ...proven(run), ...(previous.state === 'failing' && { since: previous.since }), ...fingerprintOf(previous) }
  if (verdict !== 'passed' || (until !== 'identity' && until !== 'delivery')) return undefined
  if (until === 'identity' && previous.state === 'verified') return undefined
  return { ...proven(run), ...fingerprintOf(previous) }
}

/** A mistyped test recipient says nothing against the gateway. */
const isAboutRecipient = ({ rows }: RunView): boolean => rows.some(({ id, status }) => id === 'recipient' && status === 'fail')

const fingerprintOf = ({ fingerprint }: StoredStatus) => (fingerprint === undefined ? {} : { fingerprint })

const proven = ({ by, view }: StoredRun): StoredStatus => {
  const state = view.verdict === 'failed' ? 'failing' : view.until === 'delivery' ? 'verified' : 'checked'
  const evidence = evidenceOf(view)
  return { state, since: view.endedAt ?? view.startedAt, by, runId: view.runId, ...(evidence && { evidence }) }
}

/** For the list: what failed, or what was seen last. */
const evidenceOf = ({ rows, verdict }: RunView): Evidence | undefined => {
  const failed = rows.find(({ status }) => status === 'fail')
  if (verdict === 'failed') return failed && failureOf(failed)
  return rows.findLast(({ status, evidence }) => evidence && (status === 'pass' || status === 'warn'))?.evidence
}

const failureOf = ({ id, finding }: RunRow): Evidence =>
  ({ row: id, ...(finding && { code: finding.code, title: finding.title }) })
