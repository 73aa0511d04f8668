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
  /** A token that did not do. The one that took its place does: of many whom it failed at once, one asks anew. */
  readonly refused?: string
}

type TokenPorts = Pick<ModePorts, 'egress' | 'tokens' | 'clock' | 'conceal'>

/** A token, and how old it is: milliseconds since it was issued. */
interface Found {
  readonly token: Token
  readonly age: number
}

/**
 * An access token of the application: a kept one, or from one request to the cloud's token endpoint. Whoever wants the
 * same one meanwhile waits for that request. It is masked in everything that is said from then on.
 * @throws MicrosoftFault with the service's own answer, EgressRefused, or the signal's reason
 */
export const acquireToken = async (application: Application, ports: TokenPorts, signal: AbortSignal, freshness: Freshness = {}): Promise<Token> => {
  signal.throwIfAborted()
  const label = await labelOf(application)
  const find = () => ports.tokens.together(label.key, label.place, () => found(application, label, ports, signal, freshness), signal)
  let { token, age } = await find()
  // What another run found may be too old for this one, or the very token that was refused to it.
  while (token.fromCache && !serves(token.accessToken, age, freshness)) ({ token, age } = await find())
  ports.conceal(token.accessToken)
  return token
}

const serves = (accessToken: string, age: number, { maxAge = Infinity, refused }: Freshness): boolean => age >= 0 && age <= maxAge && accessToken !== refused

const found = async (application: Application, label: Label, ports: TokenPorts, signal: AbortSignal, freshness: Freshness): Promise<Found> => {
  const { cloud, tenantId, scope } = application
  const exchange = tokenExchange(endpointOf(cloud, tenantId, 'oauth2/v2.0/token'), ports, signal)
  const shelf = await shelfOf(label, ports, freshness)
  // Loaded here: it takes a tenth of a second, which who only uses SMTP need not wait for.
  const { ConfidentialClientApplication, LogLevel } = await import('./msal.ts')
  const client = new ConfidentialClientApplication({
    auth: signInOf(application), cache: { cachePlugin: shelf.plugin },
    system: { networkClient: exchange.client, loggerOptions: { logLevel: LogLevel.Error, piiLoggingEnabled: false, loggerCallback: () => {} } },
  })
  // A region named in this process's environment would send the secret to another host than the cloud's.
  const ask = (skipCache: boolean) => client.acquireTokenByClientCredential({ scopes: [scope], azureRegion: 'DisableMsalForceRegion', skipCache })
    .catch((error: unknown) => { throw exchange.failure() ?? error })
  const kept = await ask(false)
  const result = kept?.fromCache && kept.accessToken === freshness.refused ? await ask(true) : kept
  signal.throwIfAborted()
  const token = tokenOf(result)
  await shelf.keep(token.expiresIn)
  return { token, age: token.fromCache ? shelf.age : 0 }
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

/** Where an application's tokens lie, and what they are sealed with besides. */
interface Label {
  readonly key: string
  readonly place: readonly string[]
}

/** Under what they are for; sealed with the secret's digest besides: a changed secret does not open what the old one got, and no digest of a secret is ever stored. */
const labelOf = async ({ cloud: { authority }, tenantId, clientId, clientSecret, scope }: Application): Promise<Label> => {
  const purpose = [authority, tenantId.toLowerCase(), clientId.toLowerCase(), scope]
  const [key, secret] = await Promise.all([digest(JSON.stringify(purpose)), digest(clientSecret)])
  return { key, place: [...purpose, secret] }
}

interface Shelf {
  readonly plugin: ICachePlugin
  /** Milliseconds since what lies there was issued. */
  readonly age: number
  /** Keeps what the library changed for as long as the token is of use; it lives for so many seconds. */
  keep(expiresIn: number): Promise<void>
}

/** Seconds before its end from which a token is renewed: the clocks of others may be off by as much (fault F103). */
const margin = 300

/** The library's cache between runs. */
const shelfOf = async ({ key, place }: Label, { tokens, clock }: TokenPorts, { maxAge = Infinity }: Freshness): Promise<Shelf> => {
  // What cannot be read or kept only costs a request: no reason to stop mail.
  const kept = await tokens.read(key, place).catch(() => undefined)
  const age = kept ? clock.now() - kept.at : Infinity
  let changed: string | undefined
  return {
    age,
    plugin: {
      beforeCacheAccess: async ({ tokenCache }) => { if (kept && age >= 0 && age <= maxAge) tokenCache.deserialize(kept.text) },
      afterCacheAccess: async (context) => { if (context.cacheHasChanged) changed = context.tokenCache.serialize() },
    },
    keep: async (expiresIn) => { if (changed) await tokens.write(key, place, changed, clock.now() + Math.max(0, expiresIn - margin) * 1000).catch(() => {}) },
  }
}

const digest = async (text: string): Promise<string> => {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
