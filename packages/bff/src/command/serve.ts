import { createAdaptorServer } from '@hono/node-server'
import type { ServerType } from '@hono/node-server'
import { parseArgs } from 'node:util'
import { codeOf } from '../adapters/node/errors.ts'
import { lastingLog } from '../adapters/node/lasting-log.ts'
import { auditTo, authorizeFrom, plainOptions } from '../config/deployed.ts'
import { ConfigError, readEnvironment, strangeVariables } from '../config/environment.ts'
import type { Config, Environment } from '../config/environment.ts'
import { loopback } from '../config/options.ts'
import type { OptionProblem } from '../config/options.ts'
import { createMailGateway } from '../gateway.ts'
import { proveKey, wrongKeys } from '../gateways/keys.ts'
import type { Locksmith } from '../gateways/keys.ts'
import { modesFor } from '../modes/index.ts'
import type { MailGateway } from '../gateway.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import { nodePorts, storeAt } from '../node.ts'
import { StoreFault } from '../ports/store.ts'
import type { Store } from '../ports/store.ts'
import type { Ports } from '../ports/ports.ts'
import { factsOf } from '../settings/discretion.ts'
import { readKeyring } from '../settings/keyring.ts'
import type { Keyring } from '../settings/keyring.ts'
import { WrongCall } from './check.ts'
import { readCloudsVariable } from './clouds.ts'
import { readNamed } from './file.ts'

/** Milliseconds after SIGTERM until open connections are cut; what runs is ended and stored long before. */
const graceMs = 20_000
/**
 * Within which a request must have arrived, its body of at most 64 KiB included; it is looked every second. Node would wait for
 * five minutes, and every connection that is held so counts against the descriptors of all (threat T55). Answers take as long as they take.
 */
const arrival = { headersTimeout: 20_000, requestTimeout: 20_000, connectionsCheckingInterval: 1_000 }
/** Milliseconds for the last lines of the log to be read, where a reader is slow. */
const lastLineMs = 1_000

/**
 * `mail-gateway serve`: the routes over HTTP until SIGTERM, SIGINT or SIGHUP; log lines on standard output.
 * @returns 0 after an orderly end
 * @throws ConfigError before anything listens
 */
