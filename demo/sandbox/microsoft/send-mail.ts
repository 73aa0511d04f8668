import PostalMime from 'postal-mime'
import type { Address } from 'postal-mime'

/** An error as Graph gives it. */
export class GraphError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** One message to go out. */
export interface Mailing {
  readonly bytes: Uint8Array
  /** Sender the message names; the mailbox itself where it names none. */
  readonly from?: string
  readonly to: readonly string[]
}

const invalidBase64 = (): GraphError => new GraphError(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.')
const noRecipients = (): GraphError => new GraphError(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.')

const addressesIn = (list: readonly Address[] | undefined): string[] =>
  (list ?? []).flatMap((one) => (one.group ? one.group.map(({ address }) => address) : [one.address])).filter((address): address is string => Boolean(address))

/** Base64 of a whole RFC 5322 message, line breaks allowed. Recipients come from its header. */
export const fromMime = async (body: string): Promise<Mailing> => {
  const text = body.replace(/[\r\n]/g, '')
  if (!text || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw invalidBase64()
  const bytes = Buffer.from(text, 'base64')
  const { from, to, cc, bcc } = await PostalMime.parse(bytes)
  const recipients = [to, cc, bcc].flatMap(addressesIn)
  if (!recipients.length) throw noRecipients()
  return { bytes, ...(from?.address && { from: from.address }), to: recipients }
}

interface Shape { readonly [property: string]: 'string' | 'boolean' | 'recipient' | 'recipients' | 'body' | 'headers' | 'any' }

/** Properties of microsoft.graph.message that a client may set, as its schema names them. */
const message: Shape = {
  subject: 'string', body: 'body', from: 'recipient', sender: 'recipient', toRecipients: 'recipients', ccRecipients: 'recipients', bccRecipients: 'recipients',
  replyTo: 'recipients', importance: 'string', internetMessageHeaders: 'headers', internetMessageId: 'string', attachments: 'any', hasAttachments: 'boolean', categories: 'any',
  isDeliveryReceiptRequested: 'boolean', isReadReceiptRequested: 'boolean', inferenceClassification: 'string', flag: 'any', conversationId: 'string',
  singleValueExtendedProperties: 'any', multiValueExtendedProperties: 'any', extensions: 'any',
}

const shapes: Readonly<Record<string, readonly [type: string, shape: Shape]>> = {
  'message': ['microsoft.graph.message', message],
  'body': ['microsoft.graph.itemBody', { contentType: 'string', content: 'string' }],
  'recipient': ['microsoft.graph.recipient', { emailAddress: 'any' }],
  'address': ['microsoft.graph.emailAddress', { address: 'string', name: 'string' }],
  'header': ['microsoft.graph.internetMessageHeader', { name: 'string', value: 'string' }],
}

type Fields = Readonly<Record<string, unknown>>

const unreadable = (): GraphError => new GraphError(400, 'RequestBodyRead', 'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.')

/** An object of this type, no property of it unknown and each of its form. */
const checked = (value: unknown, kind: string): Fields => {
  const [type, shape] = shapes[kind]!
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new GraphError(400, 'RequestBodyRead', `An unexpected value was found when reading an object of type '${type}'.`)
  for (const [name, inner] of Object.entries(value)) {
    const wanted = shape[name]
    if (!wanted) throw new GraphError(400, 'RequestBodyRead', `The property '${name}' does not exist on type '${type}'. Make sure to only use property names that are defined by the type.`)
    if ((wanted === 'string' || wanted === 'boolean') && inner !== null && typeof inner !== wanted) throw new GraphError(400, 'RequestBodyRead', `Cannot convert a value of '${name}' to the expected type 'Edm.${wanted === 'string' ? 'String' : 'Boolean'}'.`)
  }
  return value as Fields
}

const recipient = (value: unknown): Address => checked(checked(value, 'recipient')['emailAddress'], 'address') as unknown as Address

const recipients = (fields: Fields, name: string): readonly Address[] => {
  const list = fields[name] ?? []
  if (!Array.isArray(list)) throw new GraphError(400, 'RequestBodyRead', `An unexpected value was found for '${name}'. A collection was expected.`)
  return list.map(recipient)
}

const parsed = (body: string): Fields => {
  try {
    return JSON.parse(body) as Fields
  } catch {
    throw unreadable()
  }
}

const action = (body: string): Fields => {
  const fields = parsed(body)
  for (const name of Object.keys(fields ?? {})) {
    if (!/^(message|saveToSentItems)$/i.test(name)) throw new GraphError(400, 'RequestBodyRead', `The parameter '${name}' in the request payload is not a valid parameter for the operation 'sendMail'.`)
  }
  const save = fields['saveToSentItems'] ?? fields['SaveToSentItems'] ?? true
  if (typeof save !== 'boolean') throw new GraphError(400, 'RequestBodyRead', "Cannot convert a value of 'SaveToSentItems' to the expected type 'Edm.Boolean'.")
  return checked(fields['message'] ?? fields['Message'], 'message')
}

const encoded = (text: string): string => (/^[ -~]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`)
const written = ({ name, address }: Address): string => (name ? `"${encoded(name).replace(/["\\]/g, '\\$&')}" <${address}>` : address ?? '')

const customHeaders = (fields: Fields): string[] => {
  const list = (fields['internetMessageHeaders'] ?? []) as unknown[]
  return list.map((one) => checked(one, 'header')).map(({ name, value }) => {
    if (!/^x-/i.test(String(name))) throw new GraphError(400, 'InvalidInternetMessageHeader', `The internet message header name '${String(name)}' should start with 'x-' or 'X-'.`)
    return `${String(name)}: ${String(value)}`
  })
}

/** The JSON form, held strictly to the schema; what goes out is composed from it. */
export const fromJson = (body: string, mailbox: string): Mailing => {
  const fields = action(body)
  const { contentType = 'Text', content = '' } = checked(fields['body'] ?? {}, 'body')
  const from = fields['from'] === undefined ? undefined : recipient(fields['from'])
  const [to, cc, bcc, replyTo] = ['toRecipients', 'ccRecipients', 'bccRecipients', 'replyTo'].map((name) => recipients(fields, name)) as [Address[], Address[], Address[], Address[]]
  const all = [...to, ...cc, ...bcc].map(({ address }) => address ?? '')
  if (!all.length || all.some((address) => !/^[^\s@]+@[^\s@]+$/.test(address))) throw noRecipients()
  const lines = [
    `From: ${written(from ?? ({ name: '', address: mailbox } as Address))}`, `To: ${to.map(written).join(', ')}`,
    ...(cc.length ? [`Cc: ${cc.map(written).join(', ')}`] : []), ...(replyTo.length ? [`Reply-To: ${replyTo.map(written).join(', ')}`] : []),
    `Subject: ${encoded(String(fields['subject'] ?? ''))}`, `Date: ${new Date().toUTCString()}`, 'MIME-Version: 1.0', ...customHeaders(fields),
    `Content-Type: text/${/^html$/i.test(String(contentType)) ? 'html' : 'plain'}; charset=utf-8`, 'Content-Transfer-Encoding: base64', '', Buffer.from(String(content)).toString('base64').replace(/(.{76})/g, '$1\r\n'),
  ]
  return { bytes: Buffer.from(lines.join('\r\n')), ...(from?.address && { from: from.address }), to: all }
}
