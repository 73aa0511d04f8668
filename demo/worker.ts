import { Refusal, SendFailed } from '@mail-gateway/bff'
import type { AuditEvent, Authorize, MailGateway } from '@mail-gateway/bff'
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'
import type { Bindings, WorkerContext } from '@mail-gateway/bff/workers'
import { accountHeader, workspaceHeader } from './host/people.ts'
import { callerPath, eventsPath, isOurs, mailPath, seenAsHeader, withToken } from './worker/between.ts'
import type { Caller, Fate, Letter } from './worker/between.ts'

// The demo's Worker: the settings backend in workerd, the product's pages behind it.

interface Env extends Bindings {
  /** Address of the product, for this Worker alone. */
  readonly PLUMLINE: string
  /** What the two know each other by. */
  readonly PLUMLINE_TOKEN: string
}

const ask = async ({ PLUMLINE, PLUMLINE_TOKEN }: Env, path: string, init: RequestInit): Promise<Response> => {
  const answer = await fetch(new URL(path, PLUMLINE), { ...init, redirect: 'manual', headers: { ...init.headers, ...withToken(PLUMLINE_TOKEN) } })
  if (!answer.ok) throw new Error(`the product answered ${path} with ${answer.status}`)
  return answer
}

const whoAsks = [/** The product's own sign-in. */ 'cookie', accountHeader, workspaceHeader]

/** The product knows its people; this Worker asks it on every request. */
const authorizeBy = (env: Env): Authorize => async ({ headers }) => {
  const told = whoAsks.flatMap((name) => { const value = headers.get(name); return value === null ? [] : [[name, value] as const] })
  return await (await ask(env, callerPath, { headers: Object.fromEntries(told) })).json() as Caller | null
}

const report = (env: Env) => async (event: AuditEvent): Promise<void> => {
  const answer = await ask(env, eventsPath, { method: 'POST', body: JSON.stringify(event), headers: { 'content-type': 'application/json' } })
  await answer.body?.cancel()
}

const backend = toWorker<Env>((env) => ({ ...optionsFrom(env, authorizeBy(env)), onEvent: report(env) }))

const fateOf = async (gateway: MailGateway, { caller, requestId, mail, gatewayId }: Letter): Promise<Fate> => {
  try {
    return { receipt: await gateway.api.send({ caller, requestId }, mail, gatewayId) }
  } catch (error) {
    if (error instanceof SendFailed) return { failed: { finding: error.finding, unproven: error.unproven } }
    if (error instanceof Refusal) return { refused: error.code }
    throw error
  }
}

/** The product's own mail leaves through the same gateway: no second one exists, and no secret leaves this Worker. */
const send = async (request: Request, env: Env): Promise<Response> => {
  if (!isOurs(request.headers, env.PLUMLINE_TOKEN)) return new Response('This is between the product and its Worker.\n', { status: 401 })
  return Response.json(await fateOf(backend.gateway(env), await request.json() as Letter))
}

/** A page of the product, as it is: its status, its policy, its redirects. */
const pageFor = async (request: Request, { PLUMLINE }: Env): Promise<Response> => {
  const { host, pathname, search } = new URL(request.url)
  // Put into the address one by one: read together with it, a path that begins with two slashes would name another host.
  const passed = new Request(Object.assign(new URL(PLUMLINE), { pathname, search }), request)
  passed.headers.set(seenAsHeader, host)
  try {
    return await fetch(passed, { redirect: 'manual' })
  } catch {
    return new Response('The product did not answer.\n', { status: 502 })
  }
}

export default {
  async fetch(request: Request, env: Env, context: WorkerContext): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/api/mail-gateway/')) return backend.fetch(request, env, context)
    if (pathname === mailPath) return send(request, env)
    return pageFor(request, env)
  },
  scheduled: backend.scheduled,
}
