import { setTimeout as pause } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'

type Answer = (instance: string) => Response

const problem = (status: number, code: string, title: string, detail: string, headers: HeadersInit = {}): Answer => (instance) =>
  Response.json(
    { type: `about:blank#${code}`, title, status, detail, instance, code, requestId: 'demo' },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )

/** What may stand between a page and its backend instead of the backend. */
const answers: Readonly<Record<string, Answer>> = {
  unauthorized: problem(401, 'access.unauthorized', 'Not signed in', 'The session has ended.'),
  forbidden: problem(403, 'access.forbidden', 'Not allowed', 'This account may not see the mail settings.'),
  missing: problem(404, 'route.unknown', 'Not found', 'Nothing is mounted here.'),
  busy: problem(429, 'rate.limited', 'Too many requests', 'Try again in 40 seconds.', { 'retry-after': '40' }),
  broken: problem(500, 'internal', 'Something went wrong', 'The server could not answer.'),
  html: () => new Response('<!doctype html><title>Sign in</title><h1>Company portal</h1>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
}

const slowMs = 20_000

/** A backend that fails in the way its address says: `/down/…`, `/slow/…`, `/html/…`, or with a status. */
export const faults = (): Hono<{ Bindings: HttpBindings }> => {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('/down/*', (context) => {
    context.env.incoming.socket.destroy()
    return context.body(null, 503)
  })
  app.all('/slow/*', async (context) => {
    await pause(slowMs, undefined, { signal: context.req.raw.signal }).catch(() => {})
    return context.body(null, 504)
  })
  app.all('/:kind/*', (context) => (answers[context.req.param('kind')] ?? answers.missing!)(context.req.path))
  return app
}
