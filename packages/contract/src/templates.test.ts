import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { fill, guideText, valuesFrom } from './index.ts'
import type { GuideStep, GuideView } from './index.ts'

const of = (values: Record<string, string>) => (name: string) => values[name]

test('fill: values stand for their names, in every place', () => {
  assert.deepEqual(fill('{{a}} and {{b}}, {{a}}', of({ a: '1', b: '2' })), { text: '1 and 2, 1', missing: false })
})

test('fill: a name without a value shows in angle brackets and counts as missing, an empty value too', () => {
  assert.deepEqual(fill('-{{a}}-', of({})), { text: '-<a>-', missing: true })
  assert.deepEqual(fill('-{{a}}-', of({ a: '' })), { text: '-<a>-', missing: true })
})

test('fill: what was typed is not read as a template, nor as a pattern of a replacement', () => {
  assert.equal(fill('{{a}}', of({ a: '{{b}} $& $1 $`', b: 'no' })).text, '{{b}} $& $1 $`')
  assert.equal(fill("'{{a}}'", of({ a: "$&'$`" }), 'sh').text, "'$&'\\''$`'")
})

test('req D8: PowerShell doubles the straight quote and the four it takes for one', () => {
  assert.equal(fill("'{{a}}'", of({ a: "'; Remove-Item x # ‘ ’ ‚ ‛ $(id) `" }), 'powershell').text, "'''; Remove-Item x # ‘‘ ’’ ‚‚ ‛‛ $(id) `'")
})

test('req D8: control characters, which a terminal might obey on paste, do not reach a script', () => {
  assert.equal(fill("'{{a}}'", of({ a: 'x\u001b[201~\n\r\u0007\u202ey' }), 'sh').text, "'x[201~y'")
  assert.equal(fill("'{{a}}'", of({ a: 'x\u001b[201~\u0000y' }), 'powershell').text, "'x[201~y'")
})

test('req D8: whatever is typed, a shell reads it back as one word', () => {
  const plain = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{C}/u.test(text))
  fc.assert(fc.property(plain, (value) => {
    const script = fill("printf %s '{{a}}'", of({ a: value }), 'sh').text
    assert.equal(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }), value)
  }), { numRuns: 60 })
})

test('valuesFrom: typed values come first, then the sources in their order', () => {
  const values = valuesFrom(of({ a: 'typed' }), undefined, { a: 'fact', b: 'fact' }, { b: 'sample', c: 'sample' })
  assert.deepEqual(['a', 'b', 'c', 'd'].map(values), ['typed', 'fact', 'sample', ''])
})

test('valuesFrom: the address of a page holds what was typed, and is none before', () => {
  const page = { page: 'https://portal.example/#app/{{id}}' }
  assert.equal(valuesFrom(of({ id: 'a-1' }), page)('page'), 'https://portal.example/#app/a-1')
  assert.equal(valuesFrom(of({}), page)('page'), undefined)
  assert.equal(valuesFrom(of({ id: '../?x=1&"' }), page)('page'), 'https://portal.example/#app/..x1')
  assert.equal(valuesFrom(of({ id: '/?#x' }), { page: 'http://127.0.0.1/{{id}}' })('page'), 'http://127.0.0.1/x')
})

test('valuesFrom: one level deep: a template within a template stays as it is', () => {
  assert.equal(valuesFrom(of({}), { a: '{{b}}', b: '{{a}}' })('a'), '{{a}}')
})

const step: GuideStep = {
  id: 'register', title: 'Register {{product}}', text: 'First line.\nSecond for {{from}}.', who: 'Anybody', path: 'A > B', link: '{{page}}', linkBefore: '{{list}}',
  values: [{ label: 'Name', text: '{{product}} mail' }], scripts: [{ label: 'PowerShell', shell: 'powershell', text: "& {\n\n  Get-X '{{from}}'\n}" }],
}
const guide: GuideView = { title: 'Set up {{product}}', intro: 'Who is needed.', steps: [step], samples: { from: '<From address>' } }
const page = { page: 'https://portal.example/{{clientId}}', list: 'https://portal.example/' }

test('req D8: a guide as text: steps numbered, links written out, values, scripts indented', () => {
  assert.equal(guideText(guide, guide.steps, valuesFrom(of({ product: "O'Neill", from: "o'neill@acme.example", clientId: 'c1' }), page)), [
    "Set up O'Neill", 'Who is needed.', '', "1. Register O'Neill (Anybody)", 'First line.', "Second for o'neill@acme.example.", 'A > B',
    'https://portal.example/c1', "Name: O'Neill mail", '', 'PowerShell:', '', '    & {', '', "      Get-X 'o''neill@acme.example'", '    }'].join('\n'))
})

test('req D8: before anything is typed the text leads to the page that needs no id, and samples stand in', () => {
  const text = guideText(guide, guide.steps, valuesFrom(of({}), page))
  assert.match(text, /^https:\/\/portal\.example\/$/m)
  assert.match(text, /Second for <From address>\./)
  assert.match(text, /Get-X '<From address>'/)
  assert.match(text, /Register <product>/)
})
