import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { baseURL, basePath, draft, headersFor, listed, newHolder, newKey } from './gateway/account.ts'
import { load } from './gateway/load.ts'
import type { Address } from './gateway/load.ts'
import { Program } from './process.ts'
import type { Result, Row } from './report.ts'

const requests = 1000
/** Milliseconds of silence before the memory is read. */
const settleMs = 1500
const command = fileURLToPath(new URL('../packages/bff/bin/mail-gateway.mjs', import.meta.url))

/** Memory of `mail-gateway serve` while nobody asks anything, against a bare Hono server. */
export const memory = async (out: string): Promise<Result> => {
  const folder = await mkdtemp(join(out, 'memory-'))
  const bare = await Program.start(new URL('gateway/bare.ts', import.meta.url))
  const { token, holder } = newHolder()
  await writeFile(join(folder, 'tokens.json'), JSON.stringify([holder]))
  const serve = start(folder)
  try {
    const port = await listening(serve)
    const ours = await ourFigures(serve.pid!, port, token)
    const peer = await figures(bare.pid, await bare.ask<Address>('open', ours.body))
    return result(ours, peer, await nodeAlone())
  } finally {
    await Promise.all([end(serve), bare.stop()])
    await rm(folder, { recursive: true })
  }
}

const start = (folder: string): ChildProcess => spawn(process.execPath, [command, 'serve'], {
  // It must not outlive a bench that was cut off.
  stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000,
  env: {
    PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', MAIL_GATEWAY_BASE_URL: baseURL, MAIL_GATEWAY_SECRETS: newKey(), MAIL_GATEWAY_STORE: `sqlite:${join(folder, 'memory.db')}`,
    MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: join(folder, 'tokens.json'),
  },
})

/** The port its first log lines name. They go on being read, so that the pipe never fills. */
const listening = async (serve: ChildProcess): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  createInterface(serve.stdout!).on('line', (line) => {
    const { event, address } = JSON.parse(line) as { event: string; address?: string }
    if (event === 'listening') resolve(Number(new URL(address!).port))
  })
  serve.once('exit', (code) => reject(new Error(`mail-gateway serve ended with ${code}`)))
  return promise
}

interface Figures { readonly started: number; readonly served: number }

const figures = async (pid: number, address: Address): Promise<Figures> => {
  await pause(settleMs)
  const started = await resident(pid)
  await load(address, { requests })
  await pause(settleMs)
  return { started, served: await resident(pid) }
}

const ourFigures = async (pid: number, port: number, token: string): Promise<Figures & { readonly body: object }> => {
  await pause(settleMs)
  const started = await resident(pid)
  await fill(port, token)
  const { authorization } = headersFor(token)
  const address: Address = { port, path: `${basePath}/gateways`, headers: { authorization: authorization! } }
  const { served } = await figures(pid, address)
  return { started, served, body: await (await fetch(`http://127.0.0.1:${port}${address.path}`, { headers: address.headers })).json() as object }
}

const fill = async (port: number, token: string): Promise<void> => {
  for (let n = 1; n <= listed; n++) {
    const response = await fetch(`http://127.0.0.1:${port}${basePath}/gateways`, { method: 'POST', headers: headersFor(token), body: JSON.stringify(draft(n)) })
    if (response.status !== 201) throw new Error(`POST /gateways: ${response.status} ${await response.text()}`)
  }
}

/** MiB of a process that are in memory, as the system counts them. */
const resident = async (pid: number): Promise<number> => {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) / 1024
}

/** What a Node that does nothing takes. */
const nodeAlone = async (): Promise<number> => {
  const idle = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' })
  await pause(settleMs)
  const taken = await resident(idle.pid!)
  await end(idle)
  return taken
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill()
  await gone
}

const result = (ours: Figures, peer: Figures, alone: number): Result => {
  const row = (what: string, of: keyof Figures): Row => ({ what, unit: 'MiB', ours: { value: ours[of] }, peer: { value: peer[of] }, ratio: ours[of] / peer[of] })
  return {
    title: 'memory of the idle process (resident)', peer: 'bare Hono server',
    rows: [row('after start', 'started'), row(`after ${requests} requests`, 'served')],
    notes: [
      `ours is mail-gateway serve with its embedded store; requests are GET /gateways with ${listed} gateways; read after ${settleMs} ms of silence`,
      `a Node that does nothing takes ${alone.toFixed(1)} MiB of it. Both run from sources here: what Node needs to take the types out is in both; the packages published are compiled`,
    ],
  }
}
