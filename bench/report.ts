import { median } from './statistics.ts'

/** A measured amount with its spread. */
export interface Amount {
  readonly value: number
  readonly low?: number
  readonly high?: number
}

/** One line of the table: the same thing measured on both sides. */
export interface Row {
  readonly what: string
  readonly unit: string
  readonly ours: Amount
  readonly peer?: Amount
  /** Ours by the peer's, where that says something. */
  readonly ratio?: number
  /** What the line must keep to; a line that does not fails the run. */
  readonly bound?: { readonly text: string; readonly kept: boolean }
}

export interface Result {
  readonly title: string
  readonly peer: string
  readonly rows: readonly Row[]
  /** How it was measured, what to bear in mind, and where to look. */
  readonly notes: readonly string[]
}

/** The middle of several samples and how far they reach. */
export const spread = (samples: readonly number[]): Amount => ({ value: median(samples), low: Math.min(...samples), high: Math.max(...samples) })

const number = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2 })

const amount = (one: Amount | undefined): string => {
  if (!one) return ''
  const reach = one.low === undefined || one.high === undefined || one.low === one.high ? '' : ` (${number(one.low)}–${number(one.high)})`
  return `${number(one.value)}${reach}`
}

const bound = ({ bound: limit }: Row): string => (limit ? `${limit.text}${limit.kept ? '' : '  ABOVE'}` : '')

/** All figures as one table, every section with its peer. */
export const table = (results: readonly Result[]): string => {
  const cells = (row: Row) => [`  ${row.what}`, amount(row.ours), amount(row.peer), row.ratio === undefined ? '' : row.ratio.toFixed(2), row.unit, bound(row)]
  const head = ['', 'ours', 'peer', 'ours/peer', 'unit', 'limit']
  const all = [head, ...results.flatMap(({ rows }) => rows.map(cells))]
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]!.length)))
  const line = (texts: readonly string[]) => texts.map((text, column) => text.padEnd(widths[column]!)).join('  ').trimEnd()
  return [line(head), ...results.flatMap(({ title, peer, rows }) => ['', `${title}  [peer: ${peer}]`, ...rows.map((row) => line(cells(row)))])].join('\n')
}

export const kept = (results: readonly Result[]): boolean => results.every(({ rows }) => rows.every((row) => row.bound?.kept !== false))
