// The same at the edge, in workerd: a database whose answers never come.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { GatewayView, Problem } from '@mail-gateway/contract'
import { bundleWorker } from '../workerd/bundle.ts'
import { startGateway } from '../workerd/gateway.ts'
import type { EdgeGateway } from '../workerd/gateway.ts'
import { anyDraft } from '../wire/lab.ts'
import { timed } from './store-seat.ts'
import { withinTime } from '../within-time.ts'

let gateway: EdgeGateway
before(async () => {
  gateway = await startGateway({ script: await bundleWorker(new URL('../workerd/silent-store.worker.ts', import.meta.url)) })
})
after(() => gateway?.close())

const cut = async (...names: readonly string[]): Promise<void> => {
  assert.equal((await gateway.fetch(`/?dead=${names.join()}`)).status, 200)
}

const isToldInTime = async (asking: Promise<Response>): Promise<void> => {
  const { value: response, took } = await timed(() => asking)
  const problem = await response.json() as Problem
  assert.deepEqual([response.status, problem.code], [503, 'store.busy'], JSON.stringify(problem))
  assert.match(problem.detail, /A change may be made all the same/)
  withinTime(took, { from: 5_000, to: 7_000 })
}

test('fault F76: at the edge a database whose answers never come: every call is answered within 5 seconds, and none is taken for hung', async () => {
  const made = await (await gateway.call('POST', '/gateways', anyDraft(), 'quiet')).json() as GatewayView
  await cut('listGateways', 'removeGateway', 'putRun', 'takeTest')
  try {
    await Promise.all([
      isToldInTime(gateway.call('GET', '/gateways', undefined, 'quiet')),
      isToldInTime(gateway.call('POST', '/checks', { gatewayId: made.id }, 'quiet')),
      isToldInTime(gateway.call('POST', '/checks', { gatewayId: made.id, until: 'delivery' }, 'quiet')),
    ])
  } finally {
    await cut()
  }
  assert.equal((await gateway.call('GET', '/gateways', undefined, 'quiet')).status, 200)
  assert.doesNotMatch(await gateway.log(), /hung|canceled/)
})

test('fault F76: at the edge a save whose answer was lost on the way from the database: it is not told as undone, and asked again it is told as done', async () => {
  const made = await (await gateway.call('POST', '/gateways', anyDraft(), 'lost')).json() as GatewayView
  const save = () => gateway.fetch(`/api/mail-gateway/gateways/${made.id}`, {
    method: 'PUT', headers: { origin: 'https://console.example.com', 'x-tenant': 'lost', 'content-type': 'application/json', 'x-mail-gateway': '1', 'if-match': '"1"' }, body: JSON.stringify({ ...anyDraft(), name: 'renamed' }),
  })
  await cut('putGateway')
  try {
    await isToldInTime(save())
  } finally {
    await cut()
  }
  const again = await save()
  assert.equal(again.status, 200)
  const { name, revision } = await again.json() as GatewayView
  assert.deepEqual([name, revision], ['renamed', 2])
})
