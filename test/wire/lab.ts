// A gateway over HTTP with a real database file, real sockets and a mail server nobody here wrote.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createMailGateway } from '@mail-gateway/bff'
import type { AuditEvent, Caller, LogEvent, MailGateway, MailGatewayOptions } from '@mail-gateway/bff'
import { nodePorts } from '@mail-gateway/bff/node'
import { lines } from '@mail-gateway/contract'
import type { CheckEvent, GatewayView, Problem, Right } from '@mail-gateway/contract'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions } from 'smtp-server'

export const origin = 'https://console.example.com'
export const basePath = '/api/mail-gateway'

const key = (fill: number) => Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 7 + fill) % 256)).toString('base64')
export const keys = { one: `1:${key(1)}`, two: `2:${key(2)}` }

const all: Right[] = ['read', 'write', 'test', 'send', 'share']

/** People by the value of the header `x-user`; any other value is nobody. */
export const people: Record<string, Caller> = {
  admin: { subject: 'u-1', name: 'Ada Admin', email: 'ada@acme.example', tenant: 'acme', rights: all },
  second: { subject: 'u-2', name: 'Sam Second', email: 'sam@acme.example', tenant: 'acme', rights: all },
  reader: { subject: 'u-3', tenant: 'acme', rights: ['read'] },
  nothing: { subject: 'u-4', tenant: 'acme', rights: [] },
  other: { subject: 'u-5', email: 'eve@other.example', tenant: 'other', rights: all },
}

// A name such as `valueOf` is nobody.
const personCalled = (name: string): Caller | null => (Object.hasOwn(people, name) ? people[name]! : null)

export interface Ask {
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface Lab {
  readonly gateway: MailGateway
  readonly folder: string
  readonly log: LogEvent[]
  readonly audit: AuditEvent[]
  request(method: string, path: string, ask?: Ask): Promise<Response>
  /** The same, read as JSON of the expected status. */
  json<T = Record<string, unknown>>(method: string, path: string, status: number, ask?: Ask): Promise<T>
  problem(method: string, path: string, status: number, ask?: Ask): Promise<Problem>
  check(body: unknown, ask?: Ask): Promise<CheckEvent[]>
  /** Closes the gateway and opens another one over the same file. */
  restart(overrides?: Partial<MailGatewayOptions>): Promise<void>
  /** Every byte of the database, its log included. */
  stored(): Buffer
}

export const openLab = async (t: TestContext, overrides: Partial<MailGatewayOptions> = {}): Promise<Lab> => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-'))
  const log: LogEvent[] = []
  const audit: AuditEvent[] = []
  const open = (more: Partial<MailGatewayOptions> = {}) => createMailGateway({
    ports: nodePorts({ store: `sqlite:${join(folder, 'store', 'settings.db')}` }),
    authorize: (request) => personCalled(request.headers.get('x-user') ?? ''),
    baseURL: origin, secrets: keys.one,
    egress: { allow: ['127.0.0.1'], ports: '1024-65535', clearText: ['127.0.0.1'] },
    log: (event) => void log.push(event), onEvent: (event) => void audit.push(event),
    ...overrides, ...more,
  })
  let gateway = open()
  t.after(async () => {
    await gateway.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const request: Lab['request'] = (method, path, { as = 'admin', body, headers = {}, signal } = {}) => gateway.fetch(new Request(`${origin}${basePath}${path}`, {
    method, ...(signal && { signal }),
    headers: { origin, 'x-user': as, ...(method !== 'GET' && { 'content-type': 'application/json', 'x-mail-gateway': '1' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }))
  const json = async <T>(method: string, path: string, status: number, ask?: Ask): Promise<T> => {
    const response = await request(method, path, ask)
    const text = await response.text()
    if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} instead of ${status}: ${text}`)
    return JSON.parse(text) as T
  }
  return {
    get gateway() { return gateway },
    folder, log, audit, request, json,
    problem: (method, path, status, ask) => json<Problem>(method, path, status, ask),
    check: async (body, ask) => eventsOf(await request('POST', '/checks', { ...ask, body })),
    async restart(more) {
      await gateway.close()
      gateway = open(more)
    },
    stored: () => Buffer.concat(readdirSync(join(folder, 'store')).map((name) => readFileSync(join(folder, 'store', name)))),
  }
}

export const eventsOf = async (response: Response): Promise<CheckEvent[]> => {
  if (response.status !== 200) throw new Error(`no stream: ${response.status} ${await response.text()}`)
  const events: CheckEvent[] = []
  for await (const event of lines<CheckEvent>(textOf(response))) events.push(event)
  return events
}

export async function* textOf(response: Response): AsyncGenerator<string> {
  yield* response.body!.pipeThrough(new TextDecoderStream())
}

export const statusOf = (events: readonly CheckEvent[], row: string): string | undefined => {
  const result = events.find((event) => event.event === 'result' && event.id === row)
  return result?.event === 'result' ? result.status : undefined
}

export const verdictOf = (events: readonly CheckEvent[]): string | undefined => {
  const last = events.at(-1)
  return last?.event === 'end' ? last.verdict : last?.event
}

export interface Mail { readonly from: string; readonly to: string[]; readonly text: string }

export interface Post {
  readonly port: number
  readonly mails: Mail[]
  /** Connections taken, and sign-ins tried. */
  readonly seen: { connections: number; signIns: string[] }
  /** Settings that reach it. */
  settings(more?: Record<string, unknown>): Record<string, unknown>
}

/** A mail server on loopback without encryption; one account, user `ada`. */
export const openPost = async (t: TestContext, { password, ...options }: SMTPServerOptions & { password?: string } = {}): Promise<Post> => {
  const mails: Mail[] = []
  const seen = { connections: 0, signIns: [] as string[] }
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'], allowInsecureAuth: true, authOptional: !password, hidePIPELINING: false,
    onConnect(_, callback) { seen.connections += 1; callback() },
    onAuth(auth, _, callback) {
      seen.signIns.push(auth.password ?? '')
      if (auth.username === 'ada' && auth.password === password) callback(null, { user: auth.username })
      else callback(new Error('user name or password refused'))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() })
        callback(null, 'kept')
      })
    },
    ...options,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise<void>((resolve) => server.close(resolve)))
  const { port } = server.server.address() as AddressInfo
  const account = password ? { authentication: 'password', username: 'ada' } : { authentication: 'none' }
  return { port, mails, seen, settings: (more = {}) => ({ host: '127.0.0.1', port, security: 'none', from: 'noreply@acme.example', ...account, ...more }) }
}

/** A stored gateway in mode `smtp`, most of its values arbitrary. */
export const anyDraft = (more: Record<string, unknown> = {}) => ({
  mode: 'smtp',
  settings: { host: 'smtp.acme.example', port: 587, security: 'starttls', authentication: 'password', username: 'ada', from: 'noreply@acme.example' },
  secrets: { password: { value: 'correct-horse-42' } },
  ...more,
})

export const create = (lab: Lab, draft: unknown = anyDraft(), as = 'admin'): Promise<GatewayView> => lab.json('POST', '/gateways', 201, { as, body: draft })
