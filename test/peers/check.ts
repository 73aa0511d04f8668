// Runs a checklist as a host would, and hands back what a test wants to ask about it.
import { channel } from 'node:diagnostics_channel'
import type net from 'node:net'
import type { CheckEvent, CheckResult, Finding, Stage, Verdict } from '@mail-gateway/contract'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import { mailLibrary } from '../../packages/bff/src/adapters/nodemailer/library.ts'
import { runChecklist } from '../../packages/bff/src/checks/run.ts'
import { modes } from '../../packages/bff/src/modes/index.ts'
import type { Mode, ModePorts } from '../../packages/bff/src/modes/mode.ts'
import { createEgress } from '../../packages/bff/src/ports/egress-gate.ts'
import type { EgressPolicy } from '../../packages/bff/src/ports/egress-gate.ts'
import type { MailLibrary, Network, Ports } from '../../packages/bff/src/ports/ports.ts'
import { forgetful } from '../../packages/bff/src/settings/vault.ts'

export const smtp = modes.find(({ id }) => id === 'smtp')!

/** The policy of an operator who opened loopback, all ports included. */
export const loopback: EgressPolicy = { allow: ['127.0.0.0/8', '::1'], ports: '1-65535', clearText: [] }

interface World {
  readonly policy?: EgressPolicy
  readonly network?: Network
  readonly mail?: MailLibrary
  readonly log?: Ports['log']
  readonly tokens?: ModePorts['tokens']
  readonly conceal?: ModePorts['conceal']
}

export const portsWith = ({ policy = loopback, network = nodeNetwork, mail = mailLibrary, log = () => {}, tokens = forgetful, conceal = () => {} }: World = {}): ModePorts => ({
  egress: createEgress(network, policy, log),
  mail,
  clock: { now: () => Date.now(), elapsed: () => performance.now() },
  tokens,
  conceal,
  capabilities: { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true },
})

export interface Asked extends World {
  readonly mode?: Mode
  readonly until?: Stage
  readonly to?: string
  readonly signal?: AbortSignal
  readonly productName?: string
}

export interface Answer {
  readonly events: readonly CheckEvent[]
  readonly rows: Readonly<Record<string, CheckResult>>
  readonly verdict: Verdict | undefined
  /** The row that ended it, `code` of its finding included. */
  readonly ended: CheckResult | undefined
  readonly finding: Finding | undefined
  readonly code: string | undefined
  /** Milliseconds, by this test's own clock. */
  readonly took: number
}

/** Values, secrets among them, run to `delivery` unless told otherwise. */
export const check = async (values: Readonly<Record<string, unknown>>, asked: Asked = {}): Promise<Answer> => {
  const { mode = smtp, until = 'delivery', to = 'you@demo.test', signal = new AbortController().signal, productName = 'Plumline' } = asked
  const began = performance.now()
  const events: CheckEvent[] = []
  for await (const event of runChecklist({ runId: 'run', mode, raw: values, until, to, productName, ports: portsWith(asked), signal })) events.push(event)
  const results = events.filter((event) => event.event === 'result')
  const ended = results.find(({ status }) => status === 'fail' || status === 'unproven')
  const end = events.findLast((event) => event.event === 'end')
  return {
    events, ended, finding: ended?.finding, code: ended?.finding?.code, verdict: end?.verdict, took: performance.now() - began,
    rows: Object.fromEntries(results.map((result) => [result.id, result])),
  }
}

/** Every socket this process opens as a client, from now on. */
export const watchSockets = () => {
  const opened: net.Socket[] = []
  const heard = channel('net.client.socket')
  const note = (message: unknown) => { opened.push((message as { socket: net.Socket }).socket) }
  heard.subscribe(note)
  return { opened, left: () => opened.filter(({ destroyed }) => !destroyed), stop: () => heard.unsubscribe(note) }
}

/** Turns of the loop in which what is being closed gets closed. */
export const settled = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 60) })

/** Timers that keep this process busy. */
export const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

/** A secret in the six forms it can be found in: plain, base64, base64url, hex, URL, JSON. */
export const sixForms = (secret: string): string[] => {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('latin1'), bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
}
