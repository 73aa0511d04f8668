import { createMailGateway } from '@mail-gateway/bff'
import type { AuditEvent, MailGateway } from '@mail-gateway/bff'
import { jsonLines, nodePorts } from '@mail-gateway/bff/node'
import type { Sandbox } from '../sandbox/index.ts'
import { cloudsFor } from './clouds.ts'
import type { Deed } from './pages/product.ts'
import { accountHeader, workspaceHeader, workspaceOf } from './people.ts'
import type { Sessions } from './people.ts'
import type { Call } from './seeds.ts'

export const basePath = '/api/mail-gateway'

export interface Wanted {
  /** Address the product is reached at. */
  readonly baseURL: string
  /** Where settings are kept: `sqlite:PATH`. */
  readonly store: string
  /** Keys the stored secrets are sealed with. */
  readonly secrets: string
  readonly sandbox: Sandbox
  readonly sessions: Sessions
  /** From which level upwards the log is shown. */
  readonly logLevel: LogLevel
  onEvent(event: AuditEvent): void
}

const levels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof levels)[number]

/** The terminal shows what an operator should look at; a line for every request would bury the address. */
export const logLevelOf = (text: string | undefined): LogLevel => {
  const level = levels.find((one) => one === (text || 'warn'))
  if (!level) throw new Error(`MAIL_GATEWAY_LOG_LEVEL must be one of ${levels.join(', ')} (it is ${text})`)
  return level
}

/** Every port of the sandbox, opened for this deployment only. */
export const openPorts = ({ ports: { relay, starttls, tls, scenarios }, microsoft }: Sandbox): string =>
  [relay, starttls, tls, ...Object.values(scenarios), ...microsoft.ports].join(',')

/** The settings backend as a host embeds it: its own sign-in decides who asks, for whom, and what they may do. */
export const createGateway = ({ baseURL, store, secrets, sandbox, sessions, logLevel, onEvent }: Wanted): MailGateway =>
  createMailGateway({
    ports: nodePorts({ store, log: jsonLines(process.stderr, logLevel) }),
    baseURL, basePath, secrets, onEvent,
    productName: 'Plumline',
    clouds: cloudsFor(sandbox.microsoft, baseURL),
    trustedOrigins: [baseURL.replace('127.0.0.1', 'localhost')],
    authorize: async (request) => {
      const person = sessions.personOf(request.headers)
      const tenant = workspaceOf(request.headers)
      return person && tenant ? { subject: person.id, name: person.name, email: person.email, tenant, rights: person.rights } : null
    },
    // Loopback is closed to a gateway unless its operator opens it. Sign-in without encryption stays refused even here.
    egress: { allow: ['127.0.0.1', '::1'], ports: openPorts(sandbox) },
  })

/** An administrator's calls, through the same door as a browser's. */
export const callerOf = (gateway: Pick<MailGateway, 'fetch'>, sessions: Sessions, baseURL: string): Call => {
  const cookie = sessions.enter(null, 'ada')!
  return async (tenant, method, path, body) => gateway.fetch(new Request(`${baseURL}${basePath}${path}`, {
    method, ...(body && { body: JSON.stringify(body) }),
    headers: { cookie, origin: baseURL, 'content-type': 'application/json', 'x-mail-gateway': '1', [accountHeader]: 'ada', [workspaceHeader]: tenant },
  }))
}

const deeds: Readonly<Record<AuditEvent['action'], string>> = {
  'gateway.create': 'Gateway added', 'gateway.save': 'Gateway changed', 'gateway.delete': 'Gateway removed', 'check.run': 'Check',
}
const most = 500

/** What administrators did, newest first, for the product's own audit log. */
export class AuditLog {
  #events: readonly AuditEvent[] = []

  add(event: AuditEvent): void {
    this.#events = [event, ...this.#events].slice(0, most)
  }

  of(tenant: string): readonly Deed[] {
    return this.#events.filter((event) => event.tenant === tenant).map(({ at, by, action, outcome, changed, gatewayId }) =>
      ({ at, who: by, what: `${deeds[action]}: ${outcome}`, on: changed?.join(', ') ?? gatewayId ?? 'a draft' }))
  }
}
