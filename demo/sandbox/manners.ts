import type tls from 'node:tls'
import type { Conversation } from './conversation.ts'
import type { Inbox } from './inbox.ts'
import { largest } from './mail-server.ts'
import type { Account } from './mail-server.ts'

/** Points of the dialogue (RFC 5321) at which a server may do something else than expected. */
export type Moment = 'greeting' | 'EHLO' | 'STARTTLS' | 'handshake' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'message' | 'QUIT'

/** Either the words of a reply, or what is done instead; `line` is what the client said. */
export type Reply = string | ((talk: Conversation, line: string) => Promise<void> | void)

/** How one server behaves where it differs from a proper one. */
export interface Manners {
  readonly on?: Partial<Record<Moment, Reply>>
  /** What EHLO lists before and after encryption. */
  readonly plain?: readonly string[]
  readonly secure?: readonly string[]
  /** Milliseconds before each reply. */
  readonly slow?: number
}

/** What became of a sign-in: the reply, who is in, and how the server behaves from here on. */
export interface Admission {
  readonly reply: Reply
  readonly user?: string
  readonly manners?: Manners
  /** Why this message does not go out, as a reply; undefined where nothing is against it. */
  judge?(source: string): Promise<string | undefined>
}

/** Another way to let people in than user name and password; `ask` sends a challenge and hears the answer. */
export type Door = (mechanism: string, initial: string | undefined, ask: (challenge: string) => Promise<string>) => Promise<Admission>

export interface Served {
  readonly title: string
  readonly context: tls.TLSSocketOptions
  readonly account: Account
  readonly inbox: Inbox
  readonly door?: Door
  /** Words in which this server says what others say in theirs. */
  readonly words?: Partial<Record<Moment | 'anonymous', string>>
}

const always = ['PIPELINING', '8BITMIME', `SIZE ${largest}`]
const offered = { plain: [...always, 'STARTTLS'], secure: [...always, 'AUTH PLAIN LOGIN'] }
const decode = (text: string): string => Buffer.from(text, 'base64').toString()
const encode = (text: string): string => Buffer.from(text).toString('base64')
const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''

/** A proper mail server, except where its manners say otherwise: one instance per connection. */
export class Dialogue {
  readonly #talk: Conversation
  readonly #served: Served
  #manners: Manners
  #judge: Admission['judge']
  #ehlo = ''
  #user: string | undefined
  #sender: string | undefined
  #recipients: string[] = []

  constructor(talk: Conversation, served: Served, manners: Manners) {
    this.#talk = talk
    this.#served = served
    this.#manners = manners
  }

  async run(): Promise<void> {
    await this.#answer('greeting', '220 mail.demo.test ESMTP ready', '')
    for (let line = await this.#talk.line(); line !== null; line = await this.#talk.line()) await this.#hear(line)
  }

  /** @returns whether the client heard a positive reply. */
  async #answer(moment: Moment, polite: string, line: string): Promise<boolean> {
    return this.#reply(this.#manners.on?.[moment] ?? this.#served.words?.[moment] ?? polite, line)
  }

  async #reply(reply: Reply, line: string): Promise<boolean> {
    if (this.#manners.slow) await this.#talk.wait(this.#manners.slow)
    if (typeof reply === 'string') await this.#talk.say(reply)
    else await reply(this.#talk, line)
    return typeof reply === 'string' && /^[23]/.test(reply)
  }

  async #hear(line: string): Promise<void> {
    switch (line.slice(0, 8).split(/[ :]/)[0]!.toUpperCase()) {
      case 'EHLO': return this.#hello(line)
      case 'STARTTLS': return this.#startTls(line)
      case 'AUTH': return this.#signIn(line)
      case 'MAIL': return this.#mail(line)
      case 'RCPT': return this.#recipient(line)
      case 'DATA': return this.#data(line)
      case 'RSET': case 'NOOP': return this.#talk.say('250 2.0.0 Ok')
      case 'QUIT': return this.#quit(line)
      default: return this.#talk.say('502 5.5.1 Command not known')
    }
  }

  async #hello(line: string): Promise<void> {
    this.#ehlo = line.slice(5).trim()
    const all = ['mail.demo.test', ...this.#extensions()]
    await this.#answer('EHLO', all.map((text, n) => `250${n === all.length - 1 ? ' ' : '-'}${text}`).join('\n'), line)
  }

