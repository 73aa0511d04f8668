import { fold } from '@mail-gateway/contract'
import type { CheckRequest, Draft, Problem, RunRow, Stage } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { demand, signature } from '../access/caller.ts'
import { Refusal, problemOf, refused } from '../findings/problem.ts'
import type { Deployment } from '../gateways/deployment.ts'
import { demandReadable, find } from '../gateways/load.ts'
import type { Prove } from '../gateways/proof.ts'
import type { StoredGateway } from '../ports/store.ts'
import { complete } from '../settings/complete.ts'
import type { Completion } from '../settings/complete.ts'
import { provable } from '../settings/expiry.ts'
import { fingerprints } from '../settings/fingerprint.ts'
import { secretsOf } from '../settings/schema.ts'
import { recipientFor } from './recipient.ts'
import type { Order } from './order.ts'
import type { Runs, Started } from './runs.ts'

/**
 * Starts the check a request asks for, on typed or on stored values.
 * @param wanted the run's id, made by the caller: asked for again with the same, the run is told again
 * @throws Refusal `gateway.unknown`, `settings.refused`, `settings.unreadable`, `secret.destination-changed`, `secret.unreadable`,
 *   `check.busy`, `rate.limited`, `check.queue-full`
 */
export const startCheck = async (deployment: Deployment, runs: Runs, call: Call, request: CheckRequest, wanted?: string): Promise<Started> => {
  demand(call.caller, 'test')
  const { tenant } = call.caller
  const stored = request.gatewayId === undefined ? undefined : await find(deployment, tenant, request.gatewayId)
  const completion = await complete(draftOf(request, stored), stored, { ...deployment, tenant, conceal: call.conceal })
  return runs.start({ ...await orderFor(deployment, call, { completion, gatewayId: stored?.id, until: request.until ?? 'identity', to: request.to }), wanted })
}

/** For a host that saves nothing unproven: the same run, waited for. */
export const proverWith = (deployment: Deployment, runs: Runs): Prove => async (call, { gatewayId, completion }, until) => {
  const { events, verdict } = await runs.start(await orderFor(deployment, call, { completion, gatewayId, until, to: undefined }))
  let rows: readonly RunRow[] = []
  let ended = false
  for await (const event of events) {
    rows = fold(rows, event)
    ended ||= event.event === 'end'
  }
  return { verdict: await verdict, rows, ended }
}

const draftOf = ({ mode, settings, secrets }: CheckRequest, stored: StoredGateway | undefined): Draft => {
  const id = mode ?? stored?.mode
  if (id === undefined) throw refused({ pointer: '/mode', code: 'required', detail: 'Name the mode, or the gateway whose settings are meant.' })
  if (!settings && id !== stored?.mode) throw refused({ pointer: '/settings', code: 'required', detail: 'Give the settings of this mode; none are stored.' })
  return { mode: id, settings: settings ?? demandReadable(stored!).settings, ...(secrets && { secrets }) }
}

interface Wish {
  readonly completion: Completion
  readonly gatewayId: string | undefined
  readonly until: Stage
  readonly to: string | undefined
}

const orderFor = async (deployment: Deployment, call: Call, { completion, gatewayId, until, to }: Wish): Promise<Order> => {
  const { caller, requestId } = call
  const raw = completion.ok ? completion.values : completion.raw
  return {
    tenant: caller.tenant, by: signature(caller), requestId, gatewayId, mode: completion.mode, raw, until,
    secrets: completion.ok ? Object.values(completion.secrets) : secretTexts(completion),
    fingerprints: await fingerprints({ tenant: caller.tenant, mode: completion.mode.id, values: provable(completion.mode, raw) }, deployment.keyring),
    to: recipientFor({ wanted: to, until, caller, from: raw.from, allowed: deployment.policy.testRecipients }),
    trouble: trouble(deployment, requestId),
  }
}

/** What was typed into secrets of a draft that does not hold: still nothing to repeat. */
const secretTexts = ({ mode, raw }: Extract<Completion, { ok: false }>): string[] =>
  secretsOf(mode.settings).map((name) => raw[name]).filter((value) => typeof value === 'string')

const trouble = ({ docs }: Deployment, requestId: string): Problem =>
  problemOf(new Refusal('internal', { detail: 'The check broke off by a mistake of this service: it proves nothing. Check again, and give the request id to whoever runs this service.' }), { docs, requestId, instance: new URL(docs).pathname.replace(/docs$/, 'checks') })
