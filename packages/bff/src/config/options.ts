import { stages } from '@mail-gateway/contract'
import type { Policy, Stage } from '@mail-gateway/contract'
import type { OnEvent } from '../access/audit.ts'
import type { Authorize } from '../access/caller.ts'
import { builtInClouds } from '../kits/microsoft/clouds.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import { modesFor } from '../modes/index.ts'
import type { Mode } from '../modes/mode.ts'
import { createEgress } from '../ports/egress-gate.ts'
import { readClouds } from './clouds.ts'
import type { EgressPolicy } from '../ports/egress-gate.ts'
import type { LogEvent, Network, Ports } from '../ports/ports.ts'
import { canonicalHost } from '../settings/address.ts'
import { readKeyring } from '../settings/keyring.ts'
import type { Keyring } from '../settings/keyring.ts'

/** What a host decides about its mail gateway settings. */
export interface MailGatewayOptions {
  /** The runtime: `nodePorts(…)`, or `memoryPorts(…)` in tests. */
  readonly ports: Ports
  /** Says on every request who calls, for which tenant and with which rights. There is no session besides. */
  readonly authorize: Authorize
  /** Origin the browser sees, such as `https://console.example.com`. Never taken from a request. */
  readonly baseURL: string
  /** Where the routes are mounted, default `/api/mail-gateway`; works whether or not the host takes the prefix off. */
  readonly basePath?: string
  /** Sealing keys, `'2:base64,1:base64'`, 32 bytes each: the first seals, all of them open. */
  readonly secrets: string
  /** Stands in test emails and the guide, default `Mail gateway`. */
  readonly productName?: string
  /** Ids of the modes on offer, or modes of the host's own; default all. */
  readonly modes?: readonly (string | Mode)[]
  /** Microsoft clouds to choose from besides the built-in ones; one with a known id replaces it. */
  readonly clouds?: readonly Cloud[]
  /** Other origins whose pages may call, exactly as browsers write them. */
  readonly trustedOrigins?: readonly string[]
  /** What the operator opens beyond public addresses and the usual mail ports. */
  readonly egress?: Partial<EgressPolicy>
  /** How far a check must have passed before anything is saved, default `nothing`. */
  readonly saveRequires?: Policy['saveRequires']
  /** Whom test emails may go to, default `any`; a list names domains. */
  readonly testRecipients?: Policy['testRecipients']
  /** Test emails per tenant, default `5/min,30/day`. */
  readonly testRate?: Policy['testRate'] | string
  /** Told once about every administrative call. */
  readonly onEvent?: OnEvent
  /** Takes log lines instead of the ports' own log. */
  readonly log?: (event: LogEvent) => void
}

/** Options in the form they are used. */
export interface Decided {
  readonly origin: string
  readonly basePath: string
  readonly keyring: Keyring
  readonly productName: string
  readonly modes: readonly Mode[]
  readonly clouds: readonly Cloud[]
  readonly trusted: ReadonlySet<string>
  readonly egress: EgressPolicy
  readonly policy: Policy
}

/** Options that do not hold. The message lists every one of them; values are not repeated. */
export class OptionsError extends Error {
  readonly problems: readonly OptionProblem[]

  constructor(problems: readonly OptionProblem[]) {
    super(['createMailGateway cannot start:', ...problems.map(({ option, problem }) => `  ${option} ${problem}`)].join('\n'))
    this.problems = problems
  }
}

/** One option or variable that does not hold. */
export interface OptionProblem {
  readonly option: string
  /** Continues the option's name to a sentence. */
  readonly problem: string
}

const known = ['ports', 'authorize', 'baseURL', 'basePath', 'secrets', 'productName', 'modes', 'clouds', 'trustedOrigins', 'egress', 'saveRequires', 'testRecipients', 'testRate', 'onEvent', 'log']

/** One value read: itself, or why there is none. */
export type Reading<T> = { readonly value: T } | { readonly problem: string }

/** @throws OptionsError with everything that is wrong */
export const decide = (options: MailGatewayOptions): Decided => {
  const problems: OptionProblem[] = strangers(options)
  const take = <T>(option: string, reading: Reading<T>): T => {
    if ('value' in reading) return reading.value
    problems.push({ option, problem: reading.problem })
    return undefined as T
  }
  const { ports, authorize, basePath = '/api/mail-gateway', productName = 'Mail gateway', egress = {}, saveRequires = 'nothing', testRecipients = 'any', testRate = '5/min,30/day' } = options
  take('ports', ports?.store && ports.network && ports.mail && ports.clock && ports.capabilities ? { value: ports } : { problem: 'is missing. Pass nodePorts({ store }) from @mail-gateway/bff/node, or workersPorts(env) from @mail-gateway/bff/workers' })
  take('authorize', typeof authorize === 'function' ? { value: authorize } : { problem: 'is missing. Pass a function that says who calls: { subject, tenant, rights }, or null' })
  const clouds = take('clouds', readClouds(options.clouds ?? [])) ?? builtInClouds
  const origin = take('baseURL', readOrigin(options.baseURL))
  const decided: Decided = {
    origin,
    basePath: take('basePath', readPath(basePath)),
    keyring: take('secrets', readSecrets(options.secrets)),
    productName: take('productName', readName(productName)),
    modes: take('modes', readModes(options.modes, clouds)),
    clouds,
    trusted: new Set([origin, ...take('trustedOrigins', readOrigins(options.trustedOrigins ?? [])) ?? []]),
    egress: take('egress', readEgress(egress)),
    policy: {
      saveRequires: take('saveRequires', readSaveRequires(saveRequires)),
      testRecipients: take('testRecipients', readRecipients(testRecipients)),
      testRate: take('testRate', readRate(testRate)),
    },
  }
  if (problems.length) throw new OptionsError(problems)
  return decided
}

