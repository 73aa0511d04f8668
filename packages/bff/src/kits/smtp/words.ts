import type { FaultCode, FaultFacts } from './fault.ts'
import { inspection } from './inspect.ts'

/** What a fault says on the screen. Fixes are steps, in order of likelihood. */
export interface FaultWords {
  readonly title: string
  readonly cause: string
  readonly fixes: readonly string[]
  readonly field?: string
  readonly who?: string
  readonly retry?: 'change' | 'once' | 'wait'
}

type Say = (facts: Required<Pick<FaultFacts, 'host' | 'port'>> & FaultFacts) => FaultWords

const operator = 'Whoever runs the mail server'
const day = (iso: string | undefined): string => (iso ? new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }) : 'an unknown day')
const names = ({ certificate }: FaultFacts): string => certificate?.names ?? certificate?.subject ?? 'another server'
const issuer = ({ certificate }: FaultFacts): string => certificate?.issuer ?? 'an unknown issuer'

const closedAt = (what: string, field?: string): Say => ({ host }) => ({
  title: `The server hung up ${what}`,
  cause: `${host} closed the connection without a word. Some servers do that to senders they do not know, or when they are overloaded.`,
  fixes: ['Check again in a few minutes.', 'Ask whoever runs the mail server whether this machine may connect.'],
  ...(field && { field }), who: operator, retry: 'once',
})

const silentAt = (what: string): Say => ({ host, seconds = 5 }) => ({
  title: `The server stopped answering ${what}`,
  cause: `${host} gave no complete reply within ${seconds} seconds.`,
  fixes: ['Check again in a few minutes: the server may be busy.', 'Ask whoever runs the mail server to look at its log.'],
  who: operator, retry: 'once',
})

const busyAt = (what: string): Say => () => ({
  title: `The server is busy ${what}`,
  cause: 'It refused for the moment and says to try later. Its own words are under the details.',
  fixes: ['Wait a few minutes and check again.'], retry: 'wait',
})

const otherPort = (port: number): string => (port === 587 ? 'Try port 465 with TLS from the start.' : 'Try port 587 with STARTTLS, or 465 with TLS from the start.')

const connectWords = {
  'connect.refused': ({ host, port }) => ({
    title: `Nothing listens on port ${port} of ${host}`,
    cause: 'The machine answered at once that no program accepts connections there.',
    fixes: [otherPort(port), 'Check the server name: this may be another machine than the mail server.'],
    field: 'port',
  }),
  'connect.timeout': ({ host, port, seconds = 5 }) => ({
    title: `Port ${port} of ${host} does not answer`,
    cause: `No connection within ${seconds} seconds. A firewall drops the packets, or the address is wrong. Many networks block port 25.`,
    fixes: [port === 25 ? 'Try port 587 instead of 25.' : 'Check server name and port.', `Ask the network team to allow this machine to reach ${host}, port ${port}.`],
    field: 'port', who: 'The network team', retry: 'once',
  }),
  'connect.unreachable': ({ host }) => ({ title: `There is no way to ${host}`, cause: 'The network of this machine has no route to that address.', fixes: ['Check the server name.', 'Ask the network team for a route, or choose a server in reach.'], field: 'host', who: 'The network team', retry: 'once' }),
  'connect.denied': () => ({ title: 'This machine may not open connections', cause: 'The operating system refused before anything was sent.', fixes: ['Ask whoever runs this product to allow outgoing connections for its process.'], who: 'Whoever runs this product' }),
  'connect.not-told': ({ host, port }) => ({
    title: `No connection to port ${port} of ${host}`,
    cause: 'The platform this product runs on does not say why: nothing listens there, the server turns the platform away, or the platform does not connect to that address.',
    fixes: [otherPort(port), 'Check the server name: this may be another machine than the mail server.', 'Ask whoever runs the mail server whether connections from the internet may use this port.'],
    field: 'port', retry: 'once',
  }),
  'connect.failed': ({ host, port, cause = '' }) => ({ title: `The connection to ${host}, port ${port} failed`, cause: `The network reported ${cause || 'an error without a name'}.`, fixes: ['Check server name and port, then check again.'], field: 'host', retry: 'once' }),
  'dns.not-found': ({ host }) => ({ title: `There is no server called ${host}`, cause: 'The name has no address.', fixes: ['Check the spelling of the server name.', 'A name of your internal network is only known inside it: ask for the full name or the IP address.'], field: 'host' }),
  'dns.timeout': ({ host, seconds = 3 }) => ({ title: `The name ${host} could not be looked up`, cause: `The name service gave no answer within ${seconds} seconds.`, fixes: ['Check again.', 'If it stays so, ask the network team about the name service of this machine.'], field: 'host', who: 'The network team', retry: 'once' }),
  'dns.failed': ({ host, cause = '' }) => ({ title: `The name ${host} could not be looked up`, cause: `The name service reported ${cause || 'an error without a name'}.`, fixes: ['Check the spelling of the server name.', 'If it is right, check again in a minute.'], field: 'host', retry: 'once' }),
} satisfies Partial<Record<FaultCode, Say>>

