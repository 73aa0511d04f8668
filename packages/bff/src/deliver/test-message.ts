import type { Message } from '../ports/ports.ts'

/** The message settings every mode shares. */
export interface MessageValues {
  readonly from?: unknown
  readonly fromName?: unknown
  readonly envelopeFrom?: unknown
  readonly replyTo?: unknown
  readonly signature?: unknown
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined)

/** A message with what the gateway adds to every mail: From, Reply-to, envelope sender, and the signature under the text. */
export const messageOf = (values: MessageValues, to: readonly string[], subject: string, body: string): Message => {
  const [name, envelopeFrom, replyTo, signature] = [text(values.fromName), text(values.envelopeFrom), text(values.replyTo), text(values.signature)]
  return {
    from: { address: text(values.from) ?? '', ...(name && { name }) },
    to, subject,
    ...(envelopeFrom && { envelopeFrom }), ...(replyTo && { replyTo }),
    // RFC 3676 section 4.3: the line that tells mail programs where a signature begins.
    text: signature ? `${body}\n\n-- \n${signature.replace(/\r\n?/g, '\n')}\n` : `${body}\n`,
  }
}

/** The test email: subject and body are fixed, so that the button cannot carry anybody else's words. */
export const testMessage = (values: MessageValues, to: string, productName: string): Message =>
  messageOf(values, [to], `Test email from ${productName}`,
    `This is a test email from ${productName}.\n\nIf you can read it, mail can be sent with the settings that were just checked. Nothing needs to be done.`)
