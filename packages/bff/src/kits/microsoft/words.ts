import { said } from '../../findings/said.ts'
import type { MicrosoftFacts, MicrosoftFaultCode } from './fault.ts'
import type { MicrosoftWords, Named } from './situation.ts'

/** Whether pressing the button again can help: not until something is changed, once, in a moment, or not before a later row decided. */
export interface FaultWords extends MicrosoftWords {
  readonly retry?: 'change' | 'once' | 'wait' | 'later'
}

export type Say = (facts: Named & MicrosoftFacts) => FaultWords

// What a foreign service named may hold anything.
const quoted = (text: string | undefined, otherwise: string): string => (text ? said(text).slice(0, 120) : otherwise)
const list = (names: readonly string[] = [], most = 6): string => names.slice(0, most).map((name) => quoted(name, '')).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '')

const serviceOf = ({ service, host, graph, signIn }: Named & MicrosoftFacts): string =>
  service === 'graph' ? `Microsoft Graph (${host ?? graph})` : `Microsoft’s sign-in service (${host ?? signIn})`
const hostOf = ({ service, host, graph, signIn }: Named & MicrosoftFacts): string => host ?? (service === 'graph' ? graph : signIn)

/** Only where something came that can be quoted. */
const quotedBelow = ({ text }: MicrosoftFacts): string => (text?.trim() ? ' It is quoted under the details.' : '')

const placeOf = (host: string): string => (/:\d+$/.test(host) ? host : `${host} on port 443`)
const letOut = (host: string): string => `Ask the network team to let this server reach ${placeOf(host)}.`
const secondTime = 'Check again in a minute.'

const httpsWords = {
  'https.name': (facts) => ({ title: `The name ${hostOf(facts)} cannot be looked up`, cause: `The name service of this server knows no address of it${facts.cause ? ` and reported ${facts.cause}` : ''}. Nothing secret was sent.`, fixes: ['Ask the network team whether this server may look up names of the internet.', secondTime], place: 'network.dns', retry: 'once' }),
  'https.refused': (facts) => ({ title: `${hostOf(facts)} does not take connections from this server`, cause: 'Something answered at once that nobody listens there: a firewall or a proxy on the way.', fixes: [letOut(hostOf(facts)), secondTime], place: 'network.firewall', retry: 'once' }),
  'https.timeout': (facts) => ({ title: `${serviceOf(facts)} gave no answer in time`, cause: `Nothing complete came back within ${facts.seconds ?? 8} seconds. A firewall drops the packets, or the service is slow.`, fixes: [secondTime, letOut(hostOf(facts))], place: 'network.firewall', retry: 'once' }),
  'https.unreachable': (facts) => ({ title: `There is no way from this server to ${hostOf(facts)}`, cause: `The operating system reported ${facts.cause ?? 'no route'} before anything was sent.`, fixes: [letOut(hostOf(facts)), 'If this server needs a proxy, let it reach this host without one.'], place: 'network.firewall', retry: 'once' }),
  'https.tls': (facts) => /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/.test(facts.cause ?? '') ? outOfTime(facts) : ({ title: `The encrypted connection to ${hostOf(facts)} cannot be trusted`, cause: `The certificate or the handshake is not Microsoft’s${facts.cause ? ` (${facts.cause})` : ''}: often a proxy that inspects encrypted traffic, sometimes a wrong clock. Nothing secret was sent.`, fixes: [`Ask the network team to let ${hostOf(facts)} through without inspection.`, 'Or add the certificate authority of that proxy to this server (NODE_EXTRA_CA_CERTS).', 'Check the clock of this server.'], place: 'network.tls' }),
  'https.not-told': (facts) => ({ title: `No encrypted connection to ${hostOf(facts)} came about`, cause: 'The platform this product runs on does not say why: the certificate is not Microsoft’s, as with a proxy that inspects encrypted traffic, or nothing answers at that address.', fixes: [secondTime, 'If whoever runs this product added this cloud: check its addresses and its certificate. An authority that is not public cannot be trusted on this platform.', 'Or check the same settings from an installation of this product on Node: it names the reason.'], field: 'cloud', place: 'network.tls', retry: 'once' }),
  'https.closed': (facts) => ({ title: `The connection to ${hostOf(facts)} broke off`, cause: `It ended before the answer was complete${facts.cause ? ` (${facts.cause})` : ''}: a firewall or a proxy on the way, or a fault at the service.`, fixes: [secondTime, letOut(hostOf(facts))], place: 'network.firewall', retry: 'once' }),
  'https.redirect': (facts) => ({ title: 'Something between this server and Microsoft answered', cause: `Instead of ${serviceOf(facts)} something sent us on${facts.found ? ` to ${quoted(facts.found, '')}` : ' to another address'}: a sign-in page of the network or a proxy. Microsoft never does that here, so nothing was sent there.`, fixes: [`Ask the network team to let ${hostOf(facts)} through without a sign-in page.`], place: 'network.proxy' }),
  'https.too-large': (facts) => ({ title: 'Something between this server and Microsoft answered', cause: `The answer in place of ${serviceOf(facts)} was far larger than any of Microsoft’s, so the connection was closed.`, fixes: [`Ask the network team what answers for ${hostOf(facts)}: a proxy or a sign-in page of the network.`], place: 'network.proxy' }),
  'https.not-json': (facts) => ({ title: 'Something between this server and Microsoft answered', cause: `What came back in place of ${serviceOf(facts)} is a page or a text, not Microsoft’s answer${facts.http ? ` (status ${facts.http})` : ''}.${quotedBelow(facts)}`, fixes: [`Ask the network team to let ${hostOf(facts)} through, past proxies and sign-in pages of the network.`], place: 'network.proxy' }),
  'https.shape': (facts) => ({ title: 'What answered is not Microsoft’s sign-in service', cause: `${hostOf(facts)} sent data that none of Microsoft’s services sends${facts.http ? ` (status ${facts.http})` : ''}.${quotedBelow(facts)}`, fixes: [`Ask the network team to let ${hostOf(facts)} through without a proxy in between.`, 'If whoever runs this product added this cloud: check its addresses.'], field: 'cloud', place: 'network.proxy' }),
} satisfies Partial<Record<MicrosoftFaultCode, Say>>

