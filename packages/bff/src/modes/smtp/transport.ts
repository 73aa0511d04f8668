import { openMailer } from '../../kits/smtp/mailer.ts'
import type { Mailer, ModePorts } from '../mode.ts'
import { signIn, wayOf } from './checklist.ts'
import type { Ready } from './checklist.ts'

/** Opens the way out for the product's own mail: the same steps as the check, without rows. */
export const open = (settings: Ready, ports: ModePorts, signal: AbortSignal): Promise<Mailer> => openMailer({
  way: wayOf(settings), timeout: settings.timeout,
  async signIn(reached) { if (settings.authentication === 'password') await signIn(settings, reached) },
}, ports, signal)
