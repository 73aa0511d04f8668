import { NotProven } from '../../checks/step.ts'
import { said } from '../../findings/said.ts'
import { isObject, retryAfterOf } from '../../kits/microsoft/answer.ts'
import { ask } from '../../kits/microsoft/ask.ts'
import { MicrosoftFault } from '../../kits/microsoft/fault.ts'
import type { MicrosoftFacts } from '../../kits/microsoft/fault.ts'
import { admit, audienceOf } from '../../kits/microsoft/rows.ts'
import type { Admission, Applicant } from '../../kits/microsoft/rows.ts'
import type { Token } from '../../kits/microsoft/tokens.ts'
import type { HttpReply } from '../../ports/ports.ts'
import type { Mailer, ModePorts } from '../mode.ts'
import { letterOf } from './letter.ts'
import type { Letter } from './letter.ts'

/** Graph has taken the message. It may still bounce: then the From mailbox is told, not we. */
export interface Accepted {
  readonly messageId: string
  /** For support at Microsoft, where Graph gave one. */
  readonly requestId?: string
  /** The first token was refused, a fresh one did. */
  readonly renewed: boolean
}

/** Seconds that are waited for a second try; a longer wait is told instead. */
const shortWait = 5
/** Seconds assumed where a busy service names none. */
const assumedWait = 10

/**
 * Hands one message in. Repeated once at most, and only where Graph has said that it did not take the message: with a
 * fresh token after 401, after the wait it asks for.
 * @throws MicrosoftFault `graph.*`, `service.*`, `https.*`; NotProven once nobody can know
 */
export const submit = async (letter: Letter, { token, renew }: Admission, ports: ModePorts, signal: AbortSignal, milliseconds?: number): Promise<Accepted> => {
  const post = (by: Token) => handIn(letter, by, ports, signal, milliseconds)
  const first = await post(token)
  if (first.status === 401) {
    const fresh = await renew()
    return accepted(await post(fresh), letter, fresh, ports, true)
  }
  const wait = briefWait(first, ports)
  if (wait !== undefined) await pause(wait * 1000, signal)
  return accepted(wait === undefined ? first : await post(token), letter, token, ports, false)
}

const handIn = async ({ url, contentType, body }: Letter, { accessToken }: Token, ports: ModePorts, signal: AbortSignal, milliseconds?: number): Promise<HttpReply> => {
  let handedOver = false
  const onSent = () => { handedOver = true }
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': contentType, accept: 'application/json' }
  try {
    return await ask('graph', { method: 'POST', url, headers, body, onSent }, ports, signal, milliseconds)
  } catch (error) {
    throw handedOver ? new NotProven(`after the message was handed over: ${(error as Error).message}`) : error
  }
}

/** A gateway that waited in vain (504) may have handed the message on: that is never repeated. */
const briefWait = (reply: HttpReply, { clock }: ModePorts): number | undefined => {
  const wait = retryAfterOf(reply, clock.now())
  const again = reply.status === 429 || (reply.status >= 500 && reply.status !== 504)
  return again && wait !== undefined && wait <= shortWait ? wait : undefined
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> => new Promise((resolve, reject) => {
  const stop = () => { clearTimeout(timer); reject(signal.reason as Error) }
  const timer = setTimeout(() => { signal.removeEventListener('abort', stop); resolve() }, milliseconds)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
})

/** Only 202 without a word means that Graph took it; any other answer that is no refusal proves nothing. */
const accepted = (reply: HttpReply, { url, messageId }: Letter, { claims }: Token, { clock }: ModePorts, renewed: boolean): Accepted => {
  const { status, headers, text } = reply
  const requestId = headers['request-id']
  if (status === 202 && text.trim() === '') return { messageId, renewed, ...(requestId && { requestId: said(requestId.slice(0, 120)) }) }
  if (status < 400 || status === 504) throw new NotProven(`Graph answered ${status}${text ? ' with a text' : ''}`)
  // Which of the rights is missing is told from what the token shows.
  const facts: MicrosoftFacts = { service: 'graph', host: url.host, http: status, ...bodyOf(reply), ...(claims && { roles: claims.roles }) }
  const audience = audienceOf(claims)
  if (status === 401) throw new MicrosoftFault('graph.token-refused', { ...facts, ...(audience && { found: audience }) })
  if (status === 429) throw new MicrosoftFault('service.busy', { ...facts, retryAfter: retryAfterOf(reply, clock.now()) ?? assumedWait })
  // 507 is about the mailbox, which is full (RFC 4918 section 11.5).
  if (status >= 500 && status !== 507) throw new MicrosoftFault('service.broken', { ...facts, ...waitOf(reply, clock.now()) })
  throw new MicrosoftFault(facts.body === undefined ? 'https.not-json' : 'graph.refused', facts)
}

const waitOf = (reply: HttpReply, now: number): { retryAfter?: number } => {
  const wait = retryAfterOf(reply, now)
  return wait === undefined ? {} : { retryAfter: wait }
}

/** Graph's error object where there is one, else what came instead. A refusal without a word is still Graph's. */
const bodyOf = ({ text }: HttpReply): { body?: unknown; text?: string } => {
  if (text.trim() === '') return { body: {} }
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body) && isObject(body.error)) return { body }
  } catch { /* what is no JSON is quoted */ }
  return { text: text.slice(0, 1000) }
}

/** What the product's own mail needs to leave. */
export interface Passage {
  readonly applicant: Applicant
  readonly keepCopy: boolean
  /** Seconds for handing one message in. */
  readonly timeout: number
}

/** Opens the way out for the product's own mail: the token and the request of the check, without rows. */
export const open = async ({ applicant, keepCopy, timeout }: Passage, ports: ModePorts, signal: AbortSignal): Promise<Mailer> => {
  const admission = await admit(applicant, ports, signal)
  return {
    async send(message) {
      const letter = letterOf(message, await ports.mail.compose(message), { graph: applicant.cloud.graph, keepCopy })
      const { messageId, requestId } = await submit(letter, admission, ports, signal, timeout * 1000)
      // Graph takes a message for all its recipients or for none.
      return { messageId, reply: `202 Accepted${requestId ? `, request-id ${requestId}` : ''}`, refused: [] }
    },
    close: () => {},
  }
}
