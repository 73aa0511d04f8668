// The gateway on either runtime, asked in the same words, so that one table of faults serves both.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createMailGateway, SendFailed } from '@mail-gateway/bff'
import type { Caller } from '@mail-gateway/bff'
import { nodePorts } from '@mail-gateway/bff/node'
import { fold, lines } from '@mail-gateway/contract'
import type { CheckEvent, Finding, RunRow, Verdict } from '@mail-gateway/contract'
import type { Cloud } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { bundleWorker } from '../workerd/bundle.ts'
import { basePath, baseURL, startGateway } from '../workerd/gateway.ts'
import { settled, timers, watchSockets } from './check.ts'

export type Runtime = 'node' | 'workerd'

/** A run as its caller saw it. */
export interface Run {
  readonly events: readonly CheckEvent[]
  readonly rows: Readonly<Record<string, RunRow>>
  readonly verdict: Verdict | undefined
  /** The row it ended at: the first that failed, else the first that stayed unproven. */
  readonly ended: RunRow | undefined
  /** Seconds from the call to the last line, by the caller's own clock. */
  readonly seconds: number
}

/** What became of one message of the host's own. */
export interface Posted {
  readonly messageId?: string
  readonly finding?: Finding
  readonly unproven?: boolean
}

export interface Seat {
  readonly runtime: Runtime
  /** A call as an administrator of `tenant`, by default one of its own. */
  call(method: string, path: string, body?: unknown, tenant?: string): Promise<Response>
  check(body: unknown, tenant?: string): Promise<Run>
  /** `api.send` through the tenant's gateway. */
  send(tenant: string, signal?: AbortSignal): Promise<Posted>
  /** Everything it logged. */
  log(): string | Promise<string>
  /** Rows that keep this tenant's tokens. */
  keptTokens(tenant: string): Promise<number>
  /** What it left behind: sockets of its own, timers, errors nobody caught. Empty where all is well. */
  leftBehind(): Promise<string[]>
  close(): Promise<void>
}

export interface World {
  readonly clouds: readonly Cloud[]
  /** Of the servers' certificates, PEM. */
  readonly ca: string
  /** A resolver over HTTPS, for the runtime that has none of its own. */
  readonly resolver?: string
  /** Milliseconds since 1970, where this machine's clock is to say something else; the other runtime's cannot be set. */
  readonly now?: () => number
}

type Call = Seat['call']

const callerOf = (tenant: string): Caller => ({ subject: 'u-1', name: 'Ada', email: 'ada@acme.example', tenant, rights: ['read', 'write', 'test', 'send', 'share'] })
const mail = { to: 'bob@acme.example', subject: 'Report', text: 'All is well.\n' }
const requestTo = (url: string, method: string, body: unknown, tenant: string): Request => new Request(url, {
  method, headers: { origin: baseURL, 'x-tenant': tenant, 'content-type': 'application/json', 'x-mail-gateway': '1' },
  ...(body !== undefined && { body: JSON.stringify(body) }),
})

const followed = async (call: Call, body: unknown, tenant?: string): Promise<Run> => {
  const began = performance.now()
  const response = await call('POST', '/checks', body, tenant)
  if (!response.ok) throw new Error(`no stream: ${response.status} ${await response.text()}`)
  const events: CheckEvent[] = []
  for await (const event of lines<CheckEvent>(response.body!.pipeThrough(new TextDecoderStream()))) events.push(event)
  const seconds = (performance.now() - began) / 1000
  const rows = events.reduce<readonly RunRow[]>((so, event) => fold(so, event), [])
  const last = events.at(-1)
  return {
    events, seconds, verdict: last?.event === 'end' ? last.verdict : undefined, rows: Object.fromEntries(rows.map((row) => [row.id, row])),
    ended: rows.find(({ status }) => status === 'fail') ?? rows.find(({ status }) => status === 'unproven'),
  }
}

