// Fault F84 at the start: a file that this user may not write to is read; where it cannot even be read, the sentence says what to do.
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { fileIn, folderOf, serve, until } from '../command/service.ts'
import { command } from '../peers/command.ts'
import { create, openLab, openPost } from '../wire/lab.ts'
import type { Lab } from '../wire/lab.ts'

/** Nobody's, where this process may choose; its own otherwise, which a mode alone keeps out. */
const other = process.getuid?.() === 0 ? 65_534 : undefined
const user = other ?? process.getuid?.()

/** A store that was made and left in good order, in a folder of the service. */
const filled = async (t: TestContext) => {
  const folder = folderOf(t)
  const path = fileIn(folder)
  mkdirSync(dirname(path))
  const post = await openPost(t, { password: 'canary-F84-secret' })
  const lab: Lab = await openLab(t)
  const view = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: 'canary-F84-secret' } } })
  await lab.gateway.close()
  writeFileSync(path, readFileSync(`${lab.folder}/store/settings.db`))
  return { folder, path, view, post }
}

const closed = (folder: string, path: string, fileMode: number): void => {
  for (const name of readdirSync(dirname(path))) chmodSync(`${dirname(path)}/${name}`, fileMode)
  chmodSync(dirname(path), 0o555)
  chmodSync(folder, 0o755)
}

const sentence = (path: string): RegExp => new RegExp(`The user ${user}:\\d+ must be able to write to ${path} and into its folder: mount its volume so that it can be written, or give both to that user with chown`)

test('fault F84 [node]: started where the store cannot be written: it is read, settings are checked, saving is refused, and the log says where, for whom, and what to do', async (t) => {
  const { folder, path, view, post } = await filled(t)
  const before = readFileSync(path)
  closed(folder, path, 0o444)
  const { ask, child, ended, out, err } = serve(t, folder, other === undefined ? {} : { uid: other })
  assert.deepEqual(await (await ask('GET', `/gateways/${view.id}`)).json(), view)
  const saving = await ask('PUT', `/gateways/${view.id}`, { mode: 'smtp', settings: view.settings, name: 'never' }, { 'if-match': '"1"' })
  assert.deepEqual([saving.status, (await saving.json() as { code: string }).code], [503, 'store.read-only'])
  assert.match(await (await ask('POST', '/checks', { gatewayId: view.id, until: 'delivery' })).text(), /"event":"end","verdict":"passed"/)
  assert.equal(post.mails.length, 1)
  assert.match(String(JSON.parse(out().split('\n').find((line) => line.includes('"store.read-only"')) ?? '{}').message), sentence(path))
  child.kill('SIGTERM')
  assert.deepEqual([(await ended).code, err()], [0, ''])
  assert.ok(readFileSync(path).equals(before))
})

test('fault F84 [node]: what the last writer left in the log of the database is read too, where it can no longer be written', async (t) => {
  const { folder, path, view } = await filled(t)
  const writer = serve(t, folder)
  await writer.ask('PUT', `/gateways/${view.id}`, { mode: 'smtp', settings: view.settings, name: 'the last' }, { 'if-match': '"1"' })
  writer.child.kill('SIGKILL')
  await writer.ended
  assert.ok(readdirSync(dirname(path)).includes('mail-gateway.db-wal'))
  closed(folder, path, 0o444)
  const { ask } = serve(t, folder, other === undefined ? {} : { uid: other })
  assert.equal((await (await ask('GET', `/gateways/${view.id}`)).json() as GatewayView).name, 'the last')
  assert.equal((await ask('DELETE', `/gateways/${view.id}`, undefined, { 'if-match': '"2"' })).status, 503)
})

for (const [what, prepare] of [
  ['there is no file and its folder takes none', (path: string) => { chmodSync(dirname(path), 0o555) }],
  ['the file belongs to somebody else', (path: string) => { writeFileSync(path, ''); chmodSync(path, other === undefined ? 0o000 : 0o600); if (other !== undefined) chownSync(path, 0, 0) }],
] as const) {
  test(`fault F84 [node]: ${what}: exit 78 names the file, the user, and what to do`, async (t) => {
    const folder = folderOf(t)
    const path = fileIn(folder)
    mkdirSync(dirname(path))
    prepare(path)
    const { code, err, out } = await serve(t, folder, other === undefined ? {} : { uid: other }).ended
    assert.deepEqual([code, out], [78, ''])
    assert.match(err, /✖ MAIL_GATEWAY_STORE +cannot be opened: /)
    assert.match(err, sentence(path))
  })
}

test('a store that is no database: exit 78 says so, and the file stays as it is', async (t) => {
  const folder = folderOf(t)
  mkdirSync(dirname(fileIn(folder)))
  writeFileSync(fileIn(folder), 'something else altogether, and longer than the head of a database would be: '.repeat(20))
  const before = readFileSync(fileIn(folder))
  const { code, err } = await serve(t, folder).ended
  assert.equal(code, 78)
  assert.match(err, /file is not a database\. This file is no database, or a damaged one: name another, or restore it from a backup/)
  assert.ok(readFileSync(fileIn(folder)).equals(before))
})

test('fault F84 [node]: rotate on a store that cannot be written says the same, and changes nothing', async (t) => {
  const { folder, path } = await filled(t)
  const store = sqliteStore(path)
  await store.close()
  closed(folder, path, 0o444)
  if (other !== undefined) return void await rotatedAs(t, folder, path, other)
  const { code, stderr } = await command(['rotate'], { env: { MAIL_GATEWAY_STORE: `sqlite:${path}`, MAIL_GATEWAY_SECRETS: (await import('../wire/lab.ts')).keys.one } })
  assert.equal(code, 1)
  assert.match(stderr, sentence(path))
})

const rotatedAs = async (t: TestContext, folder: string, path: string, uid: number): Promise<void> => {
  const { ended, err } = serve(t, folder, { uid, shell: 'exec "$1" "$2" rotate' })
  assert.equal((await ended).code, 1)
  assert.match(await until(() => err() || undefined), sentence(path))
}

test('fault F77 [node]: no space when it starts for the first time: exit 78 says that it is the space', async (t) => {
  const folder = folderOf(t)
  const { code, err } = await serve(t, folder, { shell: 'ulimit -f 8; exec "$@"' }).ended
  assert.equal(code, 78)
  assert.match(err, /✖ MAIL_GATEWAY_STORE +cannot be opened: .*data\/mail-gateway\.db: disk I\/O error\. Look whether the disk of .*mail-gateway\.db is full or broken/)
})
