import net from 'node:net'
import tls from 'node:tls'
import type { Certificates } from './certificates.ts'
import { Conversation } from './conversation.ts'
import type { Inbox } from './inbox.ts'
import { bind } from './loopback.ts'
import type { Bound } from './loopback.ts'
import type { Account } from './mail-server.ts'
import { Dialogue } from './manners.ts'
import type { Served } from './manners.ts'
import { scenarios } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'

export interface Limits {
  /** Milliseconds after which a connection ends whatever happens. */
  readonly holdMs: number
  /** Connections at a time, all scenarios together. */
  readonly connections: number
}

interface Parts {
  readonly certificates: Certificates
  readonly account: Account
  readonly inbox: Inbox
}

export interface Misbehaving {
  /** By scenario id. */
  readonly ports: Readonly<Record<string, number>>
  close(): Promise<void>
}

const contextOf = ({ certificate = 'good', tls: options }: Scenario, certificates: Certificates): tls.TLSSocketOptions =>
  ({ secureContext: tls.createSecureContext({ ...certificates[certificate], ...options }) })

const converse = async (talk: Conversation, scenario: Scenario, served: Served): Promise<void> => {
  if (scenario.tlsAtOnce ?? scenario.security === 'tls') await talk.encrypt(served.context)
  await new Dialogue(talk, served, scenario).run()
}

/** All connections of all scenarios, so that none outlives its time and not too many are open. */
class Guests {
  readonly #limits: Limits
  readonly #open = new Set<Conversation>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  async host(socket: net.Socket, scenario: Scenario, served: Served): Promise<void> {
    if (this.#open.size >= this.#limits.connections) return void socket.destroy()
    const talk = new Conversation(socket)
    const timer = setTimeout(() => { talk.hangUp() }, this.#limits.holdMs)
    this.#open.add(talk)
    talk.ended.addEventListener('abort', () => { clearTimeout(timer); this.#open.delete(talk) })
    // A client that leaves in the middle of anything ends the script; there is nobody left to tell.
    await converse(talk, scenario, served).catch(() => { talk.hangUp() })
  }

  sendAway(): void {
    for (const talk of this.#open) talk.hangUp()
  }
}

/** One listening port for each scenario, counted up from `first` where those are free. */
export const startMisbehaving = async (parts: Parts, first = 0, limits: Limits): Promise<Misbehaving> => {
  const guests = new Guests(limits)
  const bound = await Promise.all(scenarios.map(async (scenario, n): Promise<[string, Bound]> => {
    const served = { title: scenario.title, context: contextOf(scenario, parts.certificates), account: parts.account, inbox: parts.inbox }
    const make = () => net.createServer((socket) => { void guests.host(socket, scenario, served) })
    return [scenario.id, await bind(make, first && first + n)]
  }))
  return {
    ports: Object.fromEntries(bound.map(([id, { port }]) => [id, port])),
    close: async () => {
      guests.sendAway()
      await Promise.all(bound.map(([, one]) => one.close()))
    },
  }
}
