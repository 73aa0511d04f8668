// F01 to F13: reaching the server.
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import type { Network } from '../../packages/bff/src/ports/ports.ts'
import { neverAnswers, nxDomain, rcode, refusedByResolver, servFail } from '../peers/resolver.ts'
import type { NameAnswer } from '../peers/resolver.ts'
import { bare, fact, reset, unreached } from './mail-fault.ts'
import type { Difference, MailFault } from './mail-fault.ts'
import { bye, hangUp, raw, silent, talks } from './mail-servers.ts'

/** Names the resolver of these tests knows; the system's own cannot be told any. */
export const resolverNames: Readonly<Record<string, NameAnswer>> = {
  'missing.demo.test': nxDomain, 'empty.demo.test': [], 'silent.demo.test': neverAnswers, 'trouble.demo.test': servFail, 'refusing.demo.test': refusedByResolver,
  'portal.demo.test': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the network</html>'),
  'broken.demo.test': (response) => response.writeHead(502).end(), 'odd.demo.test': rcode(4711),
  'inside.demo.test': ['10.0.0.1'], 'mixed.demo.test': ['93.184.215.14', '10.0.0.1'], 'mapped.demo.test': ['::ffff:10.0.0.1'], 'metadata.demo.test': ['169.254.169.254'],
}

const noSystemResolver = 'the system’s name service cannot be told what to answer'
const over = (lookup: Network['lookup']): Difference => ({ network: { ...nodeNetwork, lookup }, why: noSystemResolver })
const told = (...found: string[]): Difference => over(async () => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
const failing = (code: string): Difference => over(async () => { throw Object.assign(new Error(`getaddrinfo ${code}`), { code }) })
const resolverOnly: Difference = { absent: true, why: 'what a resolver over HTTPS may answer besides: the system asks none' }
const oneName: Difference = { absent: true, why: 'connections go by name: which of its addresses is tried, and in which order, is the platform’s own' }

const name = (id: string, what: string, host: string, code: string, node: Difference, more: Partial<MailFault> = {}): MailFault =>
  ({ id, what, port: 'closed', values: { host }, at: 'name', code, bound: 3, connections: 0, node, ...more })
const forbidden = (what: string, host: string, ...addresses: string[]): MailFault =>
  name('F03', what, host, 'egress.address-refused', told(...addresses), { at: 'address', bound: 1 })

const atOnce = { security: 'tls' }
const starttls = { security: 'starttls' }

export const reaching: readonly MailFault[] = [
  name('F01', 'name does not exist', 'missing.demo.test', 'dns.not-found', failing('ENOTFOUND'), { words: /no server called missing\.demo\.test/ }),
  name('F01', 'name has no address', 'empty.demo.test', 'dns.not-found', failing('ENODATA')),
  name('F02', 'name server silent', 'silent.demo.test', 'dns.timeout', over(() => new Promise(() => {}))),
  name('F02', 'name server in trouble', 'trouble.demo.test', 'dns.failed', failing('EAI_AGAIN')),
  name('F02', 'name server refuses', 'refusing.demo.test', 'dns.failed', failing('EREFUSED')),
  ...(['portal', 'broken', 'odd'] as const).map((one) => name('F02', `resolver answers ${{ portal: 'with a web page', broken: '502', odd: 'with a code of no meaning' }[one]}`, `${one}.demo.test`, 'dns.failed', resolverOnly)),
  forbidden('forbidden address', 'inside.demo.test', '10.0.0.1'),
  forbidden('a public address and a forbidden one', 'mixed.demo.test', '93.184.215.14', '10.0.0.1'),
  forbidden('a forbidden address in other clothes', 'mapped.demo.test', '::ffff:10.0.0.1'),
  forbidden('the metadata service of a cloud', 'metadata.demo.test', '169.254.169.254'),

  { id: 'F04', what: 'connection refused', port: 'closed', connections: 0, at: 'connect', code: 'connect.refused', bound: 2, words: /Nothing listens on port \d+/, workerd: unreached },
  { id: 'F05', what: 'packets dropped', port: 'dropped', connections: 0, at: 'connect', code: 'connect.timeout', bound: 5, words: /firewall/ },
  { id: 'F06', what: 'first of two addresses refuses', script: talks(), happened: (seen) => fact(seen, 'name', 'addresses').includes('127.77.0.1'), bound: 10, node: told('127.77.0.1', '127.0.0.1'), workerd: oneName },
  { id: 'F06', what: 'first of two addresses drops packets', script: talks(), happened: ({ took }) => took > 1_500, deadTwin: true, bound: 10, node: told('127.0.0.9', '127.0.0.1'), workerd: oneName },
  { id: 'F07', what: 'port 25 on an edge runtime', port: 25, values: { host: 'mail.demo.test', security: 'none', authentication: 'none' }, connections: 0, at: 'inputs', code: 'settings.unavailable', bound: 0.2, words: /Port 25 cannot be used from this deployment/, node: { absent: true, why: 'every port can be used' } },

  { id: 'F08', what: 'closed after connect', script: hangUp, at: 'greeting', code: 'smtp.greeting.closed', bound: 2 },
  { id: 'F08', what: 'reset after connect', script: (talk) => talk.reset(), at: ['connect', 'greeting'], code: 'smtp.greeting.closed', bound: 2, workerd: reset },
  { id: 'F09', what: 'greeting never comes', script: silent, at: 'greeting', code: 'smtp.greeting.timeout', bound: 5 },
  { id: 'F10', what: 'greeting 554', script: bye('554 5.7.1 blocked'), at: 'greeting', code: 'smtp.greeting.refused', bound: 2, said: /^554 5\.7\.1 blocked$/ },
  { id: 'F10', what: 'greeting 421', script: bye('421 4.3.2 busy'), at: 'greeting', code: 'smtp.greeting.busy', bound: 2 },
  { id: 'F11', what: 'greeting is HTTP', script: bye('HTTP/1.1 400 Bad Request\n\n<html>'), at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2, said: /HTTP\/1\.1/ },
  { id: 'F11', what: 'greeting is SSH', script: bye('SSH-2.0-OpenSSH_9.2'), at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2 },
  { id: 'F11', what: 'greeting is IMAP', script: bye('* OK IMAP4rev1 ready'), at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2 },
  { id: 'F11', what: 'greeting is binary, then closed', script: async (talk) => { await talk.send(Uint8Array.of(0x4a, 0, 0, 1, 0xff, 0xfe, 0, 7)); talk.close() }, at: 'greeting', code: 'smtp.greeting.not-smtp', bound: 2 },
  { id: 'F12', what: 'TLS typed, server speaks plainly', script: talks(), values: atOnce, at: 'encryption', code: 'tls.plain-port', bound: 5, words: /STARTTLS/, workerd: bare },
  { id: 'F12', what: 'TLS typed, server waits', script: silent, values: atOnce, at: 'encryption', code: 'tls.timeout', bound: 5 },
  { id: 'F13', what: 'STARTTLS typed, server waits for TLS', good: () => ({ tlsAtOnce: true }), at: 'greeting', code: 'smtp.greeting.timeout', bound: 5, words: /TLS from the start/ },
  { id: 'F13', what: 'STARTTLS typed, server says so by an alert', script: raw('\x15\x03\x01\x00\x02\x02\x46'), values: starttls, at: 'greeting', code: 'smtp.greeting.tls-first', bound: 5.1, words: /TLS from the start/ },
]
