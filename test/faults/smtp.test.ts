// What a mail server, a network or a name service may do wrong, one row each: what is said, how soon, and that nothing stays open.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Conversation } from '../../demo/sandbox/conversation.ts'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import type { Network } from '../../packages/bff/src/ports/ports.ts'
import { check, settled, timers, watchSockets } from '../peers/check.ts'
import type { Answer } from '../peers/check.ts'
import { issue, makeAuthority } from '../peers/certificates.ts'
import type { Authority, Certificate } from '../peers/certificates.ts'
import { account, answering, startPeer, wellBehaved } from '../peers/peer.ts'
import type { Good, Script, Talk } from '../peers/peer.ts'

let authority: Authority
let certificate: Certificate
const open: { close(): Promise<void> }[] = []
const sockets = watchSockets()
let timersBefore = 0
before(async () => {
  authority = await makeAuthority()
  certificate = await issue(authority)
  timersBefore = timers()
})
after(() => Promise.all(open.map((one) => one.close())))

interface Fault {
  readonly script?: Script | (() => Promise<Script>)
  /** A proper server with these differences, reached over STARTTLS. */
  readonly good?: Good | (() => Promise<Good>)
  readonly values?: Record<string, unknown>
  readonly network?: Network
  /** Row and code it ends with; absent: it passes. */
  readonly at?: string
  readonly code?: string
  readonly unproven?: true
  /** Seconds. */
  readonly bound: number
  readonly said?: RegExp
  readonly words?: RegExp
  /** No sign-in may have been tried. */
  readonly keepsSecret?: true
}

const clear = { security: 'none', ca: '' }
const policy = { allow: ['127.0.0.0/8'], ports: '1-65535', clearText: ['127.0.0.0/8'] }
const ehlo = '250-peer.test\n250-PIPELINING\n250 AUTH PLAIN LOGIN CRAM-MD5'
/** A short server in clear: everything but `replies` goes well. */
const talks = (replies: Parameters<typeof answering>[0] = {}, greeting?: string): Script => answering({
  EHLO: ehlo, AUTH: '235 2.7.0 Ok', DATA: (talk) => takeMessage(talk, '250 2.0.0 queued'), ...replies,
}, greeting)
const takeMessage = async (talk: Talk, reply: string | ((talk: Talk) => Promise<void> | void)): Promise<void> => {
  await talk.say('354 Go')
  for (let line = await talk.line(); line !== '.' && line !== null;) line = await talk.line()
  if (typeof reply === 'string') await talk.say(reply)
  else await reply(talk)
}
const silent = (talk: Conversation) => talk.silence()
const hangUp = (talk: Conversation) => { talk.hangUp() }
const bye = (text: string) => async (talk: Conversation) => { await talk.say(text); talk.close() }
const drip = (text: string, pause = 1000) => async (talk: Conversation) => { for (const byte of Buffer.from(text)) { await talk.send(Uint8Array.of(byte)); await talk.wait(pause) } await talk.silence() }
const raw = (bytes: string) => async (talk: Conversation) => { await talk.send(Buffer.from(bytes, 'latin1')); await talk.silence() }

