import type { Policy } from '@mail-gateway/contract'
import * as z from 'zod'
import type { EgressPolicy } from '../ports/egress-gate.ts'
import type { LogEvent } from '../ports/ports.ts'
import { isLiteral, readCloudsText } from './clouds.ts'
import { readEgress, readName, readOrigin, readOrigins, readPath, readRate, readRecipients, readSaveRequires, readSecrets } from './options.ts'
import type { OptionProblem, Reading } from './options.ts'

/** Environment variables, as `process.env` or a Worker's bindings hold them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where the variables are read: a Worker has a database by binding and no files. */
export type Runtime = 'node' | 'workers'

/** What `serve` needs to start. */
export interface Config {
  readonly baseURL: string
  readonly basePath: string
  readonly productName: string
  readonly secrets: string
  /** `sqlite:PATH`, `d1:BINDING` or `memory:`. */
  readonly store: string
  /** For trying out: nobody has to sign in, and at the edge this machine can be reached. */
  readonly development: boolean
  readonly auth: { readonly kind: 'none' } | { readonly kind: 'bearer'; readonly tokens: string }
  /** A JSON list of clouds, or the path of one. */
  readonly clouds?: string
  readonly trustedOrigins: readonly string[]
  readonly egress: EgressPolicy
  readonly saveRequires: Policy['saveRequires']
  readonly testRecipients: Policy['testRecipients']
  readonly testRate: Policy['testRate']
  readonly logLevel: LogEvent['level']
  readonly host: string
  readonly port: number
  /** A resolver over HTTPS, on Workers only. */
  readonly resolver?: string
}

/** Settings of the environment that do not hold: all of them, by name, without their values. */
export class ConfigError extends Error {
  readonly problems: readonly OptionProblem[]

  constructor(problems: readonly OptionProblem[]) {
    super(describe(problems))
    this.problems = problems
  }
}

const describe = (problems: readonly OptionProblem[]): string => {
  const width = Math.max(...problems.map(({ option }) => option.length))
  const count = problems.length === 1 ? '1 setting' : `${problems.length} settings`
  return [`${count} must be fixed before it can start`, ...problems.map(({ option, problem }) => `  ✖ ${option.padEnd(width)}  ${problem}`), 'Docs: README, section Configuration      exit code 78'].join('\n')
}

const list = (text: string): string[] => text.split(',').map((part) => part.trim()).filter(Boolean)

/** A variable that is text and is read by one of the options' own readers. */
const read = <T>(reader: (text: string) => Reading<T>) => z.string().transform((text, context) => {
  const reading = reader(text)
  if ('value' in reading) return reading.value
  context.addIssue({ code: 'custom', message: reading.problem })
  return z.NEVER
})

const egressPart = (part: (text: string) => Partial<EgressPolicy>) => read((text) => {
  const reading = readEgress(part(text))
  return 'value' in reading ? { value: part(text) } : reading
})

const stores = {
  node: { form: /^sqlite:.+$|^memory:$/, said: 'must be sqlite:PATH or memory:', usual: 'sqlite:./data/mail-gateway.db' },
  workers: { form: /^d1:\w+$|^memory:$/, said: 'must be d1:BINDING or memory:', usual: 'd1:DB' },
} as const

const store = (runtime: Runtime) => (text: string): Reading<string> =>
  stores[runtime].form.test(text) ? { value: text } : { problem: stores[runtime].said }

const resolver = (text: string): Reading<string> =>
  URL.parse(text)?.protocol === 'https:' ? { value: text } : { problem: 'must be the https address of a resolver that answers application/dns-json' }

const port = (text: string): Reading<number> =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? { value: Number(text) } : { problem: 'must be a port from 0 to 65535; 0 takes any free one' }

const clouds = (text: string): Reading<string> => {
  const reading = isLiteral(text) ? readCloudsText(text) : undefined
  return reading && 'problem' in reading ? reading : { value: text }
}

const secretsText = (text: string): Reading<string> => {
  const reading = readSecrets(text)
  return 'value' in reading ? { value: text } : reading
}

