// Why: isolates, D1 and their clock are not Node's; whoever steals, moves or guesses there must get as little.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { openPost } from '../wire/lab.ts'
import { basePath, baseURL, startGateway } from '../workerd/gateway.ts'
import type { EdgeGateway } from '../workerd/gateway.ts'
import { withinTime } from '../within-time.ts'

const password = 'canary-edge-secret-91'
let gateway: EdgeGateway
before(async () => { gateway = await startGateway() })
after(() => gateway?.close())

const newKey = () => randomBytes(16).toString('base64url')
const post = (tenant: string, path: string, body: unknown, key?: string) => gateway.fetch(`${basePath}${path}`, {
  method: 'POST', body: JSON.stringify(body),
  headers: { origin: baseURL, 'x-tenant': tenant, 'content-type': 'application/json', 'x-mail-gateway': '1', ...(key !== undefined && { 'idempotency-key': key }) },
})
const draft = (settings: Record<string, unknown>, value = password) => ({ mode: 'smtp', settings, secrets: { password: { value } } })
const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as { code?: unknown }).code

type Row = Readonly<Record<string, string | number | null>>
const database = () => gateway.miniflare.getD1Database('DB')
const rowOf = async (tenant: string, id: string): Promise<Row> => (await (await database()).prepare('SELECT * FROM gateway WHERE tenant = ? AND id = ?').bind(tenant, id).all<Row>()).results[0]!
const write = async (row: Row): Promise<void> => {
  const names = Object.keys(row)
  await (await database()).prepare(`INSERT OR REPLACE INTO gateway (${names.join()}) VALUES (${names.map(() => '?').join()})`).bind(...Object.values(row)).run()
}

/** As a thief writes it who has read the source: the digest finds accidents, and anybody can compute it. */
const resigned = (row: Row): Row => {
  const text = ['tenant', 'id', 'name', 'mode', 'settings', 'secrets', 'revision', 'updated_at', 'updated_by'].map((name) => JSON.stringify(String(row[name]))).join()
  return { ...row, digest: createHash('sha256').update(text).digest('hex').slice(0, 32) }
}
const withSettings = (row: Row, more: object): Row => resigned({ ...row, settings: JSON.stringify({ ...JSON.parse(String(row['settings'])) as object, ...more }) })

test('threat T15: a row of D1 that was moved, turned elsewhere or given another’s secret takes no password anywhere', async (t) => {
  const [home, trap] = [await openPost(t, { password }), await openPost(t, { password })]
  const { id } = await (await post('victim', '/gateways', draft(home.settings()))).json() as GatewayView
  const other = await (await post('victim', '/gateways', draft(trap.settings(), 'another-edge-secret'))).json() as GatewayView
  const [row, second] = [await rowOf('victim', id), await rowOf('victim', other.id)]
  assert.deepEqual(resigned(row), row, 'the thief computes the digest as the store does')
  const altered: readonly (readonly [what: string, tenant: string, row: Row])[] = [
    ['moved to another tenant', 'thief', resigned({ ...row, tenant: 'thief' })],
    ['turned to another port', 'victim', withSettings(row, { port: trap.port })],
    ['turned to another name of the host', 'victim', withSettings(row, { host: 'localhost' })],
    ['turned to another user', 'victim', withSettings(row, { username: 'eve' })],
    ['under the id of another gateway', 'victim', resigned({ ...row, id: other.id })],
    ['its secret in another gateway', 'victim', resigned({ ...second, secrets: row['secrets']! })],
  ]
  for (const [what, tenant, thieved] of altered) {
    await write(thieved)
    assert.equal(await codeOf(await post(tenant, '/checks', { gatewayId: thieved['id'] })), 'secret.unreadable', what)
    await write(row)
    await write(second)
  }
  assert.deepEqual([home.seen.signIns, trap.seen.signIns], [[], []])
  assert.equal((await gateway.check({ gatewayId: id }, 'victim')).verdict, 'passed')
})

test('threat T51: at the edge too a key tells thirty times a minute whether a typed password is the stored one', async () => {
  const [key, settings] = [newKey(), { host: 'localhost', port: 2525, security: 'none', authentication: 'password', username: 'ada', from: 'a@acme.example' }]
  assert.equal((await post('guessed', '/gateways', draft(settings), key)).status, 201)
  const answers = []
  for (let n = 0; n < 40; n++) answers.push((await post('guessed', '/gateways', draft(settings, `canary-edge-secret-${n}`), key)).status)
  answers.push((await post('guessed', '/gateways', draft(settings), key)).status)
  assert.deepEqual(answers, [...Array<number>(29).fill(412), ...Array<number>(12).fill(429)])
})

test('threat T43: one key in two tenants is two gateways and two runs, and neither sees the other’s', async (t) => {
  const server = await openPost(t, { password })
  const key = newKey()
  const [ours, theirs] = [await post('ours', '/gateways', { ...draft(server.settings()), name: 'Ours' }, key), await post('theirs', '/gateways', { ...draft(server.settings(), 'wrong'), name: 'Theirs' }, key)]
  assert.deepEqual([ours.status, theirs.status], [201, 201])
  assert.deepEqual([(await ours.json() as GatewayView).name, (await theirs.json() as GatewayView).name], ['Ours', 'Theirs'])
  const [first, second] = await Promise.all([post('ours', '/checks', { gatewayId: key }, key), post('theirs', '/checks', { gatewayId: key }, key)])
  const texts = [await first.text(), await second.text()]
  assert.deepEqual(texts.map((text) => /"verdict":"(\w+)"/.exec(text.trimEnd().split('\n').at(-1)!)?.[1]), ['passed', 'failed'])
  const looked = await Promise.all(['ours', 'theirs', 'nobody'].map((tenant) => gateway.call('GET', `/runs/${key}`, undefined, tenant)))
  assert.deepEqual(await Promise.all(looked.map(async (one) => ((await one.json()) as { verdict?: string }).verdict)), ['passed', 'failed', undefined])
})

test('threat T55: secrets of tens of thousands of characters, thirty at once, hold nobody else up in the isolate', async () => {
  const huge = () => post('greedy', '/gateways', draft({ host: 'localhost', port: 2525, security: 'none', authentication: 'password', username: 'ada', from: 'a@acme.example' }, randomBytes(29_000).toString('base64').slice(0, 38_000)))
  const flood = Promise.all(Array.from({ length: 30 }, huge))
  const began = performance.now()
  assert.equal((await gateway.call('GET', '/gateways', undefined, 'patient')).status, 200)
  const took = performance.now() - began
  assert.deepEqual([...new Set((await flood).map(({ status }) => status))], [422])
  withinTime(took, { to: 5_000 })
})

test('threat T09: nothing of all this is in the Worker’s log', async () => {
  assert.ok((await gateway.log()).includes('"event":"audit"'))
  assert.doesNotMatch(await gateway.log(), /canary-edge|another-edge/)
})
