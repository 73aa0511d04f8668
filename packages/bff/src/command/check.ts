import { readFile } from 'node:fs/promises'
import { stages } from '@mail-gateway/contract'
import type { CheckEvent, Stage, Verdict } from '@mail-gateway/contract'
import { parseArgs } from 'node:util'
import { nodeCapabilities, nodeNetwork } from '../adapters/node/network.ts'
import { mailLibrary } from '../adapters/nodemailer/library.ts'
import { runChecklist } from '../checks/run.ts'
import { scrubbed } from '../checks/stream.ts'
import { modesFor } from '../modes/index.ts'
import type { Mode, ModePorts } from '../modes/mode.ts'
import { createEgress } from '../ports/egress-gate.ts'
import type { LogEvent } from '../ports/ports.ts'
import { canonicalAddress } from '../settings/address.ts'
import { factsOf } from '../settings/discretion.ts'
import { unknownNames } from '../settings/judge.ts'
import { createScrubber } from '../settings/scrub.ts'
import type { Scrubber } from '../settings/scrub.ts'
import { forgetful } from '../settings/vault.ts'
import { readCloudsVariable } from './clouds.ts'
import { printer } from './print.ts'

/** A call that cannot be carried out as written: exit code 64 (EX_USAGE). */
export class WrongCall extends Error {}

type Env = Readonly<Record<string, string | undefined>>
type Json = Record<string, unknown>

/** What `check FILE` reads. */
interface CheckFile {
  readonly mode: Mode
  readonly settings: Json
  readonly secrets: Readonly<Record<string, string>>
  readonly to: string
}

const exitCodes: Readonly<Record<Verdict, number>> = { passed: 0, failed: 1, unproven: 2 }

/**
 * `mail-gateway check FILE [--until STAGE] [--to ADDRESS] [--json]`: the same checklist as in the browser.
 * @returns 0 passed, 1 failed, 2 unproven
 * @throws WrongCall for an unknown option, mode or setting name, unreadable JSON, a missing environment variable,
 *   and a variable that does not hold
 */
export const check = async (argv: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = options(argv)
  if (positionals.length !== 1) throw new WrongCall('name one file, or - for standard input:  mail-gateway check FILE')
  const file = read(await textOf(positionals[0]!), env, values.to)
  const print = printer(values.json === true)
  let verdict: Verdict = 'unproven'
  for await (const event of events(file, stageOf(values.until), env)) {
    print(event)
    if (event.event === 'end') verdict = event.verdict
  }
  return exitCodes[verdict]
}

const options = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: { until: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean' } } })
  } catch (error) {
    throw new WrongCall((error as Error).message)
  }
}

const stageOf = (text: string | undefined): Stage => {
  const stage = stages.find((name) => name === (text ?? 'delivery'))
  if (!stage) throw new WrongCall(`--until takes one of ${stages.join(', ')}`)
  return stage
}

/** @throws WrongCall for a file that cannot be read */
export const textOf = async (path: string): Promise<string> => {
  if (path !== '-') return readFile(path, 'utf8').catch((error: Error) => { throw new WrongCall(`cannot read ${path}: ${error.message}`) })
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const read = (text: string, env: Env, to: string | undefined): CheckFile => {
  const file = parsed(text)
  const strange = Object.keys(file).filter((name) => !['mode', 'settings', 'secrets', 'to'].includes(name))
  if (strange.length) throw new WrongCall(`the file has an unknown part: ${strange.join(', ')}. It takes mode, settings, secrets, to.`)
  const modes = offered(env)
  const mode = modes.find(({ id }) => id === file.mode)
  if (!mode) throw new WrongCall(`"mode" must be one of ${modes.map(({ id }) => id).join(', ')}`)
  const [settings, given] = [part(file, 'settings'), part(file, 'secrets')]
  const unknown = unknownNames(mode, settings, given)
  if (unknown.length) throw new WrongCall(unknown.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('\n'))
  return { mode, settings, secrets: secretsFrom(given, env), to: recipient(to ?? file.to ?? settings.from) }
}

/** Every mode, over the clouds of the environment. @throws WrongCall where they do not hold */
export const offered = (env: Env): readonly Mode[] => {
  const reading = readCloudsVariable(env.MAIL_GATEWAY_CLOUDS)
  if ('problem' in reading) throw new WrongCall(`MAIL_GATEWAY_CLOUDS ${reading.problem}`)
  return modesFor(reading.value)
}

const parsed = (text: string): Json => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and the text may hold a password.
    throw new WrongCall('the file is not readable as JSON')
  }
  if (!isObject(value)) throw new WrongCall('the file must hold one JSON object')
  return value
}

