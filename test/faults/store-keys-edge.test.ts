// Keys at the edge, where no process starts and no command has arms: the Worker itself looks at them, and its clock changes them.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { GatewayView } from '@mail-gateway/contract'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { bundleWorker } from '../workerd/bundle.ts'
import { startGateway } from '../workerd/gateway.ts'
import type { EdgeGateway } from '../workerd/gateway.ts'
import { versionOf } from '../../packages/bff/src/settings/seal.ts'
import { record } from '../figures.ts'
import { folderFor, timed, within } from './store-seat.ts'
import { withinTime } from '../within-time.ts'

const key = (version: number): string => `${version}:${randomBytes(32).toString('base64')}`
const [one, two, another] = [key(1), key(2), key(1)]

let script: string
let sandbox: Sandbox
before(async () => {
  sandbox = await startSandbox()
  script = await bundleWorker(new URL('../workerd/gateway.worker.ts', import.meta.url))
})
after(() => sandbox?.close())

/** A Worker over the database in a folder, for as long as `use` takes; then its file is nobody's. */
const served = async <T>(persist: string, secrets: string, use: (gateway: EdgeGateway) => Promise<T>): Promise<T> => {
  const gateway = await startGateway({ script, ca: sandbox.ca, persist, bindings: { MAIL_GATEWAY_SECRETS: secrets, MAIL_GATEWAY_CLOUDS: JSON.stringify(sandbox.microsoft.clouds) } })
  return use(gateway).finally(() => gateway.close().catch(() => {}))
}

const fileIn = (persist: string): string => join(persist, readdirSync(persist, { recursive: true, encoding: 'utf8' }).find((name) => /[0-9a-f]{64}\.sqlite$/.test(name))!)

/** The stored gateways as they lie in the file. */
const rowsIn = (persist: string): readonly Readonly<Record<string, unknown>>[] => {
  const file = new DatabaseSync(fileIn(persist))
  const rows = file.prepare('SELECT * FROM gateway ORDER BY tenant, id').all().map((row) => ({ ...row }))
  file.close()
  return rows
}

const draft = () => {
  const { settings, password } = sandbox.typed('starttls')
  return { mode: 'smtp', settings, secrets: { password: { value: password } } }
}

const keep = async (gateway: EdgeGateway, tenant: string): Promise<GatewayView> => {
  const saved = await gateway.call('POST', '/gateways', draft(), tenant)
  assert.equal(saved.status, 201, await saved.clone().text())
  return await saved.json() as GatewayView
}

const proved = async (gateway: EdgeGateway, { id }: GatewayView, tenant: string): Promise<readonly [string | undefined, string | undefined]> => {
  const { verdict } = await gateway.check({ gatewayId: id }, tenant)
  const { gateways } = await (await gateway.call('GET', '/gateways', undefined, tenant)).json() as { gateways: GatewayView[] }
  return [verdict, gateways[0]?.status.state]
}

const codeOf = async (response: Response): Promise<readonly [number, string]> => [response.status, (await response.json() as { code: string }).code]

/** A database with one secret each of three tenants, sealed with `one`. */
const kept = async (t: TestContext) => {
  const persist = join(folderFor(t), 'state')
  const views = await served(persist, one, (gateway) => Promise.all(['a', 'b', 'c'].map((tenant) => keep(gateway, tenant))))
  return { persist, views }
}

test('fault F81 [workerd]: other keys than those that sealed what is stored: every call says so, the log says why, nothing is overwritten', async (t) => {
  const { persist, views } = await kept(t)
  const before = rowsIn(persist)
  for (const secrets of [two, another]) {
    await served(persist, secrets, async (gateway) => {
      assert.deepEqual(await codeOf(await within('F81', 'workerd', 2, () => gateway.call('GET', '/gateways', undefined, 'a'))), [503, 'service.not-set-up'])
      assert.deepEqual(await codeOf(await gateway.call('POST', '/gateways', draft(), 'a')), [503, 'service.not-set-up'])
      await gateway.scheduled()
      assert.match(await gateway.log(), /"event":"not-set-up".*\(MAIL_GATEWAY_SECRETS\) lacks a key that was used here: of 3 stored secrets it opens none\. Nothing was changed/)
      assert.doesNotMatch(await gateway.log(), new RegExp(`keys\\.rotated|${secrets.slice(2, 20).replace(/[+/]/g, '.')}`))
    })
    assert.deepEqual(rowsIn(persist), before)
  }
  assert.deepEqual(await served(persist, one, (gateway) => proved(gateway, views[0]!, 'a')), ['passed', 'checked'])
})

test('fault F81 [workerd]: once its clock has rung, another key under the same name is told apart', async (t) => {
  const { persist } = await kept(t)
  await served(persist, one, (gateway) => gateway.scheduled())
  await served(persist, another, async (gateway) => {
    assert.deepEqual(await codeOf(await gateway.call('GET', '/meta', undefined, 'a')), [503, 'service.not-set-up'])
    assert.match(await gateway.log(), /holds another key 1 than the one that was used here/)
  })
})

