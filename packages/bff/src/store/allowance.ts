import type { TestAllowance } from '../ports/store.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** Times of a tenant's latest test emails, oldest first, in ms since 1970. */
export type Times = readonly number[]

/**
 * Judges one more test email at `now` against the last minute and the last day.
 * @returns seconds to wait, or 0 and the times to remember
 */
export const spend = (times: Times, now: number, { perMinute, perDay }: TestAllowance): { readonly wait: number; readonly times: Times } => {
  // A clock set back must not lock anybody out: nothing counts as later than now.
  const counted = times.map((time) => Math.min(time, now)).filter((time) => time > now - day)
  const wait = Math.max(waitFor(counted, now, minute, perMinute), waitFor(counted, now, day, perDay))
  return wait ? { wait, times: counted } : { wait: 0, times: [...counted, now] }
}

const waitFor = (times: Times, now: number, window: number, limit: number): number => {
  const within = times.filter((time) => time > now - window)
  if (within.length < limit) return 0
  // The call that makes room is the one that leaves `limit - 1` behind it.
  const leaving = within[within.length - limit]!
  return Math.ceil((leaving + window - now) / 1000)
}
