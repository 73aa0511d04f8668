import { admit } from '../../kits/microsoft/rows.ts'
import { SmtpFault } from '../../kits/smtp/fault.ts'
import type { Reached, Way } from '../../kits/smtp/conversation.ts'
import { openMailer } from '../../kits/smtp/mailer.ts'
import type { Token } from '../../kits/microsoft/tokens.ts'
import type { Applicant } from '../../kits/microsoft/rows.ts'
import type { Mailer, ModePorts } from '../mode.ts'
import { accountOf } from './settings.ts'
import type { MailCloud, OfficeSettings } from './settings.ts'

/** Host and port belong to the cloud; Microsoft serves STARTTLS only, and takes nothing below TLS 1.2. */
export const wayTo = ({ smtpHost, smtpPort }: MailCloud): Way => ({ host: smtpHost, port: smtpPort, security: 'starttls', tlsVersion: '1.2', signsIn: true })

/**
 * Signs in with the token, and with nothing else: where the server does not offer that, the token stays here.
 * @throws SmtpFault `smtp.auth.no-xoauth2`, and what the server says
 */
export const signIn = async (user: string, { accessToken }: Token, { session, extensions }: Reached): Promise<{ readonly mechanism: string; readonly user: string }> => {
  const mechanism = 'XOAUTH2'
  if (!extensions.auth.includes(mechanism)) throw new SmtpFault('smtp.auth.no-xoauth2', { offered: extensions.auth })
  await session.signIn({ mechanism, user, secret: accessToken })
  return { mechanism, user }
}

/** Opens the way out for the product's own mail: the same steps as the check, without rows. */
export const open = async (settings: OfficeSettings, cloud: MailCloud, applicant: Applicant, ports: ModePorts, signal: AbortSignal): Promise<Mailer> => {
  const { token } = await admit(applicant, ports, signal)
  const { timeout } = settings
  return openMailer({ way: wayTo(cloud), timeout, signIn: async (reached) => { await signIn(accountOf(settings), token, reached) } }, ports, signal)
}
