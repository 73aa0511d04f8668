// An authorization server nobody here wrote: `oidc-provider` from npm, at the addresses Entra has.
// What is ours is only where its endpoints lie, and that a scope names the resource, which Entra does and RFC 8707 does not.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import Provider, { errors } from 'oidc-provider'
import type { IssuedToken, TokenContext } from 'oidc-provider'
import type { Certificate } from './certificates.ts'
import { entraError } from './https.ts'

export interface Registered {
  readonly id: string
  readonly secret: string
  /** Application permissions by resource. */
  readonly roles: Readonly<Record<string, readonly string[]>>
}

interface Directory {
  readonly certificate: Certificate
  /** GUID. */
  readonly tenantId: string
  /** A domain that names the same tenant. */
  readonly domain: string
  /** Resources, as `aud` of their tokens; their scope is this with `/.default`. */
  readonly resources: readonly string[]
  readonly applications: readonly Registered[]
  /** What its metadata tells besides (vendor extension). */
  readonly metadata?: Readonly<Record<string, string>>
}

export interface OidcPeer {
  /** `https://127.0.0.1:port`. */
  readonly origin: string
  /** Method and path of every request. */
  readonly asked: readonly string[]
  /** How many of them were for a token. */
  tokenRequests(): number
  /** Claims of a token this server signed for that resource; throws for any other. */
  verify(token: string, audience: string): Promise<JWTPayload>
  close(): Promise<void>
}

const resourceOf = (scope: unknown): string => String(scope ?? '').replace(/\/\.default$/, '')

export const startOidc = async ({ certificate, tenantId, domain, resources, applications, metadata = {} }: Directory): Promise<OidcPeer> => {
  const asked: string[] = []
  const server = createServer(certificate).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `${origin}/${tenantId}/v2.0`
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    ...configuration(resources, applications, tenantId), discovery: metadata,
    jwks: { keys: [{ ...await exportJWK(privateKey), use: 'sig', alg: 'RS256', kid: 'peer' }] },
  })
  const answer = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`)
    const path = inTenant(request.url ?? '', [tenantId, domain])
    if (path === undefined) { unknownTenant(response); return }
    request.url = path
    void answer(request, response)
  })
  const keys = createLocalJWKSet({ keys: [{ ...await exportJWK(publicKey), alg: 'RS256', kid: 'peer' }] })
  return {
    origin, asked,
    tokenRequests: () => asked.filter((line) => line.endsWith('/oauth2/v2.0/token')).length,
    verify: async (token, audience) => (await jwtVerify(token, keys, { issuer, audience })).payload,
    close: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections() }),
  }
}

/** `/{tenant}/v2.0/.well-known/…` is the provider's own `/.well-known/…`; everything else keeps its path behind the tenant. */
const inTenant = (url: string, tenants: readonly string[]): string | undefined => {
  const [, tenant, path] = /^\/([^/]+)(\/.*)$/.exec(url) ?? []
  return tenant && path && tenants.includes(tenant) ? path.replace(/^\/v2\.0\/\.well-known\//, '/.well-known/') : undefined
}

const unknownTenant = (response: ServerResponse): void => {
  const text = 'Tenant was not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.'
  response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(entraError('invalid_tenant', 90002, text)))
}

const configuration = (resources: readonly string[], applications: readonly Registered[], tenantId: string): Readonly<Record<string, unknown>> => ({
  clients: applications.map(({ id, secret }) => ({
    client_id: id, client_secret: secret, token_endpoint_auth_method: 'client_secret_post', grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
  })),
  routes: { token: '/oauth2/v2.0/token', authorization: '/oauth2/v2.0/authorize', jwks: '/discovery/v2.0/keys', end_session: '/oauth2/v2.0/logout' },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: ({ oidc }: TokenContext) => resourceOf(oidc.params?.scope),
      getResourceServerInfo: (_context: TokenContext, resource: string) => {
        if (!resources.includes(resource)) throw new errors.InvalidTarget()
        return { audience: resource, scope: `${resource}/.default`, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }
      },
    },
  },
  ttl: { ClientCredentials: 3599 },
  extraTokenClaims: (_context: TokenContext, { aud, clientId }: IssuedToken) => {
    const roles = applications.find(({ id }) => id === clientId)?.roles[[aud].flat()[0]!] ?? []
    return { tid: tenantId, appid: clientId, ...(roles.length > 0 && { roles }) }
  },
})