const required = (problem: string) => ({ error: problem })

/** What to do where a variable is missing. */
const cures = {
  node: { secrets: 'Make one:  npx mail-gateway secret', tokens: 'Name a JSON file', auth: '' },
  workers: {
    secrets: 'Make one with  npx mail-gateway secret , keep it, and hand it in with  npx wrangler secret put MAIL_GATEWAY_SECRETS , or in .dev.vars',
    tokens: 'Put the JSON itself into this secret', auth: '; or hand optionsFrom a function of your own that says who calls',
  },
} as const

/** One line per variable: the rule, and what holds without it. */
const variablesFor = (runtime: Runtime) => z.object({
  MAIL_GATEWAY_BASE_URL: read(readOrigin).optional(),
  MAIL_GATEWAY_BASE_PATH: read(readPath).default('/api/mail-gateway'),
  MAIL_GATEWAY_PRODUCT_NAME: read(readName).default('Mail gateway'),
  MAIL_GATEWAY_SECRETS: z.string(required(`is missing. ${cures[runtime].secrets}`)).pipe(read(secretsText)),
  MAIL_GATEWAY_STORE: read(store(runtime)).default(stores[runtime].usual),
  MAIL_GATEWAY_AUTH: z.enum(['bearer', 'none'], required(`must be bearer, with MAIL_GATEWAY_TOKENS, or none with MAIL_GATEWAY_DEV=1${cures[runtime].auth}`)),
  MAIL_GATEWAY_TOKENS: z.string().optional(),
  MAIL_GATEWAY_DEV: z.literal('1', required('must be 1, or not be set at all')).optional(),
  MAIL_GATEWAY_TRUSTED_ORIGINS: read((text) => readOrigins(list(text))).default([]),
  MAIL_GATEWAY_EGRESS_ALLOW: egressPart((text) => ({ allow: list(text) })).optional(),
  MAIL_GATEWAY_EGRESS_PORTS: egressPart((text) => ({ ports: text })).optional(),
  MAIL_GATEWAY_CLEARTEXT_ALLOW: egressPart((text) => ({ clearText: list(text) })).optional(),
  MAIL_GATEWAY_CLOUDS: read(clouds).optional(),
  MAIL_GATEWAY_SAVE_REQUIRES: read(readSaveRequires).default('nothing'),
  MAIL_GATEWAY_TEST_RECIPIENTS: read((text) => readRecipients(text === 'any' || text === 'self' ? text : list(text))).default('any'),
  MAIL_GATEWAY_TEST_RATE: read(readRate).default({ perMinute: 5, perDay: 30 }),
  MAIL_GATEWAY_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], required('must be debug, info, warn or error')).default('info'),
  HOST: z.string().default('127.0.0.1'),
  PORT: read(port).default(8787),
  MAIL_GATEWAY_RESOLVER: read(resolver).optional(),
})

const variables = { node: variablesFor('node'), workers: variablesFor('workers') } as const

/** Names this version knows. */
export const variableNames: readonly string[] = Object.keys(variables.node.shape)

/** A Worker listens nowhere: these are names of the host's own there. Without a base URL it is where `wrangler dev` says it is. */
const unread: Readonly<Record<Runtime, Readonly<Record<string, unknown>>>> = { node: {}, workers: { HOST: 'localhost', PORT: undefined } }

/**
 * Reads the environment of `serve`, or a Worker's bindings. Empty variables count as absent.
 * @throws ConfigError with everything that is wrong, at once
 */
