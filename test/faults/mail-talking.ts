// F14 to F23: talking.
import { fact } from './mail-fault.ts'
import type { MailFault } from './mail-fault.ts'
import { bye, bytewise, drip, ehlo, endless, hangUp, silent, talks } from './mail-servers.ts'

const rowOf = { AUTH: 'sign-in', MAIL: 'sender', RCPT: 'recipient', EHLO: 'capabilities' } as const
const protocol = (id: string, what: string, replies: Parameters<typeof talks>[0], at: string, said?: RegExp): MailFault =>
  ({ id, what, script: talks(replies), at, code: 'smtp.reply.protocol', bound: 5, ...(said && { said }) })
const nobody = { authentication: 'none', username: undefined, password: undefined }

export const talking: readonly MailFault[] = [
  { id: 'F14', what: 'EHLO silent', script: talks({ EHLO: silent }), at: 'capabilities', code: 'smtp.ehlo.timeout', bound: 5 },
  { id: 'F14', what: 'EHLO silent before encryption', script: talks({ EHLO: silent }), values: { security: 'starttls' }, at: 'encryption', code: 'smtp.ehlo.timeout', bound: 5 },
  { id: 'F15', what: 'EHLO closes', script: talks({ EHLO: hangUp }), at: 'capabilities', code: 'smtp.ehlo.closed', bound: 2 },
  { id: 'F15', what: 'EHLO 421', script: talks({ EHLO: bye('421 4.3.2 later') }), at: 'capabilities', code: 'smtp.ehlo.busy', bound: 2 },
  { id: 'F15', what: 'closes between EHLO and sign-in', script: talks({ EHLO: bye(ehlo) }), at: 'sign-in', code: 'smtp.auth.closed', bound: 2 },
  { id: 'F15', what: '421 between EHLO and sign-in', script: talks({ EHLO: bye(`${ehlo}\n421 4.3.2 going down`) }), at: 'sign-in', code: 'smtp.auth.busy', bound: 2, said: /going down/ },
  { id: 'F16', what: 'too old for EHLO, encryption wanted', script: talks({ EHLO: '500 what', HELO: '250 peer.test' }), values: { security: 'starttls' }, at: 'encryption', code: 'tls.too-old', bound: 2, words: /too old for encryption/ },
  { id: 'F16', what: 'too old for EHLO, none wanted: HELO does', script: talks({ EHLO: '500 what', HELO: '250 peer.test' }), values: nobody, happened: ({ heard }) => heard.some((line) => line.startsWith('HELO')), bound: 2 },
  { id: 'F17', what: 'endless fast reply', script: talks({ EHLO: endless('250-ANOTHER\r\n') }), at: 'capabilities', code: 'smtp.reply.too-large', bound: 2 },
  { id: 'F17', what: 'endless empty lines', script: talks({ EHLO: endless('\r\n') }), at: 'capabilities', code: 'smtp.reply.too-large', bound: 2 },
  { id: 'F18', what: 'endless slow reply', script: talks({ EHLO: endless('250-ANOTHER\r\n', 400) }), at: 'capabilities', code: 'smtp.reply.unfinished', bound: 5, words: /did not finish/ },
  { id: 'F19', what: 'one huge line', script: talks({ EHLO: endless('2') }), at: 'capabilities', code: 'smtp.reply.too-large', bound: 2 },
  { id: 'F20', what: 'one byte a second', script: talks({ EHLO: drip('250 peer.test is talking') }), at: 'capabilities', code: 'smtp.reply.unfinished', bound: 5 },
  { id: 'F20', what: 'a greeting of one byte a second', script: drip('220 peer.test is talking'), at: 'greeting', code: 'smtp.reply.unfinished', bound: 5 },
  { id: 'F21', what: 'replies split at every byte', script: bytewise, happened: (seen) => fact(seen, 'greeting', 'reply') === '220 peer.test' && seen.took > 150, bound: 20 },
  { id: 'F22', what: 'bare line feeds', script: talks({ EHLO: (talk) => talk.send('250-peer.test\n250 AUTH PLAIN\n') }), happened: (seen) => fact(seen, 'capabilities', 'auth') === 'PLAIN', bound: 5 },
  { id: 'F22', what: 'NUL and bytes that are no UTF-8', script: talks({ MAIL: (talk) => talk.send(Buffer.from('250 2.1.0 \0\xff\xfe ok\r\n', 'latin1')) }), happened: (seen) => /2\.1\.0.+ok/.test(fact(seen, 'sender', 'reply')), bound: 5 },
  { id: 'F22', what: 'blank lines between replies', script: talks({ MAIL: (talk) => talk.send('\r\n\r\n250 2.1.0 Ok\r\n') }), happened: (seen) => fact(seen, 'sender', 'reply') === '250 2.1.0 Ok', bound: 5 },
  protocol('F22', 'a stray line', { MAIL: '250-2.1.0 Ok\nhello there\n250 2.1.0 Ok' }, 'sender', /hello there/),
  protocol('F22', 'codes that differ within a reply', { MAIL: '250-2.1.0 Ok\n550 no' }, 'sender'),
  protocol('F22', 'one reply too many', { AUTH: '235 Ok\n250 and more' }, 'sender'),
  ...['150 odd', '999 odd', 'odd', '25 odd', '2500 odd'].map((reply) => protocol('F23', `reply ${reply} to AUTH`, { AUTH: reply }, 'sign-in', /odd/)),
  ...(['AUTH', 'MAIL', 'RCPT', 'EHLO'] as const).map((verb) => protocol('F23', `reply 354 to ${verb} never passes`, { [verb]: '354 Go ahead' }, rowOf[verb])),
  protocol('F23', 'reply 250 to DATA never passes', { DATA: '250 Ok' }, 'message'),
]
