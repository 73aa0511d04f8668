import { makeCertificates } from './certificates.ts'
import { Inbox } from './inbox.ts'
import { startMailServers } from './mail-server.ts'
import type { Account } from './mail-server.ts'
import { startMicrosoft } from './microsoft/index.ts'
import type { Microsoft } from './microsoft/index.ts'
import { startMisbehaving } from './misbehaving.ts'
import type { Limits } from './misbehaving.ts'
import { scenarios } from './scenarios.ts'
import type { Scenario, Security } from './scenarios.ts'

export { trust } from './certificates.ts'
export type { Inbox, Mail } from './inbox.ts'
export type { Account, Scenario, Security }

/** Ports wished for; free ones are taken where absent or in use. `scenarios` is the first of a row. */
export interface Wishes {
  readonly relay?: number
  readonly starttls?: number
  readonly tls?: number
  readonly scenarios?: number
  /** The first of a few. */
  readonly microsoft?: number
}

export interface Ports {
  readonly relay: number
  readonly starttls: number
  readonly tls: number
  /** By scenario id. */
  readonly scenarios: Readonly<Record<string, number>>
}

/** What to type into the form for one server. */
export interface Typed {
  readonly settings: {
    readonly host: string
    readonly port: number
    readonly security: Security
    readonly authentication: 'none' | 'password'
    readonly username?: string
    readonly from: string
  }
  readonly password?: string
}

export interface Sandbox {
  readonly ports: Ports
  /** PEM of the authority behind the good certificates: give it to `trust` in the process that connects. */
  readonly ca: string
  /** PEM of the authority nobody trusts. */
  readonly privateCa: string
  readonly account: Account
  readonly inbox: Inbox
  readonly scenarios: readonly Scenario[]
  readonly microsoft: Microsoft
  /** Values for one of the three good servers or for a scenario. Throws on an unknown id. */
  typed(id: string): Typed
  close(): Promise<void>
}

export interface SandboxOptions {
  readonly ports?: Wishes
  readonly limits?: Limits
}

const account: Account = { username: 'mailer@demo.test', password: 'quiet-river-42' }
const from = 'noreply@acme.example'
const usual: Limits = { holdMs: 60_000, connections: 50 }

const withPassword = (port: number, security: Security): Typed => ({
  settings: { host: 'localhost', port, security, authentication: 'password', username: account.username, from },
  password: account.password,
})

const valuesFor = (ports: Ports) => (id: string): Typed => {
  if (id === 'relay') return { settings: { host: 'localhost', port: ports.relay, security: 'none', authentication: 'none', from } }
  if (id === 'starttls' || id === 'tls') return withPassword(ports[id], id)
  const scenario = scenarios.find((one) => one.id === id)
  if (!scenario) throw new RangeError(`no server is called ${id}`)
  return withPassword(ports.scenarios[id]!, scenario.security ?? 'starttls')
}

/**
 * Starts a small mail world on loopback: three proper servers, one server for every way to misbehave, one inbox.
 * Nothing is trusted by starting it: hand `ca` to `trust`.
 */
export const startSandbox = async ({ ports: wishes = {}, limits = usual }: SandboxOptions = {}): Promise<Sandbox> => {
  const certificates = await makeCertificates()
  const inbox = new Inbox()
  const servers = await startMailServers({ certificate: certificates.good, account, inbox }, wishes)
  const misbehaving = await startMisbehaving({ certificates, account, inbox }, wishes.scenarios, limits)
  const microsoft = await startMicrosoft({ certificate: certificates.good, inbox, limits }, wishes.microsoft)
  const ports = { relay: servers.relay.port, starttls: servers.starttls.port, tls: servers.tls.port, scenarios: misbehaving.ports }
  return {
    ports, account, inbox, scenarios, microsoft, ca: certificates.ca, privateCa: certificates.privateCa, typed: valuesFor(ports),
    close: async () => { await Promise.all([servers.close(), misbehaving.close(), microsoft.close()]) },
  }
}
