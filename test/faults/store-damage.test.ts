// A record that is not what was written: that gateway alone is unreadable, its record is kept, and the others never notice.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { Refusal } from '../../packages/bff/src/findings/problem.ts'
import { gatewayList, gatewayView } from '../../packages/bff/src/openapi/answers.ts'
import { create, openLab, openPost, people, verdictOf } from '../wire/lab.ts'
import { within } from './store-seat.ts'

const password = 'canary-F80-secret'
type Column = 'name' | 'mode' | 'settings' | 'secrets' | 'status' | 'revision' | 'updated_at' | 'updated_by'

/** Two gateways of one tenant and one of another, all verified, and a hand on the file. */
const setUp = async (t: TestContext) => {
  const lab = await openLab(t)
  const post = await openPost(t, { password })
  const draft = { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } }
  const [hurt, other, foreign] = [await create(lab, { ...draft, name: 'hurt' }), await create(lab, { ...draft, name: 'other' }), await create(lab, { ...draft, name: 'foreign' }, 'other')]
  await lab.check({ gatewayId: hurt.id, until: 'delivery' })
  const file = new DatabaseSync(join(lab.folder, 'store', 'settings.db'))
  t.after(() => file.close())
  const reading = file.prepare('SELECT * FROM gateway WHERE id = ?')
  reading.setReadBigInts(true)
  const row = () => ({ ...reading.get(hurt.id) })
  const write = (column: Column, value: string | number | Uint8Array | bigint) => { file.prepare(`UPDATE gateway SET ${column} = ? WHERE id = ?`).run(value, hurt.id) }
  const writeText = (column: Column, bytes: Uint8Array) => { file.prepare(`UPDATE gateway SET ${column} = CAST(? AS TEXT) WHERE id = ?`).run(bytes, hurt.id) }
  const forgetHash = () => { file.prepare('UPDATE gateway SET digest = NULL WHERE id = ?').run(hurt.id) }
  const damageRuns = () => file.exec("UPDATE run SET detail = substr(detail, 1, 40); UPDATE test_count SET times = '[1,'")
  const whole = row()
  const heal = () => { for (const [column, value] of Object.entries(whole)) write(column as Column, value as string) }
  const list = async () => gatewayList.parse(await lab.json('GET', '/gateways', 200)).gateways
  return { lab, post, draft, hurt, other, foreign, row, write, writeText, forgetHash, damageRuns, heal, list, others: (await list()).filter(({ id }) => id !== hurt.id) }
}

type Scene = Awaited<ReturnType<typeof setUp>>

const unreadable = /settings cannot be read/

/** What everybody is told, and that nothing of it touched the record. */
const isKeptApart = async (scene: Scene): Promise<void> => {
  const { lab, hurt, row, list, others } = scene
  const before = row()
  const seen = await within('F80', 'node', 1, list)
  assert.deepEqual(seen.filter(({ id }) => id !== hurt.id), others, 'the others are as they were')
  const view = seen.find(({ id }) => id === hurt.id)
  assert.deepEqual([view?.status.state, view?.status.evidence?.['code'], view?.settings], ['failing', 'settings.unreadable', {}])
  assert.match(String(view?.status.evidence?.['title']), unreadable)
  const told = await lab.problem('POST', '/checks', 409, { body: { gatewayId: hurt.id } })
  assert.equal(told.code, 'settings.unreadable')
  assert.match(told.detail, /Restore it from a backup, or enter the settings again/)
  const call = { caller: people['admin']!, requestId: 'r' }
  await assert.rejects(lab.gateway.api.send(call, { to: 'a@acme.example', subject: 's', text: 't' }, hurt.id), (error) => error instanceof Refusal && error.code === 'settings.unreadable')
  assert.deepEqual(row(), before, 'the record is kept as it is')
  assert.ok(lab.log.some(({ event, fields }) => event === 'gateway.damaged' && fields?.['gatewayId'] === hurt.id))
}

