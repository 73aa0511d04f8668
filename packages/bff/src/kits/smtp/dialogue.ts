import { NotProven } from '../../checks/step.ts'
import type { Reply, Tap } from '../../ports/ports.ts'
import { hangUp, refusal, silence, SmtpFault } from './fault.ts'
import type { Verb } from './fault.ts'
import { ReplyReader } from './replies.ts'

/** Milliseconds for one reply, and for the reply to the message's final dot. */
export interface Deadlines {
  readonly reply: number
  readonly final: number
}

type Turn = Verb | 'quit' | 'end'
type Waiting = PromiseWithResolvers<Reply>

const verbOf = (turn: Turn): Verb => (turn === 'quit' || turn === 'end' ? 'message' : turn)

/** Whether this reply may follow that command at all (RFC 5321 section 4.3.2, RFC 4954 section 4). */
const fits = (turn: Turn, { code }: Reply): boolean => {
  if (code >= 400 || turn === 'quit') return true
  if (turn === 'message') return code === 354
  // 235 alone means that somebody signed in: a server that says 250 to whatever comes has not looked.
  return turn === 'auth' ? code === 235 || code === 334 : code < 300
}

/** More challenges than any mechanism here needs; a server that goes on asking never ends. */
const challenges = 3
const latin1 = new TextDecoder('latin1')
const verbs: Readonly<Record<string, Turn>> = { EHLO: 'ehlo', HELO: 'ehlo', AUTH: 'auth', MAIL: 'sender', RCPT: 'recipient', DATA: 'message', QUIT: 'quit' }

/**
 * Knows whose turn it is: pairs every command that goes out with the reply that comes back, gives each reply
 * a deadline of its own, and notices when the message has been handed over. Rows of the checklist are made from this.
 */
export class Dialogue implements Tap {
  readonly #reader = new ReplyReader()
  readonly #deadlines: Deadlines
  /** Commands on the wire, oldest first. */
  readonly #turns: Turn[] = []
  /** Who wants the replies to each kind of command, first come first served. */
  readonly #waiting = new Map<Turn, Waiting[]>()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The last characters of the message, while its content is being sent. */
  #tail: string | undefined
  #challenges: Reply[] = []
  #lastAsked: Reply | undefined
  #fault: Error | undefined
  /** What the next step runs into when the peer left while nothing was asked of it. */
  #parting: ((verb: Verb) => Error) | undefined
  /** Called once, with the fault that ends the conversation. */
  onFault: (fault: Error) => void = () => {}

  constructor(deadlines: Deadlines) { this.#deadlines = deadlines }

  get over(): boolean { return this.#fault !== undefined }

  /** The reply to the next command of this kind. Rejects when the conversation ends before it comes. */
  reply(turn: Turn): Promise<Reply> {
    if (this.#fault) return Promise.reject(this.#faultAt(turn, this.#fault))
    const waiting = Promise.withResolvers<Reply>()
    this.#waiting.set(turn, [...(this.#waiting.get(turn) ?? []), waiting])
    waiting.promise.catch(() => {})
    return waiting.promise
  }

  /** The reply that ends a sign-in, however many challenges come first. */
  async signIn(): Promise<Reply> {
    const reply = await this.reply('auth')
    return reply.code === 334 ? this.signIn() : reply
  }

  /** The last challenge of the sign-in, also after its end: a server that refuses a token says there what it wanted. */
  get asked(): Reply | undefined { return this.#lastAsked }

  /** The challenge that is still open, if any. */
  lastChallenge(): Reply | undefined { return this.#challenges.at(-1) }

  sent(bytes: Uint8Array): void {
    const text = latin1.decode(bytes)
    if (this.#tail !== undefined) { this.#sentContent(text); return }
    for (const line of text.split('\r\n').slice(0, -1)) this.#expect(this.#turnOf(line))
  }

  // Within a sign-in the lines are answers to challenges, whatever they look like.
  #turnOf(line: string): Turn {
    return this.#challenges.length ? 'auth' : verbs[line.slice(0, 4).toUpperCase()] ?? 'auth'
  }

  // RFC 5321 section 4.1.1.4: the message ends with a dot alone on its line.
  #sentContent(text: string): void {
    this.#tail = (this.#tail + text).slice(-5)
    if (this.#tail !== '\r\n.\r\n') { this.#arm(); return }
    this.#tail = undefined
    this.#expect('end')
  }

  #expect(turn: Turn): void {
    this.#turns.push(turn)
    if (this.#turns.length === 1) this.#arm()
  }

  // While the message's content is on its way it is the server's turn to take it.
  #arm(): void {
    clearTimeout(this.#timer)
    const turn = this.#turns[0] ?? (this.#tail === undefined ? undefined : 'message')
    if (this.over || !turn || turn === 'quit') return
    const ms = turn === 'end' ? this.#deadlines.final : this.#deadlines.reply
    this.#timer = setTimeout(() => this.fail(silence(verbOf(turn), ms / 1000, this.#reader.pending)), ms)
  }

  received(bytes: Uint8Array): void {
    try {
      for (const reply of this.#reader.push(bytes)) this.#answered(reply)
    } catch (error) {
      this.fail(error as Error)
      throw error
    }
  }

  #answered(reply: Reply): void {
    const [turn] = this.#turns
    if (!turn) throw this.#unasked(reply)
    if (!fits(turn, reply)) throw new SmtpFault('smtp.reply.protocol', { reply })
    this.#turns.shift()
    this.#challenged(turn, reply)
    if (turn === 'message' && reply.code === 354) this.#tail = '\r\n'
    this.#arm()
    this.#waiting.get(turn)?.shift()?.resolve(reply)
  }

  // RFC 5321 section 3.8: 421 may come at any time. A refusal in the middle of the content is meant for the message.
  #unasked(reply: Reply): SmtpFault {
    if (this.#tail !== undefined && reply.code >= 400) return refusal('message', reply)
    if (reply.code !== 421) return new SmtpFault('smtp.reply.protocol', { reply })
    this.#parting = (verb) => refusal(verb, reply)
    return refusal('message', reply)
  }

  #challenged(turn: Turn, reply: Reply): void {
    this.#challenges = turn === 'auth' && reply.code === 334 ? [...this.#challenges, reply] : []
    this.#lastAsked = this.#challenges.at(-1) ?? this.#lastAsked
    if (this.#challenges.length > challenges) throw new SmtpFault('smtp.auth.endless', { reply })
  }

  ended(error: Error | null): void {
    const [turn] = this.#turns
    if (!turn && this.#tail === undefined) this.#parting ??= (verb) => hangUp(verb, error?.message)
    this.fail(hangUp(verbOf(turn ?? 'message'), error?.message))
  }

  /**
   * Ends the conversation: everything still awaited rejects with this fault. Once the message has been handed over,
   * whatever went wrong leaves its fate open.
   */
  fail(fault: Error): void {
    if (this.#fault) return
    this.#fault = this.#turns.includes('end') ? new NotProven(`after the message was handed over: ${fault.message}`) : fault
    clearTimeout(this.#timer)
    for (const [turn, waiting] of this.#waiting) for (const one of waiting) one.reject(this.#faultAt(turn, this.#fault))
    this.#waiting.clear()
    this.onFault(this.#fault)
  }

  #faultAt(turn: Turn, fault: Error): Error { return this.#parting?.(verbOf(turn)) ?? fault }

  /** Ends it in peace: nothing is awaited any more. */
  close(): void {
    clearTimeout(this.#timer)
    this.#fault ??= hangUp('message')
    this.#waiting.clear()
  }
}
