import type { Socket } from 'node:net'
import { hostname } from 'node:os'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ComposedMessage, Driver, RawSocket, Reply, Tap } from '../../ports/ports.ts'
import { Wire } from './wire.ts'

/** RFC 5321 section 4.1.1.1: a full name, or an address literal where there is none. */
export const localName = (): string => (hostname().includes('.') ? hostname() : '[127.0.0.1]')

// Deadlines belong to whoever taps the wire; the library's only restart on bytes.
const noLimit = 2 ** 31 - 1

/**
 * The library knows XOAUTH2 by a name of ours: under its own it asks twice, drops what the server says in between, and
 * where it is not set up for it takes PLAIN or LOGIN instead, with the token for a password.
 */
const tokenMethod = 'XOAUTH2-ONCE'

/**
 * One attempt with a token (learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth).
 * A server that refuses may say why in a challenge; an empty line lets it go on to its refusal.
 */
const bearer = async ({ auth: { credentials }, sendCommand }: SMTPConnection.CustomAuthenticationContext): Promise<void> => {
  const initial = Buffer.from(`user=${credentials.user}\x01auth=Bearer ${credentials.pass}\x01\x01`).toString('base64')
  let reply = await sendCommand(`AUTH XOAUTH2 ${initial}`)
  while (reply.status === 334) reply = await sendCommand('')
  if (reply.status < 200 || reply.status >= 300) throw new Error('refused')
}

/** nodemailer's dialogue over a socket it did not open. */
export class NodemailerDriver implements Driver {
  readonly #wire: Wire
  readonly #connection: SMTPConnection
  readonly #tap: Tap

  constructor(socket: RawSocket, greeting: Reply, ehloName: string | undefined, tap: Tap) {
    this.#tap = tap
    this.#wire = new Wire(socket, tap, greeting.text)
    this.#connection = new SMTPConnection({
      connection: this.#wire as unknown as Socket,
      // The line is as secure as it was asked to be; the library must not try to change that.
      secure: true, secured: true, ignoreTLS: true,
      name: ehloName ?? localName(), logger: false, socketCloseTimeout: 0,
      customAuth: { [tokenMethod]: bearer },
      connectionTimeout: noLimit, greetingTimeout: noLimit, socketTimeout: noLimit,
    })
    // Unheard, either would end the process; the tap has seen the cause already.
    this.#connection.on('error', (error) => tap.ended(error))
    this.#wire.on('error', () => {})
  }

  hello(): void { this.#connection.connect((error) => { if (error) this.#connection.emit('error', error) }) }

  signIn({ mechanism, user, secret }: Parameters<Driver['signIn']>[0]): Promise<void> {
    const method = mechanism === 'XOAUTH2' ? tokenMethod : mechanism
    return new Promise((resolve) => this.#connection.login({ method, credentials: { user, pass: secret } }, (error) => { this.#unsaid(error); resolve() }))
  }

  send({ bytes, envelope }: ComposedMessage): void {
    this.#connection.send({ from: envelope.from, to: [...envelope.to], size: bytes.length }, Buffer.from(bytes), (error) => this.#unsaid(error))
  }

  // A call the library itself refused puts nothing on the wire, so no reply would ever end the wait for one.
  #unsaid(error: (Error & { readonly command?: unknown }) | null): void {
    if (error?.command === 'API') this.#tap.ended(error)
  }

  quit(): void {
    this.#connection.quit()
    // One turn of the loop lets the bytes leave.
    setImmediate(() => this.destroy())
  }

  destroy(): void {
    this.#connection.close()
    this.#wire.destroy()
  }
}
