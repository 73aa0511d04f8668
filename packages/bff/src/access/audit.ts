import type { Stage, Verdict } from '@mail-gateway/contract'
import type { ProblemCode } from '../findings/problem.ts'
import { Refusal } from '../findings/problem.ts'
import type { Ports } from '../ports/ports.ts'
import { StoreFault } from '../ports/store.ts'
import { factsOf } from '../settings/discretion.ts'
import { signature } from './caller.ts'
import type { Call } from './call.ts'

/** What can be recorded. */
export type AuditAction = 'gateway.create' | 'gateway.save' | 'gateway.delete' | 'check.run'

/** One record per administrative call, refused ones included: who did what, from where, and how it ended. Names of fields, never values. */
export interface AuditEvent {
  /** ISO 8601. */
  readonly at: string
  readonly action: AuditAction
  readonly outcome: 'done' | Verdict | ProblemCode
  readonly tenant: string
  readonly subject: string
  readonly by: string
  readonly requestId: string
  /** Origin of the calling page. */
  readonly origin?: string
  readonly gatewayId?: string
  readonly runId?: string
  readonly until?: Stage
  /** Settings, secrets (`secrets.password`), `name`, `mode` or `default` that differ from before. */
  readonly changed?: readonly string[]
}

/** Facts an action adds to its record while it runs. */
export type Particular = Pick<AuditEvent, 'gatewayId' | 'runId' | 'until' | 'changed'>

export interface Audit {
  /** Does the work and records it, whichever way it ends. */
  record<T>(call: Call, action: AuditAction, work: (note: (facts: Particular) => void) => Promise<T>, outcome?: (result: T) => AuditEvent['outcome']): Promise<T>
}

/** A host's listener. What it throws is logged and changes nothing. */
export type OnEvent = (event: AuditEvent) => void | Promise<void>

export const createAudit = (onEvent: OnEvent | undefined, now: () => number, log: Ports['log']): Audit => {
  const tell = async (event: AuditEvent): Promise<void> => {
    try {
      await onEvent?.(event)
    } catch (error) {
      log({ level: 'error', event: 'audit.listener-failed', requestId: event.requestId, tenant: event.tenant, fields: factsOf(error) })
    }
  }
  return {
    async record(call, action, work, outcome = () => 'done') {
      let facts: Particular = {}
      const end = (how: AuditEvent['outcome']) => tell({ at: new Date(now()).toISOString(), action, outcome: how, ...whoOf(call), ...facts })
      try {
        const result = await work((more) => { facts = { ...facts, ...more } })
        await end(outcome(result))
        return result
      } catch (error) {
        await end(error instanceof Refusal ? error.code : error instanceof StoreFault ? `store.${error.trouble}` : 'internal')
        throw error
      }
    },
  }
}

const whoOf = ({ caller, requestId, origin }: Call) => ({
  tenant: caller.tenant, subject: caller.subject, by: signature(caller), requestId, ...(origin && { origin }),
})
