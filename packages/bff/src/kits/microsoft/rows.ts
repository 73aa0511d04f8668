import type { Checklist, Explain, Outcome, Step } from '../../checks/step.ts'
import { cut, said } from '../../findings/said.ts'
import type { ModePorts } from '../../ports/mode-ports.ts'
import type { Claims } from './claims.ts'
import type { Cloud } from './clouds.ts'
import { cloudOf, discover } from './discover.ts'
import type { Tenancy } from './discover.ts'
import { MicrosoftFault } from './fault.ts'
import type { MicrosoftFaultCode } from './fault.ts'
import { least } from './permissions.ts'
import { scopeFor } from './scope.ts'
import type { Purpose } from './scope.ts'
import { acquireToken } from './tokens.ts'
import type { Application, Freshness, Token } from './tokens.ts'

/** Rows every mode has whose application signs in at Microsoft. */
export type EntraRow = 'tenant' | 'token' | 'permission'

/** An application that asks for leave to send, and the clouds it could belong to. */
export interface Applicant {
  readonly cloud: Cloud
  readonly clouds: readonly Cloud[]
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string | undefined
  readonly purpose: Purpose
}

/** Milliseconds a check takes a kept token for: a second check in a row asks for none, and a pass still speaks of today. */
const youngToken = 10 * 60_000

const applicationOf = ({ cloud, tenantId, clientId, clientSecret, scope, purpose }: Applicant): Application =>
  ({ cloud, tenantId, clientId, clientSecret, scope: scopeFor(cloud, purpose, scope) })

// Whoever acquires a token hides its text from then on: nothing is left to mask here.
const acquire = (applicant: Applicant, ports: ModePorts, signal: AbortSignal, freshness: Freshness): Promise<Token> =>
  acquireToken(applicationOf(applicant), ports, signal, freshness)

/** Leave to send, for the product's own mail: a kept token until it ends, and a fresh one where that was refused. */
export const admit = async (applicant: Applicant, ports: ModePorts, signal: AbortSignal): Promise<Admission> =>
  admission(await acquire(applicant, ports, signal, {}), applicant, ports, signal)

const admission = (token: Token, applicant: Applicant, ports: ModePorts, signal: AbortSignal): Admission =>
  ({ token, renew: () => acquire(applicant, ports, signal, { refused: token.accessToken }) })

export interface Admission {
  readonly token: Token
  /** One fresh token, for when this one is refused. */
  renew(): Promise<Token>
}

/** What the tenant's metadata says; undefined where only that service is down, which the token then settles (fault F66). */
export async function* tenantRow(applicant: Applicant, step: Step<EntraRow>, ports: ModePorts, explain: Explain): Checklist<Tenancy | undefined> {
  return yield* step.must('tenant', async (signal): Promise<Outcome<Tenancy | undefined>> => {
    try {
      const tenancy = await discover(applicant.cloud, applicant.tenantId, ports, signal)
      demandCloud(tenancy, applicant)
      return { value: tenancy, evidence: { tenantId: tenancy.tenantId, cloud: applicant.cloud.label, ...regionOf(tenancy) } }
    } catch (error) {
      if (isDown(error)) return { value: undefined, open: explain(error, 'tenant').finding }
      throw await swapped(applicant, error, ports, signal) ?? error
    }
  })
}

const regionOf = ({ region, subRegion }: Tenancy): { region?: string } => {
  const parts = [region, subRegion].filter((part) => part !== undefined)
  return parts.length ? { region: cut(said(parts.join(', ')), 80) } : {}
}

/** Faults of the metadata alone. What keeps us from connecting keeps the token from us too: both have one host. */
const down: ReadonlySet<MicrosoftFaultCode> = new Set<MicrosoftFaultCode>(['https.timeout', 'https.closed', 'https.redirect', 'https.too-large', 'https.not-json', 'https.shape', 'service.busy', 'service.broken'])
// Microsoft says 400 of a tenant it does not know; where nothing lies at that address there is no metadata.
const isDown = (error: unknown): boolean => error instanceof MicrosoftFault && (down.has(error.code) || error.facts.http === 404)

// A cloud an operator added has no marks of its own, so that its metadata may name any.
const demandCloud = (tenancy: Tenancy, { cloud, clouds }: Applicant): void => {
  const found = cloud.detect && cloudOf(tenancy, clouds)
  if (found && found.id !== cloud.id) throw new MicrosoftFault('tenant.cloud', { service: 'discovery', wanted: cloud.label, found: found.label })
}

