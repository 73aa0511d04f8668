import { median } from '../statistics.ts'

/** One reading of an amount that should stay: milliseconds since the beginning, and the amount. */
export interface Sample {
  readonly at: number
  readonly value: number
}

/** The run in ten parts of the same length; the first is warm-up. */
const parts = 10

/** The middle of each part's samples. A part without samples has none. */
export const medians = (samples: readonly Sample[], ms: number): readonly number[] =>
  Array.from({ length: parts }, (_, part) => samples.filter(({ at }) => Math.min(parts - 1, Math.floor((at * parts) / ms)) === part).map(({ value }) => value))
    .filter((values) => values.length > 0).map(median)

/**
 * How far an amount moves once it is warm: the highest less the lowest of the parts' medians, the first part left out.
 * A slow leak and a slow recovery count alike; one spike between two samples does not.
 */
export const reach = (samples: readonly Sample[], ms: number): number => {
  const warm = medians(samples, ms).slice(1)
  return Math.max(...warm) - Math.min(...warm)
}
