import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Refusal, SendFailed } from '@mail-gateway/bff'
import { Hono } from 'hono'
import { createHost } from '../host/app.ts'
import type { Parts } from '../host/app.ts'
import { workspaceOf } from '../host/people.ts'
import type { Sessions } from '../host/people.ts'
import { callerPath, eventsPath, isOurs, mailPath, seenAsHeader, withToken } from './between.ts'
import type { AuditEvent, Caller, Fate, Letter } from './between.ts'

/** The product's end of what it shares with its Worker. */
export interface Desk {
  readonly token: string
  readonly sessions: Sessions
  onEvent(event: AuditEvent): void
}

const callerIn = (headers: Headers, sessions: Sessions): Caller | null => {
  const [person, tenant] = [sessions.personOf(headers), workspaceOf(headers)]
  return person && tenant ? { subject: person.id, name: person.name, email: person.email, tenant, rights: person.rights } : null
}

const desk = ({ token, sessions, onEvent }: Desk): Hono => {
  const app = new Hono()
  app.use(async (context, next) => isOurs(context.req.raw.headers, token) ? next() : context.text('This is between the product and its Worker.\n', 401))
  app.get(callerPath, (context) => context.json(callerIn(context.req.raw.headers, sessions)))
  app.post(eventsPath, async (context) => {
    onEvent(await context.req.json<AuditEvent>())
    return context.body(null, 204)
  })
  return app
}

/** The product as its Worker reaches it: the pages a browser asks for, and what the two say to each other. */
export const productListener = (parts: Parts, shared: Desk): RequestListener => {
  const [pages, internal] = [getRequestListener(createHost(parts).fetch), getRequestListener(desk(shared).fetch)]
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/internal/')) return internal(request, response)
    // The address the browser used: forms are judged by it.
    const seenAs = request.headers[seenAsHeader]
    if (typeof seenAs === 'string') request.headers.host = seenAs
    return pages(request, response)
  }
}

const received = (fate: Fate) => {
  if ('receipt' in fate) return fate.receipt
  throw 'refused' in fate ? new Refusal(fate.refused) : new SendFailed(fate.failed.finding, fate.failed.unproven)
}

/** The settings backend in its Worker, as the product uses it. */
export const gatewayAt = (baseURL: string, token: string): Parts['gateway'] => ({
  fetch: (request) => fetch(request),
  api: {
    async send({ caller, requestId }, mail, gatewayId) {
      const letter: Letter = { caller, requestId, mail, ...(gatewayId !== undefined && { gatewayId }) }
      const answer = await fetch(`${baseURL}${mailPath}`, { method: 'POST', body: JSON.stringify(letter), headers: { 'content-type': 'application/json', ...withToken(token) } })
      if (!answer.ok) throw new Error(`the Worker answered ${mailPath} with ${answer.status}`)
      return received(await answer.json() as Fate)
    },
  },
})
