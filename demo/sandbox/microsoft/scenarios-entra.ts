import { addSecret, permissionCalled } from './directory.ts'
import type { Application } from './directory.ts'
import { errorBody } from './entra.ts'
import type { Answer, Asked } from './fates.ts'
import { guidOf } from './ids.ts'
import { entraSays, portalPage, unavailable } from './says.ts'
import type { MicrosoftScenario } from './scenarios.ts'

type Some = readonly Omit<MicrosoftScenario, 'group'>[]
const inGroup = (group: MicrosoftScenario['group'], some: Some): readonly MicrosoftScenario[] => some.map((one) => ({ ...one, group }))

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000)
/** Throttling is told by the status; there is no AADSTS number for it. */
const tooBusy = { status: 429, body: { error: 'temporarily_unavailable', error_description: 'The server is too busy to handle the request. Please retry later.' } }

const tenants = inGroup('Tenant and cloud', [
  { id: 'tenant-unknown', mode: 'graph', act: 'check', title: 'Tenant unknown', sees: 'Microsoft knows no such tenant in this cloud.', typed: () => ({ tenantId: guidOf('a tenant that was never made') }) },
  { id: 'tenant-is-client', mode: 'graph', act: 'check', title: 'Client ID typed as tenant', sees: 'Tenant and client ID look swapped.', typed: ({ clientId }, { id }) => ({ tenantId: clientId, clientId: id }) },
  { id: 'tenant-impossible', mode: 'smtp-office365', act: 'check', title: 'Tenant in a form nobody has', sees: 'The tenant is neither a GUID nor a domain.', discovery: entraSays(400, 'invalid_request', 900_023, "Specified tenant identifier is neither a valid DNS name, nor a valid external domain.") },
  { id: 'cloud-wrong', mode: 'graph', act: 'check', title: 'Tenant of another cloud', sees: 'The tenant lives in the other demo cloud.', tenant: 'Bureau' },
  { id: 'cloud-redirect', mode: 'smtp-office365', act: 'check', title: 'Sign-in names another national cloud', sees: 'AADSTS90038: the tenant belongs to another national cloud.', fates: { token: entraSays(400, 'invalid_request', 90_038, "Tenant 'acme.example' request is being redirected to the National Cloud 'microsoftonline.us'.") } },
  { id: 'metadata-portal', mode: 'graph', act: 'check', title: 'A portal answers instead', sees: 'Something between us and Microsoft answered.', discovery: portalPage },
  { id: 'metadata-down', mode: 'graph', act: 'check', title: 'Tenant metadata unavailable', sees: 'Microsoft’s service is in trouble.', discovery: unavailable },
  { id: 'metadata-silent', mode: 'smtp-office365', act: 'check', title: 'Tenant metadata silent', sees: 'No answer in time.', discovery: 'hang' },
])

const expired = (application: Application): void => {
  application.secrets.splice(0)
  addSecret(application, 'last year', days(-17))
}

