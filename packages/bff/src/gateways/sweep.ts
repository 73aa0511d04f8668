import { factsOf } from '../settings/discretion.ts'
import type { Deployment } from './deployment.ts'

const keepMs = 30 * 24 * 60 * 60_000
const everyMs = 60 * 60_000

/** Forgets what is over: ended tokens, and runs and test counts older than a month. */
export const sweepStore = ({ store, clock }: Pick<Deployment, 'store' | 'clock'>): Promise<void> => store.sweep(clock.now() - keepMs)

/** The same now and then, beside the work: not every runtime has a clock that rings. */
export const sweeping = (deployment: Pick<Deployment, 'store' | 'clock' | 'log'>): (() => void) => {
  const { clock, log } = deployment
  let swept = -Infinity
  return () => {
    if (clock.elapsed() - swept < everyMs) return
    swept = clock.elapsed()
    sweepStore(deployment).catch((error: unknown) => log({ level: 'warn', event: 'store.sweep-failed', fields: factsOf(error) }))
  }
}
