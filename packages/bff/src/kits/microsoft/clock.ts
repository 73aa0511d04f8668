import type { Finding } from '@mail-gateway/contract'
import type { Explain, Outcome, Step } from '../../checks/step.ts'
import { entryOf } from '../../findings/catalogue.ts'
import type { ModePorts } from '../../ports/mode-ports.ts'
import type { HttpReply, HttpRequest } from '../../ports/ports.ts'
import { SmtpFault } from '../smtp/fault.ts'
import { MicrosoftFault } from './fault.ts'
import type { MicrosoftFacts } from './fault.ts'

/** Milliseconds a clock may differ from the service's: Microsoft's own tolerance for tokens, and what the guide asks for. */
const tolerance = 5 * 60_000

/** A fault that was met while this machine's clock was seen to be wrong; `cause` is the fault. */
export class WrongClock extends Error {
  readonly facts: MicrosoftFacts

  constructor(facts: MicrosoftFacts, cause: MicrosoftFault | SmtpFault) {
    super('clock.wrong', { cause })
    this.facts = facts
  }
}

/**
 * Milliseconds our clock was ahead of the service's when it answered; undefined where the answer has no time of its own
 * (RFC 9110 section 6.6.1). A kept answer is as much older as its Age says (RFC 9111 section 5.1).
 */
export const aheadBy = ({ headers }: Pick<HttpReply, 'headers'>, now: number): number | undefined => {
  const date = / GMT$/.test(headers.date ?? '') ? Date.parse(headers.date!) : Number.NaN
  if (Number.isNaN(date)) return undefined
  const age = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) * 1000 : 0
  return now - date - age
}

/**
 * A checklist's verbs and ports with an eye on the clock: every HTTPS answer says what time it is, which costs nothing.
 * Where ours is off, the first row that passes advises it, and every fault is told with it (fault F101).
 */
export const underClock = <Id extends string>(step: Step<Id>, ports: ModePorts, explain: Explain): { readonly step: Step<Id>; readonly ports: ModePorts } => {
  let off: MicrosoftFacts | undefined
  let told = false
  const request = async (wanted: HttpRequest, signal: AbortSignal): Promise<HttpReply> => {
    const reply = await ports.egress.request(wanted, signal)
    const ahead = aheadBy(reply, ports.clock.now())
    if (ahead !== undefined) off = Math.abs(ahead) > tolerance ? { host: wanted.url.host, ahead } : undefined
    return reply
  }
  const watched = <T>(id: Id, work: (signal: AbortSignal) => Promise<Outcome<T>>) => async (signal: AbortSignal): Promise<Outcome<T>> => {
    const outcome = await work(signal).catch((error: unknown) => { throw off && isFault(error) ? new WrongClock(off, error) : error })
    if (!off || told || outcome.advice || outcome.open) return outcome
    told = true
    return { ...outcome, advice: explain(new MicrosoftFault('clock.wrong', off), id).finding }
  }
  return {
    ports: { ...ports, egress: { ...ports.egress, request } },
    step: { must: (id, work) => step.must(id, watched(id, work)), may: (id, work) => step.may(id, watched(id, work)), skip: (id) => step.skip(id) },
  }
}

const isFault = (error: unknown): error is MicrosoftFault | SmtpFault => error instanceof MicrosoftFault || error instanceof SmtpFault

/**
 * A finding under a wrong clock. What time alone can bring about is led by the clock; anything else stays what it is,
 * and the clock is the first thing to put right.
 */
export const clockFirst = (finding: Finding, clock: Finding, fault: unknown): Finding => {
  const fixes = [clock.fixes[0]!, ...finding.fixes]
  if (!timeBound(fault, finding)) return { ...finding, fixes }
  const { field: _, ...rest } = finding
  const { code, title, step, who, retry } = clock
  return { ...rest, code, title, cause: `${clock.cause} What failed here may be no more than that: ${finding.title}. ${finding.cause}`, fixes, retry, ...(step && { step }), ...(who && { who }) }
}

const timeBound = (fault: unknown, { id }: Finding): boolean =>
  (fault instanceof MicrosoftFault && ['https.tls', 'https.not-told', 'graph.token-refused'].includes(fault.code))
  // A runtime that gives no reason for a failed handshake may mean the certificate's dates as well.
  || (fault instanceof SmtpFault && /^tls\.(certificate\.(expired|not-yet-valid|untrusted)|not-told|failed)$/.test(fault.code))
  || (id !== null && entryOf(id)?.pointsTo.portalSteps.includes('server.clock') === true)
