// F36 to F46: signing in with a password.
import type { MailFault } from './mail-fault.ts'
import { asking, bye, hangUp, offering, raw, silent, talks } from './mail-servers.ts'
import type { Talk } from '../peers/peer.ts'

const at = 'sign-in'
const auth = (id: string, what: string, AUTH: NonNullable<Parameters<typeof talks>[0]>[string], code: string, more: Partial<MailFault> & { readonly offer?: string } = {}): MailFault => {
  const { offer, ...rest } = more
  return { id, what, script: talks({ ...(offer && { EHLO: offer }), AUTH }), at, code, bound: 5, ...rest }
}
const decoded = (line: string): string => Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString()

export const signingIn: readonly MailFault[] = [
  auth('F36', '535', '535 5.7.8 no', 'smtp.auth.refused'),
  auth('F37', '454', '454 4.7.0 later', 'smtp.auth.busy'),
  auth('F37', '421', bye('421 4.7.0 later'), 'smtp.auth.busy'),
  auth('F38', '530', '530 5.7.0 Must issue STARTTLS first', 'smtp.auth.encrypt-first'),
  auth('F38', '538', '538 5.7.11 Encryption required', 'smtp.auth.encrypt-first'),
  auth('F39', 'sign-in switched off for the tenant', '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.', 'smtp.auth.disabled', { words: /organisation|tenant/i }),
  auth('F39', '534', '534 5.7.9 Authentication mechanism is too weak', 'smtp.auth.disabled', { words: /switch on authenticated SMTP|app password/i }),
  auth('F40', 'AUTH not offered', '235 Ok', 'smtp.auth.not-offered', { offer: '250 peer.test' }),
  auth('F41', 'unknown mechanisms only', '235 Ok', 'smtp.auth.mechanism', { offer: offering('GSSAPI', 'XOAUTH2'), words: /GSSAPI, XOAUTH2/ }),
  auth('F42', 'AUTH silent', silent, 'smtp.auth.timeout'),
  auth('F42', 'AUTH closes', hangUp, 'smtp.auth.closed'),
  auth('F43', 'endless challenges', async (talk) => { do await talk.say('334 '); while (await talk.line() !== null) }, 'smtp.auth.endless', { offer: offering('PLAIN') }),
  auth('F43', 'challenges that wait for no answer', raw('334 \r\n334 \r\n'), 'smtp.reply.protocol', { offer: offering('PLAIN') }),
  auth('F44', 'an empty challenge', '334', 'smtp.auth.protocol', { offer: offering('CRAM-MD5') }),
  auth('F44', 'junk for a challenge', asking('%%%not base64%%%', '501 5.5.2 cannot decode'), 'smtp.auth.refused', { offer: offering('CRAM-MD5') }),
  auth('F44', 'a challenge of 100 KB', asking('QUJD'.repeat(25_000), '535 no'), 'smtp.auth.refused'),
  auth('F44', 'a challenge of 300 KB', asking('QUJD'.repeat(75_000), '535 no'), 'smtp.reply.too-large'),
  auth('F46', 'the refusal repeats what was sent', (talk: Talk, line: string) => talk.say(`535 5.7.8 ${line}`), 'smtp.auth.refused', { said: /535 5\.7\.8/ }),
  auth('F46', 'the refusal repeats the password', (talk: Talk, line: string) => talk.say(`535 5.7.8 ${decoded(line).replaceAll('\0', ' ')} is wrong`), 'smtp.auth.refused', { said: /535 5\.7\.8 .*is wrong/ }),
  { id: 'F46', what: 'the sender is refused with the password', ...repeated(), at: 'sender', code: 'smtp.sender.refused', bound: 5, said: /^550 / },
]

/** Kept from the sign-in and said much later. */
function repeated(): Pick<MailFault, 'script'> {
  return {
    script: async (talk) => {
      let password = ''
      await talks({
        EHLO: '250-peer.test\n250 AUTH PLAIN',
        AUTH: (one: Talk, line: string) => { password = decoded(line).split('\0').at(-1) ?? ''; return one.say('235 Ok') },
        MAIL: (one: Talk) => one.say(`550 5.7.1 ${Buffer.from(password).toString('hex')} ${password}`),
      })(talk)
    },
  }
}
