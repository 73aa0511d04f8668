// Keys that are wrong, gone, or being changed: nothing is overwritten, and every value opens under a key that is known.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { everyGateway, wrongKeys } from '../../packages/bff/src/gateways/keys.ts'
import { rotate } from '../../packages/bff/src/gateways/rotate.ts'
import { modes } from '../../packages/bff/src/modes/index.ts'
import { readKeyring } from '../../packages/bff/src/settings/keyring.ts'
import { versionOf } from '../../packages/bff/src/settings/seal.ts'
import { record } from '../figures.ts'
import { command } from '../peers/command.ts'
import { anyDraft, create, keys, openLab, openPost, origin, verdictOf } from '../wire/lab.ts'
import type { Lab } from '../wire/lab.ts'
import { folderFor, measured, timed, within } from './store-seat.ts'

const password = 'canary-keys-secret-1'
const bin = fileURLToPath(new URL('../../packages/bff/bin/mail-gateway.mjs', import.meta.url))
const another = `1:${Buffer.from(Array.from({ length: 32 }, (_, n) => n * 3 + 1)).toString('base64')}`
const both = `${keys.two},${keys.one}`

const fileOf = (lab: Lab): string => join(lab.folder, 'store', 'settings.db')
const environment = (store: string, secrets: string): Record<string, string> =>
  ({ MAIL_GATEWAY_BASE_URL: origin, MAIL_GATEWAY_AUTH: 'none', MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_STORE: `sqlite:${store}`, MAIL_GATEWAY_SECRETS: secrets, PORT: '0', MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1', MAIL_GATEWAY_EGRESS_PORTS: '1024-65535', MAIL_GATEWAY_CLEARTEXT_ALLOW: '127.0.0.1' })

/** Serves until it says that it listens, then ends it in good order. */
const servesOnce = (t: TestContext, store: string, secrets: string): Promise<{ code: number | null; out: string; err: string }> => new Promise((resolve) => {
  const child = spawn(process.execPath, [bin, 'serve'], { env: { PATH: process.env['PATH'] ?? '', ...environment(store, secrets) }, timeout: 30_000, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => { child.kill('SIGKILL') })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => { 
    const heard = out.includes('"listening"')
    out += chunk.toString()
    if (!heard && out.includes('"listening"')) child.kill('SIGTERM')
  })
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  child.once('close', (code) => resolve({ code, out, err }))
})

/** A file with secrets of two tenants, sealed with the first key, and what lies in it. */
const sealed = async (t: TestContext) => {
  const lab = await openLab(t)
  for (const as of ['admin', 'admin', 'other']) await create(lab, anyDraft(), as)
  await lab.gateway.close()
  const path = fileOf(lab)
  const rows = () => {
    const file = new DatabaseSync(path)
    const all = file.prepare('SELECT * FROM gateway ORDER BY tenant, id').all().map((row) => ({ ...row }))
    file.close()
    return all
  }
  return { lab, path, rows }
}

const noKey = /✖ MAIL_GATEWAY_SECRETS +lacks a key that was used here: of 3 stored secrets it opens none\. Nothing was changed/

for (const [what, secrets, words] of [
  ['a key of another version', keys.two, noKey],
  ['another key under the same version', another, noKey],
] as const) {
  test(`fault F81 [node]: ${what} at start: it says so, does not start, and nothing is overwritten`, async (t) => {
    const { path, rows } = await sealed(t)
    const before = rows()
    // How long a process takes to begin at all is the machine's: what is measured is what the look at the keys adds to it.
    const bare = await timed(() => servesOnce(t, '/proc/nowhere/x.db', secrets))
    const { took, value: { code, out, err } } = await timed(() => servesOnce(t, path, secrets))
    measured('F81', 'node', 2, Math.max(0, took - bare.took))
    assert.equal(code, 78, out)
    assert.match(err, words)
    assert.doesNotMatch(out, /listening/)
    assert.doesNotMatch(err, new RegExp(secrets.slice(2, 20).replace(/[+/]/g, '.')))
    assert.deepEqual(rows(), before)
    const { code: rotated } = await command(['rotate'], { env: environment(path, secrets) })
    assert.equal(rotated, 78, 'nor is anything sealed anew with it')
    assert.deepEqual(rows(), before)
    assert.equal((await servesOnce(t, path, keys.one)).code, 0, 'with the right key it starts')
  })
}

test('fault F81 [node]: once served with a key, another one under its name is told apart from it, whatever it would open', async (t) => {
  const { path } = await sealed(t)
  assert.equal((await servesOnce(t, path, keys.one)).code, 0)
  const { code, err } = await servesOnce(t, path, another)
  assert.equal(code, 78)
  assert.match(err, /holds another key 1 than the one that was used here: of 3 stored secrets it opens none/)
})

test('fault F81 [node]: a fresh store, an empty one that knew another key, and keys of which one still opens something all start', async (t) => {
  const fresh = join(folderFor(t), 'fresh.db')
  for (const secrets of [keys.one, keys.two, another]) assert.equal((await servesOnce(t, fresh, secrets)).code, 0, secrets.slice(0, 2))
  const { path } = await sealed(t)
  assert.equal((await servesOnce(t, path, both)).code, 0)
  assert.equal((await servesOnce(t, path, `3:${another.slice(2)},${keys.one}`)).code, 0)
})

test('fault F81 [node]: the old key alone after a rotation, as after a start with yesterday’s settings: it says so, does not start, and nothing is overwritten', async (t) => {
  const { path, rows } = await sealed(t)
  assert.equal((await servesOnce(t, path, keys.one)).code, 0)
  assert.equal((await command(['rotate'], { env: environment(path, both) })).code, 0)
  const before = rows()
  const { code, out, err } = await servesOnce(t, path, keys.one)
  assert.equal(code, 78, out)
  assert.match(err, noKey)
  assert.deepEqual(rows(), before)
  assert.equal((await servesOnce(t, path, keys.two)).code, 0, 'and the old one can go')
  const store = sqliteStore(path)
  t.after(() => store.close())
  const reading = readKeyring(keys.two)
  assert.ok(reading.ok)
  assert.equal(await wrongKeys({ store, keyring: reading.keyring, modes: [] }), undefined, 'also where nothing is offered any more of what is stored')
})

test('fault F81 [node]: where a host serves it by itself, it is not ready, kept secrets do not open, and the stored ones stay as they are', async (t) => {
  const { lab, rows } = await sealed(t)
  const before = rows()
  await lab.restart({ secrets: another })
  assert.equal((await lab.request('GET', '/readyz')).status, 503)
  assert.match(String(lab.log.find(({ event }) => event === 'not-ready')?.fields?.['message']), /opens none/)
  const { gateways: [view] } = await lab.json<{ gateways: GatewayView[] }>('GET', '/gateways', 200)
  const told = await lab.problem('PUT', `/gateways/${view!.id}`, 409, { body: { mode: 'smtp', settings: view!.settings }, headers: { 'if-match': '"1"' } })
  assert.equal(told.code, 'secret.unreadable')
  assert.deepEqual(rows(), before)
})

test('fault F82 [node]: the old key behind the new one still opens and a save seals anew; with it gone the secret must be entered again', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t, { password })
  const draft = { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } }
  const [saved, left] = [await create(lab, draft), await create(lab, draft)]
  await lab.restart({ secrets: both })
  for (const { id } of [saved, left]) assert.equal(verdictOf(await within('F82', 'node', 1, () => lab.check({ gatewayId: id }))), 'passed')
  await lab.json('PUT', `/gateways/${saved.id}`, 200, { body: { mode: 'smtp', settings: saved.settings }, headers: { 'if-match': '"1"' } })
  await lab.restart({ secrets: keys.two })
  assert.equal(verdictOf(await lab.check({ gatewayId: saved.id })), 'passed')
  const told = await within('F82', 'node', 1, () => lab.problem('POST', '/checks', 409, { body: { gatewayId: left.id } }))
  assert.deepEqual([told.code, told.errors?.map(({ pointer }) => pointer)], ['secret.unreadable', ['/secrets/password']])
  assert.match(told.detail, /must be typed again/)
  await lab.json('PUT', `/gateways/${left.id}`, 200, { body: draft, headers: { 'if-match': '"1"' } })
  assert.equal(verdictOf(await lab.check({ gatewayId: left.id })), 'passed')
})

