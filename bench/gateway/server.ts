import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { answerTo } from '../process.ts'
import { basePath, draft, listed } from './account.ts'
import { openOurs } from './ours.ts'

/** Our side: the gateway over HTTP, its list filled. */
answerTo({
  open: async (path: string) => {
    const { gateway, headers, create } = openOurs(path)
    for (let n = 1; n <= listed; n++) await create(draft(n))
    const server = createAdaptorServer({ fetch: gateway.fetch, overrideGlobalObjects: false })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, path: `${basePath}/gateways`, headers: { authorization: headers.authorization } }
  },
  /** Milliseconds of processor time used so far. */
  processor: () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 },
})
