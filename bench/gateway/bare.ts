import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { answerTo } from '../process.ts'

/** The peer: a bare Hono route that answers the same JSON out of memory. No caller, no store, no log. */
answerTo({
  open: async (body: object) => {
    const app = new Hono()
    app.get('/gateways', (context) => context.json(body))
    const server = createAdaptorServer({ fetch: app.fetch })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, path: '/gateways', headers: {} }
  },
  processor: () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 },
})
