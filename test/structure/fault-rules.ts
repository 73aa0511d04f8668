// What must hold of the table of faults: complete, bounded as promised, every row told by a code of its own that exists.
import type { FaultRow } from '../faults/table.ts'

export interface Sharing {
  readonly code: string
  readonly ids: readonly string[]
  readonly why: string
}

export interface FaultTable {
  readonly faults: readonly FaultRow[]
  /** Rows whose answer is that all is well. */
  readonly passing: readonly string[]
  readonly sharings: readonly Sharing[]
}

/** Seconds promised for F01 to F108 in their order; `-` where none are. */
const promised = `3 3 1 2 5 10 0.2 2 5 2 2 5 5 5 2 2 2 5 2 5 20 5 5 5 5 5 5 5 5 5 5 5 5 5 20 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 10 10 2 2
  6 6 8 11 11 6 6 6 6 6 6 14 14 8 8 8 14 14 8 8 3 2 5 5 1 2 1 - 2 2 2 10 2 10 - 2 20 1 600 2 2 2 - - - 6 20 14 20 6 20 25 30`.split(/\s+/)

const idOf = (n: number): string => `F${String(n + 1).padStart(2, '0')}`
const boundOf = (text: string): number | null => (text === '-' ? null : Number(text))

const ofNumbers = ({ faults }: FaultTable): string[] => [
  ...promised.map((_, n) => idOf(n)).filter((id) => !faults.some((row) => row.id === id)).map((id) => `${id} is missing`),
  ...faults.filter(({ id }, n) => faults.findIndex((row) => row.id === id) !== n).map(({ id }) => `${id} stands there twice`),
  ...faults.filter(({ id }) => !promised.some((_, n) => idOf(n) === id)).map(({ id }) => `${id} is no fault of the matrix`),
  ...faults.flatMap(({ id, bound }) => { const at = promised.findIndex((_, n) => idOf(n) === id); return at >= 0 && boundOf(promised[at]!) !== bound ? [`${id} has another bound than promised`] : [] }),
]

const ofRuntimes = ({ faults }: FaultTable): string[] => [
  ...faults.filter(({ on, absent }) => on.length === 0 && !absent).map(({ id }) => `${id} is tried nowhere and does not say why`),
  ...faults.filter(({ on }) => new Set(on).size !== on.length).map(({ id }) => `${id} names a runtime twice`),
]

const ofCodes = ({ faults, passing }: FaultTable, sources: string): string[] => [
  ...faults.filter(({ id, codes, absent, on }) => codes.length === 0 && !passing.includes(id) && !(on.length === 0 && absent)).map(({ id }) => `${id} has no code`),
  ...faults.filter(({ id, codes }) => codes.length > 0 && passing.includes(id)).map(({ id }) => `${id} passes and has a code`),
  ...faults.flatMap(({ id, codes }) => codes.filter((code) => !sources.includes(`'${code}'`)).map((code) => `${id} is told by ${code}, which the product does not know`)),
  ...faults.filter(({ codes }) => new Set(codes).size !== codes.length).map(({ id }) => `${id} names a code twice`),
]

/** Two rows may be told by one first code only where the list of sharings says why. */
const ofSharing = ({ faults, sharings }: FaultTable): string[] => {
  const first = Map.groupBy(faults.filter(({ codes }) => codes.length > 0), ({ codes }) => codes[0]!)
  const shared = [...first].filter(([, rows]) => rows.length > 1).map(([code, rows]) => ({ code, ids: rows.map(({ id }) => id).join(' ') }))
  const listed = sharings.map(({ code, ids }) => ({ code, ids: ids.join(' ') }))
  const isIn = (all: typeof shared, one: { code: string; ids: string }) => all.some(({ code, ids }) => code === one.code && ids === one.ids)
  return [
    ...shared.filter((one) => !isIn(listed, one)).map(({ code, ids }) => `${ids} share ${code}, and nobody says why`),
    ...listed.filter((one) => !isIn(shared, one)).map(({ code, ids }) => `${ids} are said to share ${code}, and do not`),
    ...sharings.filter(({ why }) => why.length < 20).map(({ code }) => `the sharing of ${code} has no reason`),
  ]
}

/** @param sources everything the product is made of, as one text */
export const problemsIn = (table: FaultTable, sources: string): string[] =>
  [...ofNumbers(table), ...ofRuntimes(table), ...ofCodes(table, sources), ...ofSharing(table)]
