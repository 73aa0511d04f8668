import { NotProven } from '../../checks/step.ts'
import type { Reply, Tap } from '../../ports/ports.ts'
import { hangUp, silence, SmtpFault } from './fault.ts'
import type { Verb } from './fault.ts'
import { ReplyReader } from './replies.ts'

/** Milliseconds for one reply, and for the reply to the message's final dot. */
export interface Deadlines {
  readonly reply: number
  readonly final: number
}

type Turn = Verb | 'quit' | 'end'
type Waiting = PromiseWithResolvers<Reply>

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
  #fault: Error | undefined
  /** Called once, with the fault that ends the conversation. */
  onFault: (fault: Error) => void = () => {}

  constructor(deadlines: Deadlines) { this.#deadlines = deadlines }

  get over(): boolean { return this.#fault !== undefined }

  /** The reply to the next command of this kind. Rejects when the conversation ends before it comes. */
  reply(turn: Turn): Promise<Reply> {
    if (this.#fault) return Promise.reject(this.#fault)
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
    if (this.#tail !== '\r\n.\r\n') return
    this.#tail = undefined
    this.#expect('end')
  }

  #expect(turn: Turn): void {
    this.#turns.push(turn)
    if (this.#turns.length === 1) this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const [turn] = this.#turns
    if (!turn || turn === 'quit') return
    const ms = turn === 'end' ? this.#deadlines.final : this.#deadlines.reply
    this.#timer = setTimeout(() => this.fail(turn === 'end' ? new NotProven('silence after the message was handed over') : silence(turn, ms / 1000)), ms)
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
    const turn = this.#turns.shift()
    if (!turn) throw new SmtpFault('smtp.reply.protocol', { reply })
    this.#challenged(turn, reply)
    if (turn === 'message' && reply.code === 354) this.#tail = '\r\n'
    this.#arm()
    this.#waiting.get(turn)?.shift()?.resolve(reply)
  }

  #challenged(turn: Turn, reply: Reply): void {
    this.#challenges = turn === 'auth' && reply.code === 334 ? [...this.#challenges, reply] : []
    if (this.#challenges.length > challenges) throw new SmtpFault('smtp.auth.endless', { reply })
  }

  ended(error: Error | null): void {
    const turn = this.#turns[0] ?? 'message'
    if (turn === 'end') this.fail(new NotProven('the connection ended after the message was handed over'))
    else this.fail(hangUp(turn === 'quit' ? 'message' : turn, error?.message))
  }

  /** Ends the conversation: everything still awaited rejects with this fault. */
  fail(fault: Error): void {
    if (this.#fault) return
    this.#fault = fault
    clearTimeout(this.#timer)
    for (const waiting of [...this.#waiting.values()].flat()) waiting.reject(fault)
    this.#waiting.clear()
    this.onFault(fault)
  }

  /** Ends it in peace: nothing is awaited any more. */
  close(): void {
    clearTimeout(this.#timer)
    this.#fault ??= hangUp('message')
    this.#waiting.clear()
  }
}
