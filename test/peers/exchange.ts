// A mail server nobody here wrote, `smtp-server` from npm, that lets in whoever brings a token made for it.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerAuthentication } from 'smtp-server'
import type { Certificate } from './certificates.ts'
import type { OidcPeer } from './oidc.ts'

interface Wish {
  readonly certificate: Certificate
  readonly oidc: OidcPeer
  /** `aud` a token must have. */
  readonly audience: string
  /** Mailboxes that may sign in. */
  readonly mailboxes: readonly string[]
}

export interface Received {
  readonly signedInAs: string
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

export interface ExchangePeer {
  readonly port: number
  /** Everyone who tried to sign in, with what became of it. */
  readonly signIns: readonly { readonly user: string; readonly method: string; readonly refused?: string }[]
  readonly inbox: readonly Received[]
  close(): Promise<void>
}

export const startExchange = async ({ certificate, oidc, audience, mailboxes }: Wish): Promise<ExchangePeer> => {
  const signIns: { user: string; method: string; refused?: string }[] = []
  const inbox: Received[] = []
  const server = new SMTPServer({
    ...certificate, secure: false, authMethods: ['XOAUTH2'], authOptional: false, logger: false, disableReverseLookup: true,
    onAuth(auth, _session, done) {
      const user = String(auth.username)
      admit(auth, { oidc, audience, mailboxes }).then(
        () => { signIns.push({ user, method: auth.method }); done(null, { user }) },
        (error: Error) => { signIns.push({ user, method: auth.method, refused: error.message }); done(null, { data: { status: '401', schemes: 'bearer', scope: `${audience}/.default` } }) },
      )
    },
    onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        inbox.push({ signedInAs: String(user), from, to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString() })
        done(null, `2.0.0 OK <peer-${inbox.length}>`)
      })
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port, signIns, inbox,
    close: () => new Promise((resolve) => { server.close(() => resolve()) }),
  }
}

/** Signature, issuer, audience and end of the token; then the right, and the mailbox. */
const admit = async ({ method, username, accessToken }: SMTPServerAuthentication, { oidc, audience, mailboxes }: Pick<Wish, 'oidc' | 'audience' | 'mailboxes'>): Promise<void> => {
  if (method !== 'XOAUTH2') throw new Error(`${method} is not for tokens`)
  const { roles } = await oidc.verify(accessToken ?? '', audience)
  if (!Array.isArray(roles) || !roles.includes('SMTP.SendAsApp')) throw new Error('the token lacks SMTP.SendAsApp')
  if (!mailboxes.includes(username ?? '')) throw new Error('no such mailbox for this application')
}
