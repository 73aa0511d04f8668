// A mail server nobody here wrote (npm `smtp-server`), behind a wire that is listened to. It runs outside.
import net from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerAuthentication, SMTPServerAuthenticationResponse } from 'smtp-server'
import type { Account } from '../../demo/sandbox/mail-server.ts'
import { bind } from '../../demo/sandbox/loopback.ts'
import type { Mail, Seen } from './world.ts'

export interface MailServer {
  readonly port: number
  readonly seen: () => readonly Seen[]
  readonly mails: () => readonly Mail[]
  close(): Promise<void>
}

const right = (auth: SMTPServerAuthentication, { username, password }: Account): boolean => auth.username === username &&
  (auth.method === 'XOAUTH2' ? auth.accessToken === password : auth.method === 'CRAM-MD5' ? auth.validatePassword(password) : auth.password === password)

const admit = (account: Account) => (auth: SMTPServerAuthentication, _session: unknown, done: (error: Error | null, response?: SMTPServerAuthenticationResponse) => void): void => {
  if (right(auth, account)) done(null, { user: account.username })
  else done(Object.assign(new Error('5.7.8 Not with these'), { responseCode: 535 }))
}

const serve = (account: Account, mails: Mail[], pipelining: boolean): SMTPServer => {
  const server = new SMTPServer({
    name: 'mail.demo.test', disabledCommands: ['STARTTLS'], allowInsecureAuth: true, authOptional: true, hidePIPELINING: !pipelining, logger: false, closeTimeout: 200,
    authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2'], onAuth: admit(account),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), ...(session.user && { user: String(session.user) }), source: Buffer.concat(chunks).toString('latin1') })
        done(null, '2.0.0 taken')
      })
    },
  })
  server.on('error', () => {})
  return server
}

/** One conversation as both sides put it on the wire. */
const listen = (client: net.Socket, port: number): (() => Seen) => {
  let [heard, state] = ['', 'open' as Seen['state']]
  const server = net.connect({ host: '127.0.0.1', port })
  const over = (how: Seen['state']) => () => { if (state === 'open') state = how }
  client.on('data', (chunk: Buffer) => { heard += chunk.toString('latin1') }).on('end', over('ended')).on('error', over('reset')).on('close', over('reset'))
  client.on('close', () => server.destroy())
  server.on('error', () => client.destroy())
  client.pipe(server).pipe(client)
  return () => ({ state, bytes: heard.length, heard })
}

export const startMailServer = async (account: Account, { pipelining = true }: { readonly pipelining?: boolean } = {}): Promise<MailServer> => {
  const [mails, talks] = [[] as Mail[], [] as (() => Seen)[]]
  const server = await bind(() => serve(account, mails, pipelining))
  const wire = await bind(() => net.createServer((client) => { talks.push(listen(client, server.port)) }))
  return {
    port: wire.port, seen: () => talks.map((talk) => talk()), mails: () => mails,
    close: async () => { await Promise.all([server.close(), wire.close()]) },
  }
}
