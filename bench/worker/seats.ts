import { join } from 'node:path'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { GatewayView } from '@mail-gateway/contract'
import { dryRun, templateSize } from '../../scripts/worker-size.mjs'
import type { Upload } from '../../scripts/worker-size.mjs'
import { compatibility } from '../../test/workerd/bundle.ts'
import { startWorker } from '../../test/workerd/start.ts'
import { baseURL, basePath, draft, headersFor, listed, newHolder, newKey } from '../gateway/account.ts'
import type { Address } from '../gateway/load.ts'
import { Program } from '../process.ts'
import type { Setup } from './node.ts'
import { host } from './peers.ts'
import type { Account } from './peers.ts'

/** A runtime with the gateway and its peers behind one address. */
export interface Seat {
  readonly ours: Address
  readonly bare: Address
  /** Milliseconds until the check's last line, delivered and passed; and of the peer's two calls. */
  check(): Promise<number>
  peerCheck(): Promise<number>
  save(): Promise<number>
  peerSave(): Promise<number>
  close(): Promise<void>
}

export interface World {
  readonly mail: Program
  readonly account: Account
  readonly setup: Setup
  readonly headers: Record<string, string>
}

export const openWorld = async (folder: string): Promise<World> => {
  const mail = await Program.start(new URL('../mail/main.ts', import.meta.url))
  const { port, ca, account } = await mail.ask<{ port: number; ca: string; account: Omit<Account, 'port'> }>('world')
  const { token, holder } = newHolder()
  const variables = {
    MAIL_GATEWAY_BASE_URL: baseURL, MAIL_GATEWAY_SECRETS: newKey(), MAIL_GATEWAY_TEST_RATE: '6000/min,60000/day',
    MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1,::1', MAIL_GATEWAY_EGRESS_PORTS: String(port),
  }
  return { mail, account: { ...account, port }, headers: headersFor(token), setup: { path: join(folder, 'worker.db'), ca, variables, holder: { ...holder, rights: ['read', 'write', 'test', 'send'] } } }
}

export const nodeSeat = async (world: World): Promise<Seat> => {
  const program = await Program.start(new URL('node.ts', import.meta.url))
  return seatAt(await program.ask<number>('open', world.setup), world, () => program.stop())
}

/** The Worker made as a vendor makes it, from the published bundle; and the template's own figures beside. */
export const workerdSeat = async (world: World): Promise<Seat & { readonly upload: Upload }> => {
  const upload = await templateSize()
  const { ca, holder, variables } = world.setup
  const worker = await startWorker({ script: await scriptOf(), ca, gate: false, bindings: { ...variables, MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: JSON.stringify([holder]), MAIL_GATEWAY_LOG_LEVEL: 'error' } })
  return { ...await seatAt(Number(worker.url.port), world, worker.close), upload }
}

const scriptOf = async (): Promise<string> => {
  const folder = await mkdtemp(join(fileURLToPath(new URL('../out/', import.meta.url)), 'worker-'))
  try {
    const config = join(folder, 'wrangler.json')
    await writeFile(config, JSON.stringify({ name: 'bench', main: fileURLToPath(new URL('edge.worker.ts', import.meta.url)), compatibility_date: compatibility.date, compatibility_flags: compatibility.flags, minify: true, keep_names: false }))
    return (await dryRun(folder, '--config', config)).script
  } finally {
    await rm(folder, { recursive: true })
  }
}

const seatAt = async (port: number, { account, headers }: World, close: () => Promise<void>): Promise<Seat> => {
  const at = (path: string) => `http://127.0.0.1:${port}${path}`
  const call = async (method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<string> => {
    const response = await fetch(at(path), { method, headers: { ...headers, ...more }, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text
  }
  const gateways = `${basePath}/gateways`
  const authorization = headers['authorization']!
  for (let n = 2; n <= listed; n++) await call('POST', gateways, draft(n))
  await call('POST', gateways, { ...draft(1), name: 'Peer' })
  await call('PUT', '/peer/bare', JSON.parse(await call('GET', gateways)))
  let view = JSON.parse(await call('POST', gateways, draft(0))) as GatewayView
  const settings = { host, port: account.port, security: 'starttls', authentication: 'password', username: account.username, from: 'noreply@acme.example' }
  return {
    ours: { port, path: gateways, headers: { authorization } }, bare: { port, path: '/peer/bare', headers: {} }, close,
    check: () => timed(async () => {
      const text = await call('POST', `${basePath}/checks`, { mode: 'smtp', settings, secrets: { password: { value: account.password } }, until: 'delivery', to: 'you@demo.test' })
      if (!/"verdict":"passed"/.test(text)) throw new Error(`the check did not pass: ${text}`)
    }),
    peerCheck: () => timed(() => call('POST', '/peer/check', account)),
    save: () => timed(async () => { view = JSON.parse(await call('PUT', `${gateways}/${view.id}`, draft(0), { 'if-match': `"${view.revision}"` })) as GatewayView }),
    peerSave: () => timed(async () => { if (await call('POST', '/peer/save') !== '{"changes":1}') throw new Error('the row was not written') }),
  }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
