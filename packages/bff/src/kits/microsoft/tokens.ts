import type { AuthenticationResult, ICachePlugin } from '@azure/msal-node'
import type { ModePorts } from '../../ports/mode-ports.ts'
import { claimsOf } from './claims.ts'
import type { Claims } from './claims.ts'
import type { Cloud } from './clouds.ts'
import { endpointOf } from './endpoint.ts'
import { MicrosoftFault } from './fault.ts'
import { tokenExchange } from './network-client.ts'

/** An application as it signs in: client credentials with a secret. */
export interface Application {
  readonly cloud: Cloud
  /** GUID or domain. */
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  /** One resource's `/.default`. */
  readonly scope: string
}

export interface Token {
  readonly accessToken: string
  /** Seconds it still lives. */
  readonly expiresIn: number
  readonly fromCache: boolean
  /** Undefined for a token that is not readable. */
  readonly claims: Claims | undefined
}

export interface Freshness {
  /** Milliseconds: a kept token that was issued longer ago is not used, so that a check shows what is true now. */
  readonly maxAge?: number
  /** Uses no kept token at all. */
  readonly fresh?: boolean
}

type TokenPorts = Pick<ModePorts, 'egress' | 'tokens' | 'clock' | 'conceal'>

/**
 * An access token of the application: a kept one, or from one request to the cloud's token endpoint. It is masked in
 * everything that is said from then on.
 * @throws MicrosoftFault with the service's own answer, EgressRefused, or the signal's reason
 */
export const acquireToken = async (application: Application, ports: TokenPorts, signal: AbortSignal, freshness: Freshness = {}): Promise<Token> => {
  signal.throwIfAborted()
  const { cloud, tenantId, scope } = application
  const exchange = tokenExchange(endpointOf(cloud, tenantId, 'oauth2/v2.0/token'), ports, signal)
  const shelf = await shelfOf(application, ports, freshness)
  // Loaded here: it takes a tenth of a second, which who only uses SMTP need not wait for.
  const { ConfidentialClientApplication, LogLevel } = await import('@azure/msal-node')
  const client = new ConfidentialClientApplication({
    auth: signInOf(application), cache: { cachePlugin: shelf.plugin },
    system: { networkClient: exchange.client, loggerOptions: { logLevel: LogLevel.Error, piiLoggingEnabled: false, loggerCallback: () => {} } },
  })
  // A region named in this process's environment would send the secret to another host than the cloud's.
  const result = await client.acquireTokenByClientCredential({ scopes: [scope], azureRegion: 'DisableMsalForceRegion' })
    .catch((error: unknown) => { throw exchange.failure() ?? error })
  signal.throwIfAborted()
  const token = tokenOf(result)
  ports.conceal(token.accessToken)
  await shelf.keep(token.expiresIn)
  return token
}

const tokenOf = (result: AuthenticationResult | null): Token => {
  if (!result?.accessToken || !result.expiresOn) throw new MicrosoftFault('token.unusable', { service: 'token' })
  const { accessToken, expiresOn, fromCache } = result
  return { accessToken, fromCache, expiresIn: Math.max(0, Math.round((expiresOn.getTime() - Date.now()) / 1000)), claims: claimsOf(accessToken) }
}

/** Everything the library would otherwise look up itself is handed to it: the only request left is the one for the token. */
const signInOf = ({ cloud, tenantId, clientId, clientSecret }: Application) => {
  const at = (path: string): string => endpointOf(cloud, tenantId, path).href
  return {
    clientId, clientSecret, authority: at(''), knownAuthorities: [new URL(cloud.authority).host],
    authorityMetadata: JSON.stringify({
      authorization_endpoint: at('oauth2/v2.0/authorize'), token_endpoint: at('oauth2/v2.0/token'),
      issuer: at('v2.0'), jwks_uri: at('discovery/v2.0/keys'), end_session_endpoint: at('oauth2/v2.0/logout'),
    }),
  }
}

interface Shelf {
  readonly plugin: ICachePlugin
  /** Keeps what the library changed for as long as the token lives, in seconds. */
  keep(expiresIn: number): Promise<void>
}

/**
 * The library's cache between runs. It lies under what it is for, sealed with the secret's digest besides: a changed
 * secret does not open what the old one got, and no digest of a secret is ever stored.
 */
const shelfOf = async (application: Application, { tokens, clock }: TokenPorts, { maxAge = Infinity, fresh = false }: Freshness): Promise<Shelf> => {
  const { cloud: { authority }, tenantId, clientId, clientSecret, scope } = application
  const purpose = [authority, tenantId.toLowerCase(), clientId.toLowerCase(), scope]
  const [key, secret] = await Promise.all([digest(JSON.stringify(purpose)), digest(clientSecret)])
  const place = [...purpose, secret]
  // What cannot be read or kept only costs a request: no reason to stop mail.
  const kept = fresh ? undefined : await tokens.read(key, place).catch(() => undefined)
  const age = kept ? clock.now() - kept.at : Infinity
  let changed: string | undefined
  return {
    plugin: {
      beforeCacheAccess: async ({ tokenCache }) => { if (kept && age >= 0 && age <= maxAge) tokenCache.deserialize(kept.text) },
      afterCacheAccess: async (context) => { if (context.cacheHasChanged) changed = context.tokenCache.serialize() },
    },
    keep: async (expiresIn) => { if (changed) await tokens.write(key, place, changed, clock.now() + expiresIn * 1000).catch(() => {}) },
  }
}

const digest = async (text: string): Promise<string> => {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