const apps = inGroup('App and secret', [
  { id: 'secret-wrong', mode: 'graph', act: 'check', title: 'Wrong client secret', sees: 'The secret is not the app’s.', typed: () => ({ clientSecret: 'Kw58Q~not-the-secret-of-this-registration' }) },
  { id: 'secret-id', mode: 'graph', act: 'check', title: 'Secret ID pasted', sees: 'This is the Secret ID, not the Value.', typed: ({ secrets }) => ({ clientSecret: secrets[0]!.id }) },
  { id: 'secret-expired', mode: 'smtp-office365', act: 'check', title: 'Client secret expired', sees: 'The secret has ended; make a new one.', change: expired },
  { id: 'app-unknown', mode: 'graph', act: 'check', title: 'App not found', sees: 'This tenant has no such app.', typed: () => ({ clientId: guidOf('an app nobody registered') }) },
  { id: 'app-object-id', mode: 'smtp-office365', act: 'check', title: 'Object ID typed as client ID', sees: 'This tenant has no such app: the Object ID is another number.', typed: ({ objectId }) => ({ clientId: objectId }) },
  { id: 'app-disabled', mode: 'graph', act: 'check', title: 'App switched off', sees: 'An administrator has switched the app off.', fates: { token: entraSays(400, 'unauthorized_client', 7_000_112, 'Application is disabled.') } },
  { id: 'app-unassigned', mode: 'smtp-office365', act: 'check', title: 'App not assigned', sees: 'The app is not assigned to the resource it asks for.', fates: { token: entraSays(400, 'invalid_grant', 501_051, "Application is not assigned to a role for the application 'Office 365 Exchange Online'.") } },
  { id: 'app-blocked', mode: 'graph', act: 'check', title: 'Conditional Access blocks the app', sees: 'A policy for workload identities blocks the app.', fates: { token: entraSays(400, 'access_denied', 53_003, 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.') } },
  { id: 'app-misconfigured', mode: 'smtp-office365', act: 'check', title: 'App misconfigured', sees: 'The permission is not listed on the registration.', fates: { token: entraSays(400, 'invalid_client', 650_056, 'Misconfigured application. This could be due to one of the following: the client has not listed any permissions in the requested permissions in the client’s application registration.') } },
  { id: 'exchange-missing', mode: 'smtp-office365', act: 'check', title: 'No Exchange Online in the tenant', sees: 'The tenant has no Exchange Online.', tenant: 'Foundry' },
  { id: 'scope-refused', mode: 'graph', act: 'check', title: 'Scope refused', sees: 'Only one /.default is taken.', fates: { token: entraSays(400, 'invalid_scope', 1_002_012, 'The provided value for scope Mail.Send is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).') } },
  { id: 'scope-other-api', mode: 'graph', act: 'check', title: 'Scope of the other API', sees: 'This scope is for SMTP, not for Graph.', typed: () => ({ scope: 'https://outlook.demo.test/.default' }) },
  { id: 'tenant-closed', mode: 'graph', act: 'check', title: 'Tenant not available', sees: 'The tenant is closed or blocked.', fates: { token: entraSays(400, 'invalid_request', 5_000_224, 'We are sorry, this resource is not available. If you are seeing this message by mistake, please contact Microsoft support.') } },
])

/** Repeats what was sent, the secret with it. */
const echo = ({ headers, body }: Asked): Answer => {
  const said = `Invalid client secret provided: ${new URLSearchParams(body).get('client_secret')}, sent as ${body}.`
  return { status: 401, body: errorBody(`https://${headers['host'] ?? ''}`, 'invalid_client', 7_000_215, said) }
}

const service = inGroup('Sign-in service', [
  { id: 'token-throttled', mode: 'graph', act: 'check', title: 'Sign-in throttled for a minute', sees: 'Microsoft asks to wait 60 seconds.', fates: { token: { ...tooBusy, headers: { 'retry-after': '60' } } } },
  { id: 'token-throttled-briefly', mode: 'graph', act: 'check', title: 'Sign-in throttled for a second', sees: 'Passes after a second.', fates: { token: [{ ...tooBusy, headers: { 'retry-after': '1' } }, 'proper'] } },
  { id: 'token-unavailable', mode: 'graph', act: 'check', title: 'Sign-in answers 503', sees: 'Microsoft’s sign-in is in trouble.', fates: { token: { status: 503, body: {} } } },
  { id: 'token-portal', mode: 'smtp-office365', act: 'check', title: 'A portal answers the sign-in', sees: 'Something between us and Microsoft answered.', fates: { token: portalPage } },
  { id: 'token-redirect', mode: 'graph', act: 'check', title: 'Sign-in redirects', sees: 'The secret was not sent on.', fates: { token: ({ headers }) => ({ status: 307, headers: { location: `https://${headers['host'] ?? ''}/elsewhere/oauth2/v2.0/token` } }) } },
  { id: 'token-silent', mode: 'graph', act: 'check', title: 'Sign-in silent', sees: 'No answer in time.', fates: { token: 'hang' } },
  { id: 'token-drip', mode: 'smtp-office365', act: 'check', title: 'One byte a second', sees: 'No complete answer in time.', fates: { token: 'drip' } },
  { id: 'token-flood', mode: 'graph', act: 'check', title: 'An answer without end', sees: 'The answer was cut off.', fates: { token: 'flood' } },
  { id: 'token-empty', mode: 'graph', act: 'check', title: 'An answer without a token', sees: 'Sign-in answered without a usable token.', fates: { token: { status: 200, body: {} } } },
  { id: 'token-echo', mode: 'graph', act: 'check', title: 'Refusal that repeats the secret', sees: 'Microsoft’s words, with the secret masked.', fates: { token: echo } },
])

const permission = inGroup('Permission', [
  { id: 'consent-missing', mode: 'graph', act: 'deliver', title: 'Consent missing', sees: 'The token carries no permission and Graph refuses.', change: ({ consented }) => { consented.splice(0) } },
  { id: 'consent-scoped', mode: 'graph', act: 'deliver', title: 'Limited to one mailbox in Exchange', sees: 'The token shows nothing, and the message goes out: that is the recommended way.', change: (application) => { application.consented.splice(0); application.scoped.push({ role: 'Application Mail.Send', mailbox: 'reports@acme.example' }) } },
  { id: 'consent-excess', mode: 'graph', act: 'check', title: 'Too many rights', sees: 'The app may read all mail: advice.', change: ({ consented }) => { consented.push(permissionCalled('Mail.ReadWrite')!, permissionCalled('User.Read.All')!) } },
  { id: 'token-audience', mode: 'graph', act: 'check', title: 'Token for another API', sees: 'The token is for another service.', change: (application) => { application.claims = { aud: 'https://outlook.demo.test' } } },
  { id: 'token-tenant', mode: 'smtp-office365', act: 'check', title: 'Token of another tenant', sees: 'The token is of another tenant.', change: (application) => { application.claims = { tid: guidOf('some other tenant') } } },
])

/** What goes wrong before any mail service is asked. */
export const entraScenarios: readonly MicrosoftScenario[] = [...tenants, ...apps, ...service, ...permission]
