import { admit } from '../../kits/microsoft/rows.ts'
import { SmtpFault } from '../../kits/smtp/fault.ts'
import type { Reached, Way } from '../../kits/smtp/conversation.ts'
import { openMailer } from '../../kits/smtp/mailer.ts'
import type { Token } from '../../kits/microsoft/tokens.ts'
import type { Admission, Applicant } from '../../kits/microsoft/rows.ts'
import type { Mailer, ModePorts } from '../mode.ts'
import { accountOf } from './settings.ts'
import type { MailCloud, OfficeSettings } from './settings.ts'

/** Host and port belong to the cloud; Microsoft serves STARTTLS only, and takes nothing below TLS 1.2. */
export const wayTo = ({ smtpHost, smtpPort }: MailCloud): Way => ({ host: smtpHost, port: smtpPort, security: 'starttls', tlsVersion: '1.2', signsIn: true })

const mechanism = 'XOAUTH2'

/** Whom the server let in, and whether it took a second, fresh token. */
export interface SignedIn {
  readonly mechanism: string
  readonly user: string
  readonly renewed?: true
}

/**
 * Signs in with the token, and with nothing else: where the server does not offer that, the token stays here.
 * A kept token that the server calls expired is renewed once, on the same line (RFC 4954 section 4 ends a sign-in only with
 * success). Whatever the second attempt runs into, the first refusal is what is told.
 * @throws SmtpFault `smtp.auth.no-xoauth2`, and what the server says
 */
export const signIn = async (user: string, { token, renew }: Admission, { session, extensions }: Reached): Promise<SignedIn> => {
  if (!extensions.auth.includes(mechanism)) throw new SmtpFault('smtp.auth.no-xoauth2', { offered: extensions.auth })
  const present = ({ accessToken }: Token) => session.signIn({ mechanism, user, secret: accessToken })
  try {
    await present(token)
    return { mechanism, user }
  } catch (error) {
    if (!token.fromCache || !isExpiry(error)) throw error
    await renew().then(present).catch(() => { throw error })
    return { mechanism, user, renewed: true }
  }
}

/** In words, or as the standard's `invalid_token`, which may be asked anew for (RFC 6750 section 3.1, RFC 7628 section 3.2.2). */
const isExpiry = (error: unknown): boolean => {
  if (!(error instanceof SmtpFault) || error.code !== 'smtp.auth.token-refused') return false
  const { challenge, reply } = error.facts
  return challenge?.status === 'invalid_token' || /\bexpired\b/i.test(`${challenge?.text ?? ''} ${reply?.text ?? ''}`)
}

/** Opens the way out for the product's own mail: the same steps as the check, without rows. */
export const open = async (settings: OfficeSettings, cloud: MailCloud, applicant: Applicant, ports: ModePorts, signal: AbortSignal): Promise<Mailer> => {
  const admission = await admit(applicant, ports, signal)
  const { timeout } = settings
  return openMailer({ way: wayTo(cloud), timeout, signIn: async (reached) => { await signIn(accountOf(settings), admission, reached) } }, ports, signal)
}
