// The service as whoever runs it starts it, on both runtimes: a process with a database file, and a Worker with D1.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { root } from '../peers/command.ts'
import { startWorker } from '../workerd/start.ts'
import { Untimely } from '../within-time.ts'

export const origin = 'https://console.example.com'

export interface Seat {
  readonly runtime: 'node' | 'workerd'
  fetch(path: string, init: RequestInit): Promise<Response>
  /** Everything it printed. */
  log(): string | Promise<string>
  /** Every byte it keeps. */
  stored(): Buffer
  close(): Promise<void>
}

export interface Keys {
  /** Bearer tokens by tenant. */
  readonly tokens: Readonly<Record<string, string>>
  /** A sealing key in base64. */
  readonly sealing: string
}

const variables = ({ tokens, sealing }: Keys, { microsoft, ports: { relay, starttls, tls, scenarios } }: Sandbox): Record<string, string> => ({
  MAIL_GATEWAY_BASE_URL: origin, MAIL_GATEWAY_SECRETS: `1:${sealing}`, MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_LOG_LEVEL: 'debug',
  MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1,::1', MAIL_GATEWAY_EGRESS_PORTS: [relay, starttls, tls, ...Object.values(scenarios), ...microsoft.ports].join(','),
  MAIL_GATEWAY_CLOUDS: JSON.stringify(microsoft.clouds), MAIL_GATEWAY_TEST_RATE: '1000/min,90000/day',
  MAIL_GATEWAY_TOKENS: JSON.stringify(Object.entries(tokens).map(([tenant, token]) => ({ sha256: createHash('sha256').update(token).digest('hex'), subject: `u-${tenant}`, name: 'Ada', email: 'ada@acme.example', tenant, rights: ['read', 'write', 'test', 'send'] }))),
})

const bytesOf = (folder: string): Buffer => Buffer.concat(readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((name) => join(folder, name)).filter((path) => statSync(path).isFile()).map((path) => readFileSync(path)))

const untilSaid = async (said: () => string, pattern: RegExp): Promise<string> => {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const found = pattern.exec(said())?.[1]
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Untimely(`it never said ${pattern}: ${said().slice(-2000)}`)
}

const onNode = async (keys: Keys, sandbox: Sandbox, folder: string): Promise<Seat> => {
  const { MAIL_GATEWAY_TOKENS: tokens, ...env } = variables(keys, sandbox)
  const aside = mkdtempSync(join(tmpdir(), 'mail-gateway-seat-'))
  const [tokenFile, caFile] = [join(aside, 'tokens.json'), join(aside, 'ca.pem')]
  writeFileSync(tokenFile, tokens!)
  writeFileSync(caFile, sandbox.ca)
  const child = spawn(process.execPath, [join(root, 'packages/bff/bin/mail-gateway.mjs'), 'serve'], {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...env, MAIL_GATEWAY_TOKENS: tokenFile, MAIL_GATEWAY_STORE: `sqlite:${join(folder, 'kept.db')}`, PORT: '0', NODE_EXTRA_CA_CERTS: caFile },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { text += chunk.toString() })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const address = await untilSaid(() => text, /"event":"listening".*?"address":"(http[^"]+?)\/api/)
  return {
    runtime: 'node', log: () => text, stored: () => bytesOf(folder), fetch: (path, init) => fetch(address + path, init),
    async close() { child.kill('SIGTERM'); await ended; rmSync(aside, { recursive: true, force: true }) },
  }
}

const onWorkerd = async (keys: Keys, sandbox: Sandbox, folder: string): Promise<Seat> => {
  const worker = await startWorker({ entry: new URL('./served.worker.ts', import.meta.url), bindings: variables(keys, sandbox), ca: sandbox.ca, persist: folder })
  return { runtime: 'workerd', log: worker.log, stored: () => bytesOf(folder), fetch: worker.fetch, close: worker.close }
}

/** A seat in a folder of its own that goes with it. */
export const takeSeat = async (runtime: Seat['runtime'], keys: Keys, sandbox: Sandbox): Promise<Seat> => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-kept-'))
  const seat = await (runtime === 'node' ? onNode : onWorkerd)(keys, sandbox, folder)
  return { ...seat, async close() { await seat.close(); rmSync(folder, { recursive: true, force: true }) } }
}
