// The page of proofs, made from what a complete run left behind.
import { casesIn, missingCases } from '../../scripts/test/survival.mjs'
import type { FaultRow } from '../faults/table.ts'
import type { Figure } from '../figures.ts'
import { asvs } from './asvs.ts'
import type { AsvsItem } from './asvs.ts'
import { goals } from './goals.ts'
import type { Seen } from './goals.ts'
import { threats } from './threats.ts'
import type { ThreatRow } from './threats.ts'

export interface Result {
  readonly suite?: string
  readonly file: string
  readonly name: string
  readonly ok: boolean
}

export interface Run {
  readonly results: readonly Result[]
  readonly figures: readonly Figure[]
  readonly faults: readonly FaultRow[]
}

export interface Proof {
  readonly text: string
  /** What the page has to leave open; empty where every promise holds. */
  readonly open: readonly string[]
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n')

/** Rows by the tests that cite them: `threat T07` -> how many passed, and in which files. */
const cited = /\b(threat|fault|goal|api|req) ([A-Z]\d+(?:(?:, | and |, and )[A-Z]\d+)*)/g
const rowsOf = (name: string): string[] => [...name.matchAll(cited)].flatMap(([, list, ids]) => ids!.match(/[A-Z]\d+/g)!.map((id) => `${list} ${id}`))

const indexOf = (results: readonly Result[]): ReadonlyMap<string, readonly Result[]> => {
  const index = new Map<string, Result[]>()
  for (const result of results) for (const row of new Set(rowsOf(result.name))) index.set(row, [...index.get(row) ?? [], result])
  return index
}

const passing = (index: ReadonlyMap<string, readonly Result[]>, row: string): readonly Result[] => {
  const found = index.get(row) ?? []
  return found.every(({ ok }) => ok) ? found : []
}

const filesOf = (results: readonly Result[]): string => {
  const files = [...new Set(results.map(({ file }) => file))].sort()
  return files.slice(0, 3).map((file) => `\`${file}\``).join(', ') + (files.length > 3 ? ` and ${files.length - 3} more` : '')
}

const threatLine = (index: ReadonlyMap<string, readonly Result[]>) => ({ id, threat, noSubject, limit }: ThreatRow): string[] => {
  const tests = passing(index, `threat ${id}`)
  if (noSubject) return [id, threat, '–', `no subject yet: ${noSubject}`]
  return [id, threat, tests.length ? `${tests.length} tests` : '**open**', [filesOf(tests), ...(limit ? [`Limit: ${limit}.`] : [])].filter(Boolean).join('. ')]
}

const faultLine = (missing: ReadonlySet<string>, cases: ReadonlyMap<string, number>) => ({ id, fault, on, codes, absent, bound }: FaultRow): string[] => {
  const state = on.map((runtime) => (missing.has(`${id} ${runtime}`) ? `**${runtime}: open**` : `${runtime}: ${cases.get(`${id} ${runtime}`) ?? 0}`))
  return [id, fault, state.join(', ') || 'no subject yet', codes.map((code) => `\`${code}\``).join(' ') || 'passes', bound === null ? '–' : String(bound), absent ?? '']
}

const asvsLine = (index: ReadonlyMap<string, readonly Result[]>) => ({ item, about, rows, reason }: AsvsItem): string[] =>
  [item, about, rows ? rows.map((row) => (passing(index, row).length ? row : `**${row}: open**`)).join(', ') : `Not by a test: ${reason}.`]

const isProven = (index: ReadonlyMap<string, readonly Result[]>) => ({ rows = [] }: AsvsItem): boolean => rows.every((row) => passing(index, row).length > 0)

const seenIn = ({ results, figures, faults }: Run, index: ReadonlyMap<string, readonly Result[]>, missing: readonly string[]): Seen => {
  const tried = faults.filter(({ on }) => on.length > 0)
  return {
    figures, passed: results.filter(({ ok }) => ok).map(({ name }) => name),
    faults: {
      survived: tried.filter(({ id }) => !missing.some((one) => one.startsWith(`${id} `))).length, all: tried.length,
      cases: results.filter(({ ok, name }) => ok && casesIn(name).length > 0).length, without: faults.filter(({ on }) => on.length === 0).map(({ id }) => id),
    },
    asvs: {
      tested: asvs.filter((item) => item.rows && isProven(index)(item)).length, reasoned: asvs.filter(({ reason }) => reason).length,
      missing: asvs.filter((item) => item.rows && !isProven(index)(item)).map(({ item }) => item),
    },
  }
}

const countsOf = (results: readonly Result[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const one of results.filter(({ ok }) => ok).flatMap(({ name }) => casesIn(name))) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}

/** Makes the page. Figures appear as they were measured; nothing in it is written by hand but the rows' own words. */
export const proofOf = (run: Run): Proof => {
  const index = indexOf(run.results)
  const missing = missingCases(run.faults, run.results)
  const seen = seenIn(run, index, missing)
  const measured = goals.map((goal) => ({ ...goal, ...goal.measure(seen) }))
  const openThreats = threats.filter(({ id, noSubject }) => !noSubject && passing(index, `threat ${id}`).length === 0).map(({ id }) => `threat ${id}`)
  const open = [...measured.filter(({ holds }) => !holds).map(({ id }) => `goal ${id}`), ...openThreats, ...missing.map((one) => `fault ${one}`), ...seen.asvs.missing.map((item) => `ASVS ${item}`)]
  const { passed } = seen
  return {
    open,
    text: [
      '# What is promised, and what proves it', '',
      `Made by \`npm run proof\` from the last run of every suite: ${passed.length.toLocaleString('en-US')} tests passed, ${run.results.length - passed.length} failed. Figures are what that run measured; each line names the command that measures it again. A row that no passing test cites says **open**.`, '',
      '## Promises with figures', '',
      table(['', 'promise', 'wanted', 'measured', '', 'command', 'limit'], measured.map(({ id, promise, wanted, text, holds, command, limit }) => [id, promise, wanted, text ?? '**not measured**', holds ? 'holds' : '**open**', `\`${command}\``, limit ?? ''])), '',
      '## Threats', '', `\`npm test\`; ids are those in the names of the tests.`, '',
      table(['', 'threat', 'proven by', 'where, and what remains'], threats.map(threatLine(index))), '',
      '## Faults', '', '`npm run test:faults`; cases that passed on each runtime, the codes by which the fault is told, seconds to a final answer.', '',
      table(['', 'fault', 'cases', 'told as', 'bound', 'not on'], run.faults.map(faultLine(new Set(missing), countsOf(run.results)))), '',
      '## OWASP ASVS 5.0', '',
      table(['item', 'about', 'proven by'], asvs.map(asvsLine(index))), '',
    ].join('\n'),
  }
}
