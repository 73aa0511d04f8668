import { SmtpFault } from '../../kits/smtp/fault.ts'
import { Line } from '../../kits/smtp/line.ts'
import { connect, mechanismFor, quoted, resolve, secure, upgrade } from '../../kits/smtp/reach.ts'
import { Session } from '../../kits/smtp/session.ts'
import type { Extensions, Reply, Target } from '../../ports/ports.ts'
import type { Mailer, ModePorts } from '../mode.ts'
import { ehloOf } from './checklist.ts'
import type { Ready } from './checklist.ts'

/** Opens the way out for the product's own mail: the same steps as the check, without rows. */
export const open = async (settings: Ready, ports: ModePorts, signal: AbortSignal): Promise<Mailer> => {
  const targets = ports.egress.judge(settings.host, await resolve(settings, ports.egress, signal), settings.port)
  const { socket, target } = await connect(targets, ports.egress, signal)
  try {
    const line = new Line(socket, signal)
    const greeting = await greet(line, settings, ports)
    const ms = settings.timeout * 1000
    const session = new Session(ports.mail, line.release(), greeting, ehloOf(settings), { reply: ms, final: ms }, signal)
    await signIn(session, await session.hello(), settings, target, ports)
    return mailer(session, ports)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const greet = async (line: Line, settings: Ready, { mail }: ModePorts): Promise<Reply> => {
  if (settings.security === 'tls') await secure(line, settings)
  const greeting = await line.greeting()
  if (settings.security === 'starttls') await upgrade(line, settings, ehloOf(settings) ?? mail.localName())
  return greeting
}

const signIn = async (session: Session, extensions: Extensions, settings: Ready, target: Target, { egress }: ModePorts): Promise<void> => {
  if (settings.authentication !== 'password') return
  if (settings.security === 'none' && !egress.clearTextAllowed(target.address)) throw new SmtpFault('tls.clear-text')
  await session.signIn({ mechanism: mechanismFor(extensions, settings.security !== 'none'), user: settings.username!, secret: settings.password! })
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
