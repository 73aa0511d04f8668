import { newId } from '../access/call.ts'
import { ConfigError } from '../config/environment.ts'
import { OptionsError } from '../config/options.ts'
import type { MailGatewayOptions } from '../config/options.ts'
import { problemOf, Refusal } from '../findings/problem.ts'
import { createMailGateway } from '../gateway.ts'
import type { Background, MailGateway } from '../gateway.ts'
import { safetyHeaders } from '../routes/headers.ts'
import { onConsole } from './ports.ts'

/**
 * A Worker that answers the gateway's routes. `scheduled` forgets what is over, seals what is stored with the first key, and
 * belongs behind a cron trigger.
 */
export interface MailGatewayWorker<B extends object> {
  fetch(request: Request, bindings: B, context: Background): Promise<Response>
  scheduled(event: unknown, bindings: B, context: Background): Promise<void>
  /**
   * The gateway of these bindings, made once per isolate: for the host's own mail through `api.send`.
   * @throws what `options` and `createMailGateway` throw
   */
  gateway(bindings: B): MailGateway
}

/**
 * A gateway as a Worker: `export default toWorker((env: Env) => optionsFrom(env, authorize))`.
 * Made on the first call, since bindings are only known then. Where it cannot be made, or has other keys than those that
 * sealed what is stored (fault F81), every call is answered with 503, and the log says why.
 */
export const toWorker = <B extends object>(options: (bindings: B) => MailGatewayOptions): MailGatewayWorker<B> => {
  const made = new WeakMap<B, MailGateway>()
  const gateway = (bindings: B): MailGateway => {
    const known = made.get(bindings) ?? createMailGateway(options(bindings))
    made.set(bindings, known)
    return known
  }
  /** Until when a store that cannot say whether the keys fit is not asked again, ms since 1970. */
  const silent = new WeakMap<MailGateway, number>()
  const demandKeys = async (one: MailGateway): Promise<void> => {
    if ((silent.get(one) ?? 0) > Date.now()) return
    const wrong = await wrongKeysOf(one)
    if (wrong) throw new OptionsError([{ option: 'secrets', problem: `(MAIL_GATEWAY_SECRETS) ${wrong}` }])
    if (wrong === null) silent.set(one, Date.now() + againMs)
  }
  const told = async (bindings: B, requestId?: string): Promise<MailGateway> => {
    try {
      const one = gateway(bindings)
      await demandKeys(one)
      return one
    } catch (error) {
      onConsole('error')({ level: 'error', event: 'not-set-up', ...(requestId && { requestId }), fields: { problems: problemsOf(error) } })
      throw new NotSetUp()
    }
  }
  return {
    gateway,
    async fetch(request, bindings, context) {
      const requestId = newId()
      try {
        return await (await told(bindings, requestId)).fetch(request, bindings, context)
      } catch (error) {
        if (error instanceof NotSetUp) return unavailable(request, requestId)
        throw error
      }
    },
    // A cron run that did nothing counts as failed.
    async scheduled(_, bindings) {
      const one = await told(bindings)
      await one.sweep()
      await one.rotate()
    },
  }
}

class NotSetUp extends Error {
  override message = 'The mail gateway is not set up: the line not-set-up of its log names the settings'
}

/** Milliseconds a call waits for the look at the keys, and until the next one where a store could not say. */
const lookMs = 1_000
const againMs = 10_000

/** `null` where it is not known: a store that cannot say, or not soon, is left to whoever asks it next. */
const wrongKeysOf = async (gateway: MailGateway): Promise<string | null | undefined> => {
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(resolve, lookMs, null)
  const wrong = await Promise.race([gateway.wrongKeys(), late]).catch(() => null)
  clearTimeout(timer)
  return wrong
}

/** On one line, as the console wants it. */
const problemsOf = (error: unknown): string => {
  if (error instanceof ConfigError || error instanceof OptionsError) return error.problems.map(({ option, problem }) => `${option} ${problem}`).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** There is no docs page to point at: nothing of this gateway answers yet. */
const unavailable = (request: Request, requestId: string): Response => {
  const refusal = new Refusal('service.not-set-up')
  const problem = { ...problemOf(refusal, { docs: '', instance: new URL(request.url).pathname, requestId }), type: 'about:blank' }
  return Response.json(problem, { status: refusal.status, headers: { ...safetyHeaders, 'content-type': 'application/problem+json', 'x-request-id': requestId } })
}
