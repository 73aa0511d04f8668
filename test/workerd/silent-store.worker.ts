// The gateway as a Worker whose store goes silent: a call named in the query `dead` is done, and its answer never comes.
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'
import type { Store } from '@mail-gateway/bff'

let dead: readonly string[] = []

const worker = toWorker((env) => {
  const options = optionsFrom(env, (request) => {
    const tenant = request.headers.get('x-tenant')
    return tenant ? { subject: 'u-1', name: 'Ada', email: 'ada@acme.example', tenant, rights: ['read', 'write', 'test'] } : null
  })
  const store: Store = new Proxy(options.ports.store, {
    get: (real, name: keyof Store) => async (...values: never[]) => {
      const done = await (real[name] as (...values: never[]) => Promise<unknown>)(...values)
      return dead.includes(name) ? new Promise(() => {}) : done
    },
  })
  return { ...options, ports: { ...options.ports, store } }
})

export default {
  ...worker,
  async fetch(request: Request, env: object, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
    const cut = new URL(request.url).searchParams.get('dead')
    if (cut === null) return worker.fetch(request, env, context)
    dead = cut.split(',')
    return new Response('cut')
  },
}
