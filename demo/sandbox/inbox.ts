import { randomUUID } from 'node:crypto'
import PostalMime from 'postal-mime'
import type { Address, Email } from 'postal-mime'

/** What one mail server of the sandbox accepted, before anything is read into it. */
export interface Delivered {
  /** The message as it came over the wire (RFC 5322), dots unstuffed. */
  readonly bytes: Uint8Array
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly session: Session
}

/** How it came: facts of the connection, for looking into what a setting changed. */
export interface Session {
  /** The server that took it, such as `STARTTLS` or a scenario's title. */
  readonly server: string
  /** Name the client gave in EHLO. */
  readonly ehlo: string
  /** Who signed in; absent without sign-in. */
  readonly user?: string
  /** TLS version; absent where nothing was encrypted. */
  readonly protocol?: string
}

export interface Mail {
  readonly id: string
  /** ISO 8601. */
  readonly receivedAt: string
  readonly envelope: Delivered['envelope']
  readonly session: Session
  /** Header fields as written; an empty string where the message has none. */
  readonly from: string
  readonly replyTo: string
  readonly to: string
  readonly subject: string
  readonly messageId: string
  readonly text: string
  readonly source: string
}

const most = 200

/** Mail the sandbox accepted, newest first, in memory, at most 200. */
export class Inbox {
  #mails: readonly Mail[] = []
  readonly #arrivals = new EventTarget()

  async receive(delivered: Delivered): Promise<Mail> {
    const mail = mailOf(delivered, await PostalMime.parse(delivered.bytes))
    this.#mails = [mail, ...this.#mails].slice(0, most)
    this.#arrivals.dispatchEvent(new Event('arrival'))
    return mail
  }

  list(): readonly Mail[] {
    return this.#mails
  }

  get(id: string): Mail | undefined {
    return this.#mails.find((mail) => mail.id === id)
  }

  clear(): void {
    this.#mails = []
  }

  /** The newest mail that matches, waiting for it up to `ms` milliseconds. Throws when none came. */
  async next(matches: (mail: Mail) => boolean = () => true, ms = 5000): Promise<Mail> {
    const deadline = AbortSignal.timeout(ms)
    for (;;) {
      const found = this.#mails.find(matches)
      if (found) return found
      if (deadline.aborted) throw new Error(`no such mail within ${ms} ms`)
      await this.#arrival(deadline)
    }
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#arrivals.removeEventListener('arrival', done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#arrivals.addEventListener('arrival', done)
      signal.addEventListener('abort', done)
    })
  }
}

const mailOf = ({ bytes, envelope, session }: Delivered, email: Email): Mail => ({
  id: randomUUID(),
  receivedAt: new Date().toISOString(),
  envelope, session,
  from: addressText(email.from),
  replyTo: (email.replyTo ?? []).map(addressText).join(', '),
  to: (email.to ?? []).map(addressText).join(', '),
  subject: email.subject ?? '',
  messageId: email.messageId ?? '',
  text: email.text ?? '',
  source: new TextDecoder().decode(bytes),
})

const addressText = (address: Address | undefined): string => {
  if (!address?.address) return address?.name ?? ''
  return address.name ? `${address.name} <${address.address}>` : address.address
}
