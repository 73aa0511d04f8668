import type { Evidence } from '@mail-gateway/contract'
import type { Checklist, Outcome, Step } from '../../checks/step.ts'
import { said } from '../../findings/said.ts'
import type { ModePorts } from '../../ports/mode-ports.ts'
import type { Address, Extensions, Message, Reply, Target, TlsFacts } from '../../ports/ports.ts'
import { SmtpFault } from './fault.ts'
import { Line } from './line.ts'
import { patience } from './patience.ts'
import { connect, introduction, quoted, resolve, secure, upgrade } from './reach.ts'
import type { Route } from './reach.ts'
import { Session } from './session.ts'

/** Rows every mode that speaks SMTP has. */
export type ReachRow = 'name' | 'address' | 'connect' | 'greeting' | 'encryption' | 'capabilities'
export type SendRow = 'sender' | 'recipient' | 'message'

/** A way to a mail server, and how the conversation is to begin. */
export interface Way extends Route {
  /** The name for EHLO as it was typed; absent: the name of this machine. */
  readonly ehloName?: string | undefined
  /** A secret will be sent, so a line in clear is only taken where the operator permits it. */
  readonly signsIn: boolean
}

/** What a run holds open; freed in the end, whatever happened. */
export interface Held { free: () => void }

export interface Reached {
  readonly session: Session
  readonly extensions: Extensions
}

/** The name for EHLO, where one is set. */
export const ehloOf = ({ ehloName }: Way): string | undefined => (ehloName === undefined ? undefined : introduction(ehloName))

/** The rows up to a server that has said what it offers. */
export async function* reach(way: Way, step: Step<ReachRow>, ports: ModePorts, held: Held): Checklist<Reached> {
  const { egress } = ports
  const addresses = yield* step.must('name', (signal) => named(way, ports, signal))
  const targets = yield* step.must('address', async () => allowed(egress.judge(way.host, addresses, way.port)))
  const { target, line } = yield* step.must('connect', async (signal) => {
    const reached = await connect(targets, egress, signal)
    held.free = () => reached.socket.destroy()
    return connected({ ...reached, line: new Line(reached.socket, signal) })
  })
  const greeting = yield* way.security === 'tls' ? greetAfterTls(way, step, line) : greetFirst(way, step, line, target, ports)
  return yield* step.must('capabilities', async (signal) => {
    const session = new Session(ports.mail, line.release(), greeting, ehloOf(way), { reply: patience.reply, final: patience.final }, signal)
    held.free = () => session.close()
    const extensions = await session.hello()
    return { value: { session, extensions }, evidence: offer(extensions, way) }
  })
}

async function* greetAfterTls(way: Way, step: Step<ReachRow>, line: Line): Checklist<Reply> {
  yield* step.must('encryption', async () => encrypted(await secure(line, way)))
  return yield* step.must('greeting', async () => greeted(await line.greeting()))
}

async function* greetFirst(way: Way, step: Step<ReachRow>, line: Line, target: Target, ports: ModePorts): Checklist<Reply> {
  const greeting = yield* step.must('greeting', async () => greeted(await line.greeting()))
  if (way.security === 'starttls') {
    yield* step.must('encryption', async () => encrypted(await upgrade(line, way, ehloOf(way) ?? ports.mail.localName())))
  } else if (way.signsIn && !ports.egress.clearTextAllowed(target.address)) {
    yield* step.must('encryption', () => Promise.reject(new SmtpFault('tls.clear-text')))
  } else yield* step.skip('encryption')
  return greeting
}

/** The rows of one message on its way to one recipient. */
export async function* send(step: Step<SendRow>, { session, extensions }: Reached, ports: ModePorts, test: Message): Checklist {
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

const named = async (way: Way, { egress }: ModePorts, signal: AbortSignal): Promise<Outcome<readonly Address[]>> => {
  const addresses = await resolve(way, egress, signal)
  const told = egress.permitted(addresses).slice(0, mostShown).map(({ address }) => address)
  return { value: addresses, ...(told.length && { evidence: { addresses: told } }) }
}

const allowed = (targets: readonly Target[]): Outcome<readonly Target[]> => ({ value: targets, evidence: place(targets[0]!) })
const connected = <T extends { readonly target: Target }>(value: T): Outcome<T> => ({ value, evidence: { ...place(value.target), ...(value.target.byName && { address: value.target.host }) } })
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

/** Addresses and mechanisms. Nobody has more; who is hostile fills the page, and the store, with them. */
const mostShown = 24

// Inside the encrypted line STARTTLS is not offered again; that it was is what counts.
const offer = ({ auth, size, starttls, pipelining }: Extensions, { security }: Way): Evidence =>
  ({ auth: auth.slice(0, mostShown), ...(size && { size }), starttls: starttls || security === 'starttls', pipelining })