const greetingWords = {
  'smtp.greeting.timeout': ({ host, port, seconds = 5 }) => ({
    title: 'The server answers, but never greets',
    cause: `${host} accepted the connection on port ${port} and said nothing for ${seconds} seconds.`,
    fixes: ['If this port expects TLS from the start (often 465), choose that encryption.', 'Otherwise check that this is the port of a mail server.'],
    field: 'security', retry: 'once',
  }),
  'smtp.greeting.closed': ({ host }) => ({ title: 'The server hung up before its greeting', cause: `${host} accepted the connection and closed it at once: often a block of unknown senders.`, fixes: ['Ask whoever runs the mail server to allow this machine.', 'Check that this is the right port.'], field: 'port', who: operator, retry: 'once' }),
  'smtp.greeting.refused': ({ host }) => ({ title: 'The server turns this machine away', cause: `${host} greeted with a refusal before anything was asked. Its own words are under the details.`, fixes: ['Ask whoever runs the mail server to allow this machine.', 'Check that the server name is the one for sending programs, not the one for incoming mail.'], field: 'host', who: operator }),
  'smtp.greeting.busy': busyAt('and takes no connections now'),
  'smtp.greeting.not-smtp': ({ host, port }) => ({ title: `Port ${port} of ${host} is no mail server`, cause: 'What answered does not speak SMTP. Its first words are under the details.', fixes: ['Enter the port of the mail server, usually 587 or 465.'], field: 'port' }),
  'smtp.greeting.tls-first': ({ port }) => ({ title: `Port ${port} expects TLS from the start`, cause: 'The server wanted to encrypt before a word is said.', fixes: ['Choose TLS from the start, or the STARTTLS port 587.'], field: 'security' }),
} satisfies Partial<Record<FaultCode, Say>>

