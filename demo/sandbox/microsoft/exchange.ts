import net from 'node:net'
import tls from 'node:tls'
import PostalMime from 'postal-mime'
import type { Certificate } from '../certificates.ts'
import { Conversation } from '../conversation.ts'
import type { Inbox } from '../inbox.ts'
import { bind } from '../loopback.ts'
import type { Bound } from '../loopback.ts'
import { Dialogue } from '../manners.ts'
import type { Admission, Door, Manners, Served } from '../manners.ts'
import type { Limits } from '../misbehaving.ts'
import { has, knownToExchange, mailboxOf, rolesOf, scopedTo } from './directory.ts'
import type { Application, Directory } from './directory.ts'
import type { Signer, TokenClaims } from './tokens.ts'

/** What Microsoft's mail server of one cloud is made of. */
export interface Exchange {
  readonly directory: Directory
  readonly signer: Signer
  readonly inbox: Inbox
  readonly certificate: Certificate
  /** Name of the resource its tokens are for. */
  readonly audience: string
}

const place = '[DM0P000CA0001.demo.prod.outlook.com]'
const unsuccessful = `535 5.7.3 Authentication unsuccessful ${place}`
const disabled = (where: 'Tenant' | 'Mailbox'): string =>
  `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ${where}. Visit https://aka.ms/smtp_auth_disabled for more information. ${place}`
const words: Served['words'] = {
  greeting: '220 DM0P000CA0001.demo.prod.outlook.com Microsoft ESMTP MAIL Service ready', STARTTLS: '220 2.0.0 SMTP server ready',
  MAIL: '250 2.1.0 Sender OK', RCPT: '250 2.1.5 Recipient OK', DATA: '354 Start mail input; end with <CRLF>.<CRLF>',
  message: '250 2.0.0 OK <demo@DM0P000CA0001.demo.prod.outlook.com> [Hostname=DM0P000CA0001.demo.prod.outlook.com]', QUIT: '221 2.0.0 Service closing transmission channel',
  anonymous: `530 5.7.57 Client not authenticated to send mail. ${place}`,
}
const extensions = ['SIZE 157286400', 'PIPELINING', 'DSN', 'ENHANCEDSTATUSCODES']
const manners: Manners = { plain: [...extensions, 'STARTTLS', '8BITMIME', 'SMTPUTF8'], secure: [...extensions, 'AUTH LOGIN XOAUTH2', '8BITMIME', 'SMTPUTF8'] }

/** `user=…^Aauth=Bearer …^A^A`, base64 (facts, protocol section 1). */
const credentials = (initial: string): { readonly user: string; readonly token: string } | undefined => {
  const found = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/.exec(Buffer.from(initial, 'base64').toString())
  return found ? { user: found[1]!, token: found[2]! } : undefined
}

const inTime = ({ exp, nbf }: TokenClaims): boolean => exp > Date.now() / 1000 && nbf < Date.now() / 1000 + 300

/** What Exchange says to this application at this mailbox; undefined where it may come in. */
const refusalFor = (application: Application, address: string): string | undefined => {
  const { tenant, fullAccess } = application
  const mailbox = mailboxOf(tenant, address)
  if (!mailbox || !knownToExchange(application)) return unsuccessful
  const classic = rolesOf(application, 'exchange').includes('SMTP.SendAsApp') && has(fullAccess, address)
  if (!classic && !scopedTo(application, 'Application SMTP.SendAsApp', address)) return unsuccessful
  if (!tenant.smtpAuth) return disabled('Tenant')
  return mailbox.smtpAuth ? undefined : disabled('Mailbox')
}

/** Send As is decided after DATA, from the message itself. */
const judgeSender = ({ sendAs }: Application, mailbox: string) => async (source: string): Promise<string | undefined> => {
  const from = (await PostalMime.parse(Buffer.from(source, 'latin1'))).from?.address ?? mailbox
  if (from.toLowerCase() === mailbox.toLowerCase() || has(sendAs, from)) return undefined
  return `554 5.2.252 SendAsDenied; ${mailbox} not allowed to send as ${from}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message. ${place}`
}

const admit = (application: Application, user: string): Admission => {
  const planned = application.fates.smtp ?? {}
  const reply = planned.on?.AUTH ?? refusalFor(application, user)
  if (reply !== undefined) return { reply }
  return { reply: '235 2.7.0 Authentication successful', user, manners: { ...manners, ...planned }, judge: judgeSender(application, user) }
}

/** XOAUTH2 alone: passwords are no longer taken, and refused without a look at them. */
const doorOf = ({ directory, signer, audience }: Exchange): Door => async (mechanism, initial, ask) => {
  if (mechanism === 'LOGIN') {
    if (!initial) await ask('Username:')
    await ask('Password:')
    return { reply: `535 5.7.139 Authentication unsuccessful, basic authentication is disabled. ${place}` }
  }
  if (mechanism !== 'XOAUTH2') return { reply: `504 5.7.4 Unrecognized authentication type ${place}` }
  const { user = '', token = '' } = credentials(initial ?? await ask('')) ?? {}
  const claims = signer.read(token)
  const application = claims && directory.application(claims.appid)
  if (application?.fates.smtp?.on?.AUTH) return admit(application, user)
  return application && claims.aud === audience && inTime(claims) ? admit(application, user) : { reply: unsuccessful }
}

/** Microsoft's SMTP submission on loopback: STARTTLS, then `AUTH LOGIN XOAUTH2`, with Exchange's replies. */
export const startExchange = async (exchange: Exchange, { holdMs, connections }: Limits, port?: number): Promise<Bound> => {
  const context = { secureContext: tls.createSecureContext({ ...exchange.certificate }) }
  const served: Served = { title: 'Microsoft SMTP', context, account: { username: '', password: '' }, inbox: exchange.inbox, door: doorOf(exchange), words }
  const open = new Set<Conversation>()
  const host = async (socket: net.Socket): Promise<void> => {
    if (open.size >= connections) return void socket.destroy()
    const talk = new Conversation(socket)
    const timer = setTimeout(() => { talk.hangUp() }, holdMs)
    open.add(talk)
    talk.ended.addEventListener('abort', () => { clearTimeout(timer); open.delete(talk) })
    await new Dialogue(talk, served, manners).run().catch(() => { talk.hangUp() })
  }
  const bound = await bind(() => net.createServer((socket) => { void host(socket) }), port)
  return {
    port: bound.port,
    close: async () => {
      for (const talk of open) talk.hangUp()
      await bound.close()
    },
  }
}