/** Dates are judged by our own clock, so that comes before the certificate (fault F101). */
const outOfTime = (facts: Named & MicrosoftFacts): FaultWords => ({
  title: `By this server’s clock the certificate of ${hostOf(facts)} ${facts.cause === 'CERT_NOT_YET_VALID' ? 'is not valid yet' : 'has expired'}`,
  cause: `Microsoft renews its certificates in time (${facts.cause}): so the clock of this server is wrong, or a proxy that inspects encrypted traffic shows a certificate of its own. Nothing secret was sent.`,
  fixes: ['Look at the clock of this server first, date included, and let it follow a time server (NTP).', `If it is right: ask the network team to let ${hostOf(facts)} through without inspection.`],
  place: 'server.clock',
})

const serviceWords = {
  'service.refused': (facts) => ({ title: `${facts.service === 'graph' ? 'Microsoft Graph' : 'Microsoft’s sign-in service'} refused`, cause: 'It gives a reason nobody has listed yet. Its own words are under the details.', fixes: ['Read what it says: it often names the setting.', 'Give Trace ID, Correlation ID and time to Microsoft’s support.'], field: facts.service === 'graph' ? 'from' : facts.service === 'discovery' ? 'tenantId' : 'clientId' }),
  'service.busy': (facts) => ({ title: `Microsoft asks to wait${facts.retryAfter === undefined ? '' : ` ${span(facts.retryAfter)}`}`, cause: `${serviceOf(facts)} has had too many requests. Nothing is wrong with the settings.`, fixes: [`Check again ${facts.retryAfter === undefined ? 'in a minute' : `in ${span(facts.retryAfter)}`}.`], retry: 'wait' }),
  'service.broken': (facts) => ({ title: `${facts.service === 'graph' ? 'Microsoft Graph' : 'Microsoft’s sign-in service'} is having trouble`, cause: `${hostOf(facts)} answered with a fault of its own${facts.http ? ` (status ${facts.http})` : ''}. Nothing is wrong with the settings.`, fixes: [facts.retryAfter === undefined ? 'Check again in a few minutes.' : `Check again in ${span(facts.retryAfter)}.`, 'If it lasts, look at the service health page of Microsoft 365.'], retry: 'wait' }),
} satisfies Partial<Record<MicrosoftFaultCode, Say>>

