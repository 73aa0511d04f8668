import type { SecureContextOptions } from 'node:tls'
import { askForever, drip, echo, endless, farewell, hangUp, hostile, hugeLine, injected, silent } from './behaviours.ts'
import type { CertificateName } from './certificates.ts'
import type { Manners } from './manners.ts'

export type Security = 'starttls' | 'tls' | 'none'

/** A server that does one thing wrong, and what an administrator sees of it. */
export interface Scenario extends Manners {
  readonly id: string
  readonly group: 'Certificate' | 'Encryption' | 'Sign-in' | 'Delivery' | 'Connection'
  readonly title: string
  /** What the administrator is told, in short. */
  readonly sees: string
  /** Security to type; default `starttls`. */
  readonly security?: Security
  /** The port encrypts from the first byte; default only where `security` is `tls`. */
  readonly tlsAtOnce?: boolean
  readonly certificate?: CertificateName
  readonly tls?: SecureContextOptions
}

const certificates: readonly Scenario[] = [
  { id: 'certificate-expired', group: 'Certificate', certificate: 'expired', title: 'Certificate expired', sees: 'The certificate has expired, and since when.' },
  { id: 'certificate-not-yet-valid', group: 'Certificate', certificate: 'notYetValid', title: 'Certificate not valid yet', sees: 'The certificate is not valid yet, and from when it will be.' },
  { id: 'certificate-wrong-name', group: 'Certificate', certificate: 'wrongName', title: 'Certificate for another name', sees: 'The certificate names mail.other-company.test, not localhost.' },
  { id: 'certificate-self-signed', group: 'Certificate', certificate: 'selfSigned', title: 'Self-signed certificate', sees: 'The server vouches for itself only.' },
  { id: 'certificate-unknown-authority', group: 'Certificate', certificate: 'unknownCa', title: 'Certificate of a private authority', sees: 'Nobody known has signed the certificate. Pasting the authority’s certificate makes it pass.' },
]

const encryption: readonly Scenario[] = [
  { id: 'tls-1.0-only', group: 'Encryption', title: 'TLS 1.0 only', sees: 'The server speaks obsolete encryption only.', tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } },
  { id: 'no-starttls', group: 'Encryption', title: 'No encryption offered', sees: 'The server offers no encryption on this port; the password was not sent.', plain: ['PIPELINING', '8BITMIME', 'AUTH PLAIN LOGIN'] },
  { id: 'starttls-refused', group: 'Encryption', title: 'Encryption refused', sees: 'The server offers encryption and then refuses it.', on: { STARTTLS: '454 4.7.0 TLS not available due to temporary reason' } },
  { id: 'starttls-injected', group: 'Encryption', title: 'Bytes slipped in before encryption', sees: 'Somebody between here and the server may be changing what is said.', on: { STARTTLS: injected } },
  { id: 'handshake-hangs', group: 'Encryption', title: 'Handshake never finishes', sees: 'The server agrees to encrypt and then says nothing.', on: { handshake: silent } },
  { id: 'tls-on-plain-port', group: 'Encryption', title: 'Encrypts at once, STARTTLS typed', sees: 'No greeting comes: the port may expect encryption from the first byte.', tlsAtOnce: true },
  { id: 'plain-on-tls-port', group: 'Encryption', title: 'Speaks plainly, TLS typed', sees: 'The port begins without encryption; STARTTLS fits.', security: 'tls', tlsAtOnce: false },
]