export const readEnvironment = (environment: Readonly<Record<string, unknown>>, runtime: Runtime = 'node'): Config => {
  const values = { ...environment, ...unread[runtime] }
  const given = Object.fromEntries(variableNames.map((name) => [name, textOf(values[name])?.trim() || undefined]))
  const result = variables[runtime].safeParse(given)
  const problems = [...notText(values), ...(result.error?.issues ?? []).map(({ path, message }) => ({ option: String(path[0]), problem: message })), ...conflicts(given, runtime)]
  if (!result.success || problems.length) throw new ConfigError(inOrder(problems))
  return configFrom(result.data)
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A Worker's variable may be JSON, and its secret a binding of the Secrets Store: either would go unread, and read as missing. */
const notText = (values: Readonly<Record<string, unknown>>): OptionProblem[] => variableNames
  .filter((name) => values[name] !== undefined && textOf(values[name]) === undefined)
  .map((option) => ({ option, problem: 'must be text: in quotes in wrangler.jsonc, a list or JSON as well, or a secret made with  npx wrangler secret put' }))

/** Rules between variables. */
const conflicts = (given: Environment, runtime: Runtime): OptionProblem[] => {
  const development = given['MAIL_GATEWAY_DEV'] === '1'
  const { MAIL_GATEWAY_AUTH: auth, MAIL_GATEWAY_TOKENS: tokens, MAIL_GATEWAY_BASE_URL: baseURL, PORT: free } = given
  return [
    ...(auth === 'none' && !development ? [{ option: 'MAIL_GATEWAY_AUTH', problem: 'may be none only with MAIL_GATEWAY_DEV=1; use bearer with MAIL_GATEWAY_TOKENS' }] : []),
    ...(auth === 'bearer' && !tokens ? [{ option: 'MAIL_GATEWAY_TOKENS', problem: `is missing. ${cures[runtime].tokens}: [{"sha256", "subject", "name", "email", "tenant", "rights"}]` }] : []),
    ...(baseURL === undefined && !development ? [{ option: 'MAIL_GATEWAY_BASE_URL', problem: 'is missing. Give the address browsers use, such as https://console.example.com' }] : []),
    ...(baseURL === undefined && development && free === '0' ? [{ option: 'MAIL_GATEWAY_BASE_URL', problem: 'is missing. With PORT=0 nobody knows the address beforehand' }] : []),
  ]
}

const inOrder = (problems: readonly OptionProblem[]): OptionProblem[] =>
  variableNames.flatMap((name) => problems.filter(({ option }) => option === name).slice(0, 1))

const configFrom = (values: z.infer<typeof variables.node>): Config => {
  const { HOST: host, PORT: port } = values
  return {
    baseURL: values.MAIL_GATEWAY_BASE_URL ?? `http://${/^127\./.test(host) ? host : 'localhost'}:${port}`,
    basePath: values.MAIL_GATEWAY_BASE_PATH,
    productName: values.MAIL_GATEWAY_PRODUCT_NAME,
    secrets: values.MAIL_GATEWAY_SECRETS,
    store: values.MAIL_GATEWAY_STORE,
    development: values.MAIL_GATEWAY_DEV === '1',
    auth: values.MAIL_GATEWAY_AUTH === 'none' ? { kind: 'none' } : { kind: 'bearer', tokens: values.MAIL_GATEWAY_TOKENS! },
    ...(values.MAIL_GATEWAY_CLOUDS !== undefined && { clouds: values.MAIL_GATEWAY_CLOUDS }),
    trustedOrigins: values.MAIL_GATEWAY_TRUSTED_ORIGINS,
    egress: { allow: [], ports: '', clearText: [], ...values.MAIL_GATEWAY_EGRESS_ALLOW, ...values.MAIL_GATEWAY_EGRESS_PORTS, ...values.MAIL_GATEWAY_CLEARTEXT_ALLOW },
    saveRequires: values.MAIL_GATEWAY_SAVE_REQUIRES,
    testRecipients: values.MAIL_GATEWAY_TEST_RECIPIENTS,
    testRate: values.MAIL_GATEWAY_TEST_RATE,
    logLevel: values.MAIL_GATEWAY_LOG_LEVEL,
    host, port,
    ...(values.MAIL_GATEWAY_RESOLVER !== undefined && { resolver: values.MAIL_GATEWAY_RESOLVER }),
  }
}

/** Variables that look like ours and are not: most likely misspelt. */
export const strangeVariables = (environment: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(environment).filter((name) => textOf(environment[name]) !== undefined && name.startsWith('MAIL_GATEWAY_') && !variableNames.includes(name)).sort()
