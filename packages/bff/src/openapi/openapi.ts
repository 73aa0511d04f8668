import { apiVersion, callHeader, repeatHeader, routes } from '@mail-gateway/contract'
import type { Route, RouteName } from '@mail-gateway/contract'
import * as z from 'zod'
import { problems } from '../findings/problem.ts'
import type { ProblemCode } from '../findings/problem.ts'
import type { Mode } from '../modes/mode.ts'
import { checkBody, draftBody, explainBody } from './requests.ts'
import { secretsOf } from '../settings/schema.ts'
import * as answers from './answers.ts'

type Json = Readonly<Record<string, unknown>>

/** OpenAPI 3.1 of this deployment: requests from the schemas that judge them, routes from the table that serves them. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: Json
  readonly servers: readonly Json[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly responses: Json }
}

export interface Operation extends Json {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly responses: Readonly<Record<string, unknown>>
}

interface Words {
  readonly summary: string
  readonly body?: 'Draft' | 'CheckRequest' | 'ExplainRequest'
  readonly ok: readonly [status: number, schema: string | null, type?: string]
  readonly refusals?: readonly ProblemCode[]
  readonly ifMatch?: true
  readonly repeat?: true
  readonly etag?: true
}

/** What keeps the store from a change. */
const storeRefusals = ['store.busy', 'store.full', 'store.read-only', 'store.damaged', 'store.schema'] as const
const draftRefusals = ['settings.refused', 'save.check-failed', 'secret.destination-changed', 'secret.unreadable', ...storeRefusals] as const
const changeRefusals = ['gateway.unknown', 'settings.revision-missing', 'settings.stale'] as const

const described: Record<RouteName, Words> = {
  meta: { summary: 'What this deployment is and may do, and who is calling', ok: [200, 'Meta'] },
  modes: { summary: 'Every way of sending mail, with its fields and checks', ok: [200, 'ModeList'] },
  listGateways: { summary: 'All gateways of the tenant, oldest first', ok: [200, 'GatewayList'] },
  createGateway: { summary: 'Store a new gateway', body: 'Draft', ok: [201, 'Gateway'], etag: true, repeat: true, refusals: ['request.idempotency-key', 'gateway.key-used', ...draftRefusals] },
  readGateway: { summary: 'One gateway', ok: [200, 'Gateway'], etag: true, refusals: ['gateway.unknown'] },
  saveGateway: { summary: 'Replace a gateway’s settings', body: 'Draft', ok: [200, 'Gateway'], etag: true, ifMatch: true, refusals: [...changeRefusals, ...draftRefusals] },
  deleteGateway: { summary: 'Delete a gateway with its secrets', ok: [204, null], ifMatch: true, refusals: [...changeRefusals, ...storeRefusals] },
  check: { summary: 'Run the checklist on typed or stored values; one JSON object a line', body: 'CheckRequest', ok: [200, 'CheckEvent', 'application/x-ndjson'], repeat: true, refusals: ['request.idempotency-key', 'check.key-used', 'gateway.unknown', 'settings.refused', 'settings.unreadable', 'secret.destination-changed', 'secret.unreadable', 'check.busy', 'rate.limited', 'check.queue-full', 'store.busy'] },
  run: { summary: 'A run as it stands, while it runs too', ok: [200, 'Run'], refusals: ['run.unknown'] },
  explain: { summary: 'What a failure means, whatever program caught it, and what to do', body: 'ExplainRequest', ok: [200, 'Explanation'], refusals: ['settings.refused'] },
  openapi: { summary: 'This document', ok: [200, null, 'application/json'] },
  docs: { summary: 'This document as a page', ok: [200, null, 'text/html'] },
  livez: { summary: 'The process runs', ok: [200, 'Health'] },
  readyz: { summary: 'Store, keys and clock answer', ok: [200, 'Health'] },
}

/** @param address where the routes are mounted, for `servers` */
export const openApi = (modes: readonly Mode[], address: string): OpenApiDocument => ({
  openapi: '3.1.0',
  info: { title: 'Mail gateway settings', version: apiVersion, description: 'Outgoing mail of one tenant: settings, live checks, test emails. Secrets go in and never come out.' },
  servers: [{ url: address }],
  paths: pathsOf(),
  components: {
    schemas: schemasOf(modes),
    responses: { Problem: { description: 'What failed and what to do (RFC 9457)', content: { 'application/problem+json': { schema: ref('Problem') } } } },
  },
})

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

