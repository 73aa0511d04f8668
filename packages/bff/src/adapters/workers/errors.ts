/**
 * What this runtime says of a network that fails has neither codes nor, mostly, reasons. Seen in workerd against real
 * sockets, with the STARTTLS gate on and off:
 *
 * | what | where | says |
 * |---|---|---|
 * | refused, unknown name, no route, address the platform forbids | connect | proxy request failed, cannot connect to the specified address |
 * | any failed handshake: expired, other name, unknown authority, old TLS, clear text, hung up | startTls | internal error; reference = … |
 * | the same, and an unknown name | fetch | internal error; reference = … |
 * | refused, or cut off after the request was sent | fetch | Network connection lost. |
 * | reset | read, write | Network connection lost. |
 *
 * The codes that begin with MGS_ stand for that: something happened, and nobody says what.
 */
export type NotTold = 'MGS_UNREACHED' | 'MGS_TLS'

/** A runtime's error with a code of the kind Node gives, so that one table explains both. */
export const coded = (error: unknown, code: string): Error => {
  const thrown = error instanceof Error ? error : new Error(String(error))
  return 'code' in thrown ? thrown : Object.assign(thrown, { code })
}

const says = (error: unknown, sentence: RegExp): boolean => sentence.test(error instanceof Error ? error.message : String(error))

/** Why a handshake failed, as far as it is told: that the peer hung up, or not at all. */
export const handshakeCode = (error: unknown): 'ECONNRESET' | NotTold => (says(error, /connection lost/i) ? 'ECONNRESET' : 'MGS_TLS')

/** Why a request failed. Even one that was refused may have been sent, for all that is told. */
export const requestCode = (error: unknown): 'ECONNRESET' | NotTold => (says(error, /^internal error/i) ? 'MGS_TLS' : 'ECONNRESET')

interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Causes of the statuses with which the platform answers in a silent server's place (developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors). */
const statuses: Readonly<Record<number, { readonly code: string; readonly syscall?: 'connect' }>> = {
  520: { code: 'ECONNRESET' },
  521: { code: 'ECONNREFUSED', syscall: 'connect' },
  522: { code: 'ETIMEDOUT' },
  523: { code: 'EHOSTUNREACH', syscall: 'connect' },
  524: { code: 'ETIMEDOUT' },
  525: { code: 'EPROTO', syscall: 'connect' },
  526: { code: 'CERT_REJECTED', syscall: 'connect' },
  530: { code: 'EHOSTUNREACH', syscall: 'connect' },
}

const nameUnknown = 'error code: 1016'

/**
 * On Cloudflare itself a request that fails is answered by the platform instead of throwing.
 * @returns the failure that was meant; undefined for an answer of the server's own, whatever its status: the platform's
 *   names it as the server and has one line of text, `error code: 525`
 */
export const platformFailure = ({ status, headers, text }: Answered): Error | undefined => {
  const meant = statuses[status]
  const line = text.trim()
  if (!meant || headers.server !== 'cloudflare' || !/^error code: \d{3,4}$/.test(line)) return undefined
  const cause = line === nameUnknown ? { code: 'ENOTFOUND', syscall: 'connect' } : meant
  return Object.assign(new Error(`the platform answered in the server's place: ${line}`), cause)
}
