// What cases are made of, without a test runner, so that they run in any runtime.
import type { World } from './world.ts'
import { Untimely } from '../within-time.ts'

/** A record of cases by name. What an adapter cannot do is a flag the case looks at: no case is left out. */
export type Suite<S> = Readonly<Record<string, (subject: S, world: World) => Promise<void>>>

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value)

export const same = (actual: unknown, expected: unknown, what = 'value'): void => {
  if (shown(actual) !== shown(expected)) throw new Error(`${what}: expected ${shown(expected)}, got ${shown(actual)}`)
}

export const holds: (condition: unknown, what: string) => asserts condition = (condition, what) => {
  if (!condition) throw new Error(`it does not hold: ${what}`)
}

export const matches = (text: string, pattern: RegExp, what = 'text'): void => holds(pattern.test(text), `${what} matches ${pattern}: ${shown(text)}`)

/** What a runtime's error says of itself. */
export interface Failure {
  readonly error: unknown
  readonly code: string | undefined
  readonly syscall: string | undefined
}

/** How it failed; that it does not, or not in time, is what fails the case. */
export const fails = async (attempt: Promise<unknown>, what: string, ms = 5_000): Promise<Failure> => {
  const outcome = await within(attempt.then((value) => ({ value }), (error: unknown) => ({ error })), what, ms)
  if (!('error' in outcome)) throw new Error(`it did not fail: ${what}`)
  const { code, syscall } = outcome.error as { code?: string; syscall?: string }
  return { error: outcome.error, code, syscall }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

export const within = async <T>(work: Promise<T>, what: string, ms = 5_000): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Untimely(`it took longer than ${ms} ms: ${what}`)), ms) })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether it is so by then: for work that must stand still. */
export const settles = async (work: Promise<unknown>, ms: number): Promise<boolean> =>
  Promise.race([work.then(() => true, () => true), pause(ms).then(() => false)])

/** Asks until it is so. */
export const eventually = async <T>(look: () => Promise<T>, is: (value: T) => boolean, what: string, ms = 4_000): Promise<T> => {
  for (let left = ms; ; left -= 40) {
    const value = await look()
    if (is(value)) return value
    if (left <= 0) throw new Untimely(`within ${ms} ms it did not come about: ${what}; last seen: ${shown(value).slice(0, 400)}`)
    await pause(40)
  }
}

/** Runs one case, and asks the servers afterwards whether everybody has left them. */
export const runCase = async <S>(suite: Suite<S>, name: string, subject: S, world: World): Promise<void> => {
  await suite[name]!(subject, world)
  await nothingLeft(world)
}

/** @throws Error with the connections that are still open */
export const nothingLeft = async (world: Pick<World, 'left'>): Promise<void> => same(await world.left(), [], 'connections left open')