  async #startTls(line: string): Promise<void> {
    if (!await this.#answer('STARTTLS', '220 2.0.0 Ready to start TLS', line)) return
    const handshake = this.#manners.on?.handshake
    if (typeof handshake === 'function') return handshake(this.#talk, line)
    await this.#talk.encrypt(this.#served.context)
  }

  async #signIn(line: string): Promise<void> {
    if (this.#manners.on?.AUTH) return void await this.#answer('AUTH', '', line)
    const [, mechanism = '', initial] = line.split(' ')
    if (this.#served.door) return this.#enter(await this.#served.door(mechanism.toUpperCase(), initial, (challenge) => this.#ask(challenge)), line)
    const [user, password] = mechanism.toUpperCase() === 'PLAIN' ? await this.#plain(initial) : await this.#login(initial)
    const { account } = this.#served
    if (user !== account.username || password !== account.password) return this.#talk.say('535 5.7.8 Authentication failed')
    this.#user = user
    await this.#answer('AUTH', '235 2.7.0 Authentication succeeded', line)
  }

  async #enter({ reply, user, manners, judge }: Admission, line: string): Promise<void> {
    if (await this.#reply(reply, line)) this.#user = user
    this.#manners = { ...this.#manners, ...manners }
    this.#judge = judge
  }

  /** RFC 4616: nothing, user, password, parted by NUL. */
  async #plain(initial: string | undefined): Promise<(string | undefined)[]> {
    return decode(initial ?? await this.#ask('')).split('\0').slice(1)
  }

  async #login(initial: string | undefined): Promise<string[]> {
    const user = initial ?? await this.#ask('Username:')
    return [decode(user), decode(await this.#ask('Password:'))]
  }

  async #ask(challenge: string): Promise<string> {
    await this.#talk.say(`334 ${encode(challenge)}`)
    return await this.#talk.line() ?? ''
  }

  async #mail(line: string): Promise<void> {
    if (!this.#user && this.#extensions().some((text) => text.startsWith('AUTH'))) return this.#talk.say(this.#served.words?.anonymous ?? '530 5.7.0 Authentication required')
    this.#recipients = []
    this.#sender = await this.#answer('MAIL', '250 2.1.0 Sender ok', line) ? addressIn(line) : undefined
  }

  /** What EHLO lists at this point of the dialogue. */
  #extensions(): readonly string[] {
    const kind = this.#talk.protocol ? 'secure' : 'plain'
    return this.#manners[kind] ?? offered[kind]
  }

  async #recipient(line: string): Promise<void> {
    if (this.#sender === undefined) return this.#talk.say('503 5.5.1 MAIL comes first')
    if (await this.#answer('RCPT', '250 2.1.5 Recipient ok', line)) this.#recipients.push(addressIn(line))
  }

  async #data(line: string): Promise<void> {
    if (!this.#recipients.length) return this.#talk.say('503 5.5.1 RCPT comes first')
    if (!await this.#answer('DATA', '354 End with a dot on a line of its own', line)) return
    const source = await this.#message()
    if (source !== null) await this.#take(source, line)
  }

  /** Up to the final dot, dots unstuffed (RFC 5321 section 4.5.2); null when the client left before. */
  async #message(): Promise<string | null> {
    const lines: string[] = []
    for (let size = 0; size <= largest;) {
      const line = await this.#talk.line()
      if (line === null) return null
      if (line === '.') return lines.join('\r\n')
      lines.push(line.startsWith('.') ? line.slice(1) : line)
      size += line.length + 2
    }
    this.#talk.hangUp()
    return null
  }

  /** A server that falls silent after the dot may well have delivered; one that refuses has not. */
  async #take(source: string, line: string): Promise<void> {
    const reply = this.#manners.on?.message ?? await this.#judge?.(source)
    if (typeof reply !== 'string' || reply.startsWith('2')) await this.#deliver(source)
    if (reply === undefined) await this.#answer('message', '250 2.0.0 Ok: queued as D5F2A7', line)
    else await this.#reply(reply, line)
    this.#sender = undefined
    this.#recipients = []
  }

  async #deliver(source: string): Promise<void> {
    const { protocol } = this.#talk
    await this.#served.inbox.receive({
      bytes: Buffer.from(source, 'latin1'),
      envelope: { from: this.#sender ?? '', to: this.#recipients },
      session: { server: this.#served.title, ehlo: this.#ehlo, ...(this.#user && { user: this.#user }), ...(protocol && { protocol }) },
    })
  }

  async #quit(line: string): Promise<void> {
    await this.#answer('QUIT', '221 2.0.0 Bye', line)
    this.#talk.close()
  }
}