/** Seconds as people say them. */
export const span = (seconds: number): string => {
  // Who asks for no wait at all was busy just now.
  if (seconds <= 1) return '1 second'
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}

const tenantWords = {
  'tenant.unknown': ({ cloud }) => ({ title: `There is no such tenant in ${cloud}`, cause: 'Tenant ID has a typing error, or it is a domain nobody has verified in Entra, or the tenant is in another of Microsoft’s clouds.', fixes: ['Copy Directory (tenant) ID from the Overview page of the app registration.', 'If the organisation is in a US Government or China cloud, choose that cloud in the form.'], field: 'tenantId', place: 'entra.overview' }),
  'tenant.swapped': () => ({ title: 'Tenant ID and Client ID are swapped', cause: 'What stands under Client ID is a tenant, and what stands under Tenant ID is none.', fixes: ['Swap the two: Directory (tenant) ID goes into Tenant ID, Application (client) ID into Client ID.'], field: 'tenantId', place: 'entra.overview' }),
  'tenant.cloud': ({ cloud, found }) => ({ title: found ? `This tenant is in ${quoted(found, '')}` : 'This tenant is in another of Microsoft’s clouds', cause: `The form says ${cloud}. Sign-in, Graph, mail server and portals of each cloud are its own, and a token of one is worth nothing in another. Nothing secret was sent.`, fixes: [found ? `Choose ${quoted(found, '')} under Cloud: all addresses change with it.` : 'Choose the cloud of the organisation under Cloud: all addresses change with it.', 'Or check Tenant ID: it may be another organisation’s.'], field: 'cloud', place: 'entra.overview' }),
} satisfies Partial<Record<MicrosoftFaultCode, Say>>

const tokenWords = {
  'token.unusable': (facts) => ({ title: 'The sign-in answered without a usable token', cause: `${hostOf(facts)} reported success, and what a token needs is missing or odd${facts.wanted ? ` (${quoted(facts.wanted, '')})` : ''}.`, fixes: [secondTime, `If it stays so, ask the network team what answers for ${hostOf(facts)}.`], place: 'network.proxy', retry: 'once' }),
  'token.audience': ({ mode, api, wanted, found }) => ({ title: 'The token is for another service', cause: `It was made for ${quoted(found, 'another service')}, and ${mode === 'graph' ? 'Graph' : 'the mail server'} takes only tokens for ${quoted(wanted, api)}. The scope decides that.`, fixes: ['Empty OAuth scope: the one of the cloud is used then.', 'Check that the right cloud is chosen.'], field: 'scope' }),
  'token.tenant': ({ wanted, found }) => ({ title: 'The token belongs to another tenant', cause: `The form names the tenant ${quoted(wanted, 'in Tenant ID')}, the token ${quoted(found, 'another one')}.`, fixes: ['Copy Directory (tenant) ID from the Overview page of the app registration.'], field: 'tenantId', place: 'entra.overview' }),
  'token.app': ({ wanted, found }) => ({ title: 'The token was made for another app', cause: `The form names the app ${quoted(wanted, 'in Client ID')}, the token ${quoted(found, 'another one')}.`, fixes: ['Copy Application (client) ID from the Overview page of the app registration.'], field: 'clientId', place: 'entra.overview' }),
} satisfies Partial<Record<MicrosoftFaultCode, Say>>

/** How an Exchange administrator asks whether a right reaches a mailbox. */
export const inScope = (from: string): string => `In Exchange: Test-ServicePrincipalAuthorization -Identity <Client ID> -Resource ${from} must say InScope True.`

