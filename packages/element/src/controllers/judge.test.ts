import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FieldView, ModeView } from '@mail-gateway/contract'
import { en } from '../strings/en.ts'
import { judge, settingsOf, shown, typed } from './judge.ts'

const field = (name: string, more: Partial<FieldView> = {}): FieldView => ({ name, kind: 'text', label: name.toUpperCase(), group: 'g', required: false, messages: {}, ...more })
const says = (more: Partial<FieldView>, value: string | number) => judge(field('a', more), value, en)

test('a field that hangs on a hidden one is hidden too, and not sent', () => {
  const mode: ModeView = {
    id: 'm', label: 'M', hint: '', available: { ok: true }, groups: [], plan: [], destination: [], target: [], guide: null,
    fields: [field('signs'), field('how', { when: { signs: 'yes' } }), field('deep', { when: { how: ['a', 'b'] } }), field('free', { when: { elsewhere: 'x' } })],
  }
  const names = (values: Record<string, string>) => shown(mode, values).map(({ name }) => name)
  assert.deepEqual(names({ signs: 'yes', how: 'b' }), ['signs', 'how', 'deep'])
  assert.deepEqual(names({ signs: 'no', how: 'b', elsewhere: 'x' }), ['signs', 'free'])
  assert.deepEqual(settingsOf(mode, { signs: 'no', how: 'b', deep: 'kept', free: '' }), { signs: 'no' })
})

test('a bound belongs to what is allowed', () => {
  assert.deepEqual([1, 65_535].map((value) => says({ kind: 'number', min: 1, max: 65_535 }, value)), [undefined, undefined])
  assert.deepEqual([0, 65_536].map((value) => says({ kind: 'number', min: 1, max: 65_535 }, value)), ['Enter A from 1 to 65535', 'Enter A from 1 to 65535'])
  assert.deepEqual(['abc', 'abcd'].map((value) => says({ maxLength: 3 }, value)), [undefined, 'Shorten A to at most 3 characters'])
})

test('a pattern that this browser cannot read refuses nothing: the server judges', () => {
  assert.equal(says({ pattern: '^(?<' }, 'anything'), undefined)
  assert.equal(says({ pattern: '^x+$' }, 'anything'), 'Check how A is written')
})

test('api F7: words of the server for an empty value go first; ours say whether to enter or to choose', () => {
  assert.equal(says({ required: true, messages: { required: 'Enter the server name' } }, ''), 'Enter the server name')
  assert.equal(says({ required: true }, ''), 'Enter: A')
  assert.equal(says({ required: true, options: [{ value: 'x', label: 'X' }] }, ''), 'Choose: A')
})

test('what surely is no address, host or number is said before it is sent', () => {
  const wrong: readonly (readonly [FieldView['kind'], string])[] = [['email', 'nobody'], ['email', 'a@b, c@d'], ['host', 'a b'], ['host', 'a@b'], ['number', 'x']]
  for (const [kind, value] of wrong) assert.equal(says({ kind }, value), 'Check how A is written', `${kind} ${value}`)
  for (const [kind, value] of [['email', 'a@b'], ['host', '2001:db8::1'], ['number', '-1']] as const) assert.equal(says({ kind }, value), undefined, `${kind} ${value}`)
})

test('a number becomes one, written in full width and with spaces too; what is none stays as it was typed', () => {
  assert.deepEqual(['５８７', ' 5 87 ', '+7', '5e3', '1234567890123456'].map((value) => typed(field('a', { kind: 'number' }), value)), [587, 587, 7, '5e3', '1234567890123456'])
  assert.equal(typed(field('a'), '587'), '587')
})
