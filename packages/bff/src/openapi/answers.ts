import type { CheckEvent, Evidence, Explanation, FieldError, Finding, GatewayView, MetaView, ModeView, PlanRow, Problem, RunView, SecretView, SettingValue } from '@mail-gateway/contract'
import { stages } from '@mail-gateway/contract'
import * as z from 'zod'

// The contract's types once more, as data for OpenAPI and for the tests that hold every answer against it.
// The annotations make a difference between the two a compile error.

const settingValue: z.ZodType<SettingValue> = z.union([z.string(), z.number(), z.boolean(), z.null()])
const stage = z.enum(stages)
const time = z.iso.datetime()
const strings = z.array(z.string())

const fieldError: z.ZodType<FieldError> = z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() })

const secretView: z.ZodType<SecretView> = z.strictObject({ set: z.boolean(), setAt: time.exactOptional(), setBy: z.string().exactOptional(), expires: z.iso.date().exactOptional() })

const evidence: z.ZodType<Evidence> = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), strings]))

const states = ['verified', 'checked', 'changed', 'unverified', 'failing', 'expiring', 'disconnected', 'disabled'] as const

/** Answer of the gateway routes. */
export const gatewayView: z.ZodType<GatewayView> = z.strictObject({
  id: z.string(), name: z.string(), default: z.boolean(), mode: z.string(),
  settings: z.record(z.string(), settingValue),
  secrets: z.record(z.string(), secretView),
  status: z.strictObject({ state: z.enum(states), since: time, by: z.string().exactOptional(), runId: z.string().exactOptional(), evidence: evidence.exactOptional() }),
  revision: z.int(), updatedAt: time, updatedBy: z.string(),
})

export const gatewayList: z.ZodType<{ gateways: GatewayView[] }> = z.strictObject({ gateways: z.array(gatewayView) })

const findingShape = {
  code: z.string(), id: z.string().nullable(), title: z.string(), cause: z.string(),
  fixes: z.array(z.strictObject({ text: z.string(), link: z.string().exactOptional() })),
  field: z.string().exactOptional(), step: z.string().exactOptional(), who: z.string().exactOptional(),
  retry: z.strictObject({ class: z.string(), text: z.string(), seconds: z.number().exactOptional() }),
  said: z.string().max(512).exactOptional(),
  errors: z.array(fieldError).exactOptional(),
}
const finding: z.ZodType<Finding> = z.strictObject(findingShape)

/** Answer of POST /explain. */
export const explanation: z.ZodType<Explanation> = z.strictObject({ ...findingShape, others: z.array(z.strictObject({ id: z.string(), title: z.string() })) })

const planRow = z.strictObject({ id: z.string(), stage, label: z.string() }) satisfies z.ZodType<PlanRow>
const statuses = ['pass', 'warn', 'fail', 'skip', 'unproven'] as const
const reason = z.enum(['blocked', 'not-needed', 'later'])
const verdict = z.enum(['passed', 'failed', 'unproven'])
const outcome = { evidence: evidence.exactOptional(), finding: finding.exactOptional(), reason: reason.exactOptional() }

/** Answer of a request that failed (RFC 9457). */
export const problem: z.ZodType<Problem> = z.strictObject({
  type: z.url(), title: z.string(), status: z.int(), detail: z.string(), instance: z.string(), code: z.string(), requestId: z.string(),
  errors: z.array(fieldError).exactOptional(), fields: strings.exactOptional(), gateway: gatewayView.exactOptional(), runId: z.string().exactOptional(), retryAfter: z.number().exactOptional(),
})

/** One line of the stream of POST /checks. */
export const checkEvent: z.ZodType<CheckEvent> = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('plan'), runId: z.string(), rows: z.array(planRow) }),
  z.strictObject({ event: z.literal('start'), id: z.string() }),
  z.strictObject({ event: z.literal('result'), id: z.string(), status: z.enum(statuses), ms: z.number(), ...outcome }),
  z.strictObject({ event: z.literal('end'), verdict, until: stage, ms: z.number() }),
  z.strictObject({ event: z.literal('problem'), problem }),
])

/** Answer of GET /runs/{id}. */
export const runView: z.ZodType<RunView> = z.strictObject({
  runId: z.string(), gatewayId: z.string().exactOptional(), mode: z.string(), until: stage, state: z.enum(['running', 'done']),
  verdict: verdict.exactOptional(), to: z.string().exactOptional(), startedAt: time, endedAt: time.exactOptional(), ms: z.number().exactOptional(),
  rows: z.array(planRow.extend({ status: z.enum([...statuses, 'waiting', 'running']), ms: z.number().exactOptional(), ...outcome })),
})

