import type { ModePorts } from '../../ports/mode-ports.ts'
import { isObject, objectIn, refusal } from './answer.ts'
import type { Body, Source } from './answer.ts'
import { ask } from './ask.ts'
import type { Cloud } from './clouds.ts'
import { endpointOf } from './endpoint.ts'
import { MicrosoftFault } from './fault.ts'

/** What a tenant's public OpenID metadata tells of it. The last three are Microsoft's own extension. */
export interface Tenancy {
  /** The GUID of the issuer where it holds one, else the tenant as typed. */
  readonly tenantId: string
  /** The cloud instance as the metadata names it, such as `microsoftonline.com`; empty where it names none. */
  readonly cloud: string
  /** `NA`, `EU`, … */
  readonly region?: string
  /** `GCC`, `DODCON` (GCC High), `DOD`. */
  readonly subRegion?: string
  /** Host of Graph. */
  readonly graphHost?: string
}

/**
 * Asks the sign-in service for the tenant's metadata (OpenID Connect Discovery 1.0 section 4): needs no secret, and shows
 * that the tenant exists, and in which cloud. The endpoints it names are not used.
 * @throws MicrosoftFault `tenant.unknown` with the service's error, `service.*`, `https.*`; EgressRefused
 */
export const discover = async (cloud: Cloud, tenant: string, ports: Pick<ModePorts, 'egress' | 'clock'>, signal: AbortSignal): Promise<Tenancy> => {
  const url = endpointOf(cloud, tenant, 'v2.0/.well-known/openid-configuration')
  const reply = await ask('discovery', { method: 'GET', url, headers: { accept: 'application/json' } }, ports, signal)
  const source: Source = { service: 'discovery', host: url.host, now: ports.clock.now() }
  if (reply.status >= 400) throw unknownTenant(refusal(reply, source))
  const metadata = objectIn(reply, source)
  if (typeof metadata.issuer !== 'string' || typeof metadata.token_endpoint !== 'string') {
    throw new MicrosoftFault('https.shape', { service: 'discovery', host: url.host, http: reply.status, text: reply.text.slice(0, 1000) })
  }
  return tenancyOf(metadata, metadata.issuer, tenant)
}

/** AADSTS90002 is the one answer that says so for sure; every other error keeps its own number for the catalogue. */
const unknownTenant = (fault: MicrosoftFault): MicrosoftFault => {
  const { body } = fault.facts
  const codes = isObject(body) && Array.isArray(body.error_codes) ? body.error_codes : []
  const says = isObject(body) && typeof body.error_description === 'string' ? body.error_description : ''
  return fault.code === 'service.refused' && (codes.includes(90002) || /\bAADSTS90002\b/.test(says)) ? new MicrosoftFault('tenant.unknown', fault.facts) : fault
}

const tenancyOf = (metadata: Body, issuer: string, typed: string): Tenancy => {
  const text = (name: string) => { const value = metadata[name]; return typeof value === 'string' && value ? value : undefined }
  const [region, subRegion, graphHost] = ['tenant_region_scope', 'tenant_region_sub_scope', 'msgraph_host'].map(text)
  return {
    tenantId: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(issuer)?.[0]!.toLowerCase() ?? typed, cloud: text('cloud_instance_name') ?? '',
    ...(region && { region }), ...(subRegion && { subRegion }), ...(graphHost && { graphHost }),
  }
}

/**
 * The cloud a tenant lives in, as far as its metadata tells. GCC High and DoD share a sign-in host, and the worldwide
 * cloud holds GCC: sub-scope and Graph host tell them apart. A cloud without marks of its own is never named.
 */
export const cloudOf = ({ cloud, subRegion, graphHost }: Tenancy, clouds: readonly Cloud[]): Cloud | undefined => {
  const inInstance = clouds.filter(({ detect }) => detect && (!cloud || same(detect.instance, cloud)))
  if (cloud && inInstance.length <= 1) return inInstance[0]
  return only(inInstance.filter(({ detect }) => detect?.subScopes?.some((scope) => same(scope ?? undefined, subRegion))))
    ?? only(inInstance.filter(({ detect }) => same(detect?.graphHost, graphHost)))
}

const only = <T>(found: readonly T[]): T | undefined => found.length === 1 ? found[0] : undefined

const same = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one.toLowerCase() === other?.toLowerCase()
