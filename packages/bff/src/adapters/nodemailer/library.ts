import MailComposer from 'nodemailer/lib/mail-composer'
import type { ComposedMessage, MailLibrary, Message } from '../../ports/ports.ts'
import { localName, NodemailerDriver } from './driver.ts'

/** nodemailer for MIME and the SMTP dialogue; sockets, deadlines and judgement are ours. */
export const mailLibrary: MailLibrary = {
  compose,
  drive: (socket, greeting, ehloName, tap) => new NodemailerDriver(socket, greeting, ehloName, tap),
  localName,
}

async function compose(message: Message): Promise<ComposedMessage> {
  const envelope = { from: message.envelopeFrom ?? message.from.address, to: [...message.to] }
  const mail = new MailComposer({
    from: { name: message.from.name ?? '', address: message.from.address },
    to: envelope.to.map((address) => ({ name: '', address })),
    ...(message.replyTo && { replyTo: { name: '', address: message.replyTo } }),
    subject: message.subject,
    text: message.text,
    // RFC 5322 section 2.3: the bytes are the message as it travels, and their number is what SIZE announces.
    newline: 'win',
    // A message is made from our own strings only: nothing is fetched or read to build it.
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  const bytes = await mail.build()
  return { bytes, messageId: mail.messageId(), envelope }
}
