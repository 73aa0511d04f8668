import { decodeJwt } from 'jose'
import type { JWTPayload } from 'jose'

/** What an access token says of itself: read for the diagnosis only, neither verified nor trusted. */
export interface Claims {
  /** The resources it was made for: addresses or GUIDs of applications. Microsoft names one; RFC 7519 section 4.1.3 allows several. */
  readonly audiences: readonly string[]
  /** Application permissions; empty where none was granted in Entra, which proves nothing (RBAC for Applications leaves no trace). */
  readonly roles: readonly string[]
  readonly tenantId?: string
  /** The application it was issued to. */
  readonly appId?: string
}

/** Claims of a token in JWT form (RFC 9068, and Microsoft's v1.0 form with `appid`); undefined for an opaque one. */
export const claimsOf = (accessToken: string): Claims | undefined => {
  const payload = payloadOf(accessToken)
  if (!payload) return undefined
  const [tenantId, appId] = [payload.tid, payload.appid ?? payload.azp ?? payload.client_id].map((value) => typeof value === 'string' && value ? value : undefined)
  return { roles: Array.isArray(payload.roles) ? textsIn(payload.roles) : [], audiences: textsIn(payload.aud), ...(tenantId && { tenantId }), ...(appId && { appId }) }
}

/** One value alone, or a list. */
const textsIn = (value: unknown): string[] => [value].flat().filter((one): one is string => typeof one === 'string' && one !== '')

const payloadOf = (accessToken: string): JWTPayload | undefined => {
  try {
    return decodeJwt(accessToken)
  } catch {
    return undefined
  }
}