const pathsOf = (): OpenApiDocument['paths'] => {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) }
  }
  return paths
}

const operation = (name: RouteName, { method, path, right }: Route): Operation => {
  const { summary, body, ok: [status, schema, type], refusals = [], ifMatch, repeat, etag } = described[name]
  const parameters = [
    ...(path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...(method === 'GET' ? [] : [{ name: callHeader, in: 'header', required: true, schema: { const: '1' } }]),
    ...(ifMatch ? [{ name: 'if-match', in: 'header', required: true, description: 'The ETag this change began with', schema: { type: 'string' } }] : []),
    ...(repeat ? [{ name: repeatHeader, in: 'header', required: false, description: 'The new id, made by the caller: the same call with the same id is done once, and answered alike', schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{22,64}$' } }] : []),
  ]
  const content = schema || type ? { content: { [type ?? 'application/json']: schema ? { schema: ref(schema) } : {} } } : {}
  const codes = [...(right ? ['auth.required', 'auth.right-missing'] as const : []), ...refusals]
  return {
    operationId: name, summary,
    description: right ? `Needs the right \`${right}\`.` : 'Open to everybody.',
    'x-right': right,
    ...(parameters.length && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: ref(body) } } } }),
    responses: { [status]: { description: summary, ...content, ...(etag && { headers: { etag: { schema: { type: 'string' } } } }) }, ...refusalsByStatus(codes) },
  }
}

const refusalsByStatus = (codes: readonly ProblemCode[]): Record<string, Json> =>
  Object.fromEntries(Object.entries(Object.groupBy(codes, (code) => problems[code].status)).map(([status, same = []]) =>
    [status, { $ref: '#/components/responses/Problem', description: same.map((code) => `\`${code}\`: ${problems[code].title}`).join('; ') }]))

const schemasOf = (modes: readonly Mode[]): Record<string, Json> => ({
  Draft: { oneOf: modes.map((mode) => ref(`Draft.${mode.id}`)), discriminator: { propertyName: 'mode', mapping: Object.fromEntries(modes.map(({ id }) => [id, `#/components/schemas/Draft.${id}`])) } },
  ...Object.fromEntries(modes.map((mode) => [`Draft.${mode.id}`, draftOf(mode)])),
  ...Object.fromEntries(modes.map((mode) => [`Settings.${mode.id}`, settingsOf(mode)])),
  CheckRequest: writeOnlySecrets(jsonOf(checkBody)),
  ExplainRequest: jsonOf(explainBody), Explanation: jsonOf(answers.explanation),
  Gateway: jsonOf(answers.gatewayView), GatewayList: jsonOf(answers.gatewayList), Meta: jsonOf(answers.metaView), ModeList: jsonOf(answers.modeList),
  CheckEvent: jsonOf(answers.checkEvent), Run: jsonOf(answers.runView), Problem: jsonOf(answers.problem), Health: jsonOf(answers.health),
})

const jsonOf = (schema: z.ZodType): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}

const draftOf = (mode: Mode): Json => {
  const draft = writeOnlySecrets(jsonOf(draftBody)) as { properties: Record<string, Json> }
  return { ...draft, properties: { ...draft.properties, mode: { const: mode.id }, settings: ref(`Settings.${mode.id}`) } }
}

/** The settings of a mode; its secrets travel apart, in `secrets`. */
const settingsOf = (mode: Mode): Json => {
  const hidden = secretsOf(mode.settings)
  const { properties = {}, ...rest } = jsonOf(mode.settings) as { properties?: Record<string, Json> }
  const shown = Object.entries(properties).filter(([name]) => !hidden.includes(name))
  return { ...rest, properties: Object.fromEntries(shown.map(([name, property]) => [name, plain(property, mode, name)])), 'x-secrets': hidden }
}

// Marks for the form are no vocabulary of JSON Schema.
const plain = ({ type, enum: values, const: constant, minimum, maximum, minLength, maxLength, pattern, default: initial }: Json, mode: Mode, name: string): Json =>
  Object.fromEntries(Object.entries({ description: mode.words.en.fields[name]?.label, type, enum: values, const: constant, minimum, maximum, minLength, maxLength, pattern, default: initial }).filter(([, value]) => value !== undefined))

const writeOnlySecrets = (schema: Json): Json => {
  const properties = schema['properties'] as Record<string, Json>
  return { ...schema, properties: { ...properties, secrets: { ...properties['secrets'], writeOnly: true } } }
}
