import type { Cloud } from './clouds.ts'
import { MicrosoftFault } from './fault.ts'

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const domain = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/i

/** True for a tenant's GUID or a domain name; `common`, `organizations` and the like name no tenant. */
export const isTenant = (text: string): boolean => guid.test(text) || domain.test(text)

/**
 * An address of the sign-in service. Made of the cloud's own origin and a tenant that cannot be anything but one path
 * segment: nothing that is typed, and nothing a server says, can move the client secret to another host (threat T05).
 * @throws MicrosoftFault `tenant.unknown` for a tenant that is neither GUID nor domain
 */
export const endpointOf = ({ authority }: Pick<Cloud, 'authority'>, tenant: string, path: string): URL => {
  if (!isTenant(tenant)) throw new MicrosoftFault('tenant.unknown', { found: tenant.slice(0, 80) })
  return new URL(`/${encodeURIComponent(tenant)}/${path}`, authority)
}
