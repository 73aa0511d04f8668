import type { LogEvent } from '../ports/ports.ts'
import { createScrubber } from './scrub.ts'
import type { Scrubber } from './scrub.ts'

/** Knows every secret that is in clear in this process at the moment, so that no log line carries one (threats T09, T10). */
export interface Discretion {
  /** From now on these values are masked, for one piece of work, which may learn more of them on its way. */
  confide(secrets: readonly string[]): Confidence
  /** A log event as it may be written. */
  veil(event: LogEvent): LogEvent
}

/** What one piece of work keeps to itself: `scrubber` cleans what it says, the log is clean until the release. */
export interface Confidence {
  readonly scrubber: Scrubber
  release(): void
}

export const createDiscretion = (): Discretion => {
  const held = new Map<symbol, Scrubber>()
  const clean = (text: string): string => [...held.values()].reduce((rest, scrubber) => scrubber.foreign(rest), text)
  return {
    confide(secrets) {
      const [key, scrubber] = [Symbol('secrets'), createScrubber(secrets)]
      held.set(key, scrubber)
      return { scrubber, release: () => void held.delete(key) }
    },
    veil: ({ fields, ...event }) => ({ ...event, ...(fields && { fields: cleanFields(fields, clean) }) }),
  }
}

// Only what is declared to be there is copied: an error object among the fields would carry its own secrets (threat T11).
const cleanFields = (fields: NonNullable<LogEvent['fields']>, clean: (text: string) => string): NonNullable<LogEvent['fields']> =>
  Object.fromEntries(Object.entries(fields)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => [name, typeof value === 'string' ? clean(value).slice(0, 2_000) : value]))

/** What may be logged about something thrown: scalar facts, copied one by one; never the object itself (threat T11). */
export const factsOf = (error: unknown): Record<string, string> => {
  if (!(error instanceof Error)) return { error: typeof error }
  const code: unknown = (error as { code?: unknown }).code
  return {
    error: error.name,
    ...(typeof code === 'string' && { code }),
    message: error.message.slice(0, 500),
    at: (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 4).map((line) => line.trim()).join(' < '),
  }
}
