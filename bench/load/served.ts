import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { baseURL, basePath, headersFor, newHolder, newKey } from '../gateway/account.ts'

const command = fileURLToPath(new URL('../../packages/bff/bin/mail-gateway.mjs', import.meta.url))
const probe = new URL('probe.ts', import.meta.url).href

/** Bytes, after a collection: what the process has in memory, and what of it is still held by somebody. */
export interface Memory {
  readonly rss: number
  readonly kept: number
}

/** `mail-gateway serve` in a process of its own, with a caller for each tenant. */
export class Served {
  readonly #child: ChildProcess
  readonly #headers: readonly Record<string, string>[]
  readonly port: number
  #id = 0

  private constructor(child: ChildProcess, port: number, headers: readonly Record<string, string>[]) {
    this.#child = child
    this.port = port
    this.#headers = headers
  }

  static async start(folder: string, tenants: number, seconds: number): Promise<Served> {
    const callers = Array.from({ length: tenants }, (_, at) => ({ ...newHolder(), tenant: `tenant-${at}` }))
    const file = join(folder, 'tokens.json')
    await writeFile(file, JSON.stringify(callers.map(({ holder, tenant }) => ({ ...holder, tenant, rights: ['read', 'write', 'test'] }))))
    const child = spawn(process.execPath, ['--expose-gc', '--import', probe, command, 'serve'], {
      // It must not outlive a bench that was cut off.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'], timeout: seconds * 1000,
      env: {
        PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', MAIL_GATEWAY_BASE_URL: baseURL, MAIL_GATEWAY_SECRETS: newKey(), MAIL_GATEWAY_STORE: `sqlite:${join(folder, 'load.db')}`,
        MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: file, MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1', MAIL_GATEWAY_EGRESS_PORTS: '1-65535', MAIL_GATEWAY_CLEARTEXT_ALLOW: '127.0.0.1',
      },
    })
    return new Served(child, await listening(child), callers.map(({ token }) => headersFor(token)))
  }

  headers(tenant: number): Record<string, string> { return this.#headers[tenant]! }

  url(path: string): string { return `http://127.0.0.1:${this.port}${basePath}${path}` }

  async memory(): Promise<Memory> {
    const id = ++this.#id
    const answer = new Promise<Memory>((resolve) => {
      const listen = (message: unknown) => {
        const { id: answered, ...memory } = message as Memory & { readonly id: number }
        if (answered !== id) return
        this.#child.off('message', listen)
        resolve(memory)
      }
      this.#child.on('message', listen)
    })
    this.#child.send({ id })
    return answer
  }

  /** Seconds of processor time so far (proc(5): the fields after the name, in hundredths). */
  processor(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill()
    await gone
  }
}

/** The port its first log lines name. They go on being read, so that the pipe never fills. */
const listening = (child: ChildProcess): Promise<number> => new Promise((resolve, reject) => {
  createInterface(child.stdout!).on('line', (line) => {
    const { event, address } = JSON.parse(line) as { event: string; address?: string }
    if (event === 'listening') resolve(Number(new URL(address!).port))
  })
  child.once('exit', (code) => reject(new Error(`mail-gateway serve ended with ${code}`)))
})
