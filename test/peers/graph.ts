// sendMail as Microsoft describes it (learn.microsoft.com/graph/api/user-sendmail and graph/outlook-send-mime-message), held to
// the letter: every property is looked up in the schema of `message`, a token must be made for Graph and carry Mail.Send.
import { randomUUID } from 'node:crypto'
import PostalMime from 'postal-mime'
import type { Certificate } from './certificates.ts'
import { json, startWeb } from './https.ts'
import type { Asked, WebPeer } from './https.ts'
import type { OidcPeer } from './oidc.ts'

export interface Sent {
  readonly mailbox: string
  /** Display name of the sender. */
  readonly name: string
  readonly replyTo: readonly string[]
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly form: 'json' | 'mime'
  readonly savedToSentItems: boolean
}

export interface GraphPeer extends Pick<WebPeer, 'port' | 'asked' | 'close'> {
  readonly origin: string
  readonly sent: readonly Sent[]
}

interface Wish {
  readonly certificate: Certificate
  readonly oidc: () => OidcPeer
  readonly audience: string
  readonly mailboxes: readonly string[]
}

class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const startGraph = async ({ certificate, oidc, audience, mailboxes }: Wish): Promise<GraphPeer> => {
  const sent: Sent[] = []
  const peer = await startWeb(certificate, (response, asked) => {
    const id = randomUUID()
    judged(asked, oidc(), audience, mailboxes).then(
      (mail) => { sent.push(mail); response.writeHead(202, { 'request-id': id, 'client-request-id': id, 'content-length': '0' }).end() },
      (error: unknown) => {
        const { status, code, message } = error instanceof Refusal ? error : new Refusal(500, 'InternalServerError', String(error))
        json(status, { error: { code, message, innerError: { 'date': new Date().toISOString().slice(0, 19), 'request-id': id, 'client-request-id': id } } }, { 'request-id': id })(response, asked)
      },
    )
  })
  return { port: peer.port, origin: peer.origin, asked: peer.asked, close: () => peer.close(), sent }
}

