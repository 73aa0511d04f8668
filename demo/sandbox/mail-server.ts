import { SMTPServer } from 'smtp-server'
import type { SMTPServerDataStream, SMTPServerError, SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import type { Certificate } from './certificates.ts'
import type { Inbox, Session } from './inbox.ts'
import { bind } from './loopback.ts'
import type { Bound } from './loopback.ts'

/** The one account the sandbox knows. */
export interface Account {
  readonly username: string
  readonly password: string
}

/** Largest message taken, in bytes. */
export const largest = 1_048_576

const refusal = (responseCode: number, message: string): SMTPServerError => Object.assign(new Error(message), { responseCode })

const read = async (stream: SMTPServerDataStream): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

const sessionOf = (server: string, session: SMTPServerSession): Session => ({
  server,
  ehlo: session.hostNameAppearsAs,
  ...(session.user && { user: String(session.user) }),
  ...(session.tlsOptions && { protocol: session.tlsOptions.version }),
})

const deliverInto = (inbox: Inbox, server: string): SMTPServerOptions['onData'] =>
  (stream, session, done) => {
    const deliver = async () => {
      const bytes = await read(stream)
      if (stream.sizeExceeded) throw refusal(552, '5.3.4 Message is larger than this server takes')
      const { mailFrom, rcptTo } = session.envelope
      const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) }
      const mail = await inbox.receive({ bytes, envelope, session: sessionOf(server, session) })
      return `2.0.0 Ok: queued as ${mail.id.slice(0, 8)}`
    }
    deliver().then((said) => done(null, said), (error: Error) => done(error))
  }

const signIn = (account: Account): SMTPServerOptions['onAuth'] =>
  (auth, _session, done) => {
    if (auth.username === account.username && auth.password === account.password) return done(null, { user: account.username })
    done(refusal(535, '5.7.8 Authentication credentials invalid'))
  }

interface Parts {
  readonly certificate: Certificate
  readonly account: Account
  readonly inbox: Inbox
}

const common = ({ certificate }: Parts): SMTPServerOptions => ({
  // The package's own certificate is expired and its key is public: ours is always passed.
  cert: certificate.cert, key: certificate.key,
  name: 'mail.demo.test', size: largest, maxClients: 50,
  disableReverseLookup: true, logger: false, socketTimeout: 30_000, closeTimeout: 500,
})

const withSignIn = (parts: Parts, server: string): SMTPServerOptions => ({
  ...common(parts), authMethods: ['PLAIN', 'LOGIN'],
  onAuth: signIn(parts.account)!, onData: deliverInto(parts.inbox, server)!,
})

/** Encryption after STARTTLS, sign-in with user name and password. */
const starttls = (parts: Parts): SMTPServerOptions => withSignIn(parts, 'STARTTLS')

/** Encryption from the first byte, sign-in with user name and password. */
const implicitTls = (parts: Parts): SMTPServerOptions => ({ ...withSignIn(parts, 'TLS'), secure: true })

/** An internal relay: no encryption, no sign-in. */
const relay = (parts: Parts): SMTPServerOptions => ({
  ...common(parts), authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], onData: deliverInto(parts.inbox, 'Relay')!,
})

export interface MailServers {
  readonly starttls: Bound
  readonly tls: Bound
  readonly relay: Bound
  close(): Promise<void>
}

const serve = (options: SMTPServerOptions, port?: number): Promise<Bound> => {
  const make = () => {
    const server = new SMTPServer(options)
    // A client that leaves half-way is its own affair; a port that is taken is heard by `bind`.
    server.on('error', () => {})
    return server
  }
  return bind(make, port)
}

/** Three real mail servers on loopback which deliver into one inbox. */
export const startMailServers = async (parts: Parts, ports: { starttls?: number; tls?: number; relay?: number } = {}): Promise<MailServers> => {
  const [one, two, three] = await Promise.all([
    serve(starttls(parts), ports.starttls), serve(implicitTls(parts), ports.tls), serve(relay(parts), ports.relay),
  ])
  return { starttls: one, tls: two, relay: three, close: async () => { await Promise.all([one.close(), two.close(), three.close()]) } }
}