const damages: Readonly<Record<string, (scene: Scene) => void>> = {
  'settings cut short': ({ write, row }) => write('settings', String(row()['settings']).slice(0, -9)),
  'settings gone': ({ write }) => write('settings', ''),
  'settings that are a list': ({ write }) => write('settings', '[]'),
  'settings that are null': ({ write }) => write('settings', 'null'),
  'settings with a value no setting has': ({ write }) => write('settings', '{"host":{"a":1}}'),
  'settings of another row': ({ write }) => write('settings', '{"host":"evil.example","port":587}'),
  'settings as bytes': ({ write }) => write('settings', new Uint8Array([0xff, 0x00, 0x7b])),
  'settings that are no UTF-8': ({ writeText }) => writeText('settings', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])),
  'secrets cut short': ({ write, row }) => write('secrets', String(row()['secrets']).slice(0, 20)),
  'secrets of another form': ({ write }) => write('secrets', '{"password":"a..b.c.d"}'),
  'secrets that are a text': ({ write }) => write('secrets', '"x"'),
  'a mode there never was': ({ write }) => write('mode', 'snmp'),
  'another name': ({ write }) => write('name', 'hurd'),
  'a name as bytes': ({ write }) => write('name', new Uint8Array([0x68, 0xff])),
  'whoever saved it as bytes': ({ write }) => write('updated_by', new Uint8Array([0x41])),
  'no time': ({ write }) => write('updated_at', 'yesterday'),
  'an older revision': ({ write }) => write('revision', 7),
}

for (const [what, damage] of Object.entries(damages)) {
  test(`fault F80 [node]: ${what}: that gateway alone is unreadable, its record is kept, and entering it again heals it`, async (t) => {
    const scene = await setUp(t)
    damage(scene)
    await isKeptApart(scene)
    const { lab, draft, hurt, others, list } = scene
    const { revision } = gatewayView.parse(await lab.json('GET', `/gateways/${hurt.id}`, 200))
    const saved = await lab.json<GatewayView>('PUT', `/gateways/${hurt.id}`, 200, { body: { ...draft, name: 'hurt' }, headers: { 'if-match': `"${revision}"` } })
    assert.deepEqual([saved.settings, saved.secrets['password']?.set], [hurt.settings, true])
    assert.equal(verdictOf(await lab.check({ gatewayId: hurt.id })), 'passed')
    assert.deepEqual((await list()).filter(({ id }) => id !== hurt.id), others)
  })
}

const noRevisions: Readonly<Record<string, string | number | Uint8Array | bigint>> = {
  'a word': 'seven', 'nothing': '', 'half a number': 1.5, 'zero': 0, 'less than zero': -3, 'bytes': new Uint8Array([0x37]), 'a number no program can hold exactly': 2n ** 60n, 'more digits than a tag may have': 10 ** 15,
}

for (const [what, value] of Object.entries(noRevisions)) {
  test(`fault F80 [node]: a revision that is ${what}: that gateway alone is unreadable, and can be deleted`, async (t) => {
    const scene = await setUp(t)
    scene.write('revision', value)
    await isKeptApart(scene)
    const { lab, hurt, list, others } = scene
    const read = await lab.request('GET', `/gateways/${hurt.id}`)
    const etag = read.headers.get('etag') ?? ''
    await lab.problem('DELETE', `/gateways/${hurt.id}`, 412, { headers: { 'if-match': '"1"' } })
    assert.equal((await lab.request('DELETE', `/gateways/${hurt.id}`, { headers: { 'if-match': etag } })).status, 204)
    assert.deepEqual((await list()).map(({ default: _, ...view }) => view), others.map(({ default: _, ...view }) => view))
  })

  test(`fault F80 [node]: a revision that is ${what}: entering it again heals it, and no older page can write over that`, async (t) => {
    const scene = await setUp(t)
    scene.write('revision', value)
    const { lab, draft, hurt } = scene
    const read = await lab.request('GET', `/gateways/${hurt.id}`)
    const etag = read.headers.get('etag') ?? ''
    assert.equal((await read.json() as GatewayView).status.evidence?.['code'], 'settings.unreadable')
    const saved = await lab.json<GatewayView>('PUT', `/gateways/${hurt.id}`, 200, { body: { ...draft, name: 'hurt' }, headers: { 'if-match': etag } })
    assert.equal(verdictOf(await lab.check({ gatewayId: hurt.id })), 'passed')
    await lab.problem('PUT', `/gateways/${hurt.id}`, 412, { body: { ...draft, name: 'older page' }, headers: { 'if-match': `"${hurt.revision}"` } })
    const next = await lab.json<GatewayView>('PUT', `/gateways/${hurt.id}`, 200, { body: { ...draft, name: 'again' }, headers: { 'if-match': `"${saved.revision}"` } })
    assert.equal(next.revision, saved.revision + 1)
  })
}

for (const [what, column, value] of [['revision is no number', 'revision', 'seven'], ['settings are a list', 'settings', '[]']] as const) {
  test(`fault F80 [node]: a record from before there were hashes whose ${what} is unreadable too`, async (t) => {
    const scene = await setUp(t)
    scene.write(column, value)
    scene.forgetHash()
    await isKeptApart(scene)
  })
}

