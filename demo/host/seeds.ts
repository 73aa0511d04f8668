import { lines } from '@mail-gateway/contract'
import type { CheckEvent, Draft, GatewayView } from '@mail-gateway/contract'
import type { Sandbox } from '../sandbox/index.ts'

/** Speaks to the backend as an administrator of one customer, over its public HTTP interface. */
export type Call = (tenant: string, method: 'GET' | 'POST', path: string, body?: object) => Promise<Response>

/** A gateway to begin with, and how deep it is checked; without `until` it is only saved. */
interface Seed {
  readonly name: string
  /** A good server, a scenario, or a Microsoft mode. */
  readonly server: string
  /** Days until its client secret ends. */
  readonly endsIn?: number
  readonly until?: 'identity' | 'delivery'
}

const reports: Seed = { name: 'Reports', server: 'starttls', until: 'delivery' }

const seeds: Readonly<Record<string, readonly Seed[]>> = {
  empty: [],
  single: [reports],
  failing: [{ name: 'Reports', server: 'password-refused', until: 'identity' }],
  list: [
    reports,
    { name: 'Site tablets', server: 'relay', until: 'identity' },
    { name: 'Handover files', server: 'certificate-expired', until: 'identity' },
    { name: 'Invitations', server: 'tls' },
  ],
  microsoft: [
    { name: 'Reports', server: 'graph', until: 'delivery', endsIn: 9 },
    { name: 'Invitations', server: 'smtp-office365', until: 'identity', endsIn: 300 },
    { name: 'Site tablets', server: 'secret-expired', until: 'identity', endsIn: -17 },
  ],
}

export const seedNames: readonly string[] = Object.keys(seeds)

const day = (inDays: number): string => new Date(Date.now() + inDays * 86_400_000).toISOString().slice(0, 10)

const draftOf = (sandbox: Sandbox, { name, server, endsIn }: Seed): Draft => {
  const prepared = sandbox.microsoft.prepared(server)
  if (prepared) {
    const { mode, settings, clientSecret } = prepared
    return { name, mode, settings: { ...settings, fromName: 'Plumline', ...(endsIn !== undefined && { clientSecretExpires: day(endsIn) }) }, secrets: { clientSecret: { value: clientSecret } } }
  }
  const { settings, password } = sandbox.typed(server)
  return { name, mode: 'smtp', settings: { ...settings, fromName: 'Plumline' }, ...(password && { secrets: { password: { value: password } } }) }
}

const accepted = async (response: Response): Promise<Response> => {
  if (!response.ok) throw new Error(`seeding was answered with ${response.status}: ${await response.text()}`)
  return response
}

/** Reads a run to its end; how it ended is the gateway's status, so nothing is judged here. */
const finish = async (response: Response): Promise<void> => {
  const stream = (await accepted(response)).body!.pipeThrough(new TextDecoderStream())
  for await (const event of lines<CheckEvent>(stream)) if (event.event === 'problem') throw new Error(event.problem.detail)
}

/** Fills customers with gateways by saving and checking them for real, each customer once. */
export class Seeder {
  readonly #sandbox: Sandbox
  readonly #call: Call
  readonly #done = new Map<string, Promise<void>>()

  constructor(sandbox: Sandbox, call: Call) {
    this.#sandbox = sandbox
    this.#call = call
  }

  /** Resolves when the customer has the gateways of `name`; unknown names seed nothing. */
  seed(tenant: string, name: string): Promise<void> {
    const known = this.#done.get(tenant)
    if (known) return known
    const done = this.#fill(tenant, seeds[name] ?? [])
    this.#done.set(tenant, done)
    return done
  }

  async #fill(tenant: string, some: readonly Seed[]): Promise<void> {
    const { gateways } = await (await accepted(await this.#call(tenant, 'GET', '/gateways'))).json() as { gateways: unknown[] }
    // Kept from an earlier start.
    if (gateways.length) return
    for (const seed of some) {
      const saved = await accepted(await this.#call(tenant, 'POST', '/gateways', draftOf(this.#sandbox, seed)))
      const { id } = await saved.json() as GatewayView
      if (seed.until) await finish(await this.#call(tenant, 'POST', '/checks', { gatewayId: id, until: seed.until, to: 'ada@acme.example' }))
    }
  }
}