export const serve = async (argv: readonly string[], environment: Environment): Promise<number> => {
  refuseArguments(argv)
  const config = configFrom(environment)
  // Heard from the first moment on: a start may wait for a locked store, and the first process of a container hears nothing else.
  const told = untilTold()
  const log = lastingLog(process.stdout, config.logLevel, (why) => process.stderr.write(`mail-gateway: log lines are lost (${why}). The service goes on without them\n`))
  for (const name of strangeVariables(environment)) log({ level: 'warn', event: 'variable.unknown', fields: { name } })
  const { gateway, store } = await gatewayFrom(config, log)
  const server = createAdaptorServer({ fetch: gateway.fetch, overrideGlobalObjects: false, serverOptions: arrival })
  await listen(server, config, store)
  // Such as no descriptor left for another connection: those that are there go on.
  server.on('error', (error) => log({ level: 'error', event: 'server.error', fields: factsOf(error) }))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  log({ level: 'info', event: 'listening', fields: { address: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}${config.basePath}`, auth: config.auth.kind } })
  await told
  log({ level: 'info', event: 'stopping' })
  await stop(server, gateway)
  await store.close()
  log({ level: 'info', event: 'stopped' })
  // Lines that nobody reads any more must not keep the process.
  setTimeout(() => process.exit(0), lastLineMs).unref()
  return 0
}

const refuseArguments = (argv: readonly string[]): void => {
  try {
    parseArgs({ args: [...argv], options: {} })
  } catch {
    throw new WrongCall('serve takes no arguments: it is set up by environment variables')
  }
}

/** @throws ConfigError with everything that is wrong, at once */
const configFrom = (environment: Environment): Config => {
  const open = openToOthers(environment)
  let config: Config
  try {
    config = readEnvironment(environment)
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError([...error.problems, ...open]) : error
  }
  if (open.length) throw new ConfigError(open)
  return config
}

/** Where nobody signs in, whoever reaches the port may do everything. */
const openToOthers = ({ MAIL_GATEWAY_AUTH: auth, HOST: host }: Environment): readonly OptionProblem[] =>
  (auth?.trim() === 'none' && !loopback.test(host?.trim() || '127.0.0.1') ? [{ option: 'HOST', problem: 'must be an address of this machine alone, such as 127.0.0.1 or localhost, while MAIL_GATEWAY_AUTH=none lets in everybody who reaches it. To be reached from elsewhere, use bearer with MAIL_GATEWAY_TOKENS' }] : [])

/** The gateway, and its store, which is closed here: after the last answer, not when the checks have ended. */
const gatewayFrom = async (config: Config, log: Ports['log']): Promise<{ readonly gateway: MailGateway; readonly store: Store }> => {
  const authorize = authorizeFrom(config, textOf)
  const clouds = cloudsFrom(config)
  const store = openStore(config.store)
  await demandKeys({ store, keyring: keyringOf(config), modes: modesFor(clouds) }, log)
  const ports = nodePorts({ store: { ...store, close: async () => {} }, log })
  return { store, gateway: createMailGateway({ ...plainOptions(config), authorize, clouds, log, onEvent: auditTo(log), ports }) }
}

const keyringOf = ({ secrets }: Config): Keyring => {
  const reading = readKeyring(secrets)
  if (!reading.ok) throw new ConfigError([{ option: 'MAIL_GATEWAY_SECRETS', problem: reading.problem }])
  return reading.keyring
}

/** Another key must not be found out secret by secret, with each one typed again over what could still have been opened (fault F81). */
const demandKeys = async (locksmith: Locksmith, log: Ports['log']): Promise<void> => {
  try {
    const wrong = await wrongKeys(locksmith)
    if (wrong) throw new ConfigError([{ option: 'MAIL_GATEWAY_SECRETS', problem: wrong }])
    await proveKey(locksmith)
  } catch (error) {
    if (error instanceof StoreFault) return log({ level: 'error', event: `store.${error.trouble}`, fields: factsOf(error) })
    await locksmith.store.close()
    throw error
  }
}

const cloudsFrom = ({ clouds }: Config): readonly Cloud[] => {
  const reading = readCloudsVariable(clouds)
  if ('problem' in reading) throw new ConfigError([{ option: 'MAIL_GATEWAY_CLOUDS', problem: reading.problem }])
  return reading.value
}

const textOf = (path: string): string => {
  const reading = readNamed(path)
  if ('problem' in reading) throw new ConfigError([{ option: 'MAIL_GATEWAY_TOKENS', problem: reading.problem }])
  return reading.value
}

export const openStore = (address: string): Store => {
  try {
    return storeAt(address)
  } catch (error) {
    throw new ConfigError([{ option: 'MAIL_GATEWAY_STORE', problem: `cannot be opened: ${(error as Error).message}` }])
  }
}

/** What whoever runs it can do about a port or an address that is not to be had. */
const cures: Readonly<Record<string, readonly [option: string, cure: string]>> = {
  EADDRINUSE: ['PORT', 'another program listens there; end that one, or name another port'],
  EACCES: ['PORT', 'this user may not listen there; name a port above 1023'],
  EADDRNOTAVAIL: ['HOST', 'this machine does not have that address; 0.0.0.0 stands for all it has'],
  ENOTFOUND: ['HOST', 'nobody knows that name; give an address of this machine'],
}

const listen = async (server: ServerType, { host, port }: Config, store: Store): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  try {
    await promise
    server.off('error', reject)
  } catch (error) {
    await store.close()
    const [option, cure] = cures[codeOf(error)] ?? ['PORT', undefined]
    throw new ConfigError([{ option, problem: `cannot be listened on (${codeOf(error)})${cure ? `: ${cure}` : ''}` }])
  }
}

/**
 * Told a second time it ends no sooner: npm and npx pass on a Ctrl-C that the terminal has sent us already, and systemd may send
 * a hang-up after its SIGTERM. What is left to do is bounded; SIGQUIT and SIGKILL end it at once.
 */
const untilTold = async (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => resolve())
  await promise
}

/** Takes no new connections, ends running checks as unproven, lets answers finish: a save that waits for a lock among them. */
const stop = async (server: ServerType, gateway: MailGateway): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const timer = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs)
  await gateway.close()
  // Connections that still carried an answer become idle one by one.
  const idle = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), 50)
  await closed
  clearInterval(idle)
  clearTimeout(timer)
}