test('fault F80 [node]: the record of a run, and the count of test emails, that cannot be read: they count for nothing, and all else goes on', async (t) => {
  const { lab, post, draft, hurt, damageRuns } = await setUp(t)
  damageRuns()
  const { revision } = hurt
  const saved = await lab.json<GatewayView>('PUT', `/gateways/${hurt.id}`, 200, { body: { ...draft, name: 'renamed', settings: post.settings({ fromName: 'Reports' }) }, headers: { 'if-match': `"${revision}"` } })
  const back = await lab.json<GatewayView>('PUT', `/gateways/${hurt.id}`, 200, { body: { ...draft, name: 'renamed' }, headers: { 'if-match': `"${saved.revision}"` } })
  assert.notEqual(back.status.state, 'verified')
  assert.equal(verdictOf(await lab.check({ gatewayId: hurt.id, until: 'delivery' })), 'passed')
})

test('fault F80 [node]: a damaged record can be deleted, and its neighbours take its place as default', async (t) => {
  const scene = await setUp(t)
  scene.write('settings', '{')
  assert.equal((await scene.list()).find(({ id }) => id === scene.hurt.id)?.status.evidence?.['code'], 'settings.unreadable')
  assert.equal((await scene.lab.request('DELETE', `/gateways/${scene.hurt.id}`, { headers: { 'if-match': '"1"' } })).status, 204)
  assert.deepEqual((await scene.list()).map(({ id, default: standard }) => [id, standard]), [[scene.other.id, true]])
})

for (const [what, status] of [
  ['cut short', '{"state":"verif'], ['of a state there never was', '{"state":"verifiee","since":"2026-11-21T00:00:00.000Z"}'], ['gone', ''], ['a list', '[1]'],
  ['proven by no name', '{"state":"verified","since":"2026-11-21T00:00:00.000Z","by":{"a":1}}'], ['with facts no page can show', '{"state":"verified","since":"2026-11-21T00:00:00.000Z","evidence":{"reply":{"a":1}}}'],
] as const) {
  test(`fault F80 [node]: a status ${what}: nothing is known of it any more, and the settings go on working`, async (t) => {
    const { lab, hurt, write, row } = await setUp(t)
    write('status', status)
    const view = gatewayView.parse(await within('F80', 'node', 1, () => lab.json('GET', `/gateways/${hurt.id}`, 200)))
    assert.deepEqual([view.status.state, view.settings], ['unverified', hurt.settings])
    assert.equal(verdictOf(await lab.check({ gatewayId: hurt.id })), 'passed')
    assert.equal(row()['status'], status, 'the record is kept as it is')
  })
}

test('fault F80 [node]: 400 single flipped bits anywhere in what a save writes: every one is noticed, none shows settings that were not saved', async (t) => {
  const { lab, hurt, foreign, row, writeText, heal, list, others } = await setUp(t)
  const columns: readonly Column[] = ['name', 'mode', 'settings', 'secrets', 'updated_at', 'updated_by']
  const missed: string[] = []
  for (let n = 0; n < 400; n++) {
    const column = columns[n % columns.length]!
    const bytes = Buffer.from(String(row()[column]))
    const [at, bit] = [randomInt(bytes.length), randomInt(8)]
    bytes[at]! ^= 1 << bit
    writeText(column, bytes)
    const seen = await list()
    if (seen.find(({ id }) => id === hurt.id)?.status.evidence?.['code'] !== 'settings.unreadable') missed.push(`${column} byte ${at} bit ${bit}`)
    assert.deepEqual(seen.filter(({ id }) => id !== hurt.id), others)
    heal()
  }
  assert.deepEqual(missed, [])
  assert.equal((await list()).find(({ id }) => id === hurt.id)?.status.state, 'verified', 'as it was, once it is healed')
  assert.deepEqual(await lab.json('GET', `/gateways/${foreign.id}`, 200, { as: 'other' }), foreign)
})

test('fault F80 [node]: 300 flipped bits in a status: never a better state than the one that was written', async (t) => {
  const { lab, hurt, row, writeText, heal } = await setUp(t)
  await lab.json('PUT', `/gateways/${hurt.id}`, 200, { body: { mode: 'smtp', settings: { ...hurt.settings, fromName: 'Edited' } }, headers: { 'if-match': '"1"' } })
  const written = row()
  const seen = new Set<string>()
  for (let n = 0; n < 300; n++) {
    const bytes = Buffer.from(String(written['status']))
    bytes[randomInt(bytes.length)]! ^= 1 << randomInt(8)
    writeText('status', bytes)
    const { status } = gatewayView.parse(await lab.json('GET', `/gateways/${hurt.id}`, 200))
    seen.add(status.state)
  }
  assert.deepEqual(seen, new Set(['changed', 'unverified']), 'some are noticed, some say nothing of the state, and none makes it better')
  heal()
})