const certificateWords = {
  'tls.certificate.expired': (facts) => ({ title: `The server’s certificate expired on ${day(facts.certificate?.validTo)}`, cause: `${facts.host} shows a certificate that is no longer valid, so nobody can be sure that it is the right server.`, fixes: ['Look at the clock of this machine first, date included: by it the certificate has expired.', 'If it is right, the operator of the mail server has to renew the certificate.'], field: 'host', who: operator }),
  'tls.certificate.not-yet-valid': (facts) => ({ title: `The server’s certificate is only valid from ${day(facts.certificate?.validFrom)}`, cause: 'Either the certificate was put in place too early, or the clock of this machine is behind.', fixes: ['Check the clock of this machine.', 'Ask whoever runs the mail server for a certificate that is valid now.'], field: 'host', who: operator }),
  'tls.certificate.name': (facts) => ({ title: `The server’s certificate is for another name than ${facts.host}`, cause: `It names ${names(facts)}.`, fixes: [`Enter the server name as the certificate has it: ${names(facts)}.`, `Or its operator adds ${facts.host} to the certificate.`], field: 'host' }),
  'tls.certificate.self-signed': (facts) => ({ title: 'The server signed its certificate itself', cause: `${facts.host} vouches for itself, and nobody else does.`, fixes: ['For an internal server: paste its certificate under Own certificate authority.', 'Otherwise its operator has to install a certificate of a known authority.'], field: 'ca', who: operator }),
  'tls.certificate.private-ca': (facts) => ({ title: 'The server’s certificate comes from an authority this machine does not know', cause: `It was issued by ${issuer(facts)}.`, fixes: ['If that is your company’s own authority: paste its certificate under Own certificate authority.', 'Otherwise its operator has to install a certificate of a known authority.'], field: 'ca' }),
  'tls.certificate.chain': (facts) => ({ title: 'The server’s certificate cannot be traced to a known authority', cause: `It was issued by ${issuer(facts)}; either the server leaves out the certificates in between, or the authority is not known here.`, fixes: ['Its operator has to send the whole chain of certificates.', 'If it is your company’s own authority: paste its certificate under Own certificate authority.'], field: 'ca', who: operator }),
  'tls.certificate.untrusted': (facts) => ({ title: 'The server’s certificate is not trusted', cause: `It was issued by ${issuer(facts)} and did not stand the check.`, fixes: ['Its operator has to install a certificate of a known authority.'], field: 'host', who: operator }),
  'tls.certificate.weak': () => ({ title: 'The server’s certificate is too weak', cause: 'Its key or its signature is of a kind that can be forged today.', fixes: ['Its operator has to install a certificate with a key of at least 2048 bits.'], field: 'host', who: operator }),
  'tls.ca-unreadable': () => ({ title: 'The own certificate authority cannot be read', cause: 'What was pasted looks like a certificate, and is none.', fixes: ['Export the certificate again in PEM form and paste all of it, the BEGIN and END lines included.'], field: 'ca' }),
} satisfies Partial<Record<FaultCode, Say>>