// A misspelt option that is silently ignored is a door left open.
const strangers = (options: object): OptionProblem[] =>
  Object.keys(options).filter((name) => !known.includes(name)).map((option) => ({ option, problem: `is no option. There are: ${known.join(', ')}` }))

/** Names and addresses of this machine, as a URL or a listener has them. */
export const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/** The origin of an address: https, or http on this machine. */
export const readOrigin = (text: unknown): Reading<string> => {
  const url = typeof text === 'string' ? URL.parse(text) : null
  if (!url) return { problem: 'must be the address browsers use, such as https://console.example.com' }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.test(url.hostname))) return { problem: `must start with https:// (it starts with ${url.protocol}//); http:// is for this machine only` }
  if (url.pathname !== '/' || url.search || url.hash || url.username) return { problem: 'must be an origin alone, without a path' }
  return { value: url.origin }
}

export const readOrigins = (list: unknown): Reading<string[]> => {
  if (!Array.isArray(list)) return { problem: 'must be a list of origins' }
  const origins = list.map((text: unknown) => readOrigin(text))
  const wrong = origins.find((one) => 'problem' in one)
  return wrong ? { problem: `must be a list of origins, each of which ${wrong.problem}` } : { value: origins.map((one) => (one as { value: string }).value) }
}

export const readPath = (text: unknown): Reading<string> => {
  if (typeof text !== 'string' || !/^(\/[\w.~-]+)*\/?$/.test(text) || /\/\.\.?(\/|$)/.test(text)) return { problem: 'must be a path such as /api/mail-gateway' }
  return { value: text.replace(/\/$/, '') }
}

export const readSecrets = (text: unknown): Reading<Keyring> => {
  if (typeof text !== 'string' || !text.trim()) return { problem: 'is missing. Make one:  npx mail-gateway secret' }
  const reading = readKeyring(text)
  return reading.ok ? { value: reading.keyring } : { problem: reading.problem }
}

export const readName = (text: unknown): Reading<string> => {
  const name = typeof text === 'string' ? text.trim() : ''
  return name && name.length <= 80 && !/[\p{Cc}\p{Cf}]/u.test(name) ? { value: name } : { problem: 'must be a name of 1 to 80 characters on one line' }
}

const readModes = (wanted: MailGatewayOptions['modes'], clouds: readonly Cloud[]): Reading<readonly Mode[]> => {
  const builtIn = modesFor(clouds)
  if (wanted === undefined) return { value: builtIn }
  const modes = wanted.map((one) => (typeof one === 'string' ? builtIn.find(({ id }) => id === one) : one))
  if (!modes.length || modes.includes(undefined)) return { problem: `must name at least one of: ${builtIn.map(({ id }) => id).join(', ')}` }
  const ids = modes.map((mode) => mode!.id)
  return new Set(ids).size === ids.length ? { value: modes as Mode[] } : { problem: 'names one mode twice' }
}

/** Reads what the gate itself would refuse, so that it is said at once and not at the first check. */
export const readEgress = ({ allow = [], ports = '', clearText = [] }: Partial<EgressPolicy>): Reading<EgressPolicy> => {
  const closed: EgressPolicy = { allow: [], ports: '', clearText: [] }
  if (!isUsable({ ...closed, ports })) return { problem: 'must name ports and ranges such as 1025,2600-2660' }
  if (!isUsable({ ...closed, allow }) || !isUsable({ ...closed, clearText })) return { problem: 'must list addresses and ranges such as 10.0.0.0/8' }
  return { value: { allow, ports, clearText } }
}

const isUsable = (policy: EgressPolicy): boolean => {
  try {
    createEgress(nowhere, policy)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

const nowhere: Network = {
  lookup: async () => [],
  connect: () => Promise.reject(new TypeError('only a judged target may be connected to')),
  request: () => Promise.reject(new TypeError('only a judged target may be asked')),
}

export const readSaveRequires = (text: unknown): Reading<Policy['saveRequires']> => {
  const all: readonly string[] = ['nothing', ...stages]
  return all.includes(text as string) ? { value: text as 'nothing' | Stage } : { problem: `must be one of: ${all.join(', ')}` }
}

export const readRecipients = (wanted: unknown): Reading<Policy['testRecipients']> => {
  if (wanted === 'any' || wanted === 'self') return { value: wanted }
  const domains = Array.isArray(wanted) ? wanted.map((one: unknown) => (typeof one === 'string' ? canonicalHost(one) : undefined)) : []
  if (!domains.length || domains.includes(undefined)) return { problem: 'must be any, self, or a list of domains such as example.com' }
  return { value: domains as string[] }
}

/** Reads `5/min,30/day` or `{ perMinute, perDay }`. */
export const readRate = (wanted: unknown): Reading<Policy['testRate']> => {
  const text = typeof wanted === 'string' ? /^\s*(\d{1,4})\/min\s*,\s*(\d{1,5})\/day\s*$/.exec(wanted) : null
  const { perMinute, perDay } = (text ? { perMinute: Number(text[1]), perDay: Number(text[2]) } : wanted ?? {}) as Partial<Policy['testRate']>
  const holds = [perMinute, perDay].every((count) => Number.isInteger(count) && count! >= 1)
  return holds ? { value: { perMinute: perMinute!, perDay: perDay! } } : { problem: 'must be counts such as 5/min,30/day, at least 1 each' }
}