/** The two IDs stand side by side in the portal: where the client ID is a tenant, they were swapped. */
const swapped = async ({ cloud, clientId, tenantId }: Applicant, error: unknown, ports: ModePorts, signal: AbortSignal): Promise<MicrosoftFault | undefined> => {
  if (!(error instanceof MicrosoftFault) || error.code !== 'tenant.unknown') return undefined
  const other = await discover(cloud, clientId, ports, signal).catch(() => undefined)
  return other && new MicrosoftFault('tenant.swapped', { ...error.facts, wanted: clientId, found: tenantId })
}

/** One token request at most, none where a young one is kept; a kept one without the role is asked for anew, as consent may be fresh. */
export async function* tokenRow(applicant: Applicant, step: Step<EntraRow>, ports: ModePorts): Checklist<Admission> {
  return yield* step.must('token', async (signal) => {
    const kept = await acquire(applicant, ports, signal, { maxAge: youngToken })
    const token = kept.fromCache && !kept.claims?.roles.includes(least[applicant.purpose].role) ? await acquire(applicant, ports, signal, { refused: kept.accessToken }) : kept
    const audience = audienceOf(token.claims)
    return { value: admission(token, applicant, ports, signal), evidence: { ...(audience && { audience }), expiresIn: token.expiresIn } }
  })
}

/** What the token says it is for and may do. Never trusted: it is told, and what it leaves open a later row settles. */
export async function* permissionRow(applicant: Applicant, tenancy: Tenancy | undefined, { token: { claims } }: Admission, step: Step<EntraRow>, explain: Explain): Checklist {
  const { role } = least[applicant.purpose]
  yield* step.must('permission', async () => {
    if (!claims) return { value: undefined, open: explain(new MicrosoftFault('permission.absent', { service: 'token', wanted: role }), 'permission').finding }
    demandFit(claims, applicant, tenancy)
    const excess = claims.roles.filter((one) => one !== role)
    const fault = !claims.roles.includes(role) ? new MicrosoftFault('permission.absent', { service: 'token', wanted: role, roles: claims.roles.map(shown) })
      : excess.length ? new MicrosoftFault('permission.excess', { service: 'token', wanted: role, roles: excess.map(shown) }) : undefined
    const finding = fault && explain(fault, 'permission').finding
    return { value: undefined, evidence: evidenceOf(claims), ...(finding && (fault.code === 'permission.absent' ? { open: finding } : { advice: finding })) }
  })
}

/** What a token names as its audience, as text. */
export const audienceOf = (claims: Claims | undefined): string | undefined => (claims?.audiences.length ? said(claims.audiences.join(', ')) : undefined)

const shown = (role: string): string => said(role.slice(0, 80))
/** No application has more; a hostile server fills the page with them. */
const shownRoles = 24

const evidenceOf = ({ roles, tenantId, appId }: Claims) =>
  ({ roles: roles.slice(0, shownRoles).map(shown), ...(tenantId && { tenantId: said(tenantId) }), ...(appId && { appId: said(appId) }) })

const same = (one: string, other: string): boolean => bare(one) === bare(other)
const bare = (text: string): string => text.trim().toLowerCase().replace(/\/+$/, '')
const isGuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

// A claim that is missing says nothing; one that is there has to fit.
const demandFit = (claims: Claims, applicant: Applicant, tenancy: Tenancy | undefined): void => {
  const { tenantId, appId, audiences: named } = claims
  const audiences = audiencesOf(applicant)
  if (named.length && !named.some((audience) => audiences.some((one) => same(one, audience)))) throw unfit('token.audience', audiences[0]!, named.join(', '))
  // What was typed comes first: only of a domain the metadata says which tenant it is.
  const tenant = isGuid(applicant.tenantId) ? applicant.tenantId : tenancy?.tenantId ?? ''
  if (tenantId !== undefined && isGuid(tenant) && !same(tenant, tenantId)) throw unfit('token.tenant', tenant, tenantId)
  if (appId !== undefined && !same(applicant.clientId, appId)) throw unfit('token.app', applicant.clientId, appId)
}

const unfit = (code: 'token.audience' | 'token.tenant' | 'token.app', wanted: string, found: string): MicrosoftFault =>
  new MicrosoftFault(code, { service: 'token', wanted, found: said(found.slice(0, 200)) })

/** Addresses of Exchange that stand for one resource. */
const exchange = ['https://outlook.office365.com', 'https://outlook.office.com']

/** The resource by its address, by its other address, and by its application id. */
const audiencesOf = ({ cloud, purpose, scope }: Applicant): string[] => {
  const resource = scopeFor(cloud, purpose, scope).replace(/\/\.default$/i, '')
  return [resource, ...(exchange.includes(resource) ? exchange : []), least[purpose].appId]
}