const judged = async ({ method, path, headers, body }: Asked, oidc: OidcPeer, audience: string, mailboxes: readonly string[]): Promise<Sent> => {
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  if (!bearer) throw new Refusal(401, 'InvalidAuthenticationToken', 'Access token is empty.')
  const { roles } = await oidc.verify(bearer, audience).catch(() => { throw new Refusal(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.') })
  const mailbox = decodeURIComponent(/^\/v1\.0\/users\/([^/?]+)\/sendMail$/.exec(path)?.[1] ?? '')
  if (method !== 'POST' || !mailbox) throw new Refusal(404, 'ResourceNotFound', 'Resource not found for the segment.')
  if (!Array.isArray(roles) || !roles.includes('Mail.Send')) throw new Refusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
  if (!mailboxes.includes(mailbox)) throw new Refusal(404, 'ErrorInvalidUser', `The requested user '${mailbox}' is invalid.`)
  const kind = headers['content-type']?.split(';')[0]
  if (kind === 'text/plain') return mimeOf(body, mailbox)
  if (kind === 'application/json') return jsonOf(body, mailbox)
  throw new Refusal(415, 'BadRequest', `The content type ${kind} is not understood.`)
}

const mimeOf = async (body: string, mailbox: string): Promise<Sent> => {
  if (!body || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(body)) throw new Refusal(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.')
  const mail = await PostalMime.parse(Buffer.from(body, 'base64'))
  const to = (mail.to ?? []).flatMap(({ address }) => address ?? [])
  if (to.length === 0) throw new Refusal(400, 'ErrorInvalidRecipients', 'At least one recipient isn’t valid.')
  if (mail.from?.address !== mailbox) throw new Refusal(403, 'ErrorSendAsDenied', 'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.')
  const replyTo = (mail.replyTo ?? []).flatMap(({ address }) => address ?? [])
  return { mailbox, name: mail.from.name, replyTo, to, subject: mail.subject ?? '', text: mail.text ?? '', form: 'mime', savedToSentItems: true }
}

/**
 * Types of the resource, property by property (graph/api/resources/message with its base types outlookItem and entity,
 * itemBody, recipient, emailAddress, internetMessageHeader). `[]` is a list, `#` one of these types.
 */
const schema: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sendMail: { message: '#message', saveToSentItems: 'boolean' },
  message: {
    id: 'string', createdDateTime: 'string', lastModifiedDateTime: 'string', changeKey: 'string', categories: 'string[]',
    receivedDateTime: 'string', sentDateTime: 'string', hasAttachments: 'boolean', internetMessageId: 'string', internetMessageHeaders: '#internetMessageHeader[]',
    subject: 'string', body: '#itemBody', bodyPreview: 'string', importance: 'string', parentFolderId: 'string',
    sender: '#recipient', from: '#recipient', toRecipients: '#recipient[]', ccRecipients: '#recipient[]', bccRecipients: '#recipient[]', replyTo: '#recipient[]',
    conversationId: 'string', conversationIndex: 'string', uniqueBody: '#itemBody', isDeliveryReceiptRequested: 'boolean', isReadReceiptRequested: 'boolean',
    isRead: 'boolean', isDraft: 'boolean', webLink: 'string', inferenceClassification: 'string',
  },
  itemBody: { contentType: 'string', content: 'string' },
  recipient: { emailAddress: '#emailAddress' },
  emailAddress: { name: 'string', address: 'string' },
  internetMessageHeader: { name: 'string', value: 'string' },
}

const unread = (message: string): Refusal => new Refusal(400, 'RequestBodyRead', message)

const hold = (value: unknown, wanted: string, where: string): void => {
  if (wanted.endsWith('[]')) {
    if (!Array.isArray(value)) throw unread(`A list was expected at ${where}.`)
    value.forEach((one) => hold(one, wanted.slice(0, -2), where))
  } else if (wanted.startsWith('#')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unread(`An object was expected at ${where}.`)
    for (const [name, inner] of Object.entries(value)) {
      const type = schema[wanted.slice(1)]![name]
      if (!type) throw unread(`The property '${name}' does not exist on type 'microsoft.graph.${wanted.slice(1)}'. Make sure to only use property names that are defined by the type.`)
      hold(inner, type, `${where}/${name}`)
    }
  } else if (typeof value !== wanted) throw unread(`A ${wanted} was expected at ${where}.`)
}

interface Recipient {
  readonly emailAddress?: { readonly address?: string; readonly name?: string }
}

interface JsonMail {
  readonly message?: {
    readonly subject?: string
    readonly body?: { readonly contentType?: string; readonly content?: string }
    readonly from?: Recipient
    readonly toRecipients?: readonly Recipient[]
    readonly replyTo?: readonly Recipient[]
    readonly internetMessageHeaders?: readonly { readonly name?: string }[]
  }
  readonly saveToSentItems?: boolean
}

const jsonOf = (body: string, mailbox: string): Sent => {
  let parsed: JsonMail
  try {
    parsed = JSON.parse(body) as JsonMail
  } catch {
    throw unread('Unable to read JSON request payload.')
  }
  hold(parsed, '#sendMail', '')
  const { message, saveToSentItems = true } = parsed
  if (!message) throw new Refusal(400, 'ErrorInvalidRequest', 'The message is missing.')
  if (!/^(text|html)$/i.test(message.body?.contentType ?? 'text')) throw unread('contentType is text or html.')
  if (message.internetMessageHeaders?.some(({ name }) => !/^x-/i.test(name ?? ''))) throw new Refusal(400, 'InvalidInternetMessageHeader', 'The internet message header name should start with \'x-\' or \'X-\'.')
  const addresses = (list: readonly Recipient[] = []) => list.flatMap(({ emailAddress }) => emailAddress?.address ?? [])
  const to = addresses(message.toRecipients)
  if (to.length === 0) throw new Refusal(400, 'ErrorInvalidRecipients', 'At least one recipient isn’t valid.')
  const { address = mailbox, name = '' } = message.from?.emailAddress ?? {}
  if (address !== mailbox) throw new Refusal(403, 'ErrorSendAsDenied', 'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.')
  return { mailbox, name, replyTo: addresses(message.replyTo), to, subject: message.subject ?? '', text: message.body?.content ?? '', form: 'json', savedToSentItems: saveToSentItems }
}
