// The gateway in workerd, over HTTP, as a caller sees it.
import { randomBytes, randomUUID } from 'node:crypto'
import { fold, lines } from '@mail-gateway/contract'
import type { CheckEvent, RunRow, Verdict } from '@mail-gateway/contract'
import { startWorker } from './start.ts'
import type { Wanted, Worker } from './start.ts'

export const baseURL = 'https://console.example.com'
export const basePath = '/api/mail-gateway'

/** A run as it was told, and how long its caller waited for the last line. */
export interface Told {
  readonly events: readonly CheckEvent[]
  readonly rows: readonly RunRow[]
  readonly verdict: Verdict | undefined
  /** The row it ended at: the first that failed, else the first that stayed unproven. */
  readonly ended: RunRow | undefined
  readonly ms: number
}

export interface EdgeGateway extends Worker {
  /** A call as an administrator of `tenant`, by default one of its own, so that no limit of another test is met. */
  call(method: string, path: string, body?: unknown, tenant?: string): Promise<Response>
  check(body: unknown, tenant?: string): Promise<Told>
}

/** Everything on loopback is open, sign-in in clear included; `bindings` may close it again. */
const open = (): Record<string, string> => ({
  MAIL_GATEWAY_BASE_URL: baseURL, MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_LOG_LEVEL: 'debug',
  MAIL_GATEWAY_SECRETS: `1:${randomBytes(32).toString('base64')}`,
  MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.0/8,::1', MAIL_GATEWAY_EGRESS_PORTS: '1-65535', MAIL_GATEWAY_CLEARTEXT_ALLOW: '127.0.0.0/8,::1',
})

export const startGateway = async ({ bindings = {}, ...wanted }: Omit<Wanted, 'entry'> = {}): Promise<EdgeGateway> => {
  const worker = await startWorker({ ...(wanted.script === undefined && { entry: new URL('./gateway.worker.ts', import.meta.url) }), ...wanted, bindings: { ...open(), ...bindings } })
  const call: EdgeGateway['call'] = (method, path, body, tenant = randomUUID()) => worker.fetch(`${basePath}${path}`, {
    method, headers: { origin: baseURL, 'x-tenant': tenant, 'content-type': 'application/json', 'x-mail-gateway': '1' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { ...worker, call, check: async (body, tenant) => told(await call('POST', '/checks', body, tenant)) }
}

/** Reads a run's stream to its end. */
export const told = async (response: Response): Promise<Told> => {
  const began = performance.now()
  if (!response.ok) throw new Error(`no stream: ${response.status} ${await response.text()}`)
  const events: CheckEvent[] = []
  for await (const event of lines<CheckEvent>(response.body!.pipeThrough(new TextDecoderStream()))) events.push(event)
  const ms = performance.now() - began
  const rows = events.reduce<readonly RunRow[]>((so, event) => fold(so, event), [])
  const last = events.at(-1)
  const verdict = last?.event === 'end' ? last.verdict : undefined
  return { events, rows, verdict, ms, ended: rows.find(({ status }) => status === 'fail') ?? rows.find(({ status }) => status === 'unproven') }
}