const signIn: readonly Scenario[] = [
  { id: 'no-auth', group: 'Sign-in', title: 'No sign-in offered', sees: 'A user name is configured and the server offers no sign-in. That is a failure.', secure: ['PIPELINING', '8BITMIME'], on: { AUTH: '503 5.5.1 Error: authentication not enabled' } },
  { id: 'unknown-mechanisms', group: 'Sign-in', title: 'Only unknown ways to sign in', sees: 'The server offers GSSAPI only; the password was not sent.', secure: ['PIPELINING', 'AUTH GSSAPI'], on: { AUTH: '504 5.5.4 Mechanism not supported' } },
  { id: 'password-refused', group: 'Sign-in', title: 'Password refused', sees: 'The server does not accept this user name and password.', on: { AUTH: '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6' } },
  { id: 'sign-in-disabled', group: 'Sign-in', title: 'Sign-in switched off for the tenant', sees: 'The tenant does not let programs sign in with a password, and which switch that is.', on: { AUTH: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR01CA0101.eurprd01.prod.exchangelabs.com]' } },
  { id: 'sign-in-busy', group: 'Sign-in', title: 'Sign-in service busy', sees: 'Try later; nothing is wrong with the settings.', on: { AUTH: '454 4.7.0 Temporary authentication failure: Connection lost to authentication server' } },
  { id: 'sign-in-endless', group: 'Sign-in', title: 'Sign-in that never finishes', sees: 'The server keeps asking.', on: { AUTH: askForever } },
  { id: 'sign-in-echo', group: 'Sign-in', title: 'Refusal that repeats the password', sees: 'The server’s words, with the password masked.', on: { AUTH: echo('535 5.7.8 Could not sign in with') } },
  { id: 'sign-in-silent', group: 'Sign-in', title: 'No answer to sign-in', sees: 'The server stopped answering at sign-in.', on: { AUTH: silent } },
]

const delivery: readonly Scenario[] = [
  { id: 'sender-refused', group: 'Delivery', title: 'Sender refused', sees: 'This account may not send as the From address.', on: { MAIL: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' } },
  { id: 'sender-later', group: 'Delivery', title: 'Sender refused for now', sees: 'A passing trouble of the server.', on: { MAIL: '451 4.3.0 Mail server temporarily rejected message' } },
  { id: 'recipient-unknown', group: 'Delivery', title: 'Recipient unknown', sees: 'The server knows no such mailbox.', on: { RCPT: '550 5.1.1 The email account that you tried to reach does not exist' } },
  { id: 'greylisted', group: 'Delivery', title: 'Greylisted', sees: 'The settings work; the server wants a second attempt in some minutes.', on: { RCPT: '450 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/demo.test.html' } },
  { id: 'relaying-denied', group: 'Delivery', title: 'Relaying denied', sees: 'The server does not pass mail on to this recipient for this account.', on: { RCPT: '554 5.7.1 Relay access denied' } },
  { id: 'data-refused', group: 'Delivery', title: 'Message not wanted', sees: 'The server refuses before the message is sent.', on: { DATA: '554 5.5.1 Error: no valid recipients' } },
  { id: 'spam', group: 'Delivery', title: 'Taken for spam', sees: 'The server refused the message itself.', on: { message: '554 5.7.1 Message rejected as spam by content filtering' } },
  { id: 'silent-after-message', group: 'Delivery', title: 'Silence after the message', sees: 'Not proven: it may have been delivered. Here it was: look into the inbox.', on: { message: silent } },
]

const connection: readonly Scenario[] = [
  { id: 'greeting-554', group: 'Connection', title: 'Greeting refuses', sees: 'The server does not talk to this address.', on: { greeting: farewell('554 5.7.1 mail.demo.test: Client host [127.0.0.1] blocked') } },
  { id: 'greeting-421', group: 'Connection', title: 'Greeting says busy', sees: 'The server is busy; try later.', on: { greeting: farewell('421 4.3.2 mail.demo.test: Service not available, closing transmission channel') } },
  { id: 'greeting-silent', group: 'Connection', title: 'No greeting', sees: 'Connected, and the server says nothing.', on: { greeting: silent } },
  { id: 'closes-at-once', group: 'Connection', title: 'Closes before the greeting', sees: 'The server hung up before a word was said.', on: { greeting: hangUp } },
  { id: 'web-server', group: 'Connection', title: 'A web server', sees: 'This is not a mail server.', on: { greeting: farewell('HTTP/1.1 400 Bad Request\nContent-Type: text/html\nConnection: close\n\n<html><h1>400 Bad Request</h1></html>') } },
  { id: 'drip', group: 'Connection', title: 'One byte a second', sees: 'No complete reply in time.', on: { greeting: drip(`220 mail.demo.test ESMTP ${'still talking '.repeat(8)}`) } },
  { id: 'endless-reply', group: 'Connection', title: 'A reply without end', sees: 'The server’s reply is too long.', on: { EHLO: endless('250-AND-ANOTHER-EXTENSION') } },
  { id: 'huge-line', group: 'Connection', title: 'A line without end', sees: 'The server’s reply is too long.', on: { EHLO: hugeLine('250-') } },
  { id: 'hostile-text', group: 'Connection', title: 'Hostile words in replies', sees: 'The server’s words as plain text, nothing of it at work.', plain: ['STARTTLS', hostile], secure: ['AUTH PLAIN LOGIN', hostile], on: { greeting: `220 mail.demo.test ${hostile}`, RCPT: `550 5.1.1 ${hostile}` } },
  { id: 'slow', group: 'Connection', title: 'Slow but correct', sees: 'Passes, with the time each step took.', slow: 800 },
]

/** Every way to misbehave, in the order of the demo's list. One port each. */
export const scenarios: readonly Scenario[] = [...certificates, ...encryption, ...signIn, ...delivery, ...connection]
