// The gateway as a Worker for tests, and beside it what a host does with it: sends mail of its own through `api.send`.
import { SendFailed } from '@mail-gateway/bff'
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'

const callerIn = (request: Request) => {
  const tenant = request.headers.get('x-tenant')
  return tenant ? { subject: 'u-1', name: 'Ada', email: 'ada@acme.example', tenant, rights: ['read', 'write', 'test', 'send', 'share'] as const } : null
}
const worker = toWorker((env: Record<string, unknown>) => optionsFrom(env, callerIn))

export default {
  ...worker,
  async fetch(request: Request, env: Record<string, unknown>, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
    const caller = callerIn(request)
    if (new URL(request.url).pathname !== '/send' || !caller) return worker.fetch(request, env, context)
    try {
      const receipt = await worker.gateway(env).api.send({ caller, requestId: crypto.randomUUID(), signal: request.signal }, { to: 'bob@acme.example', subject: 'Report', text: 'All is well.\n' })
      return Response.json({ receipt })
    } catch (error) {
      if (error instanceof SendFailed) return Response.json({ failed: error.finding, unproven: error.unproven })
      throw error
    }
  },
}
