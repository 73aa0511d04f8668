// F24 to F35: encryption.
import { issue } from '../peers/certificates.ts'
import type { Leaf } from '../peers/certificates.ts'
import type { Good } from '../peers/peer.ts'
import { bare, cutOff, inClear } from './mail-fault.ts'
import type { MailFault, World } from './mail-fault.ts'
import { counted, hangUp, raw, silent, talks } from './mail-servers.ts'

const hour = 3_600_000
const inHours = (hours: number): Date => new Date(Date.now() + hours * hour)

const at = 'encryption'
const manners = (on: Good['on']) => ({ good: () => ({ on: on! }) })
const shows = (leaf: Leaf, by: 'authority' | 'stranger' = 'authority', tls?: Good['tls']) =>
  ({ good: async (world: World): Promise<Good> => ({ certificate: await issue(world[by], leaf), ...(tls && { tls }) }) })

const rude = counted(hangUp)

export const encrypting: readonly MailFault[] = [
  { id: 'F24', what: 'STARTTLS not offered', script: talks(), values: { security: 'starttls' }, at, code: 'tls.unavailable', bound: 5 },
  { id: 'F25', what: 'STARTTLS 454', ...manners({ STARTTLS: '454 4.7.0 not now' }), at, code: 'tls.refused', bound: 5, said: /not now/ },
  { id: 'F25', what: 'STARTTLS 500', ...manners({ STARTTLS: '500 5.5.1 what' }), at, code: 'tls.refused', bound: 5 },
  { id: 'F25', what: 'STARTTLS silent', ...manners({ STARTTLS: silent }), at, code: 'tls.timeout', bound: 5 },
  { id: 'F25', what: 'STARTTLS closes', ...manners({ STARTTLS: hangUp }), at, code: 'tls.closed', bound: 5 },
  { id: 'F26', what: 'plain bytes after the 220', ...manners({ STARTTLS: raw('220 Go\r\n250 AUTH PLAIN\r\n') }), at, code: 'tls.injection', bound: 5, words: /somebody may be on the line/ },
  { id: 'F26', what: 'plain bytes after the 220, a moment later', ...manners({ handshake: async (talk) => { await talk.wait(50); await raw('250 AUTH PLAIN\r\n')(talk) } }), at, code: 'tls.injection', bound: 5, workerd: inClear },
  { id: 'F27', what: 'refusal with fake acceptances behind it', ...manners({ STARTTLS: raw('454 no\r\n220 Go\r\n250 AUTH PLAIN\r\n235 Ok\r\n') }), at, code: 'tls.refused', bound: 5 },
  { id: 'F28', what: 'handshake hangs', ...manners({ handshake: silent }), at, code: 'tls.timeout', bound: 5 },
  { id: 'F28', what: 'handshake cut off', ...manners({ handshake: hangUp }), at, code: 'tls.closed', bound: 5, workerd: cutOff },
  { id: 'F29', what: 'TLS alert', ...manners({ handshake: async (talk) => { await talk.wait(50); await raw('\x15\x03\x03\x00\x02\x02\x50')(talk) } }), at, code: 'tls.alert', bound: 5, words: /alert/, workerd: bare },
  { id: 'F30', what: 'certificate expired', ...shows({ from: inHours(-2400), until: inHours(-24) }), at, code: 'tls.certificate.expired', bound: 5, words: /\d{4}/, workerd: bare },
  { id: 'F30', what: 'certificate not yet valid', ...shows({ from: inHours(24) }), at, code: 'tls.certificate.not-yet-valid', bound: 5, words: /clock/, workerd: bare },
  { id: 'F31', what: 'certificate for another name', ...shows({ names: [{ type: 'dns', value: 'other.test' }] }), at, code: 'tls.certificate.name', bound: 5, words: /localhost[\s\S]*other\.test/, workerd: bare },
  { id: 'F32', what: 'private authority', ...shows({}, 'stranger'), at, code: 'tls.certificate.chain', bound: 5, words: /authority/, workerd: bare },
  { id: 'F32', what: 'private authority, sent along', good: async ({ stranger }) => { const { cert, key } = await issue(stranger); return { certificate: { cert: `${cert}\n${stranger.pem}`, key } } }, at, code: 'tls.certificate.private-ca', bound: 5, words: /authority/, workerd: bare },
  { id: 'F33', what: 'TLS 1.0 only', good: () => ({ tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } }), at, code: 'tls.version', bound: 5, workerd: bare },
  { id: 'F33', what: 'TLS 1.1 only', good: () => ({ tls: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } }), at, code: 'tls.version', bound: 5, workerd: bare },
  { id: 'F34', what: 'weak keys only', ...shows({ rsa: 1024 }, 'authority', { ciphers: 'DEFAULT@SECLEVEL=0' }), at, code: 'tls.certificate.weak', bound: 5, workerd: bare },
  { id: 'F34', what: 'weak ciphers only', ...shows({ rsa: 2048 }, 'authority', { ciphers: 'NULL-SHA256:@SECLEVEL=0', maxVersion: 'TLSv1.2' }), at, code: 'tls.cipher', bound: 5, words: /too weak/, workerd: bare },
  { id: 'F35', what: 'no goodbye after success', ...manners({ QUIT: rude }), happened: () => rude.times() > 0, bound: 20 },
]