const choice = z.strictObject({ id: z.string(), label: z.string() })

/** Answer of GET /meta. */
export const metaView: z.ZodType<MetaView> = z.strictObject({
  apiVersion: z.string(), productName: z.string(),
  capabilities: z.strictObject({ port25: z.boolean(), privateNetwork: z.boolean(), tlsDetail: z.boolean(), customCa: z.boolean(), tlsVersion: z.boolean() }),
  rights: z.array(z.enum(['read', 'write', 'test', 'send', 'share'])),
  me: z.strictObject({ name: z.string().exactOptional(), email: z.string().exactOptional() }),
  clouds: z.array(choice), sites: z.array(choice),
  policy: z.strictObject({
    saveRequires: z.enum(['nothing', ...stages]),
    testRecipients: z.union([z.enum(['any', 'self']), strings]),
    testRate: z.strictObject({ perMinute: z.int(), perDay: z.int() }),
  }),
})

const texts = z.record(z.string(), z.string())
const when = z.record(z.string(), z.union([settingValue, z.array(settingValue)]))
const sets = z.record(z.string(), settingValue)
const option = z.strictObject({ value: z.string(), label: z.string(), hint: z.string().exactOptional(), sets: sets.exactOptional(), facts: texts.exactOptional() })
const kinds = ['text', 'host', 'email', 'number', 'secret', 'choice', 'select', 'toggle', 'multiline', 'date'] as const

const field = z.strictObject({
  name: z.string(), kind: z.enum(kinds), label: z.string(), hint: z.string().exactOptional(), group: z.string(), required: z.boolean(),
  default: settingValue.exactOptional(), min: z.number().exactOptional(), max: z.number().exactOptional(), maxLength: z.int().exactOptional(),
  pattern: z.string().exactOptional(), size: z.int().exactOptional(), rows: z.int().exactOptional(), unit: z.string().exactOptional(),
  options: z.array(option).exactOptional(), when: when.exactOptional(),
  ltr: z.boolean().exactOptional(), autocomplete: z.string().exactOptional(), clean: z.enum(['text', 'host', 'address', 'secret', 'pem']).exactOptional(),
  messages: z.strictObject({ required: z.string().exactOptional(), format: z.string().exactOptional(), range: z.string().exactOptional() }),
  unavailable: z.string().exactOptional(),
  repairs: z.array(z.strictObject({ pattern: z.string(), to: z.string().exactOptional(), say: z.string() })).exactOptional(),
})

const step = z.strictObject({
  id: z.string(), title: z.string(), text: z.string(), when: when.exactOptional(), who: z.string().exactOptional(), path: z.string().exactOptional(),
  link: z.string().exactOptional(), linkBefore: z.string().exactOptional(),
  values: z.array(z.strictObject({ label: z.string(), text: z.string() })).exactOptional(),
  scripts: z.array(z.strictObject({ label: z.string(), shell: z.enum(['powershell', 'sh']), text: z.string() })).exactOptional(),
})
const notice = z.strictObject({
  id: z.string(), when: texts, title: z.string(), text: z.string(), link: z.string().exactOptional(),
  moves: z.array(z.strictObject({ mode: z.string(), label: z.string(), carry: texts.exactOptional() })),
})
const fact = z.strictObject({ term: z.string(), text: z.string() })

const modeView: z.ZodType<ModeView> = z.strictObject({
  id: z.string(), label: z.string(), hint: z.string(), badge: z.string().exactOptional(),
  available: z.union([z.strictObject({ ok: z.literal(true) }), z.strictObject({ ok: z.literal(false), code: z.string(), reason: z.string() })]),
  groups: z.array(z.strictObject({ id: z.string(), label: z.string(), advanced: z.boolean().exactOptional() })),
  fields: z.array(field), plan: z.array(planRow), destination: strings, target: strings,
  aside: z.strictObject({ title: z.string(), facts: z.array(fact) }).exactOptional(),
  notices: z.array(notice).exactOptional(),
  guide: z.strictObject({ title: z.string(), intro: z.string().exactOptional(), steps: z.array(step), samples: texts.exactOptional() }).nullable(),
})

/** Answer of GET /modes. */
export const modeList: z.ZodType<{ modes: ModeView[] }> = z.strictObject({ modes: z.array(modeView) })

export const health = z.strictObject({ status: z.enum(['ok', 'unavailable']) })
