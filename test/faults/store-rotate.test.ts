// Sealing anew while others write, over what is damaged, and over what was never sealed: what was true of a gateway stays true.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { rotate } from '../../packages/bff/src/gateways/rotate.ts'
import { modes } from '../../packages/bff/src/modes/index.ts'
import type { Store, StoredGateway } from '../../packages/bff/src/ports/store.ts'
import { readKeyring } from '../../packages/bff/src/settings/keyring.ts'
import type { Keyring } from '../../packages/bff/src/settings/keyring.ts'
import { seal } from '../../packages/bff/src/settings/seal.ts'
import { command } from '../peers/command.ts'
import { create, keys, openLab, openPost } from '../wire/lab.ts'

const both = `${keys.two},${keys.one}`
const ring = (text: string): Keyring => {
  const reading = readKeyring(text)
  return reading.ok ? reading.keyring : assert.fail(reading.problem)
}

/** Gateways of two tenants under the first key, and the store that holds them. */
const world = async (t: TestContext) => {
  const lab = await openLab(t)
  const ids = [await create(lab), await create(lab), await create(lab, undefined, 'other')].map(({ id }) => id)
  await lab.gateway.close()
  const path = join(lab.folder, 'store', 'settings.db')
  const store = sqliteStore(path)
  t.after(() => store.close())
  const sql = (text: string) => {
    const file = new DatabaseSync(path)
    file.exec(text)
    file.close()
  }
  return { lab, path, store, ids, sql, env: { MAIL_GATEWAY_STORE: `sqlite:${path}`, MAIL_GATEWAY_SECRETS: both } }
}

const outcomes = async (store: Store): Promise<string[]> => {
  const all: string[] = []
  const capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
  for await (const { outcome } of rotate({ store, keyring: ring(both), modes, capabilities })) all.push(outcome)
  return all
}

/** Somebody comes first before each of so many tries to write a gateway anew. */
const meanwhile = (store: Store, times: number, write: (before: StoredGateway) => Promise<unknown>): Store => {
  const tries = new Map<string, number>()
  return {
    ...store,
    async reseal(before, after) {
      const done = tries.get(before.id) ?? 0
      tries.set(before.id, done + 1)
      if (done < times) await write(before)
      return store.reseal(before, after)
    },
  }
}

test('fault F83 [node]: a gateway others keep writing to is tried five times and left to the next run; one that is deleted meanwhile needs nothing', async (t) => {
  const { store } = await world(t)
  const save = (before: StoredGateway) => store.putGateway({ ...before, name: `${before.name}+`, revision: before.revision + 1 }, before.revision)
  assert.deepEqual(await outcomes(meanwhile(store, 5, save)), ['changing', 'changing', 'changing'])
  assert.deepEqual(await outcomes(meanwhile(store, 4, save)), ['resealed', 'resealed', 'resealed'])
  assert.ok((await store.listGateways('acme')).every(({ revision, damaged }) => revision === 10 && !damaged))
  const { store: second } = await world(t)
  assert.deepEqual(await outcomes(meanwhile(second, 1, ({ tenant, id, revision }) => second.removeGateway(tenant, id, revision))), ['current', 'current', 'current'])
})

test('fault F83 [node]: a rotation leaves a proof of its key, and forgets tokens of the others', async (t) => {
  const { store } = await world(t)
  const place = { tenant: 'acme', gateway: 'k', field: 'tokens', mode: 'tokens', destination: [] }
  for (const [key, keyring] of [['old', ring(keys.one)], ['new', ring(both)]] as const) await store.putToken('acme', key, { sealed: await seal('token', place, keyring), at: 1, until: Number.MAX_SAFE_INTEGER })
  await outcomes(store)
  assert.deepEqual((await store.keyProofs()).map(({ version }) => version), ['2'])
  assert.deepEqual([await store.getToken('acme', 'old'), (await store.getToken('acme', 'new'))?.at], [undefined, 1])
})

