import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatewayView, ModeView } from '@mail-gateway/contract'
import { Client } from '../client/client.ts'
import { GatewaysController } from './gateways.ts'

const host = { requestUpdate: () => undefined, addController: () => undefined, removeController: () => undefined, updateComplete: Promise.resolve(true) }
const gateway = (id: string, isDefault: boolean): GatewayView => ({
  id, name: id, default: isDefault, mode: 'smtp', settings: {}, secrets: {}, status: { state: 'unverified', since: '2026-01-01T00:00:00Z' }, revision: 1, updatedAt: '2026-01-01T00:00:00Z', updatedBy: 'Ada',
})
const mode = (label: string): ModeView => ({ id: 'smtp', label, hint: '', available: { ok: true }, groups: [], fields: [], plan: [], destination: [], target: [], guide: null })
const meta = { apiVersion: '1.0', policy: { saveRequires: 'nothing' }, rights: [], me: {} }

/** What a service says at each address, or nothing while it is down. */
const over = (answers: Readonly<Record<string, unknown>> | undefined) => {
  const asked: string[] = []
  const service = { answers }
  const request = async (url: string) => {
    asked.push(url)
    if (!service.answers) throw new TypeError('down')
    return Response.json(service.answers[url])
  }
  const client = new Client({ base: () => '', language: () => 'en', credentials: () => 'same-origin', headers: () => undefined, transport: () => ({ request }) })
  return { asked, service, gateways: new GatewaysController(host, client, () => undefined) }
}
const all = { '/meta': meta, '/modes': { modes: [mode('Server')] }, '/gateways': { gateways: [gateway('a', true), gateway('b', false)] } }
const settled = () => new Promise((done) => { setImmediate(done) })

test('api B21, B19: taken away while it waits for its next try, it asks no more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { gateways, asked } = over(undefined)
  await gateways.load().catch(() => undefined)
  assert.deepEqual([gateways.failure?.code, gateways.pause], ['client.unreachable', 1])
  const before = asked.length
  gateways.hostDisconnected()
  t.mock.timers.tick(60_000)
  await settled()
  assert.equal(asked.length, before)
})

test('api B21: asked to try at once, it does not try a second time on top of it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { gateways, asked, service } = over(undefined)
  await gateways.load().catch(() => undefined)
  service.answers = all
  await gateways.load()
  assert.equal(gateways.loaded, true)
  const before = asked.length
  t.mock.timers.tick(60_000)
  await settled()
  assert.equal(asked.length, before)
})

test('a gateway that is stored as the new default ends the old one, without another look', async () => {
  const { gateways } = over(all)
  await gateways.load()
  gateways.put(gateway('c', true))
  assert.deepEqual(gateways.gateways.map(({ id, default: is }) => [id, is]), [['a', false], ['b', false], ['c', true]])
  gateways.put({ ...gateway('b', false), name: 'Renamed' })
  assert.deepEqual(gateways.gateways.map(({ id, name, default: is }) => [id, name, is]), [['a', 'a', false], ['b', 'Renamed', false], ['c', 'c', true]])
})

test('api B13: in another language the ways of sending are worded anew; where that fails the words stay', async () => {
  const { gateways, service } = over(all)
  await gateways.load()
  service.answers = { ...all, '/modes': { modes: [mode('Servidor')] } }
  await gateways.reloadModes()
  assert.equal(gateways.modes[0]!.label, 'Servidor')
  service.answers = undefined
  await gateways.reloadModes()
  assert.equal(gateways.modes[0]!.label, 'Servidor')
})