const answers = (...found: string[]): Network => ({ lookup: async () => found.map((address) => ({ address, family: 4 })), connect: nodeNetwork.connect, request: nodeNetwork.request })
const failing = (code: string): Network => ({ lookup: async () => { throw Object.assign(new Error(`getaddrinfo ${code}`), { code }) }, connect: nodeNetwork.connect, request: nodeNetwork.request })
const never = <T>(): Promise<T> => new Promise(() => {})
const dropped = (first: string): Network => ({
  lookup: answers(first, '127.0.0.1').lookup,
  connect: (target, signal) => (target.address === first ? new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)) }) : nodeNetwork.connect(target, signal)),
  request: nodeNetwork.request,
})
/** What a program sees when the other machine resets. */
const resetting = async (): Promise<number> => {
  const server = net.createServer((socket) => { socket.on('error', () => {}); socket.resetAndDestroy() }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({ close: () => new Promise((resolve) => { server.close(() => resolve()) }) })
  return (server.address() as net.AddressInfo).port
}

const table: readonly [id: string, what: string, fault: Fault][] = [
  ['F01', 'name does not exist', { network: failing('ENOTFOUND'), at: 'name', code: 'dns.not-found', bound: 3, words: /no server called mail\.demo\.test/ }],
  ['F01', 'name has no address', { network: failing('ENODATA'), at: 'name', code: 'dns.not-found', bound: 3 }],
  ['F02', 'name server silent', { network: { lookup: () => never(), connect: nodeNetwork.connect, request: nodeNetwork.request }, at: 'name', code: 'dns.timeout', bound: 3 }],
  ['F02', 'name server in trouble', { network: failing('EAI_AGAIN'), at: 'name', code: 'dns.failed', bound: 3 }],
  ['F03', 'forbidden address', { network: answers('10.0.0.1'), at: 'address', code: 'egress.address-refused', bound: 1 }],
  ['F04', 'connection refused', { network: answers('127.77.0.1'), at: 'connect', code: 'connect.refused', bound: 2, words: /Nothing listens on port \d+/ }],
  ['F05', 'packets dropped', { network: { ...dropped('127.0.0.9'), lookup: answers('127.0.0.9').lookup }, at: 'connect', code: 'connect.timeout', bound: 5, words: /firewall/ }],
  ['F06', 'first of two addresses refuses', { script: talks(), values: clear, network: answers('127.77.0.1', '127.0.0.1'), bound: 10 }],
  ['F06', 'first of two addresses dead', { script: talks(), values: clear, network: dropped('127.0.0.9'), bound: 10 }],

  ['F08', 'closed after connect', { script: hangUp, at: 'greeting', code: 'smtp.greeting.closed', bound: 2 }],
  ['F09', 'greeting never comes', { script: silent, at: 'greeting', code: 'smtp.greeting.timeout', bound: 5 }],
  ['F10', 'greeting 554', { script: bye('554 5.7.1 blocked'), at: 'greeting', code: 'smtp.greeting.refused', bound: 2, said: /^554 5\.7\.1 blocked$/ }],
  ['F10', 'greeting 421', { script: bye('421 4.3.2 busy'), at: 'greeting', code: 'smtp.greeting.busy', bound: 2 }],
  ['F11', 'greeting is HTTP', { script: bye('HTTP/1.1 400 Bad Request\n\n<html>'), at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2, said: /HTTP\/1\.1/ }],
  ['F11', 'greeting is SSH', { script: bye('SSH-2.0-OpenSSH_9.2'), at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2 }],
  ['F11', 'greeting is IMAP', { script: bye('* OK IMAP4rev1 ready'), at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2 }],
  ['F11', 'greeting is binary, then closed', { script: async (talk) => { await talk.send(Uint8Array.of(0x4a, 0, 0, 1, 0xff, 0xfe, 0, 7)); talk.close() }, at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2 }],
  ['F12', 'TLS typed, server speaks plainly', { script: talks(), values: { security: 'tls' }, at: 'encryption', code: 'tls.plain-port', bound: 5, words: /STARTTLS/ }],
  ['F12', 'TLS typed, server waits', { script: silent, values: { security: 'tls' }, at: 'encryption', code: 'tls.timeout', bound: 5 }],
  ['F13', 'STARTTLS typed, server waits for TLS', { good: { tlsAtOnce: true }, at: 'greeting', code: 'smtp.greeting.timeout', bound: 5, words: /TLS from the start/ }],
  ['F13', 'STARTTLS typed, server says so by an alert', { script: raw('\x15\x03\x01\x00\x02\x02\x46'), at: 'greeting', code: 'smtp.greeting.tls-first', bound: 5.1, words: /TLS from the start/ }],

  ['F14', 'EHLO silent', { script: talks({ EHLO: silent }), values: clear, at: 'capabilities', code: 'smtp.ehlo.timeout', bound: 5 }],
  ['F14', 'EHLO silent before encryption', { script: talks({ EHLO: silent }), at: 'encryption', code: 'smtp.ehlo.timeout', bound: 5 }],
  ['F15', 'EHLO closes', { script: talks({ EHLO: hangUp }), values: clear, at: 'capabilities', code: 'smtp.ehlo.closed', bound: 2 }],
  ['F15', 'EHLO 421', { script: talks({ EHLO: bye('421 4.3.2 later') }), values: clear, at: 'capabilities', code: 'smtp.ehlo.busy', bound: 2 }],
  ['F15', 'closes between EHLO and sign-in', { script: talks({ EHLO: bye(ehlo) }), values: clear, at: 'sign-in', code: 'smtp.auth.closed', bound: 2 }],
  ['F15', '421 between EHLO and sign-in', { script: talks({ EHLO: bye(`${ehlo}\n421 4.3.2 going down`) }), values: clear, at: 'sign-in', code: 'smtp.auth.busy', bound: 2, said: /going down/ }],
  ['F16', 'too old for EHLO, encryption wanted', { script: talks({ EHLO: '500 what', HELO: '250 peer.test' }), at: 'encryption', code: 'tls.unavailable', bound: 2, keepsSecret: true }],
  ['F16', 'too old for EHLO, none wanted: HELO does', { script: talks({ EHLO: '500 what', HELO: '250 peer.test' }), values: { ...clear, authentication: 'none', username: '', password: '' }, bound: 2 }],
  ['F17', 'endless fast reply', { script: talks({ EHLO: async (talk) => { for (let n = 0; n < 2000 && !talk.ended.aborted; n++) await talk.send('250-ANOTHER\r\n'.repeat(50)); await talk.silence() } }), values: clear, at: 'capabilities', code: 'smtp.reply.too-large', bound: 2 }],
  ['F18', 'endless slow reply', { script: talks({ EHLO: async (talk) => { while (!talk.ended.aborted) { await talk.say('250-ANOTHER'); await talk.wait(400) } } }), values: clear, at: 'capabilities', code: 'smtp.ehlo.timeout', bound: 5 }],
  ['F19', 'one huge line', { script: talks({ EHLO: async (talk) => { for (let n = 0; n < 200 && !talk.ended.aborted; n++) await talk.send('2'.repeat(8192)); await talk.silence() } }), values: clear, at: 'capabilities', code: 'smtp.reply.too-large', bound: 2 }],
  ['F20', 'one byte a second', { script: talks({ EHLO: drip('250 peer.test is talking') }), values: clear, at: 'capabilities', code: 'smtp.ehlo.timeout', bound: 5 }],
  ['F21', 'replies split at every byte', { script: async (talk) => bytewise(talk), values: clear, bound: 20 }],
  ['F22', 'bare line feeds', { script: talks({ EHLO: (talk) => talk.send('250-peer.test\n250 AUTH PLAIN\n') }), values: clear, bound: 5 }],
  ['F22', 'NUL and bytes that are no UTF-8', { script: talks({ MAIL: (talk) => talk.send(Buffer.from('250 2.1.0 \0\xff\xfe ok\r\n', 'latin1')) }), values: clear, bound: 5 }],
  ['F22', 'blank lines between replies', { script: talks({ MAIL: (talk) => talk.send('\r\n\r\n250 2.1.0 Ok\r\n') }), values: clear, bound: 5 }],
  ['F22', 'a stray line', { script: talks({ MAIL: '250-2.1.0 Ok\nhello there\n250 2.1.0 Ok' }), values: clear, at: 'sender', code: 'smtp.reply.protocol', bound: 5, said: /hello there/ }],
  ['F22', 'codes that differ within a reply', { script: talks({ MAIL: '250-2.1.0 Ok\n550 no' }), values: clear, at: 'sender', code: 'smtp.reply.protocol', bound: 5 }],
  ['F22', 'one reply too many', { script: talks({ AUTH: '235 Ok\n250 and more' }), values: clear, at: 'sender', code: 'smtp.reply.protocol', bound: 5 }],
  ...(['150 odd', '999 odd', 'odd', '25 odd', '2500 odd'] as const).map((reply): [string, string, Fault] => ['F23', `reply ${reply} to AUTH`, { script: talks({ AUTH: reply }), values: clear, at: 'sign-in', code: 'smtp.reply.protocol', bound: 5, said: /odd/ }]),
  ...(['AUTH', 'MAIL', 'RCPT', 'EHLO'] as const).map((verb): [string, string, Fault] => ['F23', `reply 354 to ${verb} never passes`, { script: talks({ [verb]: '354 Go ahead' }), values: clear, at: { AUTH: 'sign-in', MAIL: 'sender', RCPT: 'recipient', EHLO: 'capabilities' }[verb], code: 'smtp.reply.protocol', bound: 5 }]),
  ['F23', 'reply 250 to DATA never passes', { script: talks({ DATA: '250 Ok' }), values: clear, at: 'message', code: 'smtp.reply.protocol', bound: 5 }],

  ['F24', 'STARTTLS not offered', { script: talks(), at: 'encryption', code: 'tls.unavailable', bound: 5, keepsSecret: true }],
  ['F25', 'STARTTLS 454', { good: { on: { STARTTLS: '454 4.7.0 not now' } }, at: 'encryption', code: 'tls.refused', bound: 5, said: /not now/, keepsSecret: true }],
  ['F25', 'STARTTLS 500', { good: { on: { STARTTLS: '500 5.5.1 what' } }, at: 'encryption', code: 'tls.refused', bound: 5, keepsSecret: true }],
  ['F25', 'STARTTLS silent', { good: { on: { STARTTLS: silent } }, at: 'encryption', code: 'tls.timeout', bound: 5, keepsSecret: true }],
  ['F25', 'STARTTLS closes', { good: { on: { STARTTLS: hangUp } }, at: 'encryption', code: 'tls.closed', bound: 5, keepsSecret: true }],
  ['F26', 'plain bytes after the 220', { good: { on: { STARTTLS: raw('220 Go\r\n250 AUTH PLAIN\r\n') } }, at: 'encryption', code: 'tls.injection', bound: 5, keepsSecret: true }],
  ['F27', 'refusal with fake acceptances behind it', { good: { on: { STARTTLS: raw('454 no\r\n220 Go\r\n250 AUTH PLAIN\r\n235 Ok\r\n') } }, at: 'encryption', code: 'tls.refused', bound: 5, keepsSecret: true }],
  ['F28', 'handshake hangs', { good: { on: { handshake: silent } }, at: 'encryption', code: 'tls.timeout', bound: 5, keepsSecret: true }],
  ['F28', 'handshake cut off', { good: { on: { handshake: hangUp } }, at: 'encryption', code: 'tls.closed', bound: 5, keepsSecret: true }],
  ['F29', 'TLS alert', { good: { on: { handshake: async (talk) => { await talk.wait(50); await raw('\x15\x03\x03\x00\x02\x02\x50')(talk) } } }, at: 'encryption', code: 'tls.alert', bound: 5, words: /alert/, keepsSecret: true }],
  ['F30', 'certificate expired', { good: async () => ({ certificate: await issue(authority, { from: new Date(Date.now() - 9e9), until: new Date(Date.now() - 9e7) }) }), at: 'encryption', code: 'tls.certificate.expired', bound: 5, words: /\d{4}/, keepsSecret: true }],
  ['F30', 'certificate not yet valid', { good: async () => ({ certificate: await issue(authority, { from: new Date(Date.now() + 9e7) }) }), at: 'encryption', code: 'tls.certificate.not-yet-valid', bound: 5, words: /clock/, keepsSecret: true }],
  ['F31', 'certificate for another name', { good: async () => ({ certificate: await issue(authority, { names: [{ type: 'dns', value: 'other.test' }] }) }), at: 'encryption', code: 'tls.certificate.name', bound: 5, words: /mail\.demo\.test[\s\S]*other\.test/, keepsSecret: true }],
  ['F32', 'private authority', { good: {}, values: { ca: '' }, at: 'encryption', code: 'tls.certificate.chain', bound: 5, words: /authority/, keepsSecret: true }],
  ['F33', 'TLS 1.0 only', { good: { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } }, at: 'encryption', code: 'tls.version', bound: 5, keepsSecret: true }],
  ['F34', 'weak keys only', { good: async () => ({ certificate: await issue(authority, { rsa: 1024 }), tls: { ciphers: 'DEFAULT@SECLEVEL=0' } }), at: 'encryption', code: 'tls.certificate.weak', bound: 5, keepsSecret: true }],
  ['F34', 'weak ciphers only', { good: async () => ({ certificate: await issue(authority, { rsa: 2048 }), tls: { ciphers: 'NULL-SHA256:@SECLEVEL=0', maxVersion: 'TLSv1.2' } }), at: 'encryption', code: 'tls.cipher', bound: 5, words: /too weak/, keepsSecret: true }],
  ['F35', 'no goodbye after success', { good: { on: { QUIT: hangUp } }, bound: 20 }],

  ['F36', '535', { script: talks({ AUTH: '535 5.7.8 no' }), values: clear, at: 'sign-in', code: 'smtp.auth.refused', bound: 5 }],
  ['F37', '454', { script: talks({ AUTH: '454 4.7.0 later' }), values: clear, at: 'sign-in', code: 'smtp.auth.busy', bound: 5 }],
  ['F37', '421', { script: talks({ AUTH: bye('421 4.7.0 later') }), values: clear, at: 'sign-in', code: 'smtp.auth.busy', bound: 5 }],
  ['F38', '530', { script: talks({ AUTH: '530 5.7.0 Must issue STARTTLS first' }), values: clear, at: 'sign-in', code: 'smtp.auth.encrypt-first', bound: 5 }],
  ['F38', '538', { script: talks({ AUTH: '538 5.7.11 Encryption required' }), values: clear, at: 'sign-in', code: 'smtp.auth.encrypt-first', bound: 5 }],
  ['F39', 'sign-in switched off for the tenant', { script: talks({ AUTH: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.' }), values: clear, at: 'sign-in', code: 'smtp.auth.refused', bound: 5, words: /organisation|tenant/i }],
  ['F40', 'AUTH not offered', { script: talks({ EHLO: '250 peer.test' }), values: clear, at: 'sign-in', code: 'smtp.auth.not-offered', bound: 5, keepsSecret: true }],
  ['F41', 'unknown mechanisms only', { script: talks({ EHLO: '250-peer.test\n250 AUTH GSSAPI XOAUTH2' }), values: clear, at: 'sign-in', code: 'smtp.auth.mechanism', bound: 5, words: /GSSAPI, XOAUTH2/, keepsSecret: true }],
  ['F42', 'AUTH silent', { script: talks({ AUTH: silent }), values: clear, at: 'sign-in', code: 'smtp.auth.timeout', bound: 5 }],
  ['F42', 'AUTH closes', { script: talks({ AUTH: hangUp }), values: clear, at: 'sign-in', code: 'smtp.auth.closed', bound: 5 }],
  ['F43', 'endless challenges', { script: talks({ EHLO: '250-peer.test\n250 AUTH PLAIN', AUTH: async (talk) => { do await talk.say('334 '); while (await talk.line() !== null) } }), values: clear, at: 'sign-in', code: 'smtp.auth.endless', bound: 5 }],
  ['F44', 'junk for a challenge', { script: talks({ EHLO: '250-peer.test\n250 AUTH CRAM-MD5', AUTH: async (talk) => { await talk.say('334 %%%not base64%%%'); await talk.line(); await talk.say('501 5.5.2 cannot decode') } }), values: clear, at: 'sign-in', code: 'smtp.auth.refused', bound: 5 }],
  ['F44', 'a challenge of 100 KB', { script: talks({ AUTH: async (talk) => { await talk.say(`334 ${'QUJD'.repeat(25_000)}`); await talk.line(); await talk.say('535 no') } }), values: clear, at: 'sign-in', code: 'smtp.auth.refused', bound: 5 }],
  ['F44', 'an empty challenge to CRAM-MD5', { script: talks({ EHLO: '250-peer.test\n250 AUTH CRAM-MD5', AUTH: '334' }), values: clear, at: 'sign-in', code: 'smtp.auth.protocol', bound: 5 }],
  ['F46', 'the refusal repeats what was sent', { script: talks({ AUTH: async (talk: Talk, line: string) => talk.say(`535 5.7.8 ${line}`) }), values: clear, at: 'sign-in', code: 'smtp.auth.refused', bound: 5 }],

  ['F47', 'MAIL 550 5.7.60', { script: talks({ MAIL: '550 5.7.60 may not send as' }), values: clear, at: 'sender', code: 'smtp.sender.refused', bound: 5 }],
  ['F47', 'MAIL 553', { script: talks({ MAIL: '553 5.7.1 not yours' }), values: clear, at: 'sender', code: 'smtp.sender.refused', bound: 5 }],
  ['F48', 'MAIL 451', { script: talks({ MAIL: '451 4.3.0 trouble' }), values: clear, at: 'sender', code: 'smtp.sender.busy', bound: 5, said: /trouble/ }],
  ['F48', 'MAIL 452', { script: talks({ MAIL: '452 4.3.1 no room' }), values: clear, at: 'sender', code: 'smtp.sender.busy', bound: 5 }],
  ['F48', 'MAIL silent', { script: talks({ MAIL: silent }), values: clear, at: 'sender', code: 'smtp.sender.timeout', bound: 5 }],
  ['F48', 'MAIL closes', { script: talks({ MAIL: hangUp }), values: clear, at: 'sender', code: 'smtp.sender.closed', bound: 5 }],
  ['F49', 'RCPT 550', { script: talks({ RCPT: '550 5.1.1 unknown' }), values: clear, at: 'recipient', code: 'smtp.recipient.refused', bound: 5 }],
  ['F49', 'RCPT 450', { script: talks({ RCPT: '450 4.2.0 Greylisted' }), values: clear, at: 'recipient', code: 'smtp.recipient.busy', bound: 5, words: /settings work/i }],
  ['F50', 'RCPT 530', { script: talks({ RCPT: '530 5.7.0 Authentication required' }), values: clear, at: 'recipient', code: 'smtp.recipient.refused', bound: 5, words: /sign-in|sign in/i }],
  ['F50', 'RCPT 554', { script: talks({ RCPT: '554 5.7.1 Relay access denied' }), values: clear, at: 'recipient', code: 'smtp.recipient.refused', bound: 5, words: /relay/i }],
  ['F51', 'DATA 554', { script: talks({ DATA: '554 5.5.1 no' }), values: clear, at: 'message', code: 'smtp.message.refused', bound: 5 }],
  ['F51', 'DATA silent: failed, as nothing was handed over', { script: talks({ DATA: silent }), values: clear, at: 'message', code: 'smtp.message.timeout', bound: 5 }],
  ['F51', 'DATA silent until the whole time is up: failed all the same', { script: talks({ EHLO: async (talk) => { await talk.wait(1500); await talk.say(ehlo) }, DATA: silent }), values: { ...clear, timeout: 5 }, at: 'message', code: 'run.deadline', bound: 5 }],
  ['F52', 'final 554', { script: talks({ DATA: (talk) => takeMessage(talk, '554 5.7.1 spam') }), values: clear, at: 'message', code: 'smtp.message.refused', bound: 10 }],
  ['F52', 'final 452', { script: talks({ DATA: (talk) => takeMessage(talk, '452 4.2.2 full') }), values: clear, at: 'message', code: 'smtp.message.busy', bound: 10 }],
  ['F52', 'final 552', { script: talks({ DATA: (talk) => takeMessage(talk, '552 5.3.4 too big') }), values: clear, at: 'message', code: 'smtp.message.refused', bound: 10 }],
  ['F52', 'refused in the middle of the content', { script: talks({ DATA: async (talk) => { await talk.say('354 Go'); await talk.line(); await talk.say('552 5.3.4 enough'); await talk.silence() } }), values: clear, at: 'message', code: 'smtp.message.refused', bound: 10, said: /enough/ }],
  ['F53', 'silent after the final dot', { script: talks({ DATA: (talk) => takeMessage(talk, silent) }), values: clear, at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 10 }],
  ['F53', 'closes after the final dot', { script: talks({ DATA: (talk) => takeMessage(talk, hangUp) }), values: clear, at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 10 }],
  ['F53', 'drips after the final dot', { script: talks({ DATA: (talk) => takeMessage(talk, drip('250 2.0.0 queued as 4711')) }), values: clear, at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 10 }],
  ['F53', 'babbles after the final dot', { script: talks({ DATA: (talk) => takeMessage(talk, 'what now?') }), values: clear, at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 10 }],
  ['F53', '354 after the final dot', { script: talks({ DATA: (talk) => takeMessage(talk, '354 go on') }), values: clear, at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 10 }],
  ['F53', 'a huge reply after the final dot', { script: talks({ DATA: (talk) => takeMessage(talk, (one) => one.send('2'.repeat(300_000))) }), values: clear, at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 10 }],
  ['F53', 'the whole time is up after the final dot', { script: talks({ DATA: (talk) => takeMessage(talk, silent) }), values: { ...clear, timeout: 5 }, at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 5 }],
  ['F54', 'QUIT silent', { script: talks({ QUIT: silent }), values: clear, bound: 2 }],
  ['F55', 'an odd queue id', { script: talks({ DATA: (talk) => takeMessage(talk, `250 2.0.0 \u0007queued as ${'x'.repeat(5000)}`) }), values: clear, bound: 2 }],
]

async function bytewise(talk: Talk): Promise<void> {
  const say = async (text: string) => { for (const byte of Buffer.from(`${text.replaceAll('\n', '\r\n')}\r\n`)) { await talk.send(Uint8Array.of(byte)); await talk.wait(1) } }
  await say('220 peer.test')
  for (let line = await talk.line(); line !== null; line = await talk.line()) {
    if (line.startsWith('EHLO')) await say(ehlo)
    else if (line.startsWith('AUTH')) await say('235-2.7.0\n235 2.7.0 Ok')
    else if (line === 'DATA') await say('354 Go')
    else if (line === '.' || /^(MAIL|RCPT)/.test(line)) await say('250 2.0.0 Ok')
  }
}

const play = async ({ script, good, values, network = answers('127.0.0.1') }: Fault): Promise<{ answer: Answer; signIns: readonly string[] }> => {
  const manners = typeof good === 'function' ? await good() : good
  const peer = await startPeer(manners ? wellBehaved({ certificate, ...manners }) : (script as Script | undefined) ?? (() => {}))
  open.push(peer)
  const typed = { host: 'mail.demo.test', port: peer.port, security: 'starttls', authentication: 'password', username: account.username, password: account.password, from: 'noreply@acme.example', ca: authority.pem, ...values }
  return { answer: await check(typed, { network, policy }), signIns: peer.signIns() }
}

const judge = (fault: Fault, { answer, signIns }: { answer: Answer; signIns: readonly string[] }): void => {
  const { ended, code, finding, verdict, took } = answer
  const seen = `${ended?.id}: ${code}: ${finding?.said}`
  assert.equal(code, fault.code, seen)
  assert.equal(ended?.id, fault.at, seen)
  assert.equal(verdict, fault.code === undefined ? 'passed' : fault.unproven ? 'unproven' : 'failed')
  assert.ok(took < fault.bound * 1000 + 500, `${Math.round(took)} ms`)
  if (fault.said) assert.match(finding?.said ?? '', fault.said)
  if (fault.words) assert.match(JSON.stringify(finding), fault.words)
  if (fault.keepsSecret) assert.deepEqual(signIns, [])
  if (finding) assert.ok(finding.title && finding.cause && finding.fixes.length > 0 && finding.retry.text, 'it says what is true and what to do')
}

describe('faults of the wire', { concurrency: 24 }, () => {
  for (const [id, what, fault] of table) {
    test(`fault ${id}: ${what}: ${fault.code ?? 'passes'} within ${fault.bound} s`, async () => judge(fault, await play(fault)))
  }

  test('fault F08: reset after connect: closed or reset before the greeting, within 2 s', async () => {
    const port = await resetting()
    const { code, took } = await check({ host: 'mail.demo.test', port, ...clear, authentication: 'none', from: 'a@acme.example' }, { network: answers('127.0.0.1'), policy })
    assert.match(code ?? '', /^(smtp\.greeting\.closed|connect\.failed)$/)
    assert.ok(took < 2500)
  })

  test('fault F36, F46: a refused password is tried once and never again', async () => {
    const peer = await startPeer(talks({ AUTH: '535 5.7.8 no' }))
    open.push(peer)
    await check({ host: 'mail.demo.test', port: peer.port, ...clear, authentication: 'password', username: 'u', password: 'quiet-river', from: 'a@acme.example' }, { network: answers('127.0.0.1'), policy })
    assert.equal(peer.signIns().length, 1)
    assert.equal(peer.connections, 1)
  })
})

test('fault F14, F27, F43, F53: after all of it no socket and no timer is left, and the next good check passes', async () => {
  await settled()
  assert.deepEqual([sockets.left().length, timers() - timersBefore], [0, 0])
  const { answer } = await play({ good: {}, bound: 2 })
  assert.equal(answer.verdict, 'passed')
  sockets.stop()
})