test('fault F83 [node]: what was proven stays proven where no secret is stored too, and what was changed since does not become proven', async (t) => {
  const lab = await openLab(t)
  const post = await openPost(t)
  const draft = { mode: 'smtp', settings: post.settings() }
  const [proven, changed] = [await create(lab, draft), await create(lab, draft)]
  for (const { id } of [proven, changed]) await lab.check({ gatewayId: id, until: 'delivery' })
  await lab.json('PUT', `/gateways/${changed.id}`, 200, { body: { ...draft, settings: post.settings({ fromName: 'Acme' }) }, headers: { 'if-match': '"1"' } })
  const states = async () => Promise.all([proven, changed].map(async ({ id }) => (await lab.json<GatewayView>('GET', `/gateways/${id}`, 200)).status.state))
  assert.deepEqual(await states(), ['verified', 'changed'])
  await lab.gateway.close()
  const store = sqliteStore(join(lab.folder, 'store', 'settings.db'))
  await outcomes(store)
  await store.close()
  await lab.restart({ secrets: keys.two })
  assert.deepEqual(await states(), ['verified', 'changed'])
  for (const [{ id }, revision, fromName] of [[proven, 1], [changed, 2, 'Acme']] as const) {
    await lab.json('PUT', `/gateways/${id}`, 200, { body: { ...draft, settings: post.settings({ ...(fromName && { fromName }) }), name: 'renamed' }, headers: { 'if-match': `"${revision}"` } })
  }
  assert.deepEqual(await states(), ['verified', 'changed'], 'and it is known again by the new key')
})

test('fault F83 [node]: a status that speaks of other settings is not made to speak of these', async (t) => {
  const { store, ids: [id] } = await world(t)
  const foreign = { state: 'verified', since: '2026-11-21T00:00:00.000Z', fingerprint: '1.foreign' } as const
  await store.putStatus('acme', id!, 1, foreign)
  await outcomes(store)
  assert.deepEqual((await store.getGateway('acme', id!))?.status, foreign)
})

test('fault F83 [node]: a gateway of a mode that is no longer there, and a proven one whose secret opens under no key, are named, stay as they are, and stop nothing', async (t) => {
  const { store, ids: [bygone, lost, third], sql } = await world(t)
  const proven = { state: 'verified', since: '2026-11-21T00:00:00.000Z', fingerprint: '1.proof' } as const
  for (const id of [bygone!, lost!]) await store.putStatus('acme', id, 1, proven)
  sql(`UPDATE gateway SET digest = NULL, mode = 'bygone' WHERE id = '${bygone}'`)
  const other = (await store.getGateway('other', third!))!.secrets
  sql(`UPDATE gateway SET digest = NULL, secrets = '${JSON.stringify(other)}' WHERE id = '${lost}'`)
  const before = await store.listGateways('acme')
  const capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
  const turned = new Map<string, unknown>()
  for await (const { gateway, outcome, lost: names } of rotate({ store, keyring: ring(both), modes, capabilities })) turned.set(gateway.id, [outcome, names])
  assert.deepEqual([bygone, lost, third].map((id) => turned.get(id!)), [['current', ['password']], ['current', ['password']], ['resealed', []]])
  assert.deepEqual(await store.listGateways('acme'), before)
})

interface Sum { readonly resealed: number; readonly left: readonly { readonly id: string; readonly outcome: string }[] }

test('fault F83 [node]: keys are changed with nothing but the store and the keys; a damaged record is named, left as it is, and is no success', async (t) => {
  const { path, ids: [hurt], sql, env, store } = await world(t)
  sql(`UPDATE gateway SET settings = '{' WHERE id = '${hurt}'`)
  const before = await store.getGateway('acme', hurt!)
  await store.close()
  const { code, stdout } = await command(['rotate', '--json'], { env })
  const { resealed, left } = JSON.parse(stdout) as Sum
  assert.deepEqual([code, resealed, left.map(({ id, outcome }) => [id, outcome])], [1, 2, [[hurt, 'damaged']]])
  const after = sqliteStore(path)
  t.after(() => after.close())
  assert.deepEqual(await after.getGateway('acme', hurt!), before)
})

test('fault F83 [node]: what keeps changing is named, and is no success', async (t) => {
  const { ids: [busy], sql, env } = await world(t)
  sql(`CREATE TRIGGER others BEFORE UPDATE OF secrets ON gateway WHEN old.id = '${busy}' BEGIN SELECT RAISE(IGNORE); END`)
  const { code, stdout } = await command(['rotate', '--json'], { env })
  assert.deepEqual([code, (JSON.parse(stdout) as Sum).left.map(({ id, outcome }) => [id, outcome])], [1, [[busy, 'changing']]])
})

test('fault F86 [node]: a store of a newer version stops the rotation, which says so and is no success', async (t) => {
  const { sql, env } = await world(t)
  sql("INSERT INTO d1_migrations (name) VALUES ('9999_future.sql')")
  const { code, stdout, stderr } = await command(['rotate'], { env })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /the store stopped it \(schema\): .*newer version \(9999_future\.sql\).*run it again/)
})