test('fault F76: at the edge a database that never says which keys were used holds the first call up for a second, and no other', async (t) => {
  const silent = await startGateway({ ca: sandbox.ca, script: await bundleWorker(new URL('../workerd/silent-store.worker.ts', import.meta.url)) })
  t.after(() => silent.close())
  await silent.fetch('/?dead=keyProofs')
  const [first, second] = [await timed(() => silent.call('GET', '/gateways')), await timed(() => silent.call('GET', '/gateways'))]
  assert.deepEqual([first.value.status, second.value.status], [200, 200])
  withinTime(first.took, { from: 950, to: 3_000 })
  withinTime(second.took, { to: 700 })
})

/** How often the log says that stored secrets wait for their new key. */
const waiting = async (gateway: EdgeGateway): Promise<number> =>
  [...(await gateway.log()).matchAll(/"level":"warn","event":"keys\.not-rotated"/g)].length

test('fault F83 [workerd]: a newer key in front waits for the clock, which is said once, and seals everything anew: what was proven stays so, and the old key may go', async (t) => {
  const { persist, views } = await kept(t)
  await served(persist, one, async (gateway) => {
    for (const [at, tenant] of ['a', 'b', 'c'].entries()) await proved(gateway, views[at]!, tenant)
    assert.equal(await waiting(gateway), 0, 'one key waits for nothing')
  })
  await served(persist, `${two},${one}`, async (gateway) => {
    assert.deepEqual(await proved(gateway, views[0]!, 'a'), ['passed', 'checked'], 'what the old key sealed opens before')
    assert.equal(await waiting(gateway), 1)
    const { took } = await timed(() => gateway.scheduled())
    record({ of: 'fault F83 workerd', seconds: Math.round(took) / 1000, secrets: 3 })
    await gateway.scheduled()
    const told = [...(await gateway.log()).matchAll(/"event":"keys\.rotated",(.*)\}/g)].map(([, counts]) => counts)
    assert.deepEqual(told, ['"resealed":3,"current":0,"left":0', '"resealed":0,"current":3,"left":0'])
  })
  await served(persist, two, async (gateway) => {
    const { gateways } = await (await gateway.call('GET', '/gateways', undefined, 'b')).json() as { gateways: GatewayView[] }
    assert.deepEqual([gateways[0]!.revision, gateways[0]!.status.state], [views[1]!.revision, 'checked'])
    assert.deepEqual(await proved(gateway, views[2]!, 'c'), ['passed', 'checked'])
  })
})

/** How many of the secrets in these rows a version of the key has sealed. */
const sealedWith = (rows: readonly Readonly<Record<string, unknown>>[], version: string): number =>
  rows.filter(({ secrets }) => Object.values(JSON.parse(String(secrets)) as Record<string, { sealed: string }>).every(({ sealed }) => versionOf(sealed) === version)).length

test('fault F83 [workerd]: the runtime is killed half-way, and the clock rings again: every value opens under a known key, and then the old key may go', async (t) => {
  const persist = join(folderFor(t), 'state')
  const many = 300
  await served(persist, one, (gateway) => Promise.all(Array.from({ length: many }, (_, n) => keep(gateway, `t${n}`))))
  let rows = rowsIn(persist)
  for (let ms = 80; sealedWith(rows, '2') === 0 && ms < 10_000; ms *= 2) {
    await served(persist, `${two},${one}`, async (gateway) => {
      const began = gateway.scheduled().catch(() => {})
      await Promise.race([began, pause(ms)])
      // Ends the process of the runtime at once, without a word to the Worker.
      await gateway.close()
      await began
    })
    rows = rowsIn(persist)
  }
  const [before, after] = [sealedWith(rows, '1'), sealedWith(rows, '2')]
  assert.equal(before + after, many, 'each as a whole, or not at all')
  assert.ok(before > 0 && after > 0, `killed half-way: ${before} and ${after}`)
  await served(persist, `${two},${one}`, async (gateway) => {
    await gateway.scheduled()
    assert.match(await gateway.log(), new RegExp(`"event":"keys\\.rotated","resealed":${before},"current":${after},"left":0`))
  })
  await served(persist, two, async (gateway) => assert.equal((await gateway.check({ gatewayId: String(rows.at(-1)?.['id']) }, String(rows.at(-1)?.['tenant']))).verdict, 'passed'))
})

test('fault F83 [workerd]: what opens under no key is named and left as it is', async (t) => {
  const { persist } = await kept(t)
  await served(persist, `${two},${one}`, async (gateway) => {
    const database = await gateway.miniflare.getD1Database('DB')
    await database.prepare("UPDATE gateway SET tenant = 'moved' WHERE tenant = 'b'").run()
    const before = await database.prepare("SELECT secrets FROM gateway WHERE tenant = 'moved'").all()
    await gateway.scheduled()
    assert.match(await gateway.log(), /"event":"keys\.left","tenant":"moved",.*"outcome":"(?:current|damaged)"/)
    assert.match(await gateway.log(), /"event":"keys\.rotated","resealed":2,"current":0,"left":1/)
    assert.deepEqual((await database.prepare("SELECT secrets FROM gateway WHERE tenant = 'moved'").all()).results, before.results)
  })
})
