import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FieldView, GatewayView, ModeView } from '@mail-gateway/contract'
import { en } from '../strings/en.ts'
import { DraftController } from './draft.ts'

const host = { requestUpdate: () => undefined, addController: () => undefined, removeController: () => undefined, updateComplete: Promise.resolve(true) }
const field = (name: string, more: Partial<FieldView> = {}): FieldView => ({ name, kind: 'text', label: name.toUpperCase(), group: 'g', required: false, messages: {}, ...more })

const mode = (id: string, fields: readonly FieldView[], destination: readonly string[]): ModeView =>
  ({ id, label: id, hint: '', available: { ok: true }, groups: [{ id: 'g', label: 'G' }], fields, plan: [], destination, target: [], guide: null })

const encryption = field('encryption', { kind: 'choice', required: true, default: 'a', options: [{ value: 'a', label: 'A', sets: { door: 1 } }, { value: 'b', label: 'B', sets: { door: 2 } }] })
const first = mode('first', [
  field('place', { kind: 'host', clean: 'host', required: true }), field('door', { kind: 'number', default: 1, min: 1, max: 65_535 }), encryption,
  field('extra', { when: { encryption: 'b' }, required: true }), field('key', { kind: 'secret', required: true, when: { encryption: ['a', 'b'] } }), field('sender', { kind: 'email', required: true }),
], ['place', 'door'])
const other = mode('other', [field('sender', { kind: 'email', required: true }), field('place', { kind: 'text' }), field('key', { kind: 'secret' })], ['tenant'])
const twin = mode('twin', [field('place', { kind: 'host', clean: 'host' }), field('key', { kind: 'secret' })], ['door', 'place'])

const stored: GatewayView = {
  id: 'x', name: 'Stored', default: true, mode: 'first', settings: { place: 'one.example', door: 1, encryption: 'a', sender: 'a@b.example' }, secrets: { key: { set: true, setAt: '2026-01-01T00:00:00Z' } },
  status: { state: 'unverified', since: '2026-01-01T00:00:00Z' }, revision: 1, updatedAt: '2026-01-01T00:00:00Z', updatedBy: 'Ada',
}

const draftOf = (gateway?: GatewayView) => { const draft = new DraftController(host); draft.open(gateway, [first, other, twin]); return draft }

test('api F2: what was typed in a mode is there on coming back; the shared field comes along, another kind of field does not', () => {
  const draft = draftOf()
  draft.set('place', 'mail.example', true, en)
  draft.set('sender', 'me@acme.example', true, en)
  draft.choose('other')
  assert.equal(draft.values['sender'], 'me@acme.example')
  assert.equal(draft.values['place'], '')
  draft.set('sender', 'you@acme.example', true, en)
  draft.choose('first')
  assert.equal(draft.values['place'], 'mail.example')
  assert.equal(draft.values['sender'], 'me@acme.example')
})

test('api F2: a typed secret comes along only where it goes to the same place', () => {
  const draft = draftOf()
  draft.set('key', 'canary', true, en)
  draft.choose('other')
  assert.equal(draft.edit('key').value, '')
  draft.choose('first')
  draft.choose('twin')
  assert.equal(draft.edit('key').value, 'canary')
})

test('an option sets a value as long as it still holds what another option had set', () => {
  const draft = draftOf()
  draft.set('encryption', 'b', true, en)
  assert.equal(draft.values['door'], 2)
  draft.set('door', '77', true, en)
  draft.set('encryption', 'a', true, en)
  assert.equal(draft.values['door'], 77)
})

test('api F9: a port pasted behind a name moves into the port', () => {
  const draft = draftOf()
  draft.set('place', 'mail.example:2525', true, en)
  assert.deepEqual([draft.values['place'], draft.values['door']], ['mail.example', 2525])
})

test('a field that is not shown is neither judged nor sent', () => {
  const draft = draftOf()
  for (const [name, value] of [['place', 'mail.example'], ['sender', 'me@acme.example'], ['key', 'canary'], ['extra', 'hidden']] as const) draft.set(name, value, true, en)
  assert.equal(draft.validate(en), true)
  assert.deepEqual(draft.draft(), { mode: 'first', settings: { place: 'mail.example', door: 1, encryption: 'a', sender: 'me@acme.example' }, secrets: { key: { value: 'canary' } } })
})

test('api F12: an untouched secret is kept, an empty new one is a mistake, removing is an act of its own', () => {
  const draft = draftOf(stored)
  assert.deepEqual(draft.draft().secrets, { key: { keep: true } })
  draft.replace('key')
  assert.equal(draft.validate(en), false)
  assert.ok(draft.errors.get('key'))
  draft.keep('key')
  assert.equal(draft.validate(en), true)
  draft.remove('key')
  assert.deepEqual(draft.draft().secrets, { key: { remove: true } })
})

test('threat T01: moving a stored secret to another place asks for it again, moving back keeps it', () => {
  const draft = draftOf(stored)
  draft.set('place', 'evil.example', true, en)
  assert.equal(draft.secretState('key'), 'moved')
  assert.equal(draft.validate(en), false)
  assert.match(draft.errors.get('key')!, /KEY.*PLACE/)
  draft.set('place', 'ONE.example ', true, en)
  assert.equal(draft.secretState('key'), 'configured')
  assert.equal(draft.dirty, true, 'another spelling is still an edit')
})

