import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { createHost } from './host/app.ts'
import { buildAssets } from './host/assets.ts'
import { AuditLog, callerOf, createGateway, logLevelOf } from './host/gateway.ts'
import { Sessions } from './host/people.ts'
import { Seeder } from './host/seeds.ts'
import { listen, portOf } from './port.ts'
import { startSandbox, trust } from './sandbox/index.ts'

// The demo: a host product with the settings element, and a mail world of its own. One line on stdout: its address.

const say = (text: string): void => { process.stderr.write(`${text}\n`) }

interface Keeping {
  readonly store: string
  readonly secrets: string
  forget(): Promise<void>
}

/** In a folder of its own that goes with the process, unless MAIL_GATEWAY_STORE names a place to stay. */
const keeping = async (env: NodeJS.ProcessEnv): Promise<Keeping> => {
  if (env.MAIL_GATEWAY_STORE) {
    if (!env.MAIL_GATEWAY_SECRETS) throw new Error('MAIL_GATEWAY_SECRETS is missing: what is kept must stay readable. Make one: npx mail-gateway secret')
    return { store: env.MAIL_GATEWAY_STORE, secrets: env.MAIL_GATEWAY_SECRETS, forget: async () => {} }
  }
  const folder = await mkdtemp(join(tmpdir(), 'mail-gateway-demo-'))
  return {
    store: `sqlite:${join(folder, 'demo.db')}`, secrets: `1:${randomBytes(32).toString('base64')}`,
    forget: () => rm(folder, { recursive: true, force: true }),
  }
}

const start = async (env: NodeJS.ProcessEnv): Promise<void> => {
  let answer: RequestListener = (_, response) => { response.writeHead(503, { 'retry-after': '1' }).end() }
  const server = createServer((request, response) => answer(request, response))
  const logLevel = logLevelOf(env.MAIL_GATEWAY_LOG_LEVEL)
  const port = await listen(server, portOf(env.PORT))
  const kept = await keeping(env)
  const baseURL = `http://127.0.0.1:${port}`

  say('Starting three mail servers, one for every way to misbehave, and two clouds that stand in for Microsoft')
  const sandbox = await startSandbox({ ports: { relay: 2525, starttls: 2587, tls: 2465, scenarios: 2600, microsoft: 2700 } })
  trust(sandbox.ca)
  say('Building the settings element')
  const assets = await buildAssets()

  const sessions = new Sessions()
  const log = new AuditLog()
  const gateway = createGateway({ baseURL, store: kept.store, secrets: kept.secrets, sandbox, sessions, logLevel, onEvent: (event) => { log.add(event) } })
  const seeder = new Seeder(sandbox, callerOf(gateway, sessions, baseURL))
  answer = getRequestListener(createHost({ sandbox, sessions, seeder, assets, gateway, deedsOf: (tenant) => log.of(tenant) }).fetch)

  const stop = async (): Promise<void> => {
    say('Stopping')
    server.close()
    server.closeAllConnections()
    await Promise.all([gateway.close(), sandbox.close()])
    await kept.forget()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { void stop().then(() => process.exit(0)) })

  say('Settings > Notifications > Email holds the element. Ctrl+C stops everything.')
  process.stdout.write(`${baseURL}\n`)
}

await start(process.env).catch((error: Error) => {
  say(`The demo cannot start: ${error.message}`)
  process.exit(78)
})
