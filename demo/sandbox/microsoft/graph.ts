import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Certificate } from '../certificates.ts'
import type { Inbox } from '../inbox.ts'
import type { Bound } from '../loopback.ts'
import { has, mailboxOf, rolesOf, scopedTo } from './directory.ts'
import type { Application, Directory, Mailbox } from './directory.ts'
import { meet, send } from './fates.ts'
import type { Answer, Asked, Turns } from './fates.ts'
import { read, serveHttps } from './https-server.ts'
import { fromJson, fromMime, GraphError } from './send-mail.ts'
import type { Mailing } from './send-mail.ts'
import type { Signer, TokenClaims } from './tokens.ts'

/** What Graph of one cloud is made of. */
export interface Graph {
  readonly directory: Directory
  readonly signer: Signer
  readonly turns: Turns
  readonly inbox: Inbox
  readonly certificate: Certificate
  /** Audiences it takes: its own origin. */
  readonly audience: () => string
}

/** Graph's own id; some tokens name the resource by it. */
const appId = '00000003-0000-0000-c000-000000000000'

/** Graph's error body (facts, protocol section 4). */
export const graphError = (code: string, message: string, clientRequestId: string = randomUUID(), requestId: string = randomUUID()): object => ({
  error: { code, message, innerError: { date: new Date().toISOString().slice(0, 19), 'request-id': requestId, 'client-request-id': clientRequestId } },
})

const bearer = ({ headers }: Asked): string => {
  const token = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
  if (!token) throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token is empty.')
  return token
}

const claimsIn = ({ signer, audience }: Graph, asked: Asked): TokenClaims => {
  const claims = signer.read(bearer(asked))
  const now = Date.now() / 1000
  if (!claims) throw new GraphError(401, 'InvalidAuthenticationToken', 'IDX14100: JWT is not well formed, there are no dots (.).')
  if (claims.aud !== audience() && claims.aud !== appId) throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.')
  if (claims.exp <= now || claims.nbf > now + 300) throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.')
  return claims
}

const denied = (): GraphError => new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')

/** Rights of Entra hold for the whole tenant; those of Exchange for some mailboxes. They add up. */
const judgeRight = (application: Application, address: string): void => {
  if (!rolesOf(application, 'graph').includes('Mail.Send') && !scopedTo(application, 'Application Mail.Send', address)) throw denied()
}

const mailboxFor = ({ tenant }: Application, address: string): Mailbox => {
  const mailbox = mailboxOf(tenant, address)
  if (!mailbox) throw new GraphError(404, 'ErrorInvalidUser', `The requested user '${address}' is invalid.`)
  if (!mailbox.licensed) throw new GraphError(404, 'MailboxNotEnabledForRESTAPI', 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.')
  return mailbox
}

const judgeSender = (application: Application, { from }: Mailing, { address }: Mailbox): void => {
  if (!from || from.toLowerCase() === address.toLowerCase() || has(application.sendAs, from)) return
  throw new GraphError(403, 'ErrorSendAsDenied', 'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.')
}

const sendMail = async (graph: Graph, address: string, asked: Asked): Promise<Answer> => {
  const { appid } = claimsIn(graph, asked)
  const application = graph.directory.application(appid)
  if (!application) throw denied()
  judgeRight(application, address)
  const mailbox = mailboxFor(application, address)
  const mailing = asked.headers['content-type']?.startsWith('text/plain') ? await fromMime(asked.body) : fromJson(asked.body, mailbox.address)
  judgeSender(application, mailing, mailbox)
  await graph.inbox.receive({ bytes: mailing.bytes, envelope: { from: mailing.from ?? mailbox.address, to: mailing.to }, session: { server: 'Microsoft Graph', ehlo: 'none: HTTPS', user: application.name, protocol: 'HTTPS' } })
  return { status: 202 }
}

const judged = async (graph: Graph, asked: Asked): Promise<Answer> => {
  const [clientRequestId, requestId] = [asked.headers['client-request-id'] ?? randomUUID(), randomUUID()]
  const headers = { 'request-id': requestId, 'client-request-id': clientRequestId, 'strict-transport-security': 'max-age=31536000' }
  try {
    const address = /^\/v1\.0\/users\/([^/]+)\/sendMail$/i.exec(asked.path.split('?')[0]!)?.[1]
    if (!address) throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${asked.path.split('/')[2] ?? ''}'.`)
    if (asked.method !== 'POST') throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
    return { ...await sendMail(graph, decodeURIComponent(address), asked), headers }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return { status: error.status, headers, body: graphError(error.code, error.message, clientRequestId, requestId) }
  }
}

const fateOf = ({ directory, signer, turns }: Graph, { headers }: Asked) => {
  const claims = signer.read(headers['authorization']?.slice('Bearer '.length) ?? '')
  return claims && turns.next(`graph ${claims.appid}`, directory.application(claims.appid)?.fates.graph)
}

/** A pretend Microsoft Graph that knows one call, sendMail in both its forms, over https. */
export const startGraph = (graph: Graph, port?: number): Promise<Bound> => {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = await read(request)
    if (!await meet(fateOf(graph, asked), asked, response)) send(response, await judged(graph, asked))
  }
  return serveHttps(graph.certificate, (request, response) => { answer(request, response).catch(() => { response.destroy() }) }, port)
}
