import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { buildAssets } from './host/assets.ts'
import { cloudsFor } from './host/clouds.ts'
import { AuditLog, basePath, callerOf, logLevelOf, openPorts } from './host/gateway.ts'
import { Sessions } from './host/people.ts'
import { Seeder } from './host/seeds.ts'
import { listen, portOf } from './port.ts'
import { startSandbox } from './sandbox/index.ts'
import type { Sandbox } from './sandbox/index.ts'
import { makeFolder } from './worker/folder.ts'
import type { Contents, Folder } from './worker/folder.ts'
import { gatewayAt, productListener } from './worker/product.ts'
import { asToldAtTheEdge } from './worker/told.ts'
import { isChatter, migrate, serve } from './worker/wrangler.ts'
import type { Running } from './worker/wrangler.ts'

// The demo with its settings backend in a Worker: workerd under wrangler, a local D1 database, the product behind it.
// One line on stdout: its address.

const say = (text: string): void => { process.stderr.write(`${text}\n`) }

/** A port for the runtime, which binds it itself. */
const freePort = async (wanted: number | undefined): Promise<number> => {
  const holder = createServer()
  const port = await listen(holder, wanted)
  holder.close()
  await once(holder, 'close')
  return port
}

interface Product {
  readonly address: string
  answerWith(listener: RequestListener): void
  close(): void
}

/** The product on a port of its own, which only the Worker is told. */
const openProduct = async (): Promise<Product> => {
  let answer: RequestListener = (_, response) => { response.writeHead(503, { 'retry-after': '1' }).end() }
  // The Worker keeps its connections: one that ended here between two requests would lose the second.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerWith: (listener) => { answer = listener },
    close: () => { server.close(); server.closeAllConnections() },
  }
}

interface Given {
  readonly sandbox: Sandbox
  readonly baseURL: string
  readonly product: Product
  readonly token: string
  readonly logLevel: string
}

const contentsFor = ({ sandbox, baseURL, product, token, logLevel }: Given): Contents => ({
  ca: sandbox.ca,
  vars: {
    PLUMLINE: product.address, MAIL_GATEWAY_BASE_URL: baseURL, MAIL_GATEWAY_TRUSTED_ORIGINS: baseURL.replace('127.0.0.1', 'localhost'),
    MAIL_GATEWAY_EGRESS_PORTS: openPorts(sandbox), MAIL_GATEWAY_CLOUDS: JSON.stringify(cloudsFor(sandbox.microsoft, baseURL)),
    MAIL_GATEWAY_LOG_LEVEL: logLevel,
  },
  secrets: { MAIL_GATEWAY_SECRETS: `1:${randomBytes(32).toString('base64')}`, PLUMLINE_TOKEN: token },
})

/** For each of the two calls of wrangler; on a quiet machine they take 2 seconds each. */
const startSeconds = 60

/** @throws Error with what wrangler said, where there is no database in the end */
const database = async (folder: Folder): Promise<void> => {
  let said = ''
  const making = migrate(folder, (line) => { said += `${line}\n` })
  undo.push(() => making.stop())
  const late = setTimeout(() => void making.stop(), startSeconds * 1000)
  const code = await making.ended
  clearTimeout(late)
  if (code !== 0) throw new Error(`the database was not made (wrangler ended with ${code}): ${said.trim()}`)
}

/** Resolves when the Worker answers. @throws Error when it does not, with what wrangler said */
const answering = async (baseURL: string, runtime: Running): Promise<void> => {
  const late = performance.now() + startSeconds * 1000
  const ended = runtime.ended.then((code) => { throw new Error(`wrangler ended with ${code}`) })
  ended.catch(() => {})
  for (;;) {
    const ready = fetch(`${baseURL}${basePath}/livez`, { signal: AbortSignal.timeout(2_000) }).then(({ ok }) => ok, () => false)
    if (await Promise.race([ready, ended])) return
    if (performance.now() > late) throw new Error(`the Worker did not answer within ${startSeconds} s`)
    await pause(100)
  }
}

const undo: (() => Promise<unknown> | void)[] = []
/** What was started last is ended first. */
const stop = async (): Promise<void> => {
  for (let next = undo.pop(); next; next = undo.pop()) await next()
}

const start = async (env: NodeJS.ProcessEnv): Promise<void> => {
  const logLevel = logLevelOf(env['MAIL_GATEWAY_LOG_LEVEL'])
  const port = await freePort(portOf(env['PORT']))
  const baseURL = `http://127.0.0.1:${port}`

  say('Starting three mail servers, one for every way to misbehave, and two clouds that stand in for Microsoft')
  const sandbox = await startSandbox({ ports: { relay: 2525, starttls: 2587, tls: 2465, scenarios: 2600, microsoft: 2700 } })
  undo.push(() => sandbox.close())
  const product = await openProduct()
  undo.push(() => product.close())

  const token = randomBytes(32).toString('base64url')
  const folder = await makeFolder(contentsFor({ sandbox, baseURL, product, token, logLevel }))
  undo.push(() => folder.forget())
  say(`Keeping this run in ${folder.path}, until it ends`)

  say('Making the database (D1, local) and building the settings element')
  const [assets] = await Promise.all([buildAssets(), database(folder)])

  const [sessions, log, gateway] = [new Sessions(), new AuditLog(), gatewayAt(baseURL, token)]
  const seeder = new Seeder(sandbox, callerOf(gateway, sessions, baseURL))
  const parts = { sandbox: asToldAtTheEdge(sandbox), sessions, seeder, assets, gateway, deedsOf: (tenant: string) => log.of(tenant) }
  product.answerWith(productListener(parts, { token, sessions, onEvent: (event) => { log.add(event) } }))

  say('Starting the Worker in workerd')
  const runtime = serve(folder, port, (line) => { if (logLevel === 'debug' || !isChatter(line)) say(line) })
  undo.push(() => runtime.stop())
  await answering(baseURL, runtime)

  say(`Ready after ${(performance.now() / 1000).toFixed(1)} s. Settings > Notifications > Email holds the element. Ctrl+C stops everything.`)
  process.stdout.write(`${baseURL}\n`)
  void runtime.ended.then(() => end('wrangler ended by itself', 1))
}

let ending = false
const end = async (why: string, code: number): Promise<void> => {
  if (ending) return
  ending = true
  say(why)
  await stop().finally(() => process.exit(code))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { void end('Stopping', 0) })

/** npm starts a shell, and that one passes no signal on: where npm was ended, the shell is gone and nobody said so. */
const endWithShell = (): void => {
  const shell = process.ppid
  setInterval(() => { if (process.ppid !== shell) void end('Stopping: npm has ended', 0) }, 500).unref()
}

if (process.env['npm_lifecycle_event']) endWithShell()

await start(process.env).catch((error: Error) => end(`The demo cannot start: ${error.message}`, 78))
