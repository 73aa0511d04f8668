// Why: a vendor who moves from Node to the edge, or back, takes the database along; what was sealed there has to open here.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import type { GatewayView, Problem } from '@mail-gateway/contract'
import { createMailGateway } from '@mail-gateway/bff'
import { nodePorts } from '@mail-gateway/bff/node'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { bundleWorker } from './bundle.ts'
import { basePath, baseURL, startGateway, told } from './gateway.ts'
import type { EdgeGateway, Told } from './gateway.ts'

const secrets = `1:${randomBytes(32).toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-records-'))
let sandbox: Sandbox
let script: string
before(async () => {
  sandbox = await startSandbox()
  tls.setDefaultCACertificates([...tls.rootCertificates, sandbox.ca])
  script = await bundleWorker(new URL('./gateway.worker.ts', import.meta.url))
})
after(async () => {
  await sandbox?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Served {
  call(method: string, path: string, body?: unknown): Promise<Response>
  check(body: unknown): Promise<Told>
}

const onNode = async <T>(file: string, use: (served: Served) => Promise<T>): Promise<T> => {
  const gateway = createMailGateway({
    ports: nodePorts({ store: `sqlite:${file}`, log: () => {} }), baseURL, secrets, clouds: sandbox.microsoft.clouds,
    authorize: () => ({ subject: 'u-1', tenant: 'acme', rights: ['read', 'write', 'test'] }),
    egress: { allow: ['127.0.0.0/8', '::1'], ports: '1-65535' },
  })
  const call: Served['call'] = (method, path, body) => gateway.fetch(new Request(`${baseURL}${basePath}${path}`, {
    method, headers: { origin: baseURL, 'content-type': 'application/json', 'x-mail-gateway': '1' }, ...(body !== undefined && { body: JSON.stringify(body) }),
  }))
  return use({ call, check: async (body) => told(await call('POST', '/checks', body)) }).finally(() => gateway.close())
}

const asAcme = (gateway: EdgeGateway): Served => ({ call: (method, path, body) => gateway.call(method, path, body, 'acme'), check: (body) => gateway.check(body, 'acme') })
const bindings = () => ({ MAIL_GATEWAY_SECRETS: secrets, MAIL_GATEWAY_CLOUDS: JSON.stringify(sandbox.microsoft.clouds) })

const atTheEdge = async <T>(persist: string, use: (served: Served) => Promise<T>, more: Readonly<Record<string, string>> = {}): Promise<T> => {
  const gateway = await startGateway({ script, ca: sandbox.ca, persist, bindings: { ...bindings(), ...more } })
  return use(asAcme(gateway)).finally(() => gateway.close())
}

const databaseIn = (persist: string): string => join(persist, readdirSync(persist, { recursive: true, encoding: 'utf8' }).find((name) => /[0-9a-f]{64}\.sqlite$/.test(name))!)

/** The whole database, what is still in its log included, in the place of another one. */
const move = (from: string, to: string): void => {
  for (const part of ['', '-wal', '-shm']) rmSync(to + part, { force: true })
  const database = new DatabaseSync(from)
  database.prepare('VACUUM INTO ?').run(to)
  database.close()
}

const drafts = () => {
  const { settings, password } = sandbox.typed('starttls')
  const { mode, settings: cloudSettings, clientSecret } = sandbox.microsoft.prepared('graph')!
  return [{ mode: 'smtp', settings, secrets: { password: { value: password } } }, { mode, settings: cloudSettings, secrets: { clientSecret: { value: clientSecret } } }]
}

/** Saves a gateway of each kind and proves it to delivery, so that tokens and results are kept as well. */
const fill = async ({ call, check }: Served): Promise<readonly GatewayView[]> => {
  for (const draft of drafts()) {
    const saved = await call('POST', '/gateways', draft)
    assert.equal(saved.status, 201, await saved.clone().text())
    const { id } = await saved.json() as GatewayView
    assert.equal((await check({ gatewayId: id, until: 'delivery', to: 'a@acme.example' })).verdict, 'passed')
  }
  return listed({ call })
}

const listed = async ({ call }: Pick<Served, 'call'>): Promise<readonly GatewayView[]> => (await (await call('GET', '/gateways')).json() as { gateways: GatewayView[] }).gateways

/** Everything reads as it was left, and what was sealed there signs in from here. */
const holds = async (served: Served, left: readonly GatewayView[]): Promise<void> => {
  assert.deepEqual(await listed(served), left)
  assert.deepEqual(left.map(({ status }) => status.state), ['verified', 'verified'])
  for (const { id, status } of left) {
    assert.equal((await served.call('GET', `/runs/${status.runId}`)).status, 200)
    assert.equal((await served.check({ gatewayId: id })).verdict, 'passed')
  }
}

test('what was saved on Node opens at the edge, in every mode and with its proofs', async () => {
  const [file, persist] = [join(folder, 'node.db'), join(folder, 'edge')]
  const left = await onNode(file, fill)
  await atTheEdge(persist, async () => {})
  move(file, databaseIn(persist))
  await atTheEdge(persist, (served) => holds(served, left))
})

test('what was saved at the edge opens on Node, in every mode and with its proofs', async () => {
  const [file, persist] = [join(folder, 'back.db'), join(folder, 'from')]
  const left = await atTheEdge(persist, fill)
  move(databaseIn(persist), file)
  await onNode(file, (served) => holds(served, left))
})

test('what Node can and the edge cannot is read there, shown as it is, and refused with its field before anything is tried', async () => {
  const [file, persist] = [join(folder, 'more.db'), join(folder, 'less')]
  const [smtp] = drafts()
  const id = await onNode(file, async ({ call }) => (await (await call('POST', '/gateways', { ...smtp, settings: { ...smtp!.settings, tlsVersion: '1.3', ca: sandbox.ca } })).json() as GatewayView).id)
  await atTheEdge(persist, async () => {})
  move(file, databaseIn(persist))
  await atTheEdge(persist, async (served) => {
    const [view] = await listed(served)
    assert.deepEqual([view?.id, view?.settings['tlsVersion']], [id, '1.3'])
    const { ended } = await served.check({ gatewayId: id })
    assert.deepEqual([ended?.id, ended?.finding?.code, ended?.finding?.errors?.map(({ pointer }) => pointer).sort()], ['inputs', 'settings.unavailable', ['/settings/ca', '/settings/tlsVersion']])
    const refused = await served.call('POST', '/gateways', { ...smtp, settings: { ...view!.settings } })
    assert.equal(refused.status, 422)
    assert.deepEqual((await refused.json() as Problem).errors?.map(({ code }) => code), ['unavailable', 'unavailable'])
  })
})
