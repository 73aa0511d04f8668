import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStore } from '../adapters/memory/store.ts'
import { readKeyring } from './keyring.ts'
import type { Keyring } from './keyring.ts'
import { createVault, forgetful } from './vault.ts'

const key = (fill: number) => Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 5 + fill) % 256)).toString('base64')
const ring = (text: string): Keyring => {
  const reading = readKeyring(text)
  return reading.ok ? reading.keyring : assert.fail(reading.problem)
}
const canary = '{"AccessToken":{"secret":"eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.canary-token-4711.signature"}}'
const place = ['login.microsoftonline.com', '8f1c2a60-94d7-4b5e-a3c8-5d20e7b961f4', 'a31c84d2-6e5b-4f90-8b17-2c9d05e7f3aa']

const world = (keyring = ring(`1:${key(1)}`)) => {
  const store = memoryStore()
  let now = 1_000_000
  const clock = { now: () => now, elapsed: () => 0 }
  const vault = (tenant = 'acme', other = keyring) => createVault({ store, keyring: other, clock, tenant })
  return { store, vault, wait: (ms: number) => { now += ms } }
}

test('what was written reads back, with when it was written', async () => {
  const { vault, wait } = world()
  await vault().write('k1', place, canary, 2_000_000)
  wait(5_000)
  assert.deepEqual(await vault().read('k1', place), { text: canary, at: 1_000_000 })
  await vault().write('k1', place, 'second', 2_000_000)
  assert.deepEqual(await vault().read('k1', place), { text: 'second', at: 1_005_000 })
})

test('threat T14: what lies in the store holds nothing of the text, in no form, nor of the place', async () => {
  const { store, vault } = world()
  await vault().write('k1', place, canary, 2_000_000)
  const stored = JSON.stringify(await store.getToken('acme', 'k1'))
  for (const text of ['canary-token-4711', canary, ...place]) for (const form of ['utf8', 'base64', 'base64url', 'hex'] as const) assert.ok(!stored.includes(Buffer.from(text).toString(form).replace(/=+$/, '')), `${text} as ${form}`)
})

const elsewhere: readonly [what: string, tenant: string, key: string, place: readonly string[]][] = [
  ['another tenant', 'other', 'k1', place], ['another key', 'acme', 'k2', place],
  ['another host', 'acme', 'k1', ['login.evil.example', ...place.slice(1)]], ['another order', 'acme', 'k1', place.toReversed()],
  ['a part less', 'acme', 'k1', place.slice(0, 2)], ['a part more', 'acme', 'k1', [...place, '']], ['parts that run together', 'acme', 'k1', [place[0]! + place[1]!, place[2]!]], ['no place', 'acme', 'k1', []],
]
for (const [what, tenant, name, there] of elsewhere) {
  test(`threat T15: ${what} reads nothing, though the row was copied there`, async () => {
    const { store, vault } = world()
    await vault().write('k1', place, canary, 2_000_000)
    await store.putToken(tenant, name, (await store.getToken('acme', 'k1'))!)
    assert.equal(await vault(tenant).read(name, there), undefined)
    assert.equal((await vault().read('k1', place))?.text, canary)
  })
}

test('threat T15: a row with any character altered reads as nothing and throws nothing', async () => {
  const { store, vault } = world()
  await vault().write('k1', place, canary, 2_000_000)
  const { sealed, ...times } = (await store.getToken('acme', 'k1'))!
  for (let at = 0; at < sealed.length; at++) {
    await store.putToken('acme', 'k1', { ...times, sealed: sealed.slice(0, at) + String.fromCharCode(sealed.charCodeAt(at) ^ 1) + sealed.slice(at + 1) })
    assert.equal(await vault().read('k1', place), undefined, `character ${at}`)
  }
  for (const other of ['', '.', '....', sealed.slice(1), `${sealed}.`]) {
    await store.putToken('acme', 'k1', { ...times, sealed: other })
    assert.equal(await vault().read('k1', place), undefined, other)
  }
})

test('a sealed secret of a gateway is no token, and a token no secret', async () => {
  const { store, vault } = world()
  const { seal, open } = await import('./seal.ts')
  const keyring = ring(`1:${key(1)}`)
  const gateway = { tenant: 'acme', gateway: 'g1', field: 'clientSecret', mode: 'graph', destination: place.map((part, n) => [String(n), part] as const) }
  await store.putToken('acme', 'g1', { sealed: await seal('secret', gateway, keyring), at: 1, until: 2_000_000 })
  assert.equal(await vault().read('g1', place), undefined)
  await vault().write('g1', place, canary, 2_000_000)
  await assert.rejects(open((await store.getToken('acme', 'g1'))!.sealed, gateway, keyring))
})

test('fault F82: after a new key is put in front, what was kept still opens; with its key gone it is not there', async () => {
  const { vault } = world()
  await vault().write('k1', place, canary, 2_000_000)
  assert.equal((await vault('acme', ring(`2:${key(2)},1:${key(1)}`)).read('k1', place))?.text, canary)
  assert.equal(await vault('acme', ring(`2:${key(2)}`)).read('k1', place), undefined)
  assert.equal(await vault('acme', ring(`1:${key(9)}`)).read('k1', place), undefined)
})

test('what has ended reads as absent, at that very millisecond', async () => {
  const { vault, wait } = world()
  await vault().write('k1', place, canary, 1_000_100)
  wait(99)
  assert.equal((await vault().read('k1', place))?.text, canary)
  wait(1)
  assert.equal(await vault().read('k1', place), undefined)
})

test('an error of the store is an error, not an empty vault', async () => {
  const { vault, store } = world()
  const busy = createVault({ store: { ...store, getToken: () => Promise.reject(new Error('locked')) }, keyring: ring(`1:${key(1)}`), clock: { now: () => 0, elapsed: () => 0 }, tenant: 'acme' })
  await assert.rejects(busy.read('k1', place), /locked/)
  assert.equal(await vault().read('k1', place), undefined)
})

test('threat T40: of all who want the same at once one asks; what is of another tenant, key or place is not the same', async () => {
  const { vault } = world()
  const asked: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const want = (tenant: string, key: string, there: readonly string[]) => vault(tenant).together(key, there, async () => { asked.push(`${tenant} ${key} ${there[0]}`); await promise; return tenant }, new AbortController().signal)
  const all = [want('acme', 'k1', place), want('acme', 'k1', place), want('other', 'k1', place), want('acme', 'k2', place), want('acme', 'k1', place.toReversed())]
  resolve()
  assert.deepEqual(await Promise.all(all), ['acme', 'acme', 'other', 'acme', 'acme'])
  assert.deepEqual(asked, [`acme k1 ${place[0]}`, `other k1 ${place[0]}`, `acme k2 ${place[0]}`, `acme k1 ${place[2]}`])
})

test('the forgetful vault keeps nothing', async () => {
  await forgetful.write('k1', place, canary, 2_000_000)
  assert.equal(await forgetful.read('k1', place), undefined)
})
