import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue } from '../../packages/bff/src/findings/catalogue.ts'
import { codeOf } from '../../packages/bff/src/findings/code.ts'
import { faultOn } from '../faults/mail-fault.ts'
import { mailFaults } from '../faults/mail-stand.ts'
import { faults, passing, sharings } from '../faults/table.ts'
import type { FaultRow } from '../faults/table.ts'
import { tokenFaults } from '../faults/token-faults.ts'
import { problemsIn } from './fault-rules.ts'
import type { FaultTable } from './fault-rules.ts'
import { files, isShipped, read } from './sources.ts'

/** Codes of the failure catalogue are made of its ids. */
const catalogued = catalogue.map(({ id }) => `'${codeOf(id)}'`)
const product = [...files('packages/*/src/**/*.ts').filter(isShipped).map((path) => read(path)), ...catalogued].join('\n')
const table: FaultTable = { faults, passing, sharings }

test('every fault from F01 to F108 stands in the table once, bounded as promised, told by a code of its own that the product knows', () => {
  assert.deepEqual(problemsIn(table, product), [])
})

const without = (id: string) => faults.filter((row) => row.id !== id)
const changed = (id: string, change: Partial<FaultRow>): FaultTable => ({ ...table, faults: faults.map((row) => (row.id === id ? { ...row, ...change } : row)) })

const planted: readonly [what: string, table: FaultTable, problem: RegExp][] = [
  ['a row that is missing', { ...table, faults: without('F18') }, /^F18 is missing$/],
  ['a row that stands there twice', { ...table, faults: [...faults, faults[0]!] }, /^F01 stands there twice$/],
  ['a row nobody knows', { ...table, faults: [...faults, { ...faults[0]!, id: 'F109' }] }, /^F109 is no fault/],
  ['a bound that was stretched', changed('F18', { bound: 60 }), /^F18 has another bound/],
  ['a row without a code', changed('F18', { codes: [] }), /^F18 has no code$/],
  ['a code that does not exist', changed('F18', { codes: ['smtp.reply.endless'] }), /^F18 is told by smtp\.reply\.endless/],
  ['a code that belongs to another row', changed('F36', { codes: ['smtp.auth.busy'] }), /share smtp\.auth\.busy, and nobody says why$/],
  ['a sharing that is none', { ...table, sharings: [...sharings, { code: 'smtp.auth.busy', ids: ['F37', 'F42'], why: 'because it was easier to write' }] }, /said to share smtp\.auth\.busy, and do not$/],
  ['a sharing without a reason', { ...table, sharings: sharings.map((one) => ({ ...one, why: '' })) }, /has no reason$/],
  ['a row that is tried nowhere', changed('F18', { on: [] }), /^F18 is tried nowhere/],
  ['a row that passes with a code', changed('F21', { codes: ['smtp.auth.busy'] }), /^F21 passes and has a code$/],
]
for (const [what, one, problem] of planted) {
  test(`the table's rules find ${what}`, () => assert.ok(problemsIn(one, product).some((found) => problem.test(found)), problemsIn(one, product).join('\n')))
}

const ofMail = faults.slice(0, 55)
const codesOf = (code: string | readonly string[] | undefined): readonly string[] => (code === undefined ? [] : [code].flat())

test('what is tried with mail servers is what the table says: the codes, the runtimes, and why one is missing', () => {
  const allowed = (id: string): readonly string[] => faults.find((row) => row.id === id)?.codes ?? []
  for (const runtime of ['node', 'workerd'] as const) {
    const tried = [...mailFaults.map((row) => faultOn(runtime, row)).filter((row) => row !== undefined), ...tokenFaults]
    const unlisted = tried.flatMap(({ id, code, what }) => codesOf(code).filter((one) => !allowed(id).includes(one)).map((one) => `${id} [${runtime}]: ${what}: ${one}`))
    assert.deepEqual(unlisted, [])
    assert.deepEqual(ofMail.filter(({ on }) => on.includes(runtime)).map(({ id }) => id).filter((id) => !tried.some((row) => row.id === id)), [], `no row on ${runtime}`)
  }
  assert.deepEqual(ofMail.filter(({ on, absent }) => on.length < 2 && !absent).map(({ id }) => id), [])
  const firsts = ofMail.filter(({ codes }) => codes.length > 0)
  const told = new Set([...mailFaults, ...tokenFaults].flatMap(({ id, code }) => codesOf(code).map((one) => `${id} ${one}`)))
  assert.deepEqual(firsts.filter(({ id, codes }) => !told.has(`${id} ${codes[0]}`)).map(({ id }) => id), [], 'a row is told by its first code')
})

test('no row of mail asks for more time than the table grants', () => {
  const bound = (id: string): number => faults.find((row) => row.id === id)?.bound ?? 0
  // Alerts may come with the last byte a server may send; a token is asked for before it is shown.
  assert.deepEqual(mailFaults.filter(({ id, bound: asked }) => asked > bound(id) + 0.1).map(({ id, what }) => `${id} ${what}`), [])
  assert.deepEqual(tokenFaults.filter(({ id, bound: asked }) => asked > bound(id) + 1).map(({ id, what }) => `${id} ${what}`), [])
})
