/**
 * A bound of time that was not kept, or something waited for that did not come about. Whatever else runs on the machine
 * can be the reason, so the runner tries a file that fails by nothing else once more, by itself, and says so.
 */
export class Untimely extends Error {
  override readonly name = 'Untimely'
}

/** Timers may fire a little before their time, and clocks round: a wait is held to nineteen twentieths. */
const early = 0.95

/** Milliseconds from `began`, which is of `performance.now()`. */
export const since = (began: number): number => performance.now() - began

/** Holds milliseconds that something took against its bounds. @throws Untimely */
export const withinTime = (ms: number, { from = 0, to }: { readonly from?: number; readonly to: number }, what = ''): void => {
  if (!(ms >= from * early && ms <= to)) throw new Untimely(`${what}${what && ': '}${Math.round(ms)} ms, expected ${from} to ${to}`)
}
