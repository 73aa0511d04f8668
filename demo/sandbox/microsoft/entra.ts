import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Certificate } from '../certificates.ts'
import type { Bound } from '../loopback.ts'
import { rolesOf } from './directory.ts'
import type { Api, Application, Directory, Tenant } from './directory.ts'
import { meet, send } from './fates.ts'
import type { Answer, Asked, Turns } from './fates.ts'
import { read, serveHttps } from './https-server.ts'
import { isGuid, tokenMark } from './ids.ts'
import { metadata } from './metadata.ts'
import type { Place } from './metadata.ts'
import type { Signer, TokenClaims } from './tokens.ts'

/** What the sign-in service of one cloud is made of. */
export interface Entra {
  readonly directory: Directory
  readonly signer: Signer
  readonly turns: Turns
  readonly certificate: Certificate
  /** All clouds: a tenant of another one is told where it lives. */
  readonly clouds: Readonly<Record<string, Place>>
  /** Id of the cloud served here. */
  readonly cloud: string
  readonly authority: () => string
}

/** An AADSTS error; thrown while a request is judged. */
class Refused extends Error {
  readonly status: number
  readonly error: string
  readonly code: number
  constructor(status: number, error: string, code: number, message: string) {
    super(message)
    this.status = status
    this.error = error
    this.code = code
  }
}

