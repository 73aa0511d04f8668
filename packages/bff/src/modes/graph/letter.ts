import type { ComposedMessage, Message } from '../../ports/ports.ts'

/** One sendMail request, apart from the token. */
export interface Letter {
  readonly url: URL
  readonly contentType: 'application/json' | 'text/plain'
  readonly body: string
  readonly messageId: string
}

/** Where mail of this mailbox is handed in (learn.microsoft.com/graph/api/user-sendmail). */
const sendMailAt = (graph: string, mailbox: string): URL =>
  // An at sign may stand in a path (RFC 3986 section 3.3), and Microsoft writes it that way.
  new URL(`/v1.0/users/${encodeURIComponent(mailbox).replaceAll('%40', '@')}/sendMail`, graph)

interface Wish {
  /** Origin of Graph. */
  readonly graph: string
  readonly keepCopy: boolean
}

/**
 * The request for a message. Only its JSON form can leave no copy behind; the MIME form always does, and carries the
 * message exactly as it was composed, so that is what is used where a copy is wanted.
 */
export const letterOf = (message: Message, composed: ComposedMessage, { graph, keepCopy }: Wish): Letter => {
  const url = sendMailAt(graph, composed.envelope.from)
  const { messageId } = composed
  return keepCopy
    ? { url, messageId, contentType: 'text/plain', body: base64(composed.bytes) }
    : { url, messageId, contentType: 'application/json', body: JSON.stringify({ message: graphMessage(message, messageId), saveToSentItems: false }) }
}

const mailbox = (address: string, name?: string) => ({ emailAddress: { ...(name && { name }), address } })

/** The message as Graph's own resource type has it (learn.microsoft.com/graph/api/resources/message). */
const graphMessage = ({ from, to, replyTo, subject, text }: Message, messageId: string) => ({
  subject,
  body: { contentType: 'text', content: text },
  from: mailbox(from.address, from.name),
  toRecipients: to.map((address) => mailbox(address)),
  ...(replyTo && { replyTo: [mailbox(replyTo)] }),
  internetMessageId: messageId,
})

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}
