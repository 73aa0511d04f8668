import { createAdaptorServer } from '@hono/node-server'
import type { ServerType } from '@hono/node-server'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { jsonLines } from '../ports/json-lines.ts'
import { auditTo, authorizeFrom, plainOptions } from '../config/deployed.ts'
import { ConfigError, readEnvironment, strangeVariables } from '../config/environment.ts'
import type { Config, Environment } from '../config/environment.ts'
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

/** Milliseconds after SIGTERM until open connections are cut; what runs is ended and stored long before. */
const graceMs = 20_000

/**
 * `mail-gateway serve`: the routes over HTTP until SIGTERM or SIGINT; log lines on standard output.
 * @returns 0 after an orderly end
 * @throws ConfigError before anything listens
 */
export const serve = async (argv: readonly string[], environment: Environment): Promise<number> => {
  refuseArguments(argv)
  const config = readEnvironment(environment)
  const log = jsonLines(process.stdout, config.logLevel)
  for (const name of strangeVariables(environment)) log({ level: 'warn', event: 'variable.unknown', fields: { name } })
  const gateway = await gatewayFrom(config, log)
  const server = createAdaptorServer({ fetch: gateway.fetch, overrideGlobalObjects: false })
  // Heard from the first moment on: whoever sees the address may end it at once.
  const told = untilTold()
  await listen(server, config, gateway)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  log({ level: 'info', event: 'listening', fields: { address: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}${config.basePath}`, auth: config.auth.kind } })
  await told
  log({ level: 'info', event: 'stopping' })
  await stop(server, gateway)
  log({ level: 'info', event: 'stopped' })
  return 0
}

const refuseArguments = (argv: readonly string[]): void => {
  try {
    parseArgs({ args: [...argv], options: {} })
  } catch {
    throw new WrongCall('serve takes no arguments: it is set up by environment variables')
  }
}

const gatewayFrom = async (config: Config, log: Ports['log']): Promise<MailGateway> => {
  const authorize = authorizeFrom(config, textOf)
  const clouds = cloudsFrom(config)
  const store = openStore(config.store)
  await demandKeys({ store, keyring: keyringOf(config), modes: modesFor(clouds) }, log)
  return createMailGateway({ ...plainOptions(config), authorize, clouds, log, onEvent: auditTo(log), ports: nodePorts({ store, log }) })
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
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([{ option: 'MAIL_GATEWAY_TOKENS', problem: `names a file that cannot be read (${codeOf(error)})` }])
  }
}

export const openStore = (address: string): Store => {
  try {
    return storeAt(address)
  } catch (error) {
    throw new ConfigError([{ option: 'MAIL_GATEWAY_STORE', problem: `cannot be opened: ${(error as Error).message}` }])
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? 'unknown reason')

const listen = async (server: ServerType, { host, port }: Config, gateway: MailGateway): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  try {
    await promise
  } catch (error) {
    await gateway.close()
    const option = codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'ENOTFOUND' ? 'HOST' : 'PORT'
    throw new ConfigError([{ option, problem: `cannot be listened on (${codeOf(error)})` }])
  }
}

const untilTold = async (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  process.once('SIGTERM', () => resolve())
  process.once('SIGINT', () => resolve())
  await promise
}

/** Takes no new connections, ends running checks as unproven, lets answers finish. */
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
