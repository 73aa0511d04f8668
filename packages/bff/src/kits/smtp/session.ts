import type { ComposedMessage, Driver, Extensions, MailLibrary, RawSocket, Reply } from '../../ports/ports.ts'
import { challengeOf } from './challenge.ts'
import { Dialogue } from './dialogue.ts'
import type { Deadlines } from './dialogue.ts'
import { extensionsOf } from './extensions.ts'
import { refusal, SmtpFault } from './fault.ts'
import type { Verb } from './fault.ts'

/** One message on its way: each promise settles with the server's own reply. */
export interface Delivery {
  readonly sender: Promise<Reply>
  /** One per recipient, in the order of the envelope. */
  readonly recipients: readonly Promise<Reply>[]
  /** Rejects with `NotProven` where silence followed the final dot. */
  readonly message: Promise<Reply>
}

/** Whose secret goes to the server, and how. */
export interface Credentials {
  readonly mechanism: string
  readonly user: string
  readonly secret: string
}

/** The second part of the conversation: the mail library speaks, the dialogue listens. */
export class Session {
  readonly #dialogue: Dialogue
  readonly #driver: Driver
  readonly #signal: AbortSignal
  readonly #cancel: () => void
  #maxSize: number | undefined

  constructor(mail: MailLibrary, socket: RawSocket, greeting: Reply, ehloName: string | undefined, deadlines: Deadlines, signal: AbortSignal) {
    this.#dialogue = new Dialogue(deadlines)
    this.#driver = mail.drive(socket, greeting, ehloName, this.#dialogue)
    this.#dialogue.onFault = () => this.#driver.destroy()
    this.#signal = signal
    this.#cancel = () => this.#dialogue.fail(signal.reason as Error)
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  async hello(): Promise<Extensions> {
    const reply = this.#dialogue.reply('ehlo')
    this.#driver.hello()
    const first = await reply
    // Servers older than EHLO are greeted once more with HELO, and offer nothing.
    const extensions = extensionsOf(positive('ehlo', first.code >= 500 ? await this.#dialogue.reply('ehlo') : first))
    this.#maxSize = extensions.size
    return extensions
  }

  /** Signs in with a mechanism the server offered; the caller has made sure that the line is safe for it. */
  async signIn(credentials: Credentials): Promise<Reply> {
    const answer = this.#dialogue.signIn()
    // The library may give up on a challenge it cannot read without another word to the server.
    const gaveUp = this.#driver.signIn(credentials).then(() => this.#dialogue.lastChallenge())
    const reply = await Promise.race([answer, gaveUp.then((challenge) => challenge ?? answer)])
    if (reply.code === 334) throw new SmtpFault('smtp.auth.protocol', { reply })
    if (credentials.mechanism === 'XOAUTH2' && reply.code >= 400) throw tokenRefusal(reply, this.#dialogue.asked)
    return positive('auth', reply)
  }

  /** @throws SmtpFault `smtp.message.too-large` before anything is sent */
  deliver(message: ComposedMessage): Delivery {
    const size = message.bytes.length
    if (this.#maxSize && size > this.#maxSize) throw new SmtpFault('smtp.message.too-large', { text: `${size} bytes, at most ${this.#maxSize}` })
    const checked = (verb: Verb, turn: Verb | 'end') => quiet(this.#dialogue.reply(turn).then((reply) => positive(verb, reply)))
    const [sender, data, end] = [checked('sender', 'sender'), checked('message', 'message'), checked('message', 'end')]
    const recipients = message.envelope.to.map(() => checked('recipient', 'recipient'))
    this.#driver.send(message)
    return { sender, recipients, message: quiet(data.then(() => end)) }
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#cancel)
    if (this.#dialogue.over) this.#driver.destroy()
    else { this.#dialogue.close(); this.#driver.quit() }
  }
}

const positive = (verb: Verb, reply: Reply): Reply => {
  if (reply.code < 400) return reply
  throw refusal(verb, reply)
}

/** What is wrong with a token is told before the refusal, in a challenge; a password has nothing to do with it. */
const tokenRefusal = (reply: Reply, asked: Reply | undefined): SmtpFault => {
  const { code, facts } = refusal('auth', reply)
  const challenge = challengeOf(asked)
  return new SmtpFault(code === 'smtp.auth.refused' ? 'smtp.auth.token-refused' : code, { ...facts, ...(challenge && { challenge }) })
}

/** A promise that may be looked at late or never. */
const quiet = <T>(promise: Promise<T>): Promise<T> => { promise.catch(() => {}); return promise }
