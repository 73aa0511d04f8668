import { isObject } from './answer.ts'
import type { MicrosoftFault } from './fault.ts'
import type { FaultWords } from './words.ts'

const compare = 'Compare Client ID with Application (client) ID on the Overview page.'

/** The standard's own names for a refusal: RFC 6749 section 5.2, RFC 8707 section 2. */
const refusals: Readonly<Record<string, FaultWords>> = {
  invalid_client: { title: 'The sign-in service does not accept the app’s credentials', cause: 'Client ID and client secret do not belong together: the secret is mistyped or has expired, or nobody knows the app there. The service does not say which.', fixes: ['Make a new client secret under Certificates & secrets, copy its column Value and paste it here.', compare], field: 'clientSecret', place: 'entra.secret' },
  unauthorized_client: { title: 'The app may not sign in this way', cause: 'The sign-in service knows the app, or its tenant, and does not let it ask for a token of its own.', fixes: [compare, 'Check Tenant ID: the app may be registered in another tenant.'], field: 'clientId', place: 'entra.overview' },
  invalid_scope: { title: 'The sign-in service does not know this scope', cause: 'It is mistyped, or belongs to another cloud.', fixes: ['Empty OAuth scope: the one of the cloud is used then.', 'Check that the right cloud is chosen.'], field: 'scope' },
  invalid_target: { title: 'The sign-in service does not know what the token is for', cause: 'The resource the scope names does not exist there: it is mistyped, or belongs to another cloud.', fixes: ['Empty OAuth scope: the one of the cloud is used then.', 'Check that the right cloud is chosen.'], field: 'scope' },
}

/** What a sign-in service refuses that gives no number of Entra's, only the standard's name. */
export const standardRefusal = ({ code, facts: { body, service } }: MicrosoftFault): { readonly code: string; readonly words: FaultWords } | undefined => {
  const name = isObject(body) && typeof body.error === 'string' ? body.error : ''
  if (code !== 'service.refused' || service === 'graph' || !Object.hasOwn(refusals, name)) return undefined
  return { code: `oauth.${name.replaceAll('_', '-')}`, words: refusals[name]! }
}
