import type { Checklist, Step } from '../../checks/step.ts'
import { reach, send } from '../../kits/smtp/conversation.ts'
import type { Held, Reached, Way } from '../../kits/smtp/conversation.ts'
import { mechanismFor } from '../../kits/smtp/reach.ts'
import type { Message } from '../../ports/ports.ts'
import type { ModePorts } from '../mode.ts'
import type { SmtpSettings } from './settings.ts'
import type { SmtpRow } from './words.ts'

/** Settings in canonical form: the port is always there. */
export type Ready = SmtpSettings & { readonly port: number }

export const wayOf = (settings: Ready): Way => ({ ...settings, signsIn: settings.authentication === 'password' })

/** The whole check, top to bottom, over one connection. Signing in and sending stop at the first thing that is not as it should be. */
export async function* checklist(settings: Ready, step: Step<SmtpRow>, ports: ModePorts, test: Message): Checklist {
  const held: Held = { free: () => {} }
  try {
    const reached = yield* reach(wayOf(settings), step, ports, held)
    if (settings.authentication !== 'password') yield* step.skip('sign-in')
    else yield* step.must('sign-in', async () => ({ value: undefined, evidence: await signIn(settings, reached) }))
    yield* send(step, reached, ports, test)
  } finally {
    held.free()
  }
}

/** Signs in with the strongest mechanism both sides know. */
export const signIn = async (settings: Ready, { session, extensions }: Reached): Promise<{ readonly mechanism: string; readonly user: string }> => {
  const mechanism = mechanismFor(extensions, settings.security !== 'none')
  const user = settings.username!
  await session.signIn({ mechanism, user, secret: settings.password! })
  return { mechanism, user }
}