const permissionWords = {
  'permission.absent': ({ role, roles, api, mode, mailbox }) => ({
    retry: 'later',
    title: `The token does not show ${role}`,
    cause: `${roles ? '' : 'It is of a kind that only Microsoft can read. '}That proves nothing yet: a right given in Exchange (RBAC for Applications) leaves no trace in the token, one given in Entra does. ${mode === 'graph' ? 'The test email' : 'The sign-in'} decides.`,
    fixes: [mode === 'graph' ? 'Send a test email: if it goes out, everything is in order.' : 'Look at the sign-in below: if it passes, everything is in order.', mode === 'graph' ? `If it is refused: let the app send from ${mailbox} as the guide shows, or consent to ${api}, Application permission ${role}.` : `If the sign-in is refused: consent to ${api}, Application permission ${role}.`, 'After a change wait 30 minutes to 2 hours: rights take time to arrive.'],
    place: mode === 'graph' ? 'exo.appRbac' : 'entra.permissions',
  }),
  'permission.excess': ({ role, roles, wanted, mode, api }) => ({
    title: 'The app may do more than send mail',
    cause: `Its token carries ${list(roles?.filter((one) => one !== (wanted ?? role))) || 'more rights than it needs'} as well. Whoever gets hold of the secret has these rights too, in every mailbox.`,
    fixes: [mode === 'graph' ? 'Best: take the permissions in Entra away and let the app send from this mailbox only, as the guide shows.' : `Keep ${role} of ${api} and remove the others under API permissions.`, ...(mode === 'graph' ? [`Or keep ${role} alone under API permissions and remove the others.`] : [])],
    place: mode === 'graph' ? 'exo.appRbac' : 'entra.permissions',
  }),
} satisfies Partial<Record<MicrosoftFaultCode, Say>>

const graphWords = {
  'graph.refused': ({ http, from }) => ({ title: 'Microsoft Graph did not take the message', cause: `It answered with status ${http ?? 400} and a reason nobody has listed yet. Its own words are under the details.`, fixes: [`Check that ${from} is a mailbox of this tenant.`, 'Read what Graph says: it often names the cause.'], field: 'from' }),
  'graph.token-refused': ({ found, roles, graph }) => ({ title: 'Graph refuses our token', cause: `${graph} refused it twice, the second time fresh from the sign-in. It is for ${quoted(found, 'an audience we cannot read')} and carries ${list(roles) || 'no roles'}.`, fixes: ['Empty OAuth scope and check that the right cloud is chosen.', 'If rights were changed lately, wait 30 minutes to 2 hours and send again.', 'Look into the sign-in log of the app in Entra: a policy may stand behind it.'], field: 'scope', place: 'entra.conditionalAccess', retry: 'once' }),
} satisfies Partial<Record<MicrosoftFaultCode, Say>>

const clockWords = {
  'clock.wrong': ({ ahead = 0, ...facts }) => ({
    title: 'This server’s clock looks wrong',
    cause: `It is ${apart(ahead)} the clock of ${hostOf(facts)}. Certificates and tokens hold for a span of time, so that a wrong clock makes good ones fail.`,
    fixes: [`Set the clock of this server right, and let it follow a time server (NTP): it is ${apart(ahead)} the clock of ${hostOf(facts)}.`, `If it is right: ask the network team what answers for ${hostOf(facts)}, since the time in its answers is not.`],
    place: 'server.clock',
  }),
} satisfies Partial<Record<MicrosoftFaultCode, Say>>

/** How far a clock is off, as people say it: the largest unit that fits. */
const apart = (ahead: number): string => {
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  const [size, unit] = ([[525_960, 'years'], [1_440, 'days'], [60, 'hours'], [1, 'minutes']] as const).find(([size]) => minutes >= 2 * size) ?? [1, 'minutes']
  return `about ${Math.round(minutes / size)} ${unit} ${ahead < 0 ? 'behind' : 'ahead of'}`
}

/** One sentence set per fault; a code without words does not compile. */
export const words: Readonly<Record<MicrosoftFaultCode, Say>> = { ...httpsWords, ...serviceWords, ...tenantWords, ...tokenWords, ...permissionWords, ...graphWords, ...clockWords }
