import type { Authorize } from '../access/caller.ts'
import { readCloudsText } from '../config/clouds.ts'
import { auditTo, authorizeFrom, plainOptions } from '../config/deployed.ts'
import { ConfigError, readEnvironment, strangeVariables } from '../config/environment.ts'
import type { Config } from '../config/environment.ts'
import { loopback } from '../config/options.ts'
import type { MailGatewayOptions } from '../config/options.ts'
import type { Ports } from '../ports/ports.ts'
import { onConsole, workersPorts } from './ports.ts'

/**
 * Options from the same names `mail-gateway serve` reads, as variables and secrets of the Worker. `MAIL_GATEWAY_TOKENS`
 * and `MAIL_GATEWAY_CLOUDS` hold their JSON itself: there are no files. With `MAIL_GATEWAY_DEV=1`, for `wrangler dev`,
 * servers on this machine can be reached.
 * @param bindings the Worker's `env`
 * @param authorize who calls, where the host says so itself; `MAIL_GATEWAY_AUTH` stays unread then
 * @throws ConfigError with everything that is wrong, at once
 */
export const optionsFrom = (bindings: object, authorize?: Authorize): MailGatewayOptions => {
  const given = givenIn(bindings, authorize)
  // Before anything is missing: a name that is misspelt is why.
  for (const name of strangeVariables(given)) onConsole('warn')({ level: 'warn', event: 'variable.unknown', fields: { name } })
  const config = readEnvironment(given, 'workers')
  const log = onConsole(config.logLevel)
  return {
    ...plainOptions(config), log, onEvent: auditTo(log),
    ports: portsFrom(bindings, config, log),
    authorize: authorize ?? onThisMachine(config, authorizeFrom(config, (text) => text)),
    ...(config.clouds !== undefined && { clouds: cloudsFrom(config.clouds) }),
  }
}

/** Where nobody signs in: `wrangler dev` is asked under a name of this machine, a deployed Worker under the one it is routed by. */
const onThisMachine = ({ auth }: Config, authorize: Authorize): Authorize => (request) => {
  if (auth.kind === 'none' && !loopback.test(new URL(request.url).hostname)) throw new Error('MAIL_GATEWAY_AUTH may be none only with wrangler dev')
  return authorize(request)
}

/** A host that says itself who calls needs no kind of sign-in; any that is named there stays unread. */
const givenIn = (bindings: object, authorize: Authorize | undefined): Readonly<Record<string, unknown>> =>
  ({ ...bindings, ...(authorize && { MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: '[]' }) })

const portsFrom = (bindings: object, { store, resolver, development }: Config, log: Ports['log']): Ports => {
  try {
    return workersPorts(bindings, { store, log, privateNetwork: development, ...(resolver && { resolver }) })
  } catch (error) {
    throw new ConfigError([{ option: 'MAIL_GATEWAY_STORE', problem: `cannot be opened: ${(error as Error).message}` }])
  }
}

const cloudsFrom = (text: string): NonNullable<MailGatewayOptions['clouds']> => {
  const reading = readCloudsText(text)
  if ('problem' in reading) throw new ConfigError([{ option: 'MAIL_GATEWAY_CLOUDS', problem: reading.problem }])
  return reading.value
}
