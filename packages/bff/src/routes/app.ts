import { routes } from '@mail-gateway/contract'
import type { Route, RouteName } from '@mail-gateway/contract'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { newId } from '../access/call.ts'
import type { Call } from '../access/call.ts'
import type { Calls } from '../access/calls.ts'
import { callerFrom, demand } from '../access/caller.ts'
import type { Authorize, Caller } from '../access/caller.ts'
import { corsHeaders, demandOwnPage, preflightHeaders } from '../access/origin.ts'
import { Refusal, problemOf } from '../findings/problem.ts'
import type { Api } from '../gateways/api.ts'
import type { Deployment } from '../gateways/deployment.ts'
import { StoreFault, StoreSilent } from '../ports/store.ts'
import { factsOf } from '../settings/discretion.ts'
import { handlersFor, isPublic, publicHandlersFor } from './handlers.ts'
import { safetyHeaders, traceOf } from './headers.ts'
import { publicPages } from './public.ts'

/** Where the routes are mounted and who may call them. */
export interface Mount {
  readonly basePath: string
  /** Base URL's origin and the trusted ones. */
  readonly trusted: ReadonlySet<string>
  readonly authorize: Authorize
  readonly calls: Calls
}

/** One request on its way through. */
interface Visit {
  readonly requestId: string
  /** Route pattern, for the log: never the path itself. */
  readonly route: string
  readonly began: number
  tenant?: string
  /** The host's own code, while it runs: whatever breaks there is the host's to mend. */
  during?: string | undefined
  /** Ends what was kept out of the log for this visit. */
  readonly afterwards: (() => void)[]
}

const names = Object.keys(routes) as RouteName[]

/** All endpoints as one Hono app. Each is there twice, with and without the base path: some hosts take it off, some do not (api S4). */
export const createApp = (deployment: Deployment, api: Api, mount: Mount): Hono => {
  const app = new Hono()
  const answer = answering(deployment, api, mount)
  for (const base of new Set([mount.basePath, ''])) {
    for (const name of names) app.on(routes[name].method, base + patternOf(name), (context) => answer(context, name))
    for (const path of new Set(names.map(patternOf))) app.all(base + path, (context) => answer(context, 'method'))
  }
  app.notFound((context) => answer(context, 'unknown'))
  return app
}

const patternOf = (name: RouteName): string => routes[name].path.replace(/\{(\w+)\}/g, ':$1')

type Answer = (context: Context, what: RouteName | 'method' | 'unknown') => Promise<Response>

/** Wraps every answer alike: problems in one form, safety headers, one log line. */
const answering = (deployment: Deployment, api: Api, mount: Mount): Answer => {
  const handle = handling(deployment, api, mount)
  return async (context, what) => {
    const { raw: request } = context.req
    const visit: Visit = { requestId: newId(), route: what in routes ? routes[what as RouteName].path : what, began: deployment.clock.elapsed(), afterwards: [] }
    let response: Response
    let code: string | undefined
    try {
      response = await mount.calls.take(() => handle(context, what, visit))
    } catch (error) {
      const refusal = refusalFrom(error, deployment, visit)
      code = refusal.code
      response = problemResponse(refusal, deployment, mount, request, visit)
    }
    dress(response, { 'x-request-id': visit.requestId, ...corsHeaders(request.headers.get('origin'), mount.trusted) })
    report(deployment, request, response, visit, code)
    for (const end of visit.afterwards) end()
    return response
  }
}

const handling = (deployment: Deployment, api: Api, mount: Mount) => {
  const handlers = handlersFor(api)
  const open = publicHandlersFor(publicPages(deployment, deployment.docs.replace(/\/docs$/, '')))
  return async (context: Context, what: RouteName | 'method' | 'unknown', visit: Visit): Promise<Response> => {
    const { raw: request } = context.req
    if (what === 'unknown') throw new Refusal('route.unknown')
    if (what === 'method') return otherMethod(context, mount)
    if (isPublic(what)) return open[what]()
    const call = { ...await admit(request, what, mount, deployment, visit), ...behind(context) }
    return handlers[what]({ request, call, id: context.req.param('id') ?? '' })
  }
}