/** Key versions of everything sealed in a file. */
const versionsIn = async (path: string): Promise<(string | undefined)[]> => {
  const store = sqliteStore(path)
  const versions: (string | undefined)[] = []
  for await (const { secrets } of everyGateway(store)) versions.push(...Object.values(secrets).map(({ sealed: text }) => versionOf(text)))
  await store.close()
  return versions
}

/** Starts a rotation and kills it once so many gateways are told of. @returns its code, or null where it was killed */
const rotateUntil = (path: string, told: number): Promise<number | null> => new Promise((resolve) => {
  const child = spawn(process.execPath, [bin, 'rotate'], { env: { PATH: process.env['PATH'] ?? '', ...environment(path, both) }, timeout: 60_000, stdio: ['ignore', 'ignore', 'pipe'] })
  let lines = 0
  child.stderr.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1
    if (lines >= told) child.kill('SIGKILL')
  })
  child.once('close', (code) => resolve(code))
})

test('fault F83 [node]: a rotation killed half-way, five times, and run again: every value opens under a known key, and then the old key may go', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t, { password })
  const draft = { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } }
  const proven = await create(lab, draft)
  await lab.check({ gatewayId: proven.id, until: 'delivery' })
  const many = 150
  for (let n = 1; n < many; n++) await create(lab, draft, n % 2 ? 'admin' : 'other')
  await lab.gateway.close()
  const path = fileOf(lab)
  let killed = 0
  for (let round = 0; round < 5; round++) {
    if (await rotateUntil(path, 1 + randomInt(25)) === null) killed += 1
    const versions = await versionsIn(path)
    assert.equal(versions.length, many)
    assert.ok(versions.every((version) => version === '1' || version === '2'))
    const file = new DatabaseSync(path)
    assert.equal(file.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
    file.close()
  }
  const half = (await versionsIn(path)).filter((version) => version === '2').length
  assert.ok(killed >= 4 && half > 0 && half < many, `${killed} killed, ${half} of ${many} sealed anew`)
  const last = await command(['rotate', '--json'], { env: environment(path, both) })
  assert.deepEqual([last.code, JSON.parse(last.stdout)], [0, { resealed: many - half, current: half, left: [] }])
  assert.deepEqual(new Set(await versionsIn(path)), new Set(['2']))
  const again = await command(['rotate', '--json'], { env: environment(path, both) })
  assert.deepEqual(JSON.parse(again.stdout), { resealed: 0, current: many, left: [] })
  record({ of: 'fault F83 node', seconds: Math.round(last.took) / 1000, kills: killed, secrets: many })
  await lab.restart({ secrets: keys.two })
  const view = await lab.json<GatewayView>('GET', `/gateways/${proven.id}`, 200)
  assert.deepEqual([view.status.state, view.revision], ['verified', 1], 'what was proven stays proven, and open forms stay current')
  const saved = await lab.json<GatewayView>('PUT', `/gateways/${proven.id}`, 200, { body: { mode: 'smtp', settings: view.settings, name: 'renamed' }, headers: { 'if-match': '"1"' } })
  assert.equal(saved.status.state, 'verified')
  assert.equal(verdictOf(await lab.check({ gatewayId: proven.id })), 'passed')
})

