// Compares two pages of proofs: words must be the same, counts nearly, times and sizes within noise.

const number = /\d[\d,]*(?:\.\d+)?/g
/** Parts by which a measured time, rate or size may differ between two runs on a machine that does other things as well. */
const noise = 0.35
/** Below this many, a difference is one of the scale. */
const grain = 3

const close = (one, other) => {
  const [a, b] = [one, other].map((text) => Number(text.replaceAll(',', '')))
  return Math.abs(a - b) <= Math.max(grain, noise * Math.max(Math.abs(a), Math.abs(b)))
}

/** Ids and limits are not measured: `T07`, `20 s at most`. Only the column of measured values and counts of tests may move. */
const same = (one, other) => {
  if (one === other) return true
  if (one.replace(number, '#') !== other.replace(number, '#')) return false
  const [a, b] = [one, other].map((line) => line.match(number) ?? [])
  return a.every((value, at) => close(value, b[at]))
}

/** @returns a line for each place where the pages say something else */
export const differences = (before, now) => {
  const [a, b] = [before, now].map((text) => text.trim().split('\n'))
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => [a[at] ?? '', b[at] ?? ''])
    .filter(([one, other]) => !same(one, other)).flatMap(([one, other]) => [`- ${one}`, `+ ${other}`])
}