/** What goes on behind the answer. A runtime that does not need to be told has no such context. */
const behind = (context: Context): Pick<Call, 'background'> => {
  try {
    const { executionCtx } = context
    return { background: (work) => executionCtx.waitUntil(work) }
  } catch {
    return {}
  }
}

/** Preflights of trusted pages, and methods an address does not take. */
const otherMethod = (context: Context, { trusted, basePath }: Mount): Response => {
  const { raw: request, path } = context.req
  if (request.method === 'OPTIONS' && trusted.has(request.headers.get('origin') ?? '')) return new Response(null, { status: 204, headers: preflightHeaders })
  const bare = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path
  const allow = names.filter((name) => new RegExp(`^${routes[name].path.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(bare)).map((name) => routes[name].method)
  throw new Refusal('route.method', { allow: [...new Set(allow)].join(', ') })
}

/** Lets nobody through without a caller and the route's right; changing calls also only from our own page. Deny is what happens by default. */
const admit = async (request: Request, name: RouteName, mount: Mount, { discretion }: Deployment, visit: Visit): Promise<Call> => {
  const { method, right }: Route = routes[name]
  if (method !== 'GET') demandOwnPage(request.headers, mount.trusted)
  visit.during = 'authorize'
  const caller = await whoCalls(request, mount.authorize)
  visit.during = undefined
  visit.tenant = caller.tenant
  if (right === null) throw new TypeError(`${name} asks for no right and is not among the public routes`)
  demand(caller, right)
  const origin = request.headers.get('origin')
  const { scrubber, release } = discretion.confide([])
  visit.afterwards.push(release)
  const conceal = (secrets: readonly string[]) => secrets.forEach(scrubber.conceal)
  return { caller, requestId: visit.requestId, signal: request.signal, conceal, ...(origin !== null && { origin }) }
}

// The hook sees address and headers; the body is read once, by us, with our limits.
const whoCalls = async (request: Request, authorize: Authorize): Promise<Caller> => {
  const answer = await authorize(new Request(request.url, { method: request.method, headers: request.headers }))
  if (!answer) throw new Refusal('auth.required')
  return callerFrom(answer)
}

/** What the caller may know about something thrown. The rest goes to the log, and only as scalar facts. */
const refusalFrom = (error: unknown, { log }: Deployment, visit: Visit): Refusal => {
  if (error instanceof Refusal) return error
  if (error instanceof StoreFault) {
    if (error.trouble !== 'busy') log({ level: 'error', event: `store.${error.trouble}`, requestId: visit.requestId, ...(visit.tenant && { tenant: visit.tenant }), fields: { route: visit.route, ...factsOf(error) } })
    return new Refusal(`store.${error.trouble}`, error.trouble === 'busy' ? { retryAfter: 2, ...(error instanceof StoreSilent && { detail: error.message }) } : {})
  }
  log({ level: 'error', event: 'request.broke', requestId: visit.requestId, ...(visit.tenant && { tenant: visit.tenant }), fields: { route: visit.route, ...(visit.during && { during: visit.during }), ...factsOf(error) } })
  return new Refusal('internal')
}

const problemResponse = (refusal: Refusal, { docs }: Deployment, { basePath }: Mount, request: Request, { requestId }: Visit): Response => {
  const { pathname } = new URL(request.url)
  const instance = pathname.startsWith(`${basePath}/`) ? pathname : basePath + pathname
  const { retryAfter, allow, gateway } = refusal.particulars
  return Response.json(problemOf(refusal, { docs, instance, requestId }), {
    status: refusal.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(allow && { allow }),
      ...(gateway && { etag: `"${gateway.revision}"` }),
    },
  })
}

/** Headers an answer has not set itself. */
const dress = (response: Response, extra: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries({ ...safetyHeaders, ...extra })) if (!response.headers.has(name)) response.headers.set(name, value)
}

const report = ({ log, clock }: Deployment, request: Request, response: Response, { requestId, route, began, tenant }: Visit, code: string | undefined): void => {
  const level = response.status >= 500 ? 'error' : 'info'
  const ms = Math.round(clock.elapsed() - began)
  const origin = code === 'request.origin' && request.headers.get('origin')
  log({ level, event: 'request', requestId, ...(tenant !== undefined && { tenant }), fields: { method: request.method, route, status: response.status, ms, code, traceparent: traceOf(request.headers), ...(origin && { origin }) } })
}
