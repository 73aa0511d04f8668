// Sign-in service and Graph on one web server of a test, in the formats of Microsoft's pages, and a check against it.
import tls from 'node:tls'
import type { Stage } from '@mail-gateway/contract'
import { trust } from '../../demo/sandbox/certificates.ts'
import { Inbox } from '../../demo/sandbox/inbox.ts'
import { Dialogue } from '../../demo/sandbox/manners.ts'
import type { Door, Manners } from '../../demo/sandbox/manners.ts'
import { graph } from '../../packages/bff/src/modes/graph/index.ts'
import type { Mode } from '../../packages/bff/src/modes/mode.ts'
import { smtpOffice365 } from '../../packages/bff/src/modes/smtp-office365/index.ts'
import type { Cloud } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { makeCertificates } from './certificates.ts'
import { check } from './check.ts'
import type { Answer, Asked as Wish } from './check.ts'
import { json, startWeb } from './https.ts'
import type { Answering, Asked, WebPeer } from './https.ts'
import { account, startPeer } from './peer.ts'
import type { Peer } from './peer.ts'

export const tenantId = '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b'
export const clientId = 'a7c3f0e2-1111-4222-8333-944455556666'
export const clientSecret = 'Zr8Q~kL3.fA_w-93nVbTqu4rryStone~77'
export const mailbox = 'noreply@contoso.example'

export const certificates = await makeCertificates()
trust(certificates.ca)

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An access token in the form Entra gives it; whoever checks the signature finds none. */
export const jwt = (claims: Readonly<Record<string, unknown>> = {}): string =>
  [part({ typ: 'JWT', alg: 'RS256', kid: 'x' }), part({ aud: 'https://graph.microsoft.com', tid: tenantId, appid: clientId, roles: ['Mail.Send'], iat: Math.floor(Date.now() / 1000), ...claims }), 'c2lnbmF0dXJlLW9mLWEtdGVzdC10b2tlbg'].join('.')

export const exchangeJwt = (claims: Readonly<Record<string, unknown>> = {}): string => jwt({ aud: 'https://outlook.office365.com', roles: ['SMTP.SendAsApp'], ...claims })

/** How each service answers; what is left out goes well. */
export interface Answers {
  readonly discovery?: Answering
  readonly token?: Answering
  readonly sendMail?: Answering
}

/** 202 and nothing else (learn.microsoft.com/graph/api/user-sendmail). */
export const taken: Answering = (response) => { response.writeHead(202, { 'request-id': '5d1f2e38-93a6-4d5a-8b0f-2f6f0f9d4b11' }).end() }

export const tokenFor = (accessToken = jwt()): Answering => json(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: accessToken })

export const graphError = (status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): Answering =>
  json(status, { error: { code, message, innerError: { date: '2026-11-20T09:10:11', 'request-id': '0c8f9a54-7d0e-4a52-9f6b-0f2c5a6e0100', 'client-request-id': '0c8f9a54-7d0e-4a52-9f6b-0f2c5a6e0100' } } }, headers)

export const metadataOf = (origin: string, tenant = tenantId) => ({
  token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`, authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`, issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
  jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`, tenant_region_scope: 'EU', cloud_instance_name: 'microsoftonline.com', msgraph_host: 'graph.microsoft.com',
})

export const serviceOf = ({ path }: Asked): keyof Answers => path.includes('openid-configuration') ? 'discovery' : path.endsWith('/oauth2/v2.0/token') ? 'token' : 'sendMail'

export interface MicrosoftPeer extends WebPeer {
  /** Requests to one of the services. */
  to(service: keyof Answers): readonly Asked[]
}

export const startMicrosoft = async (answers: Answers = {}): Promise<MicrosoftPeer> => {
  const peer = await startWeb(certificates.good)
  const usual: Required<Answers> = { discovery: json(200, metadataOf(peer.origin)), token: tokenFor(), sendMail: taken }
  peer.will((response, asked) => ({ ...usual, ...answers })[serviceOf(asked)](response, asked))
  return Object.assign(peer, { to: (service: keyof Answers) => peer.asked.filter((asked) => serviceOf(asked) === service) })
}

export const graphOver = (...clouds: readonly Cloud[]): Mode => graph(clouds) as unknown as Mode
export const officeOver = (...clouds: readonly Cloud[]): Mode => smtpOffice365(clouds) as unknown as Mode

export const graphValues = { tenantId, clientId, clientSecret, from: mailbox }

/** One check of mode `graph` against this peer. */
export const checkGraph = (peer: WebPeer, values: Readonly<Record<string, unknown>> = {}, wish: Wish & { readonly until?: Stage } = {}): Promise<Answer> =>
  check({ ...graphValues, ...values }, { mode: graphOver(peer.cloud), to: 'ada@acme.example', ...wish })

export interface Submission extends Peer {
  readonly mail: Inbox
}

/** Microsoft's mail server as far as its manners go (fact: `AUTH LOGIN XOAUTH2` after STARTTLS): lets in whoever brings `accessToken` for `user`. */
export const startSubmission = async ({ user = mailbox, accessToken = exchangeJwt(), ...manners }: Manners & { readonly user?: string; readonly accessToken?: string } = {}): Promise<Submission> => {
  const mail = new Inbox()
  const context = { secureContext: tls.createSecureContext({ ...certificates.good }) }
  const wanted = Buffer.from(`user=${user}\x01auth=Bearer ${accessToken}\x01\x01`).toString('base64')
  const door: Door = async (mechanism, initial) => mechanism === 'XOAUTH2' && initial === wanted
    ? { reply: '235 2.7.0 Authentication successful', user }
    : { reply: '535 5.7.3 Authentication unsuccessful [AM0PR02CA0001.eurprd02.prod.outlook.com]' }
  const peer = await startPeer((talk) => new Dialogue(talk, { title: 'peer', context, account, inbox: mail, door }, { secure: ['PIPELINING', 'AUTH LOGIN XOAUTH2'], ...manners }).run())
  return Object.assign(peer, { mail })
}

/** The peer's cloud with this mail server. */
export const cloudWith = (peer: WebPeer, { port }: { readonly port: number }): Cloud => ({ ...peer.cloud, smtpHost: '127.0.0.1', smtpPort: port })

/** One check of mode `smtp-office365` against these peers. */
export const checkOffice = (peer: WebPeer, server: { readonly port: number }, values: Readonly<Record<string, unknown>> = {}, wish: Wish & { readonly until?: Stage } = {}): Promise<Answer> =>
  check({ ...graphValues, ...values }, { mode: officeOver(cloudWith(peer, server)), to: 'ada@acme.example', ...wish })
