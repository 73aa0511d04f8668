import type { RawSocket, Reply, TlsFacts, TlsOptions } from '../../ports/ports.ts'
import { hangUp, refusal, silence, SmtpFault } from './fault.ts'
import type { Verb } from './fault.ts'
import { patience, within } from './patience.ts'
import { ReplyReader } from './replies.ts'
import { tlsFault } from './tls-fault.ts'

const encoder = new TextEncoder()

/**
 * The first part of the conversation, on a socket we own: greeting, EHLO and STARTTLS (RFC 3207), one step at a time.
 * The mail library takes over when the line is as secure as it was asked to be.
 */
export class Line {
  #socket: RawSocket
  #reader = new ReplyReader()
  #replies: Reply[] = []
  readonly #signal: AbortSignal
  /** The server has said yes to STARTTLS: from there on a byte in clear is not its own. */
  #agreed = false

  constructor(socket: RawSocket, signal: AbortSignal) {
    this.#socket = socket
    this.#signal = signal
  }

  /**
   * The socket, for whoever goes on from here.
   * @throws SmtpFault `smtp.reply.protocol` when the server said more than it was asked: replies would go to the wrong commands
   */
  release(): RawSocket {
    if (this.#early) throw new SmtpFault('smtp.reply.protocol', { text: this.#replies[0]?.text ?? this.#reader.unfinished })
    return this.#socket
  }

  get #early(): boolean { return this.#reader.pending || this.#replies.length > 0 }

  /** The greeting; anything but 220 is a refusal. */
  async greeting(): Promise<Reply> {
    const reply = await this.#reply('greeting', patience.greeting).catch((error: unknown) => { throw notSmtp(error, this.#reader) })
    if (reply.code !== 220) throw refusal('greeting', reply)
    return reply
  }

  async ehlo(name: string): Promise<Reply> {
    const reply = await this.#command(`EHLO ${name}`, 'ehlo')
    if (reply.code >= 400 && reply.code < 500) throw refusal('ehlo', reply)
    if (reply.code >= 300 && reply.code < 400) throw new SmtpFault('smtp.reply.protocol', { reply })
    return reply
  }

  /** Asks for TLS. Bytes that follow the 220 in clear were not sent by the server we are about to verify. */
  async startTls(): Promise<void> {
    if (this.#early) throw new SmtpFault('tls.injection')
    const reply = await this.#command('STARTTLS', 'ehlo').catch((error: unknown) => { throw atStartTls(error) })
    if (reply.code !== 220) throw new SmtpFault('tls.refused', { reply })
    if (this.#early) throw new SmtpFault('tls.injection')
    this.#agreed = true
  }

  /** The handshake. Everything learnt before it is forgotten. */
  async handshake(options: TlsOptions): Promise<TlsFacts> {
    const late = () => new SmtpFault('tls.timeout', { seconds: patience.handshake / 1000 })
    try {
      const { socket, facts } = await within(this.#socket.startTls(options), patience.handshake, this.#signal, late)
      this.#socket = socket
      this.#reader = new ReplyReader()
      this.#replies = []
      return facts
    } catch (error) {
      throw this.#signal.aborted ? this.#signal.reason : inClear(tlsFault(error, options), this.#agreed)
    }
  }

  async #command(text: string, verb: Verb): Promise<Reply> {
    await within(this.#socket.write(encoder.encode(`${text}\r\n`)), patience.reply, this.#signal, () => silence(verb, patience.reply / 1000)).catch((error: unknown) => { throw closed(error, verb) })
    return this.#reply(verb, patience.reply)
  }

  #reply(verb: Verb, ms: number): Promise<Reply> {
    return within(this.#read(verb), ms, this.#signal, () => silence(verb, ms / 1000, this.#reader.pending))
  }

  async #read(verb: Verb): Promise<Reply> {
    while (this.#replies.length === 0) {
      const chunk = await this.#socket.read().catch((error: unknown) => { throw closed(error, verb) })
      if (chunk === null) throw hangUp(verb)
      this.#replies.push(...this.#reader.push(chunk))
    }
    return this.#replies.shift()!
  }
}

const closed = (error: unknown, verb: Verb): unknown =>
  error instanceof SmtpFault || !(error instanceof Error) || error.name === 'AbortError' ? error : hangUp(verb, error.message)

/** STARTTLS has no row of its own: what goes wrong there belongs to the encryption. */
const atStartTls = (error: unknown): unknown => {
  if (!(error instanceof SmtpFault)) return error
  if (error.code === 'smtp.ehlo.timeout') return new SmtpFault('tls.timeout', error.facts)
  return error.code === 'smtp.ehlo.closed' ? new SmtpFault('tls.closed', error.facts) : error
}

/** Clear text where the handshake should be: another kind of port, or after a granted STARTTLS somebody on the line. */
const inClear = (error: unknown, agreed: boolean): unknown =>
  agreed && error instanceof SmtpFault && error.code === 'tls.plain-port' ? new SmtpFault('tls.injection', error.facts) : error

const tlsAlert = 0x15

/** What talks but is no mail server: HTTP, binary, or TLS from the first byte. */
const notSmtp = (error: unknown, { start, unfinished }: ReplyReader): unknown => {
  if (!(error instanceof SmtpFault)) return error
  if (start[0] === tlsAlert) return new SmtpFault('smtp.greeting.tls-first')
  if (error.code === 'smtp.reply.protocol') return new SmtpFault('smtp.greeting.not-smtp', error.facts)
  return unfinished && !/^[2-5]/.test(unfinished) ? new SmtpFault('smtp.greeting.not-smtp', { text: unfinished }) : error
}