const encryptionWords = {
  'tls.unavailable': ({ host, port }) => ({ title: 'The server offers no encryption on this port', cause: `${host} did not offer STARTTLS on port ${port}. Nothing secret was sent. If it used to offer it, somebody on the line may be taking it out.`, fixes: ['Choose TLS from the start and port 465.', 'An internal relay without encryption can be used without sign-in: choose None and No sign-in.'], field: 'security' }),
  'tls.too-old': ({ host, port }) => ({ title: 'The server is too old for encryption', cause: `${host} does not know EHLO, without which there is no STARTTLS. Nothing secret was sent on port ${port}.`, fixes: ['Choose TLS from the start and port 465, if the server has it.', 'An internal relay without encryption can be used without sign-in: choose None and No sign-in.', 'Otherwise its operator has to renew the server.'], field: 'security', who: operator }),
  'tls.refused': ({ host }) => ({ title: 'The server cannot encrypt now', cause: `${host} offered STARTTLS and then refused it. Its own words are under the details.`, fixes: ['Choose TLS from the start and port 465.', 'Or ask whoever runs the mail server to repair its certificate.'], field: 'security', who: operator, retry: 'once' }),
  'tls.injection': () => ({ title: 'Something was slipped in before encryption began', cause: 'Bytes arrived in clear after the server had agreed to encrypt. An honest server sends none: somebody may be on the line.', fixes: ['Tell your network team before you try again.', 'Choose TLS from the start and port 465, which leaves no such gap.'], field: 'security', who: 'The network team' }),
  'tls.timeout': ({ seconds = 5 }) => ({ title: 'The encryption handshake got no answer', cause: `The server did not finish it within ${seconds} seconds.`, fixes: ['Check again.', 'If it stays so, a device between here and the server may be in the way: ask the network team.'], field: 'security', retry: 'once' }),
  'tls.closed': () => ({ title: 'The server hung up during the encryption handshake', cause: 'It closed the connection without saying why: often a TLS version or a cipher it does not accept.', fixes: ['Check that port and encryption belong together: 587 is STARTTLS, 465 is TLS from the start.', 'Ask whoever runs the mail server which TLS versions it speaks.'], field: 'security', retry: 'once' }),
  'tls.clear-text': () => ({ title: 'The password would travel in clear', cause: 'A sign-in is set, and the connection is not encrypted. Everybody on the way could read the password, so it was not sent.', fixes: ['Choose STARTTLS or TLS from the start.', 'An internal relay that knows this machine needs no sign-in: choose No sign-in.', 'If this server really cannot encrypt, whoever runs this product can permit it by adding its address to MAIL_GATEWAY_CLEARTEXT_ALLOW.'], field: 'security' }),
  'tls.plain-port': ({ port }) => ({ title: `Port ${port} does not start with TLS`, cause: 'The server answered in clear where encryption from the first byte was expected.', fixes: ['Choose STARTTLS for this port.', 'Or enter port 465, where TLS from the start is usual.'], field: 'security' }),
  'tls.version': ({ host, least }) => ({
    title: least === '1.3' ? 'The server does not speak TLS 1.3' : 'The server only speaks obsolete encryption',
    cause: `${host} and this machine have no TLS version in common. TLS ${least ?? '1.2'} is the least that is accepted.`,
    fixes: [...(least === '1.3' ? ['Set Lowest TLS version to 1.2.'] : []), 'Its operator has to switch on TLS 1.2 or 1.3.'], field: 'tlsVersion', who: operator,
  }),
  'tls.cipher': ({ host }) => ({ title: 'The server’s encryption is too weak', cause: `${host} and this machine have no cipher in common: it offers only such as can be broken today.`, fixes: ['Its operator has to switch on present-day ciphers, or TLS 1.3.'], field: 'security', who: operator }),
  'tls.alert': ({ cause = '' }) => ({ title: 'The server refused the encryption handshake', cause: `It sent the alert ${cause.replace(/^ERR_SSL_(?:.*_ALERT_)?/, '').replaceAll('_', ' ').toLowerCase()}.`, fixes: ['Ask whoever runs the mail server which TLS versions and ciphers it accepts.'], field: 'security', who: operator }),
  'tls.not-told': ({ host, port, starttls }) => {
    const command = inspection({ host, port, starttls })
    return {
      title: `No encrypted connection to ${host} came about`,
      cause: `The platform this product runs on verifies certificates and does not say why it refuses one. It may have expired, name another server or come from an authority that is not public; the server may know only old versions of TLS; or port ${port} begins encryption ${starttls ? 'with the first byte' : 'with STARTTLS'}.`,
      fixes: [
        'Check that port and encryption belong together: 587 is STARTTLS, 465 is TLS from the start.',
        ...(command ? [`To see the reason, let somebody run  ${command}  at a terminal.`] : []),
        'Or check the same settings from an installation of this product on Node: it names the reason, and can trust an authority of your own.',
      ],
      field: 'host', who: operator,
    }
  },
  'tls.failed': ({ cause = '' }) => ({ title: 'The encryption handshake failed', cause: `The runtime reported ${cause || 'an error without a name'}.`, fixes: ['Check that port and encryption belong together: 587 is STARTTLS, 465 is TLS from the start.', 'Ask whoever runs the mail server to look at its log.'], field: 'security', retry: 'once' }),
} satisfies Partial<Record<FaultCode, Say>>