/** Entra's error body (facts, protocol section 3): the sentence, then trace, correlation and time, each also on its own. */
export const errorBody = (authority: string, error: string, code: number, message: string, correlation: string = randomUUID()): object => {
  const [trace, timestamp] = [randomUUID(), `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`]
  return {
    error, error_description: `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [code], timestamp, trace_id: trace, correlation_id: correlation, error_uri: `${authority}/error?code=${code}`,
  }
}

const tenantNotFound = (name: string): Refused => (isGuid(name) || /^[^\s.]+(\.[^\s.]+)+$/.test(name)
  ? new Refused(400, 'invalid_request', 90_002, `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`)
  : new Refused(400, 'invalid_request', 900_023, `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`))

const tenantCalled = ({ directory }: Entra, name: string): Tenant => {
  const tenant = directory.tenant(name)
  if (!tenant) throw tenantNotFound(name)
  return tenant
}

const discovery = (entra: Entra, name: string): Answer => {
  const tenant = tenantCalled(entra, name)
  return { status: 200, body: metadata(entra.clouds[tenant.cloud]!, tenant) }
}

const formOf = ({ method, headers, body }: Asked): URLSearchParams => {
  if (method !== 'POST') throw new Refused(400, 'invalid_request', 900_561, `The endpoint only accepts POST requests. Received a ${method} request.`)
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams(body) : new URLSearchParams()
}

const needed = (form: URLSearchParams, name: string): string => {
  const value = form.get(name)
  if (!value) throw new Refused(400, 'invalid_request', 900_144, `The request body must contain the following parameter: '${name}'.`)
  return value
}

const applicationOf = (tenant: Tenant, clientId: string): Application => {
  const application = tenant.applications.find((one) => one.clientId === clientId.toLowerCase())
  if (application) return application
  throw new Refused(400, 'unauthorized_client', 700_016, `Application with identifier '${clientId}' was not found in the directory '${tenant.name}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`)
}

const judgeSecret = ({ secrets, clientId }: Application, form: URLSearchParams): void => {
  const value = form.get('client_secret')
  if (!value) throw new Refused(401, 'invalid_client', 7_000_216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.")
  const secret = secrets.find((one) => one.value === value)
  if (!secret) throw new Refused(401, 'invalid_client', 7_000_215, `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`)
  if (secret.ends.getTime() < Date.now()) throw new Refused(401, 'invalid_client', 7_000_222, `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`)
}

/** One scope, `/.default` of a resource this tenant has. */
const resourceOf = ({ clouds, cloud }: Entra, tenant: Tenant, scope: string): { readonly api: Api; readonly audience: string } => {
  const resource = scope.replace(/\/\.default$/, '')
  if (/\s/.test(scope)) throw new Refused(400, 'invalid_scope', 70_011, `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`)
  if (resource === scope) throw new Refused(400, 'invalid_scope', 1_002_012, `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`)
  const { graph, exchange } = clouds[cloud]!
  const api = resource === graph ? 'graph' : resource === exchange && tenant.exchange ? 'exchange' : undefined
  if (!api) throw new Refused(400, 'invalid_resource', 500_011, `The resource principal named ${resource} was not found in the tenant named ${tenant.name}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`)
  return { api, audience: resource }
}

const lifetime = 3599

const claimsFor = (entra: Entra, application: Application, api: Api, audience: string): TokenClaims => {
  const [roles, now] = [rolesOf(application, api), Math.floor(Date.now() / 1000)]
  const { tenant, clientId, servicePrincipalId, name, claims } = application
  return {
    aud: audience, iss: `${entra.authority()}/${tenant.id}/`, iat: now, nbf: now, exp: now + lifetime + 1,
    app_displayname: name, appid: clientId, appidacr: '1', idtyp: 'app', oid: servicePrincipalId, sub: servicePrincipalId, tid: tenant.id, ver: '1.0', uti: randomUUID(), xms_demo: tokenMark,
    ...(roles.length && { roles }), ...claims,
  }
}

/** A token is issued even where no permission was granted: it then has no `roles`. */
const token = (entra: Entra, name: string, form: URLSearchParams): Answer => {
  const tenant = tenantCalled(entra, name)
  if (tenant.cloud !== entra.cloud) throw new Refused(400, 'invalid_request', 90_038, `Tenant '${name}' request is being redirected to the National Cloud '${entra.clouds[tenant.cloud]!.instance}'.`)
  const grant = needed(form, 'grant_type')
  const application = applicationOf(tenant, needed(form, 'client_id'))
  const scope = needed(form, 'scope')
  if (grant !== 'client_credentials') throw new Refused(400, 'unsupported_grant_type', 70_003, `The app requested an unsupported grant type '${grant}'.`)
  judgeSecret(application, form)
  const { api, audience } = resourceOf(entra, tenant, scope)
  const access_token = entra.signer.sign(claimsFor(entra, application, api, audience))
  return { status: 200, body: { token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token } }
}

const routes: readonly [RegExp, (entra: Entra, tenant: string, asked: Asked) => Answer][] = [
  [/^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/, discovery],
  [/^\/([^/]+)\/oauth2\/v2\.0\/token$/, (entra, tenant, asked) => token(entra, tenant, formOf(asked))],
  [/^\/(common)\/discovery\/v2\.0\/keys$/, ({ signer }) => ({ status: 200, body: signer.jwks })],
]

const judged = (entra: Entra, asked: Asked): Answer => {
  const path = asked.path.split('?')[0]!
  try {
    for (const [pattern, answer] of routes) {
      const tenant = pattern.exec(path)?.[1]
      if (tenant) return answer(entra, tenant, asked)
    }
    return { status: 404 }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { status: error.status, body: errorBody(entra.authority(), error.error, error.code, error.message, asked.headers['client-request-id']) }
  }
}

/** What was planned for this tenant or this application, in place of the proper answer. */
const fateOf = ({ directory, turns }: Entra, { path, body }: Asked) => {
  const tenant = directory.tenant(path.split('/')[1] ?? '')
  const clientId = new URLSearchParams(body).get('client_id') ?? ''
  if (path.includes('/.well-known/')) return turns.next(`discovery ${tenant?.id}`, tenant?.fates.discovery)
  if (!path.includes('/token')) return undefined
  return turns.next(`token ${clientId}`, directory.application(clientId)?.fates.token)
}

/** A pretend Entra sign-in service: OpenID metadata and the client-credentials token endpoint, over https. */
export const startEntra = (entra: Entra, port?: number): Promise<Bound> => {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = await read(request)
    response.setHeader('x-ms-request-id', randomUUID())
    if (!await meet(fateOf(entra, asked), asked, response)) send(response, judged(entra, asked))
  }
  return serveHttps(entra.certificate, (request, response) => { answer(request, response).catch(() => { response.destroy() }) }, port)
}