const loopback = { allow: ['127.0.0.0/8', '::1'], ports: '1-65535', clearText: ['127.0.0.0/8', '::1'] }

/** On Node in this very process: the authority must be trusted already. */
export const nodeSeat = async ({ clouds, now }: World): Promise<Seat> => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-seat-'))
  const file = join(folder, 'settings.db')
  const logged: string[] = []
  const ports = nodePorts({ store: `sqlite:${file}` })
  const before = timers()
  const sockets = watchSockets()
  const gateway = createMailGateway({
    ports: { ...ports, clock: { ...ports.clock, ...(now && { now }) } }, authorize: (request) => callerOf(request.headers.get('x-tenant') ?? ''),
    baseURL, secrets: `1:${randomBytes(32).toString('base64')}`, clouds, egress: loopback, log: (event) => void logged.push(JSON.stringify(event)),
  })
  const call: Call = (method, path, body, tenant = randomUUID()) => gateway.fetch(requestTo(`${baseURL}${basePath}${path}`, method, body, tenant))
  return {
    runtime: 'node', call, check: (body, tenant) => followed(call, body, tenant),
    async send(tenant, signal) {
      try {
        const { messageId } = await gateway.api.send({ caller: callerOf(tenant), requestId: randomUUID(), ...(signal && { signal }) }, mail)
        return { messageId }
      } catch (error) {
        if (error instanceof SendFailed) return { finding: error.finding, unproven: error.unproven }
        throw error
      }
    },
    log: () => logged.join('\n'),
    async keptTokens(tenant) {
      using store = new DatabaseSync(file, { readOnly: true })
      return Number(store.prepare('SELECT count(*) AS n FROM token WHERE tenant = ?').get(tenant)?.['n'])
    },
    async leftBehind() {
      for (let turn = 0; turn < 30 && (sockets.left().length > 0 || timers() > before); turn += 1) await settled()
      return [...sockets.left().map(({ remotePort }) => `a socket to port ${remotePort}`), ...(timers() > before ? [`${timers() - before} timers`] : []), ...logged.filter((line) => line.includes('"level":"error"'))]
    },
    async close() {
      sockets.stop()
      await gateway.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** In workerd, a process of its own. */
export const workerdSeat = async ({ clouds, ca, resolver }: World): Promise<Seat> => {
  const script = await bundleWorker(new URL('../workerd/sender.worker.ts', import.meta.url))
  const gateway = await startGateway({ ca, script, bindings: { MAIL_GATEWAY_CLOUDS: JSON.stringify(clouds), ...(resolver && { MAIL_GATEWAY_RESOLVER: resolver }) } })
  return {
    runtime: 'workerd', call: gateway.call, check: (body, tenant) => followed(gateway.call, body, tenant),
    async send(tenant, signal) {
      const response = await fetch(new URL('/send', gateway.url), { method: 'POST', headers: { 'x-tenant': tenant }, ...(signal && { signal }) })
      const { receipt, failed, unproven } = await response.json() as { receipt?: { messageId: string }; failed?: Finding; unproven?: boolean }
      return receipt ? { messageId: receipt.messageId } : { ...(failed && { finding: failed }), ...(unproven !== undefined && { unproven }) }
    },
    log: gateway.log,
    async keptTokens(tenant) {
      const { results } = await (await gateway.miniflare.getD1Database('DB')).prepare('SELECT count(*) AS n FROM token WHERE tenant = ?').bind(tenant).all<{ n: number }>()
      return results[0]!.n
    },
    // Its sockets are its own process's: the servers see whether they are gone.
    leftBehind: async () => (await gateway.log()).split('\n').filter((line) => /uncaught|unhandled|"level":"error"/i.test(line)),
    close: () => gateway.close(),
  }
}

export const seatOf: Readonly<Record<Runtime, (world: World) => Promise<Seat>>> = { node: nodeSeat, workerd: workerdSeat }
export const runtimes: readonly Runtime[] = ['node', 'workerd']
