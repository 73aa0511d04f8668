import type { FaultRow } from '../../test/faults/table.ts'

interface Named { readonly name: string; readonly ok: boolean }

export const casesIn: (name: string) => string[]
export const missingCases: (faults: readonly FaultRow[], results: readonly Named[]) => string[]
export const survival: (faults: readonly FaultRow[], results: readonly Named[], figures: readonly Readonly<Record<string, unknown>>[]) => { readonly lines: readonly string[]; readonly survived: number; readonly all: number }
