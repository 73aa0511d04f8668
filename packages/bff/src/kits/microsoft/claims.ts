import { decodeJwt } from 'jose'
import type { JWTPayload } from 'jose'

/** What an access token says of itself: read for the diagnosis only, neither verified nor trusted. */
export interface Claims {
  /** The resource it was made for: an address or the GUID of an application. */
  readonly audience?: string
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
  const [audience, tenantId, appId] = [[payload.aud].flat()[0], payload.tid, payload.appid ?? payload.azp ?? payload.client_id].map((value) => typeof value === 'string' && value ? value : undefined)
  const roles = Array.isArray(payload.roles) ? payload.roles.filter((role) => typeof role === 'string') : []
  return { roles, ...(audience && { audience }), ...(tenantId && { tenantId }), ...(appId && { appId }) }
}

const payloadOf = (accessToken: string): JWTPayload | undefined => {
  try {
    return decodeJwt(accessToken)
  } catch {
    return undefined
  }
}