test('fault F83 [node]: a rotation beside an administrator who saves and runs that end loses nothing of either', async (t) => {
  const lab = await openLab(t, { secrets: both })
  const post = await openPost(t, { password })
  const draft = { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } }
  await lab.restart({ secrets: keys.one })
  const views = await Promise.all(Array.from({ length: 20 }, () => create(lab, draft)))
  await lab.restart({ secrets: both })
  const reading = readKeyring(both)
  assert.ok(reading.ok)
  const store = sqliteStore(fileOf(lab))
  const outcomes: string[] = []
  const turning = (async () => {
    for await (const { outcome } of rotate({ store, keyring: reading.keyring, modes, capabilities: { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true } })) {
      outcomes.push(outcome)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  const saved = await Promise.all(views.map(({ id }) => lab.json<GatewayView>('PUT', `/gateways/${id}`, 200, { body: { mode: 'smtp', settings: post.settings({ fromName: 'Acme' }) }, headers: { 'if-match': '"1"' } })))
  await Promise.all(views.slice(0, 5).map(({ id }) => lab.check({ gatewayId: id })))
  await turning
  await store.close()
  assert.deepEqual(saved.map(({ revision }) => revision), views.map(() => 2))
  assert.ok(outcomes.every((outcome) => ['resealed', 'current'].includes(outcome)))
  assert.deepEqual(new Set(await versionsIn(fileOf(lab))), new Set(['2']))
  await lab.restart({ secrets: keys.two })
  for (const { id } of views.slice(0, 5)) {
    const view = await lab.json<GatewayView>('GET', `/gateways/${id}`, 200)
    assert.deepEqual([view.settings['fromName'], view.status.state], ['Acme', 'checked'])
  }
})

test('fault F83 [node]: what opens under no key is named, left as it is, and is no success', async (t) => {
  const { lab, path, rows } = await sealed(t)
  const file = new DatabaseSync(path)
  const { id, secrets } = file.prepare('SELECT id, secrets FROM gateway LIMIT 1').get() as { id: string; secrets: string }
  file.prepare('UPDATE gateway SET digest = NULL, tenant = ?, secrets = ? WHERE id = ?').run('acme\u001b[2J', secrets.replace(/"sealed":"([^."]+)\.\.([^."]+)\./, (_, header: string) => `"sealed":"${header}..AAAAAAAAAAAAAAAA.`), id)
  file.close()
  const before = rows().find((row) => (row as { id?: unknown }).id === id)
  const { code, stdout, stderr } = await command(['rotate', '--json'], { env: environment(path, both) })
  assert.equal(code, 1)
  assert.deepEqual((JSON.parse(stdout) as { left: { id: string; lost: string[] }[] }).left.map((one) => [one.id, one.lost]), [[id, ['password']]])
  assert.match(stderr, /acme\\u\{1b\}\[2J .*opens under no key: password/, 'a terminal is shown the name, and obeys nothing in it')
  assert.deepEqual(rows().find((row) => (row as { id?: unknown }).id === id), before)
  assert.doesNotMatch(stdout + stderr, /correct-horse/)
  assert.ok(!readFileSync(fileOf(lab)).includes('correct-horse'))
})

for (const [what, args, env, code] of [
  ['an unknown option', ['rotate', '--force'], {}, 64], ['no keys', ['rotate'], { MAIL_GATEWAY_SECRETS: '' }, 78], ['a store that cannot be opened', ['rotate'], { MAIL_GATEWAY_STORE: 'sqlite:/proc/nowhere/x.db' }, 78],
] as const) {
  test(`rotate with ${what} exits ${code}`, async (t) => {
    const ended = await command(args, { env: { ...environment(join(folderFor(t), 'x.db'), keys.one), ...env } })
    assert.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr)
  })
}

test('fault F83 [node]: a newer key in front and nobody who rotates: the log says once that it waits, and no more once it was done', async (t) => {
  const lab = await openLab(t)
  await create(lab)
  const waiting = () => lab.log.filter(({ event }) => event === 'keys.not-rotated').map(({ level }) => level)
  const askedTwice = async () => { for (const _ of [1, 2]) assert.equal((await lab.request('GET', '/readyz')).status, 200) }
  await askedTwice()
  assert.deepEqual(waiting(), [], 'one key waits for nothing')
  await lab.restart({ secrets: both })
  await askedTwice()
  assert.deepEqual(waiting(), ['warn'])
  assert.equal((await lab.gateway.rotate()).resealed, 1)
  await lab.restart({ secrets: both })
  await askedTwice()
  assert.equal(waiting().length, 1)
})
