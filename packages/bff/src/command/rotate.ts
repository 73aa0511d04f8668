import { parseArgs } from 'node:util'
import { nodeCapabilities } from '../adapters/node/network.ts'
import { ConfigError, readEnvironment } from '../config/environment.ts'
import type { Environment } from '../config/environment.ts'
import { said } from '../findings/said.ts'
import { rotate as turn } from '../gateways/rotate.ts'
import type { Turned } from '../gateways/rotate.ts'
import { wrongKeys } from '../gateways/keys.ts'
import { StoreFault } from '../ports/store.ts'
import { readKeyring } from '../settings/keyring.ts'
import { WrongCall, offered } from './check.ts'
import { openStore } from './serve.ts'

/** The rest of the environment is for serving; keys can be changed without it. */
const unserved = { MAIL_GATEWAY_BASE_URL: 'http://localhost', MAIL_GATEWAY_AUTH: 'none', MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_TOKENS: undefined }

/**
 * `mail-gateway rotate [--json]`: seals everything that is stored with the first key of `MAIL_GATEWAY_SECRETS`; then the
 * others may go. May be broken off and run again, and run while the product serves with the same keys.
 * @returns 0 where all is sealed with the first key, 1 where something is left: what opens under none, cannot be read, or kept changing
 * @throws WrongCall, ConfigError
 */
export const rotate = async (argv: readonly string[], environment: Environment): Promise<number> => {
  const json = wantsJson(argv)
  const config = readEnvironment({ ...environment, ...unserved })
  const reading = readKeyring(config.secrets)
  if (!reading.ok) throw new ConfigError([{ option: 'MAIL_GATEWAY_SECRETS', problem: reading.problem }])
  const turning = { store: openStore(config.store), keyring: reading.keyring, modes: offered(environment), capabilities: nodeCapabilities }
  try {
    const wrong = await wrongKeys(turning)
    if (wrong) throw new ConfigError([{ option: 'MAIL_GATEWAY_SECRETS', problem: wrong }])
    return report(await follow(turn(turning)), json)
  } catch (error) {
    if (!(error instanceof StoreFault)) throw error
    process.stderr.write(`mail-gateway: the store stopped it (${error.trouble}): ${error.message}. What is sealed anew stays so; run it again\n`)
    return 1
  } finally {
    await turning.store.close()
  }
}

const wantsJson = (argv: readonly string[]): boolean => {
  try {
    return parseArgs({ args: [...argv], options: { json: { type: 'boolean' } } }).values.json === true
  } catch (error) {
    throw new WrongCall((error as Error).message)
  }
}

interface Sum {
  readonly resealed: number
  readonly current: number
  readonly left: readonly (Pick<Turned, 'outcome' | 'lost'> & Turned['gateway'])[]
}

const follow = async (all: AsyncIterable<Turned>): Promise<Sum> => {
  let [resealed, current] = [0, 0]
  const left: Sum['left'][number][] = []
  for await (const { gateway, outcome, lost } of all) {
    if (outcome === 'resealed') resealed += 1
    if (outcome === 'current') current += 1
    if (lost.length || outcome === 'changing' || outcome === 'damaged') left.push({ ...gateway, outcome, lost })
    process.stderr.write(`${outcome}  ${said(`${gateway.tenant} ${gateway.id}${lost.length ? `  opens under no key: ${lost.join(', ')}` : ''}`)}\n`)
  }
  return { resealed, current, left }
}

const report = (sum: Sum, json: boolean): number => {
  const { resealed, current, left } = sum
  process.stdout.write(json ? `${JSON.stringify(sum)}\n` : `${resealed} sealed anew, ${current} were already, ${left.length} left as they are\n`)
  return left.length ? 1 : 0
}
