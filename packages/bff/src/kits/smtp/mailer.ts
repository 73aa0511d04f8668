import type { Mailer, ModePorts } from '../../ports/mode-ports.ts'
import type { Reply } from '../../ports/ports.ts'
import { ehloOf } from './conversation.ts'
import type { Reached, Way } from './conversation.ts'
import { SmtpFault } from './fault.ts'
import { Line } from './line.ts'
import { connect, quoted, resolve, secure, upgrade } from './reach.ts'
import { Session } from './session.ts'

/** How a gateway lets the product send its own mail. */
export interface Passage {
  readonly way: Way
  /** Seconds each reply may take. */
  readonly timeout: number
  signIn(reached: Reached): Promise<void>
}

/** Opens the way out for the product's own mail: the same steps as the check, without rows. */
export const openMailer = async ({ way, timeout, signIn }: Passage, ports: ModePorts, signal: AbortSignal): Promise<Mailer> => {
  const targets = ports.egress.judge(way.host, await resolve(way, ports.egress, signal), way.port)
  const { socket, target } = await connect(targets, ports.egress, signal)
  try {
    const line = new Line(socket, signal)
    const greeting = await greet(line, way, ports)
    const session = new Session(ports.mail, line.release(), greeting, ehloOf(way), { reply: timeout * 1000, final: timeout * 1000 }, signal)
    const extensions = await session.hello()
    if (way.signsIn && way.security === 'none' && !ports.egress.clearTextAllowed(target.address)) throw new SmtpFault('tls.clear-text')
    await signIn({ session, extensions })
    return mailer(session, ports)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const greet = async (line: Line, way: Way, { mail }: ModePorts): Promise<Reply> => {
  if (way.security === 'tls') await secure(line, way)
  const greeting = await line.greeting()
  if (way.security === 'starttls') await upgrade(line, way, ehloOf(way) ?? mail.localName())
  return greeting
}

const mailer = (session: Session, { mail }: ModePorts): Mailer => ({
  async send(message) {
    const composed = await mail.compose(message)
    const delivery = session.deliver(composed)
    await delivery.sender
    const answers = await Promise.allSettled(delivery.recipients)
    const refused = message.to.filter((_, n) => answers[n]?.status === 'rejected')
    // Nobody left to send to: what the first recipient ran into is the reason.
    if (refused.length === message.to.length) await delivery.recipients[0]
    return { messageId: composed.messageId, reply: quoted(await delivery.message), refused }
  },
  close: () => session.close(),
})