const part = (file: Json, name: string): Json => {
  const value = file[name] ?? {}
  if (!isObject(value)) throw new WrongCall(`"${name}" must be an object`)
  return value
}

const secretsFrom = (given: Json, env: Env): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secretFrom(name, value, env)]))

const secretFrom = (name: string, value: unknown, env: Env): string => {
  if (typeof value === 'string') return value
  const variable = isObject(value) ? value.env : undefined
  if (typeof variable !== 'string') throw new WrongCall(`/secrets/${name} must be text, or {"env": "NAME"} for the name of an environment variable`)
  const found = env[variable]
  if (found === undefined) throw new WrongCall(`/secrets/${name}: the environment variable ${variable} is not set`)
  return found
}

// A wrong From address is the checklist's to say; a wrong recipient has no row before the network.
const recipient = (to: unknown): string => {
  if (to === undefined || typeof to !== 'string') return ''
  return canonicalAddress(to) ?? to
}

async function* events({ mode, settings, secrets, to }: CheckFile, until: Stage, env: Env): AsyncGenerator<CheckEvent> {
  const scrubber = createScrubber(Object.values(secrets))
  const cancel = new AbortController()
  const stop = () => cancel.abort()
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.once(name, stop)
  // Whoever reads the rows may leave before the last one, as `head` does; then the work stops too.
  process.stdout.on('error', stop)
  try {
    const run = runChecklist({ runId: crypto.randomUUID(), mode, raw: { ...settings, ...secrets }, until, to, productName: env.MAIL_GATEWAY_PRODUCT_NAME || 'Mail gateway', ports: portsFrom(env, scrubber), signal: cancel.signal, onBroken: broken })
    for await (const event of run) yield scrubbed(event, scrubber)
  } finally {
    for (const name of signals) process.off(name, stop)
  }
}

/** Name and place only: a message of a library may quote what it was given. */
const broken = (error: unknown, row: string): void => {
  const { error: name, at = '' } = factsOf(error)
  process.stderr.write(`mail-gateway: the row ${row} broke by a mistake of ours: ${name} ${at}\n`)
}

const list = (text: string | undefined): string[] => (text ?? '').split(',').map((item) => item.trim()).filter(Boolean)

const portsFrom = (env: Env, { conceal }: Scrubber): ModePorts => ({
  egress: gate(env),
  mail: mailLibrary,
  tokens: forgetful,
  conceal,
  clock: { now: () => Date.now(), elapsed: () => performance.now() },
  capabilities: nodeCapabilities,
})

const gate = (env: Env) => {
  try {
    return createEgress(nodeNetwork, { allow: list(env.MAIL_GATEWAY_EGRESS_ALLOW), ports: env.MAIL_GATEWAY_EGRESS_PORTS ?? '', clearText: list(env.MAIL_GATEWAY_CLEARTEXT_ALLOW) }, hint)
  } catch (error) {
    throw new WrongCall(`MAIL_GATEWAY_EGRESS_ALLOW, MAIL_GATEWAY_EGRESS_PORTS or MAIL_GATEWAY_CLEARTEXT_ALLOW: ${(error as Error).message}`)
  }
}

/** Whoever runs the command is the operator: the exact line to add is theirs to see. */
const hint = ({ event, fields }: LogEvent): void => {
  if (event === 'egress.refused') process.stderr.write(`mail-gateway: refused by the egress gate; to allow it set  ${String(fields?.open)}\n`)
}
