import type { Evidence } from '@mail-gateway/contract'
import type { Checklist, Outcome, Step } from '../../checks/step.ts'
import { said } from '../../findings/said.ts'
import { SmtpFault } from '../../kits/smtp/fault.ts'
import { Line } from '../../kits/smtp/line.ts'
import { patience } from '../../kits/smtp/patience.ts'
import { connect, introduction, mechanismFor, quoted, resolve, secure, upgrade } from '../../kits/smtp/reach.ts'
import { Session } from '../../kits/smtp/session.ts'
import type { Address, Extensions, Message, Reply, Target, TlsFacts } from '../../ports/ports.ts'
import type { ModePorts } from '../mode.ts'
import type { SmtpSettings } from './settings.ts'
import type { SmtpRow } from './words.ts'

/** Settings in canonical form: the port is always there. */
export type Ready = SmtpSettings & { readonly port: number }
type Rows = Step<SmtpRow>

/** The name for EHLO, where the gateway sets one. */
export const ehloOf = ({ ehloName }: Ready): string | undefined => (ehloName === undefined ? undefined : introduction(ehloName))

/** What a run holds open; freed in the end, whatever happened. */
interface Held { free: () => void }

/** The whole check, top to bottom, over one connection. Signing in and sending stop at the first thing that is not as it should be. */
export async function* checklist(settings: Ready, step: Rows, ports: ModePorts, test: Message): Checklist {
  const held: Held = { free: () => {} }
  try {
    const reached = yield* reach(settings, step, ports, held)
    yield* signIn(settings, step, reached)
    yield* send(step, reached, ports, test)
  } finally {
    held.free()
  }
}

interface Reached {
  readonly session: Session
  readonly extensions: Extensions
}

async function* reach(settings: Ready, step: Rows, ports: ModePorts, held: Held): Checklist<Reached> {
  const { egress } = ports
  const addresses = yield* step.must('name', (signal) => named(settings, ports, signal))
  const targets = yield* step.must('address', async () => allowed(egress.judge(settings.host, addresses, settings.port)))
  const { target, line } = yield* step.must('connect', async (signal) => {
    const reached = await connect(targets, egress, signal)
    held.free = () => reached.socket.destroy()
    return connected({ ...reached, line: new Line(reached.socket, signal) })
  })
  const greeting = yield* settings.security === 'tls' ? greetAfterTls(settings, step, line) : greetFirst(settings, step, line, target, ports)
  return yield* step.must('capabilities', async (signal) => {
    const session = new Session(ports.mail, line.release(), greeting, ehloOf(settings), { reply: patience.reply, final: patience.final }, signal)
    held.free = () => session.close()
    const extensions = await session.hello()
    return { value: { session, extensions }, evidence: offer(extensions, settings) }
  })
}

async function* greetAfterTls(settings: Ready, step: Rows, line: Line): Checklist<Reply> {
  yield* step.must('encryption', async () => encrypted(await secure(line, settings)))
  return yield* step.must('greeting', async () => greeted(await line.greeting()))
}

async function* greetFirst(settings: Ready, step: Rows, line: Line, target: Target, ports: ModePorts): Checklist<Reply> {
  const greeting = yield* step.must('greeting', async () => greeted(await line.greeting()))
  if (settings.security === 'starttls') {
    yield* step.must('encryption', async () => encrypted(await upgrade(line, settings, ehloOf(settings) ?? ports.mail.localName())))
  } else if (settings.authentication === 'password' && !ports.egress.clearTextAllowed(target.address)) {
    yield* step.must('encryption', () => Promise.reject(new SmtpFault('tls.clear-text')))
  } else yield* step.skip('encryption')
  return greeting
}

async function* signIn(settings: Ready, step: Rows, { session, extensions }: Reached): Checklist {
  if (settings.authentication !== 'password') { yield* step.skip('sign-in'); return }
  yield* step.must('sign-in', async () => {
    const mechanism = mechanismFor(extensions, settings.security !== 'none')
    await session.signIn({ mechanism, user: settings.username!, secret: settings.password! })
    return { value: undefined, evidence: { mechanism, user: settings.username! } }
  })
}

async function* send(step: Rows, { session, extensions }: Reached, ports: ModePorts, test: Message): Checklist {
  const { delivery, messageId, began } = yield* step.must('sender', async () => {
    const composed = await ports.mail.compose(test)
    const leaving = { delivery: session.deliver(composed), messageId: composed.messageId, began: ports.clock.elapsed() }
    return { ...accepted(composed.envelope.from, await leaving.delivery.sender), value: leaving }
  })
  yield* step.must('recipient', async () => ({
    ...accepted(test.to[0] ?? '', await delivery.recipients[0]!),
    // Sender and recipient left in one segment, so their time began together.
    ...(extensions.pipelining && { began }),
  }))
  yield* step.must('message', async () => ({ value: undefined, evidence: { reply: shown(await delivery.message), messageId } }))
}

const named = async (settings: Ready, { egress }: ModePorts, signal: AbortSignal): Promise<Outcome<readonly Address[]>> => {
  const addresses = await resolve(settings, egress, signal)
  const told = egress.permitted(addresses).map(({ address }) => address)
  return { value: addresses, ...(told.length && { evidence: { addresses: told } }) }
}

const allowed = (targets: readonly Target[]): Outcome<readonly Target[]> => ({ value: targets, evidence: place(targets[0]!) })
const connected = <T extends { readonly target: Target }>(value: T): Outcome<T> => ({ value, evidence: place(value.target) })
const place = ({ address, port }: Target): Evidence => ({ address, port })

const greeted = (reply: Reply): Outcome<Reply> => ({ value: reply, evidence: { reply: shown(reply) } })
const accepted = (address: string, reply: Reply): Outcome<undefined> => ({ value: undefined, evidence: { address, reply: shown(reply) } })
const shown = (reply: Reply): string => said(quoted(reply))

// Where the runtime shows nothing else, that the certificate was verified is all there is to tell.
const encrypted = (facts: TlsFacts): Outcome<TlsFacts> => {
  const { verified, ...told } = facts
  // A certificate’s names are the server’s own text.
  const detail = Object.fromEntries(Object.entries(told).map(([name, value]) => [name, said(value)]))
  return { value: facts, evidence: facts.validTo ? { ...detail, daysLeft: daysUntil(facts.validTo) } : { verified, ...detail } }
}
const daysUntil = (iso: string): number => Math.floor((Date.parse(iso) - Date.now()) / 86_400_000)

/** No server has more; a hostile one fills the page with them. */
const shownMechanisms = 24

// Inside the encrypted line STARTTLS is not offered again; that it was is what counts.
const offer = ({ auth, size, starttls, pipelining }: Extensions, { security }: Ready): Evidence =>
  ({ auth: auth.slice(0, shownMechanisms), ...(size && { size }), starttls: starttls || security === 'starttls', pipelining })
