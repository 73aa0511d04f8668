import { lines } from '@mail-gateway/contract'
import type { CheckEvent } from '@mail-gateway/contract'
import { setTimeout as pause } from 'node:timers/promises'
import type { Hostile } from './hostile.ts'
import type { Served } from './served.ts'

/** Checks against hostile servers, one lane a server, renewed as they end. */
export class Attack {
  readonly #served: Served
  readonly #stop = new AbortController()
  readonly #lanes: Promise<void>[]
  readonly #endings = new Map<string, number>()
  readonly #longest: Map<string, number> = new Map()
  #held = 0

  /** A lane has two tenants of its own, from the first on: 30 checks a minute each are their due. */
  constructor(served: Served, servers: readonly Hostile[]) {
    this.#served = served
    this.#lanes = servers.map((server, lane) => this.#run(server, lane))
  }

  /** Checks that run now: their first row has begun, their end is not yet told. */
  get held(): number { return this.#held }

  /** How the checks ended: kind of server and finding, and how often. */
  get endings(): ReadonlyMap<string, number> { return this.#endings }

  /** Milliseconds of the longest check of each kind. */
  get longest(): ReadonlyMap<string, number> { return this.#longest }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#lanes)
  }

  async #run(server: Hostile, lane: number): Promise<void> {
    for (let turn = 0; !this.#stop.signal.aborted; turn++) {
      const began = performance.now()
      const ending = await this.#check(server, lane * 2 + (turn % 2)).catch((error: Error) => (this.#stop.signal.aborted ? undefined : error.message))
      if (ending === undefined) return
      this.#count(`${server.kind}: ${ending}`)
      this.#longest.set(server.kind, Math.max(this.#longest.get(server.kind) ?? 0, performance.now() - began))
      if (performance.now() - began < 1000) await pause(1000)
    }
  }

  #count(ending: string): void { this.#endings.set(ending, (this.#endings.get(ending) ?? 0) + 1) }

  async #check({ kind, port }: Hostile, tenant: number): Promise<string> {
    const tls = kind === 'handshake' || kind === 'record'
    const settings = { host: '127.0.0.1', port, security: tls ? 'starttls' : 'none', authentication: 'password', username: 'ada', from: 'ada@acme.example' }
    const response = await fetch(this.#served.url('/checks'), {
      method: 'POST', headers: this.#served.headers(tenant), signal: this.#stop.signal,
      body: JSON.stringify({ mode: 'smtp', settings, secrets: { password: { value: 'quiet-river' } }, until: 'identity' }),
    })
    if (!response.ok) return `${response.status}`
    let [found, running] = ['nothing', false]
    try {
      for await (const event of lines<CheckEvent>(response.body!.pipeThrough(new TextDecoderStream()))) {
        if (event.event === 'start' && !running) { running = true; this.#held++ }
        if (event.event === 'result' && event.finding) found = event.finding.code
      }
    } finally {
      if (running) this.#held--
    }
    return found
  }
}
