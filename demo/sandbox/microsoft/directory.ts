import { guidOf, isGuid, secretOf } from './ids.ts'
import type { Fates } from './fates.ts'
import type { TokenClaims } from './tokens.ts'

/** APIs that can be asked for, by the names of this demo. */
export type Api = 'graph' | 'exchange'

/** One application permission, or a delegated one that looks like it. */
export interface Permission {
  readonly api: Api
  readonly value: string
  readonly type: 'Application' | 'Delegated'
}

/** What can be added under API permissions; the delegated ones are there because they are picked by mistake. */
export const permissions: readonly Permission[] = [
  { api: 'graph', value: 'Mail.Send', type: 'Application' },
  { api: 'graph', value: 'Mail.ReadWrite', type: 'Application' },
  { api: 'graph', value: 'User.Read.All', type: 'Application' },
  { api: 'graph', value: 'SMTP.Send', type: 'Delegated' },
  { api: 'exchange', value: 'SMTP.SendAsApp', type: 'Application' },
  { api: 'exchange', value: 'full_access_as_app', type: 'Application' },
]

export interface Secret {
  /** The Secret ID the portal shows beside the value, and never wants back. */
  readonly id: string
  readonly value: string
  readonly name: string
  readonly ends: Date
}

/** One app registration with its enterprise application, and what Exchange knows of it. */
export interface Application {
  readonly tenant: Tenant
  readonly name: string
  /** Made for a scenario: nobody would look for it among their registrations. */
  readonly hidden: boolean
  readonly clientId: string
  /** Object ID of the registration: Exchange does not know it. */
  readonly objectId: string
  /** Object ID of the enterprise application: what Exchange wants. */
  readonly servicePrincipalId: string
  readonly secrets: Secret[]
  readonly wanted: Permission[]
  readonly consented: Permission[]
  /** Object ID it was registered in Exchange with; absent until then. */
  exchangeObjectId?: string
  /** Mailboxes it has full access to in Exchange. */
  readonly fullAccess: Set<string>
  /** Further addresses it may send as. */
  readonly sendAs: Set<string>
  /** RBAC for Applications: which role it holds over which mailboxes. A token shows nothing of it. */
  readonly scoped: { readonly role: string; readonly mailbox: string }[]
  /** What answers instead of the proper services; for showing what goes wrong. */
  fates: Fates
  /** Claims its tokens carry instead of the true ones. */
  claims: Partial<TokenClaims>
}

export interface Mailbox {
  readonly address: string
  readonly licensed: boolean
  /** SMTP AUTH of this mailbox. */
  smtpAuth: boolean
}

export interface Tenant {
  readonly id: string
  readonly name: string
  readonly domains: readonly string[]
  /** Id of the cloud it lives in. */
  readonly cloud: string
  /** SMTP AUTH of the whole organisation. */
  smtpAuth: boolean
  readonly mailboxes: Mailbox[]
  readonly applications: Application[]
  /** Whether Exchange Online is subscribed to. */
  readonly exchange: boolean
  fates: Fates
}

type NewTenant = Pick<Tenant, 'name' | 'domains' | 'cloud'> & { readonly mailboxes?: readonly Mailbox[]; readonly exchange?: boolean; readonly fates?: Fates }

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
const year = 365 * 86_400_000

/** Everything the pretend Microsoft knows: tenants, registrations, consents, mailboxes. In memory. */
export class Directory {
  readonly #tenants: Tenant[] = []

  /** Adds an organisation. Its id follows from its name. */
  addTenant({ mailboxes = [], exchange = true, fates = {}, ...tenant }: NewTenant): Tenant {
    const added: Tenant = { ...tenant, id: guidOf(`tenant ${tenant.name}`), smtpAuth: true, mailboxes: [...mailboxes], applications: [], exchange, fates }
    this.#tenants.push(added)
    return added
  }

  clear(): void {
    this.#tenants.length = 0
  }

  /** By GUID or verified domain. */
  tenant(wanted: string): Tenant | undefined {
    return this.#tenants.find(({ id, domains }) => (isGuid(wanted) ? same(id, wanted) : domains.some((domain) => same(domain, wanted))))
  }

  /** Organisations of one cloud, the one people work for first. */
  tenantsIn(cloud: string): readonly Tenant[] {
    return this.#tenants.filter((tenant) => tenant.cloud === cloud)
  }

  application(clientId: string): Application | undefined {
    return this.#tenants.flatMap(({ applications }) => applications).find((one) => same(one.clientId, clientId))
  }
}

/** Registers an application. Its ids follow from the tenant and its name; a name that is taken gets a number. */
export const register = (tenant: Tenant, name: string, hidden = false): Application => {
  const taken = tenant.applications.filter((one) => one.name === name).length
  const key = `${tenant.name} ${name}${taken ? ` ${taken + 1}` : ''}`
  const application: Application = {
    tenant, name, hidden, clientId: guidOf(`client ${key}`), objectId: guidOf(`object ${key}`), servicePrincipalId: guidOf(`principal ${key}`),
    secrets: [], wanted: [], consented: [], fullAccess: new Set(), sendAs: new Set(), scoped: [], fates: {}, claims: {},
  }
  tenant.applications.push(application)
  return application
}

/** Adds a client secret; its value is shown once. `ends` defaults to a year from now. */
export const addSecret = ({ secrets, clientId }: Application, name: string, ends = new Date(Date.now() + year)): Secret => {
  const key = `${clientId} ${name} ${secrets.length}`
  const secret = { id: guidOf(`secret ${key}`), value: secretOf(key), name, ends }
  secrets.push(secret)
  return secret
}

export const permissionCalled = (value: string, type: Permission['type'] = 'Application'): Permission | undefined =>
  permissions.find((one) => one.value === value && one.type === type)

export const want = ({ wanted }: Application, permission: Permission): void => {
  if (!wanted.includes(permission)) wanted.push(permission)
}

/** The administrator says yes to what is listed, and to nothing else. */
export const grantConsent = ({ wanted, consented }: Application): void => { consented.splice(0, consented.length, ...wanted) }

/** Roles a token for this API carries: consented application permissions. */
export const rolesOf = ({ consented }: Application, api: Api): readonly string[] =>
  consented.filter((one) => one.api === api && one.type === 'Application').map(({ value }) => value)

export const mailboxOf = ({ mailboxes }: Tenant, address: string): Mailbox | undefined =>
  mailboxes.find((one) => same(one.address, address))

/** Whether a role of RBAC for Applications covers the mailbox. */
export const scopedTo = ({ scoped }: Application, role: string, address: string): boolean =>
  scoped.some((one) => one.role === role && same(one.mailbox, address))

/** Exchange looks up who holds the token by the enterprise application's object id, not by the registration's. */
export const knownToExchange = ({ exchangeObjectId, servicePrincipalId }: Application): boolean =>
  exchangeObjectId !== undefined && same(exchangeObjectId, servicePrincipalId)

export const has = (some: ReadonlySet<string>, address: string): boolean => [...some].some((one) => same(one, address))
