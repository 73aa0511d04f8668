// Backup and restore exactly as docs/operating.md says, beside a service that goes on saving.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { openPost } from '../wire/lab.ts'
import { fileIn, folderOf, serve } from './service.ts'
import { withinTime } from '../within-time.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/operating.md', import.meta.url)), 'utf8')

/** The lines the page gives for something. */
const lines = (what: string): string => {
  const found = new RegExp(`^\`\`\`sh ${what}\\n([^]*?)^\`\`\``, 'm').exec(page)?.[1]
  assert.ok(found, `the page says nothing of ${what}`)
  return found
}

const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` }

const run = (folder: string, what: string): string => {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-ec', lines(what)], { cwd: folder, env, encoding: 'utf8', timeout: 30_000 })
  assert.equal(status, 0, stderr)
  return stdout
}

const runBeside = (folder: string, what: string): Promise<number | null> =>
  new Promise((resolve) => spawn('/bin/sh', ['-ec', lines(what)], { cwd: folder, env, stdio: 'ignore', timeout: 30_000 }).once('exit', resolve))

const namesIn = async (path: string): Promise<Map<string, string>> => {
  const store = sqliteStore(path)
  try {
    return new Map((await store.listGateways('acme')).map(({ id, name }) => [id, name]))
  } finally {
    await store.close()
  }
}

test('a backup beside the running service: all that was acknowledged before it is in it, nobody is held up, and restored it works with its secrets', async (t) => {
  const folder = folderOf(t)
  const post = await openPost(t, { password: 'canary-backup-secret' })
  const draft = { mode: 'smtp', settings: post.settings(), secrets: { password: { value: 'canary-backup-secret' } } }
  const service = serve(t, folder)
  const made: GatewayView[] = []
  for (let n = 0; n < 10; n++) made.push(await (await service.ask('POST', '/gateways', { ...draft, name: `n${n}` })).json() as GatewayView)

  assert.deepEqual([fileIn(folder), `${fileIn(folder)}-wal`, dirname(fileIn(folder))].map((path) => statSync(path).mode & 0o777), [0o600, 0o600, 0o700])
  copyFileSync(fileIn(folder), join(folder, 'copied.db'))
  let [going, revision, longest] = [true, 1, 0]
  const saving = (async () => {
    for (; going; revision++) {
      const began = performance.now()
      const { status } = await service.ask('PUT', `/gateways/${made[0]!.id}`, { ...draft, name: `s${revision + 1}` }, { 'if-match': `"${revision}"` })
      assert.equal(status, 200)
      longest = Math.max(longest, performance.now() - began)
    }
  })()
  assert.equal(await runBeside(folder, 'backup'), 0)
  going = false
  await saving
  withinTime(longest, { to: 2_000 }, 'a save waited')
  assert.match(run(folder, 'verify'), /ok/)
  assert.equal(statSync(join(folder, 'backup.db')).mode & 0o777, 0o600)
  assert.notEqual(await runBeside(folder, 'backup'), 0, 'it is not written over')

  for (const { id } of made.slice(5)) assert.equal((await service.ask('DELETE', `/gateways/${id}`, undefined, { 'if-match': '"1"' })).status, 204)
  service.child.kill('SIGKILL')
  await service.ended
  run(folder, 'restore')

  const again = serve(t, folder)
  assert.equal((await again.ask('GET', '/readyz')).status, 200)
  const { gateways } = await (await again.ask('GET', '/gateways')).json() as { gateways: GatewayView[] }
  assert.deepEqual(gateways.slice(1).map(({ name }) => name), made.slice(1).map(({ name }) => name))
  assert.match(gateways[0]!.name, /^(n0|s\d+)$/)
  assert.match(await (await again.ask('POST', '/checks', { gatewayId: gateways[9]!.id })).text(), /"event":"end","verdict":"passed"/)
  const stale = await again.ask('PUT', `/gateways/${made[0]!.id}`, { ...draft, name: 'newer page' }, { 'if-match': `"${revision + 5}"` })
  assert.equal(stale.status, 412)
  again.child.kill('SIGTERM')
  await again.ended

  // Why the page forbids it: what was saved lay beside the file.
  assert.notDeepEqual((await namesIn(join(folder, 'copied.db'))).size, made.length)
})

const draft = { mode: 'smtp', settings: { host: 'smtp.acme.example', security: 'tls', authentication: 'none', from: 'a@acme.example' } }

/** A service with one gateway, of which there is a backup. */
const backedUp = async (t: TestContext) => {
  const folder = folderOf(t)
  const service = serve(t, folder)
  await service.ask('POST', '/gateways', { ...draft, name: 'kept' })
  run(folder, 'backup')
  return { folder, service }
}

test('restored under a service that still runs: it writes nothing into either file, and says why', async (t) => {
  const { folder, service } = await backedUp(t)
  run(folder, 'restore')
  const refused = await service.ask('POST', '/gateways', { ...draft, name: 'never' })
  assert.deepEqual([refused.status, (await refused.json() as { code: string }).code], [503, 'store.read-only'])
  assert.match(service.out(), /"event":"store\.read-only".*put it back and start again/)
  service.child.kill('SIGTERM')
  assert.equal((await service.ended).code, 0)
  assert.deepEqual([...(await namesIn(fileIn(folder))).values()], ['kept'])
})

test('a -wal that stayed beside a restored file would be played into it: why all three are put aside', async (t) => {
  const { folder, service } = await backedUp(t)
  await service.ask('POST', '/gateways', { ...draft, name: 'later' })
  service.child.kill('SIGKILL')
  await service.ended
  copyFileSync(join(folder, 'backup.db'), fileIn(folder))
  assert.ok(statSync(`${fileIn(folder)}-wal`).size > 0)
  const wrong = await namesIn(fileIn(folder)).then((names) => [...names.values()].join(), (error: Error) => error.message)
  assert.notEqual(wrong, 'kept')
})