const signInWords = {
  'smtp.ehlo.refused': ({ host }) => ({ title: 'The server does not take our introduction', cause: `${host} refused EHLO, the first command of every mail program. Its own words are under the details.`, fixes: ['If it complains about the name, enter a full host name under Name in EHLO.', 'Otherwise ask whoever runs the mail server.'], field: 'ehloName', who: operator }),
  'smtp.ehlo.busy': busyAt('at the introduction'),
  'smtp.ehlo.timeout': silentAt('at the introduction (EHLO)'),
  'smtp.ehlo.closed': closedAt('at the introduction (EHLO)'),
  'smtp.auth.not-offered': ({ host }) => ({ title: 'The server does not offer sign-in here', cause: `${host} offers no sign-in on this connection, although a user name and password are set. The password was not sent.`, fixes: ['Choose the port for sending programs: 587 with STARTTLS or 465 with TLS from the start.', 'If this is a relay that knows this machine, choose No sign-in.'], field: 'authentication' }),
  'smtp.auth.mechanism': ({ offered = [] }) => ({ title: 'The server wants another kind of sign-in', cause: `It offers ${offered.slice(0, 12).join(', ')}; a user name and password need PLAIN, LOGIN or CRAM-MD5. The password was not sent.`, fixes: ['Ask whoever runs the mail server to allow sign-in by password for this account.', 'If it is a Microsoft 365 server, use one of the Microsoft modes.'], field: 'authentication', who: operator }),
  'smtp.auth.no-xoauth2': ({ host, offered = [] }) => ({ title: 'The server takes no token', cause: `${host} offers ${offered.slice(0, 12).join(', ') || 'no sign-in at all'}; a token needs XOAUTH2. The token was not sent.`, fixes: ['Check that this is the server you mean: something in between may be answering in its place.', 'Ask whoever runs the mail server to allow sign-in with OAuth2.'], field: 'host', who: operator }),
  'smtp.auth.refused': () => ({ title: 'The server does not accept this user name and password', cause: 'It refused the sign-in. Its own words are under the details.', fixes: ['Check the user name: many servers want the full email address.', 'Type the password again. Where the account has two-step verification, create an app password.'], field: 'password' }),
  'smtp.auth.disabled': () => ({ title: 'The server does not let this account sign in this way', cause: 'Sign-in for sending programs is switched off for the account or for its whole organisation, or it wants something stronger than a password. Its own words are under the details.', fixes: ['Ask whoever looks after the mail accounts to switch on authenticated SMTP for this account.', 'Where the account has two-step verification, create an app password and enter it here.'], field: 'username', who: 'Whoever looks after the mail accounts' }),
  'smtp.auth.token-refused': ({ host }) => ({ title: 'The server does not accept the token', cause: `${host} refused the sign-in with the token. Its own words are under the details.`, fixes: ['Check that the token is made for this server and this mailbox.', 'Ask whoever runs the mail server whether this mailbox may be used with OAuth2.'], field: 'username', who: operator }),
  'smtp.auth.busy': busyAt('at sign-in'),
  'smtp.auth.timeout': ({ host, seconds = 5 }) => ({ title: 'The server stopped answering at sign-in', cause: `${host} gave no complete reply within ${seconds} seconds. Many servers hold their answer back after wrong passwords.`, fixes: ['Wait a few minutes, make sure of user name and password, and check again.', 'Ask whoever runs the mail server to look at its log.'], field: 'password', who: operator, retry: 'once' }),
  'smtp.auth.closed': closedAt('at sign-in', 'username'),
  'smtp.auth.endless': ({ host }) => ({ title: 'The server never finishes the sign-in', cause: `${host} keeps asking for more, whatever is answered.`, fixes: ['Ask whoever runs the mail server to look at its log.', 'Check the server name: this may not be the server you mean.'], field: 'host', who: operator }),
  'smtp.auth.protocol': ({ host }) => ({ title: 'The server broke the rules of the sign-in', cause: `${host} asked something no mail program can answer. Its own words are under the details.`, fixes: ['Ask whoever runs the mail server to look at its log.'], field: 'host', who: operator }),
  'smtp.auth.encrypt-first': () => ({ title: 'The server wants encryption before the sign-in', cause: 'It refuses a password on a connection that is not encrypted.', fixes: ['Choose STARTTLS, or TLS from the start with port 465.'], field: 'security' }),
} satisfies Partial<Record<FaultCode, Say>>

