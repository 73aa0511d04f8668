import nodemailer from 'nodemailer'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import { mailLibrary } from '../../packages/bff/src/adapters/nodemailer/library.ts'
import { runChecklist } from '../../packages/bff/src/checks/run.ts'
import { testMessage } from '../../packages/bff/src/deliver/test-message.ts'
import { modes } from '../../packages/bff/src/modes/index.ts'
import type { ModePorts } from '../../packages/bff/src/modes/mode.ts'
import { createEgress } from '../../packages/bff/src/ports/egress-gate.ts'
import { forgetful } from '../../packages/bff/src/settings/vault.ts'
import { clock } from '../process.ts'

/** The account both sides sign in with, at the port of one line. */
export interface Place {
  readonly port: number
  readonly username: string
  readonly password: string
}

/** How long one side took, and the moments at which each of its connections had given its answer. */
export interface Timing {
  readonly ms: number
  readonly done: readonly number[]
}

// An address, not a name: nobody asks a name service here. The demo's certificate carries it.
const host = '127.0.0.1'
const [from, to, productName] = ['noreply@acme.example', 'you@demo.test', 'Plumline']

const capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }

const portsFor = (port: number): ModePorts => ({
  egress: createEgress(nodeNetwork, { allow: [host], ports: String(port), clearText: [] }),
  mail: mailLibrary,
  clock: { now: Date.now, elapsed: () => performance.now() },
  tokens: forgetful,
  conceal: () => {},
  capabilities,
})

/** The complete checklist, message delivered: eleven rows over one connection. Throws unless it passed. */
export const ours = async ({ port, username, password }: Place): Promise<Timing> => {
  const smtp = modes.find(({ id }) => id === 'smtp')!
  const raw = { host, port, security: 'starttls', authentication: 'password', username, password, from }
  const run = runChecklist({ runId: 'bench', mode: smtp, raw, until: 'delivery', to, productName, ports: portsFor(port), signal: new AbortController().signal })
  const began = clock()
  for await (const event of run) {
    if (event.event !== 'end') continue
    if (event.verdict !== 'passed') throw new Error(`our checklist ended ${event.verdict}`)
    return timing(began, [clock()])
  }
  throw new Error('our checklist never ended')
}

/** nodemailer as its manual has it: a transport, `verify()`, `sendMail()`. The same message. */
export const nodemailers = async ({ port, username, password }: Place): Promise<Timing> => {
  const { subject, text } = testMessage({ from }, to, productName)
  const began = clock()
  const transport = nodemailer.createTransport({ host, port, requireTLS: true, auth: { user: username, pass: password } })
  await transport.verify()
  const verified = clock()
  await transport.sendMail({ from, to, subject, text })
  return timing(began, [verified, clock()])
}

const timing = (began: number, done: readonly number[]): Timing => ({ ms: done.at(-1)! - began, done })
