// The service as whoever operates it runs it: a process of its own, over HTTP, with its log, its signals and its file.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { keys, origin } from '../wire/lab.ts'
import { Untimely } from '../within-time.ts'

export const bin = fileURLToPath(new URL('../../packages/bff/bin/mail-gateway.mjs', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface Service {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<Ended>
  out(): string
  err(): string
  /** The address it says it listens on. */
  address(): Promise<string>
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
}

export interface Wanted {
  readonly env?: Record<string, string>
  /** A shell's line in which "$@" starts the service; default: no shell. */
  readonly shell?: string
  /** Nobody reads standard output. */
  readonly unread?: boolean
  /** As which user, where this process may choose. */
  readonly uid?: number
  /** Where the log cannot be read. */
  readonly port?: number
}

/** A folder with the file of one token; its database will be in `data`. */
export const folderOf = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-service-'))
  chmodSync(folder, 0o755)
  t.after(() => {
    // A test may have closed it.
    if (existsSync(join(folder, 'data'))) chmodSync(join(folder, 'data'), 0o755)
    rmSync(folder, { recursive: true, force: true })
  })
  const sha256 = createHash('sha256').update('token-1').digest('hex')
  writeFileSync(join(folder, 'tokens.json'), JSON.stringify([{ sha256, subject: 'ci', name: 'CI', email: 'ci@acme.example', tenant: 'acme', rights: ['read', 'write', 'test'] }]))
  return folder
}

export const fileIn = (folder: string): string => join(folder, 'data', 'mail-gateway.db')

const environment = (folder: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '', MAIL_GATEWAY_BASE_URL: origin, MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: join(folder, 'tokens.json'), PORT: '0',
  MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1', MAIL_GATEWAY_EGRESS_PORTS: '1024-65535', MAIL_GATEWAY_CLEARTEXT_ALLOW: '127.0.0.1',
})

export const serve = (t: TestContext, folder: string, { env = {}, shell, unread = false, uid, port }: Wanted = {}): Service => {
  const command = [process.execPath, bin, 'serve']
  const [program, ...args] = shell === undefined ? command : ['/bin/sh', '-c', shell, 'sh', ...command]
  const child = spawn(program!, args, {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000, ...(uid !== undefined && { uid, gid: uid }),
    env: { ...environment(folder), ...(port !== undefined && { PORT: String(port) }), ...env },
  })
  let [out, err] = ['', '']
  if (!unread) child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  const ended = new Promise<Ended>((resolve) => child.once(unread ? 'exit' : 'close', (code, signal) => resolve({ code, signal, out, err })))
  t.after(async () => {
    child.kill('SIGKILL')
    child.stdout.destroy()
    await ended
  })
  const address = () => port !== undefined ? listening(port) : until(() => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${err}`)
    return /"event":"listening".*?"address":"([^"]+)"/.exec(out)?.[1]
  })
  return {
    child, ended, out: () => out, err: () => err, address,
    ask: async (method, path, body, headers = {}) => fetch(await address() + path, {
      method, headers: { origin, authorization: 'Bearer token-1', 'content-type': 'application/json', 'x-mail-gateway': '1', ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  }
}

/** Looks again and again until there is something. */
export const until = async <T>(look: () => T | undefined | Promise<T | undefined>, ms = 20_000): Promise<T> => {
  for (const end = performance.now() + ms; performance.now() < end;) {
    const found = await look()
    if (found !== undefined) return found
    await pause(20)
  }
  throw new Untimely('it never came about')
}

const listening = async (port: number): Promise<string> => {
  const address = `http://127.0.0.1:${port}/api/mail-gateway`
  await until(() => fetch(`${address}/livez`).then(({ ok }) => (ok ? true : undefined), () => undefined))
  return address
}

/** A server that takes connections and says nothing. */
export const silence = async (t: TestContext): Promise<{ readonly port: number; readonly connected: Promise<unknown> }> => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    t.after(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, connected: new Promise((resolve) => server.once('connection', resolve)) }
}