const deliveryWords = {
  'smtp.sender.refused': () => ({ title: 'The server does not accept the From address', cause: 'The account that signs in may not send as this address, or the server does not know its domain. Its own words are under the details.', fixes: ['Enter a From address that belongs to this account.', 'Or ask whoever runs the mail server to permit this address.'], field: 'from', who: operator }),
  'smtp.sender.busy': busyAt('and takes no sender now'),
  'smtp.sender.timeout': silentAt('at the From address'),
  'smtp.sender.closed': closedAt('at the From address', 'from'),
  'smtp.recipient.refused': () => ({ title: 'The server does not accept the recipient', cause: 'It does not know this address, or does not pass mail on to it for this sender. Its own words are under the details.', fixes: ['Check the spelling of the recipient.', 'If the server does not relay, it needs a sign-in, or this machine on its list.'], field: 'to' }),
  'smtp.recipient.relay': () => ({ title: 'The server does not pass mail on for this sender', cause: 'It delivers to addresses of its own, and to others only for those who sign in or whose machine it knows. Its own words are under the details.', fixes: ['Under Sign-in choose User name and password.', 'Or ask whoever runs the mail server to add the address of this machine to those it relays for.', 'Check the spelling of the recipient: it may be meant for this server.'], field: 'authentication', who: operator }),
  'smtp.recipient.busy': () => ({ title: 'The server takes this recipient later', cause: 'It puts unknown senders off for a few minutes (greylisting), or the mailbox is busy. The settings work.', fixes: ['Wait a few minutes and send the test again.'], field: 'to', retry: 'wait' }),
  'smtp.recipient.timeout': silentAt('at the recipient'),
  'smtp.recipient.closed': closedAt('at the recipient', 'to'),
  'smtp.message.refused': () => ({ title: 'The server does not accept the message', cause: 'Sender and recipient were fine; the message itself was refused. Its own words are under the details.', fixes: ['Read what the server says: it often names a rule about content, sender domain or size.', 'Ask whoever runs the mail server to permit mail from this product.'], field: 'from', who: operator }),
  'smtp.message.busy': busyAt('and takes no message now'),
  'smtp.message.timeout': silentAt('before the message'),
  'smtp.message.closed': closedAt('before the message was complete'),
  'smtp.message.too-large': ({ text = '' }) => ({ title: 'The message is larger than the server allows', cause: `${text}.`, fixes: ['Shorten the signature, or ask whoever runs the mail server to raise its limit.'], field: 'signature', who: operator }),
  'smtp.reply.too-large': ({ host }) => ({ title: 'The server’s reply is too large', cause: `${host} sent more than a mail server ever has to say, so the connection was closed.`, fixes: ['Check server name and port: this may not be a mail server.'], field: 'host' }),
  'smtp.reply.unfinished': ({ host, seconds = 5 }) => ({ title: 'The server began a reply and did not finish it', cause: `${host} kept the line busy for ${seconds} seconds without a complete reply.`, fixes: ['Check again in a few minutes: the server may be overloaded.', 'Check server name and port: some machines keep strangers waiting on purpose (tarpits).'], field: 'host', who: operator, retry: 'once' }),
  'smtp.reply.protocol': ({ host }) => ({ title: 'The server broke the protocol', cause: `What ${host} answered is no SMTP reply to what it was asked. It is quoted under the details.`, fixes: ['Check server name and port: something between here and the server may be answering in its place.'], field: 'host' }),
} satisfies Partial<Record<FaultCode, Say>>

/** One sentence set per fault; a code without words does not compile. */
export const words: Readonly<Record<FaultCode, Say>> = { ...connectWords, ...greetingWords, ...certificateWords, ...encryptionWords, ...signInWords, ...deliveryWords }
