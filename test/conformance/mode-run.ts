// A mode in the hands of a case: run over the adapter's own ports, viewed, judged.
import type { Capabilities, CheckEvent, CheckResult, ModeView, PlanRow, Stage, Verdict } from '@mail-gateway/contract'
import { runChecklist } from '../../packages/bff/src/checks/run.ts'
import { readClouds } from '../../packages/bff/src/config/clouds.ts'
import { modesFor } from '../../packages/bff/src/modes/index.ts'
import { planOf } from '../../packages/bff/src/modes/mode.ts'
import type { Mode, ModePorts } from '../../packages/bff/src/modes/mode.ts'
import { viewOf } from '../../packages/bff/src/modes/view.ts'
import { createEgress } from '../../packages/bff/src/ports/egress-gate.ts'
import { judgeSettings } from '../../packages/bff/src/settings/judge.ts'
import { forgetful } from '../../packages/bff/src/settings/vault.ts'
import type { Subject } from './subject.ts'
import { holds, within } from './suite.ts'
import type { World } from './world.ts'

export interface ModeSubject extends Subject {
  readonly mode: string
}

/** The suite's servers are on loopback, which the runtimes reach where the suite runs, whatever production does. */
const local = ({ ports }: Subject): Capabilities => ({ ...ports.capabilities, privateNetwork: true, port25: true })
const policy = { allow: ['127.0.0.0/8', '::1'], ports: '1-65535', clearText: ['127.0.0.0/8', '::1'] }

const portsOf = (subject: Subject): ModePorts => {
  const { ports: { network, mail, clock } } = subject
  return { egress: createEgress(network, policy, () => {}, local(subject)), mail, clock, tokens: forgetful, capabilities: local(subject), conceal: () => {} }
}

/** The first cloud of the world with other addresses. */
export const cloudsWith = ({ facts }: World, other: Readonly<Record<string, unknown>>): readonly unknown[] => facts.clouds.map((cloud) => ({ ...cloud as object, ...other }))

export const modeIn = ({ mode }: ModeSubject, { facts }: World, clouds: readonly unknown[] = facts.clouds): Mode => {
  const read = readClouds(clouds)
  if (!('value' in read)) throw new Error(read.problem)
  const found = modesFor(read.value).find(({ id }) => id === mode)
  holds(found, `there is a mode ${mode}`)
  return found
}

export interface Ran {
  readonly events: readonly CheckEvent[]
  readonly rows: readonly PlanRow[]
  readonly results: readonly CheckResult[]
  readonly verdict: Verdict | undefined
}

interface Wish { readonly until?: Stage; readonly signal?: AbortSignal; readonly clouds?: readonly unknown[] }

/** One run, to delivery unless told otherwise. */
export const runMode = async (subject: ModeSubject, world: World, raw: Readonly<Record<string, unknown>>, { until = 'delivery', signal = new AbortController().signal, clouds }: Wish = {}): Promise<Ran> => {
  const events: CheckEvent[] = []
  const work = async () => {
    const input = { runId: 'run', mode: modeIn(subject, world, clouds), raw, until, to: 'ada@acme.example', productName: 'Plumline', ports: portsOf(subject), signal }
    for await (const event of runChecklist(input)) events.push(event)
  }
  await within(work(), `a run of ${subject.mode}`, 25_000)
  const [plan, end] = [events[0], events.at(-1)]
  holds(plan?.event === 'plan' && end?.event === 'end', 'it begins with the plan and ends with the end')
  return { events, rows: plan.rows, results: events.filter((event) => event.event === 'result'), verdict: end.verdict }
}

export const viewIn = (subject: ModeSubject, world: World, capabilities: Capabilities): ModeView => viewOf(modeIn(subject, world), capabilities)

/** `pointer code` of everything that is wrong with these values. */
export const judged = (subject: ModeSubject, world: World, values: Readonly<Record<string, unknown>>, capabilities: Capabilities): string[] => {
  const mode = modeIn(subject, world)
  const known = Object.fromEntries(Object.entries(values).filter(([name]) => name in mode.settings.shape))
  const judgement = judgeSettings(mode, known, capabilities)
  return judgement.ok ? [] : judgement.errors.map(({ pointer, code }) => `${pointer} ${code}`)
}

const flags = ['port25', 'privateNetwork', 'tlsDetail', 'customCa', 'tlsVersion'] as const

/** All sets there can be; everything is possible in the first one. */
export const allCapabilities = (): Capabilities[] => Array.from({ length: 2 ** flags.length }, (_, bits) =>
  Object.fromEntries(flags.map((flag, n) => [flag, !(bits >> n & 1)])) as unknown as Capabilities)

/** The rows for every answer of every choice of the form, and for none. */
export const choicesOf = (subject: ModeSubject, world: World): PlanRow[][] => {
  const mode = modeIn(subject, world)
  const answers = viewIn(subject, world, allCapabilities()[0]!).fields.flatMap(({ name, options = [] }) => options.map(({ value }) => ({ [name]: value })))
  return [planOf(mode), ...answers.map((answer) => planOf(mode, answer))]
}

/** A secret as it may lie in a text: plain, base64, base64url, hex, URL, JSON. */
export const spellings = (secret: string): string[] => {
  const bytes = new TextEncoder().encode(secret)
  const base64 = btoa(String.fromCharCode(...bytes))
  return [secret, base64, base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''), Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
}
