// The gateway as a vendor's Worker has it, and beside it what it is compared with, in the same isolate.
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'
import { bare } from './peers.ts'

interface Env {
  readonly DB: { prepare(sql: string): { bind(...values: unknown[]): { run(): Promise<{ readonly meta: { readonly changes: number } }> } } }
  readonly [name: string]: unknown
}

const gateway = toWorker((env: Env) => optionsFrom(env))
const peers = bare()

/** The same row by the same condition, written without the gateway. */
const save = async ({ DB }: Env): Promise<Response> => {
  const { meta } = await DB.prepare('UPDATE gateway SET updated_at = ?, revision = revision + 1 WHERE tenant = ? AND name = ?').bind(new Date().toISOString(), 'acme', 'Peer').run()
  return Response.json({ changes: meta.changes })
}

export default {
  fetch: (request: Request, env: Env, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response> | Response => {
    const { pathname } = new URL(request.url)
    if (pathname === '/peer/save') return save(env)
    if (pathname.startsWith('/peer/')) return peers.fetch(new Request(request.url.replace('/peer/', '/'), request))
    return gateway.fetch(request, env, context)
  },
}