test('api F4, F8: the words of a 422 stand at the field they point at; what points nowhere is told apart', () => {
  const draft = draftOf()
  assert.deepEqual(draft.refuse([{ pointer: '/settings/place', code: 'x', detail: 'Enter another place' }, { pointer: '/secrets/key/value', code: 'x', detail: 'Type it' }, { pointer: '/name', code: 'x', detail: 'Shorter' }, { pointer: '/nowhere', code: 'x', detail: 'Odd' }]), ['Odd'])
  assert.deepEqual([...draft.errors], [['place', 'Enter another place'], ['key', 'Type it'], ['name', 'Shorter']])
  draft.set('place', 'x', false, en)
  assert.equal(draft.errors.has('place'), false)
})

test('nothing changed is not dirty, and what is kept over a reload holds no secret', () => {
  const draft = draftOf(stored)
  assert.equal(draft.dirty, false)
  draft.replace('key')
  draft.set('key', 'canary', true, en)
  assert.equal(draft.dirty, true)
  assert.doesNotMatch(JSON.stringify(draft.memo()), /canary/)
})

test('what a host starts a new gateway with is typed for it, and left out of one that is stored', () => {
  const defaults = { name: ' Reports ', default: true, mode: 'other', settings: { sender: 'host@acme.example', place: 'given', door: 7 } }
  const [fresh, old] = [new DraftController(host), new DraftController(host)]
  fresh.open(undefined, [first, other, twin], defaults)
  assert.deepEqual(fresh.draft(), { name: 'Reports', default: true, mode: 'other', settings: { sender: 'host@acme.example', place: 'given' } })
  assert.equal(fresh.dirty, false)
  fresh.open(undefined, [first, other, twin], defaults, 'twin')
  assert.equal(fresh.mode, 'twin')
  fresh.open(undefined, [first], defaults)
  assert.equal(fresh.values['door'], 7, 'before what the field itself starts with')
  old.open(stored, [first, other, twin], defaults, 'twin')
  assert.deepEqual([old.name, old.mode, old.values['sender'], 'default' in old.draft()], ['Stored', 'first', 'a@b.example', false])
})

test('a name that was emptied is sent as empty where there was one, and not at all where there was none', () => {
  const [old, fresh] = [draftOf(stored), draftOf()]
  for (const draft of [old, fresh]) draft.rename(' ')
  assert.deepEqual([old.draft().name, 'name' in fresh.draft()], ['', false])
})

test('a new gateway starts with the first way of sending that can be used here', () => {
  const draft = new DraftController(host)
  draft.open(undefined, [{ ...first, available: { ok: false, code: 'runtime', reason: 'Not here' } }, other])
  assert.equal(draft.mode, 'other')
})

test('threat T01: a stored secret belongs to its destination: in a mode that sends elsewhere there is none to keep', () => {
  const draft = draftOf(stored)
  draft.choose('other')
  assert.deepEqual([draft.secretState('key'), draft.draft().secrets], ['empty', undefined])
  draft.choose('twin')
  assert.equal(draft.stored('key')?.set, true)
})

test('a stored secret goes with the field that needed it', () => {
  const draft = new DraftController(host)
  draft.open(stored, [{ ...first, fields: first.fields.map((each) => (each.name === 'key' ? { ...each, when: { encryption: 'a' } } : each)) }])
  draft.set('encryption', 'b', true, en)
  assert.deepEqual(draft.draft().secrets, { key: { remove: true } })
})

test('a field that cannot be used here holds nobody up', () => {
  const draft = new DraftController(host)
  draft.open(undefined, [{ ...first, fields: [field('port', { required: true, unavailable: 'This runtime cannot do it.' })] }])
  assert.equal(draft.validate(en), true)
})

test('api F9: a pasted port goes to the port of its own group', () => {
  const draft = new DraftController(host)
  draft.open(undefined, [{ ...first, fields: [field('theirs', { kind: 'number', group: 'other', max: 65_535 }), field('place', { kind: 'host', clean: 'host' }), field('door', { kind: 'number', max: 65_535 })] }])
  draft.set('place', 'mail.example:2525', true, en)
  assert.deepEqual([draft.values['theirs'], draft.values['door']], ['', 2525])
})

test('fault F91: over what somebody else stored a secret typed here stays, unless theirs was chosen', () => {
  for (const [dropped, sent] of [[false, { value: 'canary' }], [true, { keep: true }]] as const) {
    const draft = draftOf(stored)
    draft.replace('key')
    draft.set('key', 'canary', true, en)
    draft.rebase({ ...stored, revision: 2 }, { name: 'Stored', mode: 'first', settings: stored.settings }, () => dropped)
    assert.deepEqual([draft.gateway!.revision, draft.draft().secrets], [2, { key: sent }])
  }
})

test('threat T01: asked for again, a secret names what moved as the form does', () => {
  const draft = draftOf(stored)
  draft.askAgain(['place', 'tenant'], en)
  assert.deepEqual([draft.secretState('key'), draft.errors.get('key')], ['replacing', 'Enter KEY again: PLACE, tenant has changed'])
})

test('fault F97: what comes back after a reload counts as typed: it comes along to another mode', () => {
  const draft = draftOf()
  draft.fill({ name: 'Reports', mode: 'first', settings: { place: 'mail.example', sender: 'me@acme.example' } })
  draft.choose('twin')
  assert.equal(draft.values['place'], 'mail.example')
})
