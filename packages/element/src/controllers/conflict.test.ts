import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Draft, GatewayView, ModeView } from '@mail-gateway/contract'
import { en } from '../strings/en.ts'
import { Conflict } from './conflict.ts'

const mode = (id: string): ModeView => ({
  id, label: id.toUpperCase(), hint: '', available: { ok: true }, groups: [], plan: [], destination: [], target: [], guide: null,
  fields: [{ name: 'host', kind: 'host', label: 'Server', group: 'g', required: true, messages: {} }, { name: 'note', kind: 'text', label: 'Note', group: 'g', required: false, messages: {} }, { name: 'key', kind: 'secret', label: 'Key', group: 'g', required: false, messages: {} }],
})
const base: GatewayView = {
  id: 'x', name: 'Old', default: true, mode: 'one', settings: { host: 'a', note: 'n' }, secrets: { key: { set: true, setAt: '2026-01-01T00:00:00Z' } },
  status: { state: 'unverified', since: '2026-01-01T00:00:00Z' }, revision: 1, updatedAt: '2026-01-01T00:00:00Z', updatedBy: 'Ada',
}
const between = (mine: Partial<Draft>, theirs: Partial<GatewayView>) => new Conflict(base, { mode: 'one', settings: base.settings, ...mine }, { ...base, revision: 2, ...theirs }, [mode('one'), mode('two')], en)
const lines = ({ lines }: Conflict) => lines.map(({ label, mine, theirs, take }) => [label, mine, theirs, take])
const replaced = { secrets: { key: { set: true, setAt: '2026-02-02T00:00:00Z' } } }

test('api F8: where two chose different ways of sending, one side is taken whole', () => {
  const conflict = between({ mode: 'two', settings: { host: 'mine' } }, { settings: { host: 'theirs', note: 'n' } })
  assert.deepEqual(lines(conflict), [['How should mail be sent?', 'TWO', 'ONE', 'mine']])
  assert.deepEqual(conflict.merged(), { name: 'Old', mode: 'two', settings: { host: 'mine' } })
  conflict.lines = conflict.lines.map((line) => ({ ...line, take: 'theirs' }))
  assert.deepEqual(conflict.merged(), { name: 'Old', mode: 'one', settings: { host: 'theirs', note: 'n' } })
})

test('api F8: a name is a line like any other; a draft that names none changes none', () => {
  const both = between({ name: 'Mine' }, { name: 'Theirs' })
  assert.deepEqual([lines(both), both.merged().name], [[['Name', 'Mine', 'Theirs', 'mine']], 'Mine'])
  assert.deepEqual(lines(between({ name: '' }, { name: 'Theirs' })), [['Name', 'Not set', 'Theirs', 'mine']])
  const theirs = between({}, { name: 'Theirs' })
  assert.deepEqual([lines(theirs), theirs.merged().name], [[['Name', 'Old', 'Theirs', 'theirs']], 'Theirs'])
})

test('api F8: what was emptied here stays empty; what only they changed is taken', () => {
  const conflict = between({ settings: { host: 'a' } }, { settings: { host: 'b', note: 'n' } })
  assert.deepEqual(lines(conflict), [['Server', 'a', 'b', 'theirs'], ['Note', 'Not set', 'n', 'mine']])
  assert.deepEqual(conflict.merged().settings, { host: 'b', note: null })
})

test('api F8, F11: a secret is a line only where both replaced it, and is never shown', () => {
  assert.deepEqual(lines(between({ secrets: { key: { value: 'canary' } } }, replaced)), [['Key', 'A new one', 'The stored one', 'mine']])
  assert.deepEqual(lines(between({ secrets: { key: { remove: true } } }, replaced)), [['Key', 'Not set', 'The stored one', 'mine']])
  assert.deepEqual(lines(between({ secrets: { key: { value: 'canary' } } }, { secrets: { key: { set: false } } })), [['Key', 'A new one', 'Not set', 'mine']])
  assert.deepEqual(lines(between({ secrets: { key: { keep: true } } }, replaced)), [])
  assert.deepEqual(lines(between({ secrets: { key: { value: 'canary' } } }, {})), [])
})
