import { Task, TaskStatus } from '@lit/task'
import type { GatewayView, MetaView, ModeView } from '@mail-gateway/contract'
import type { ReactiveControllerHost } from 'lit'
import type { Client } from '../client/client.ts'
import { asFailure, isAbort } from '../client/failure.ts'
import type { Failure } from '../client/failure.ts'
import { Hosted } from './hosted.ts'

/** Seconds between tries of the first load; only failures that may pass by themselves are tried again. */
const pauses = [1, 2, 4, 8]

interface Loaded { readonly meta: MetaView; readonly modes: readonly ModeView[]; readonly gateways: readonly GatewayView[] }

/** What the BFF has: who asks, which ways of sending there are, which gateways. Loads once, and keeps its copy current. */
export class GatewaysController extends Hosted {
  meta: MetaView | undefined
  modes: readonly ModeView[] = []
  gateways: readonly GatewayView[] = []
  failure: Failure | undefined
  /** Tries so far, and seconds until the next one where one is planned. */
  tries = 0
  pause: number | undefined
  readonly #client: Client
  readonly #done: (failure?: Failure) => void
  readonly #task: Task<readonly [], Loaded>
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, client: Client, done: (failure?: Failure) => void) {
    super(host)
    this.#client = client
    this.#done = done
    this.#task = new Task(host, {
      autoRun: false, args: () => [] as const,
      task: (_, { signal }) => this.#newest(() => this.#fetch(signal)),
      onComplete: (loaded) => { this.#take(loaded); done() },
      onError: (error) => this.#failed(error),
    })
  }

  /** The host lets settings be saved that no check has passed. */
  get unchecked(): boolean { return this.meta?.policy.saveRequires === 'nothing' }
  get loaded(): boolean { return this.meta !== undefined }
  get trying(): boolean { return this.#task.status === TaskStatus.PENDING }

  hostConnected(): void { if (!this.loaded) void this.load() }

  override hostDisconnected(): void {
    clearTimeout(this.#timer)
    this.#task.abort()
  }

  /** Reads everything. Settles when the answer, good or bad, is on the screen. `anew`: what failed before does not count. */
  async load(anew = false): Promise<void> {
    clearTimeout(this.#timer)
    if (anew) this.tries = 0
    this.pause = undefined
    await this.#task.run()
  }

  /** Modes are worded by the BFF: another language needs other words. */
  async reloadModes(): Promise<void> {
    if (!this.loaded) return
    try { this.modes = await this.#client.modes() } catch (error) { this.#done(asFailure(error)) }
    this.redraw()
  }

  /** Takes a newer view into the list; a new default ends the old one. */
  put(gateway: GatewayView): GatewayView {
    const others = this.gateways.map((each) => (each.id === gateway.id ? gateway : gateway.default && each.default ? { ...each, default: false } : each))
    this.gateways = others.some(({ id }) => id === gateway.id) ? others : [...others, gateway]
    this.redraw()
    return gateway
  }

  /** A change of the default or a deletion moves more than one gateway: read them all again. */
  async reread(): Promise<void> {
    this.gateways = await this.#newest(() => this.#client.gateways())
    this.redraw()
  }

  // What was stored while the answer was on its way may be missing in it.
  async #newest<T>(read: () => Promise<T>): Promise<T> {
    const { gateways } = this
    const found = await read()
    return gateways === this.gateways ? found : this.#newest(read)
  }

  async #fetch(signal: AbortSignal): Promise<Loaded> {
    const [meta, modes, gateways] = await Promise.all([this.#client.meta(signal), this.#client.modes(signal), this.#client.gateways(signal)])
    return { meta, modes, gateways }
  }

  #take({ meta, modes, gateways }: Loaded): void {
    Object.assign(this, { meta, modes, gateways, failure: undefined, tries: 0 })
  }

  #failed(error: unknown): void {
    if (isAbort(error)) return
    this.failure = asFailure(error)
    this.pause = this.failure.passing ? pauses[this.tries] : undefined
    this.tries += 1
    if (this.pause !== undefined) this.#timer = setTimeout(() => void this.load(), this.pause * 1000)
    this.#done(this.failure)
  }
}
