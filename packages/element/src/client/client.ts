import { callHeader, lines, repeatHeader } from '@mail-gateway/contract'
import type { CheckEvent, CheckRequest, Draft, GatewayView, MetaView, ModeView, RouteName, routes, RunView } from '@mail-gateway/contract'
import { cutOff, failureOf, isAbort, notOurs, typeOf, unreachable } from './failure.ts'

/** Stands in for fetch: desktop shells, demos. `stream` carries the answer of a run, `request` everything else. */
export interface Transport {
  request(url: string, init: RequestInit): Promise<Response>
  stream?(url: string, init: RequestInit): Promise<Response>
}

/** What a client asks its owner for on every request. */
export interface ClientOptions {
  readonly base: () => string
  readonly language: () => string
  readonly credentials: () => RequestCredentials
  readonly headers: () => HeadersInit | Promise<HeadersInit> | undefined
  readonly transport: () => Transport | undefined
}

// The table of endpoints, as types alone.
type Endpoint = { [Name in RouteName]: `${(typeof routes)[Name]['method']} ${(typeof routes)[Name]['path']}` }[RouteName]

/**
 * Milliseconds after which nobody will answer any more: `answer` leaves time, of the ten seconds a user waits, to find out what
 * became of a save; `proof` where the server checks before it saves; `word` between two words of a run, which ends after twenty seconds.
 */
const patience = { answer: 7500, proof: 30_000, word: 25_000 } as const

interface Call {
  readonly id?: string
  /** Id that the new gateway or run shall have: a browser asks again by itself where a kept connection dies. */
  readonly made?: string | undefined
  readonly proves?: boolean
  readonly body?: unknown
  readonly revision?: number
  readonly signal?: AbortSignal | undefined
  readonly stream?: boolean
}

/** One method per route; the only place that calls fetch. Every method throws `Failure`, or AbortError when stopped. */
export class Client {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) { this.#options = options }

  meta(signal?: AbortSignal): Promise<MetaView> { return this.#json('GET /meta', { signal }) }
  async modes(signal?: AbortSignal): Promise<readonly ModeView[]> { return (await this.#json<{ modes: ModeView[] }>('GET /modes', { signal })).modes }
  async gateways(signal?: AbortSignal): Promise<readonly GatewayView[]> { return (await this.#json<{ gateways: GatewayView[] }>('GET /gateways', { signal })).gateways }
  gateway(id: string, signal?: AbortSignal): Promise<GatewayView> { return this.#json('GET /gateways/{id}', { id, signal }) }
  /** `made`: the new gateway's id; asked again with the same, there is one gateway and one answer. `proves`: the server checks before it saves. */
  create(draft: Draft, made?: string, proves = false): Promise<GatewayView> { return this.#json('POST /gateways', { made, body: draft, proves }) }
  save({ id, revision }: GatewayView, draft: Draft, proves = false): Promise<GatewayView> { return this.#json('PUT /gateways/{id}', { id, revision, body: draft, proves }) }
  async remove({ id, revision }: GatewayView): Promise<void> { await this.#send('DELETE /gateways/{id}', { id, revision }) }
  run(id: string, signal?: AbortSignal): Promise<RunView> { return this.#json('GET /runs/{id}', { id, signal }) }

  /** Starts a run and yields its events as they arrive. Leaving the loop early ends the request. */
  async *check(request: CheckRequest, signal: AbortSignal): AsyncGenerator<CheckEvent, void, void> {
    const over = new AbortController()
    const heard = silence(over)
    heard(patience.answer)
    try {
      const { response, asked } = await this.#send('POST /checks', { body: request, made: newId(), signal: AbortSignal.any([signal, over.signal]), stream: true })
      if (!/ndjson/.test(typeOf(response)) || !response.body) throw notOurs(asked, response)
      let closed = false
      try {
        for await (const event of lines<CheckEvent>(chunksOf(response.body, () => heard(patience.word)))) {
          closed = event.event === 'end' || event.event === 'problem'
          yield event
        }
      } catch (error) { throw isAbort(error) ? error : cutOff(asked, error) }
      if (!closed) throw cutOff(asked)
    } finally { heard() }
  }

  async #json<T>(route: Endpoint, call: Call): Promise<T> {
    const { response, asked } = await this.#send(route, call)
    if (!/json/.test(typeOf(response))) throw notOurs(asked, response)
    try { return await response.json() as T } catch (error) { throw isAbort(error) ? error : error instanceof SyntaxError ? notOurs(asked, response, error) : unreachable(asked, error) }
  }

  async #send(route: Endpoint, call: Call): Promise<{ response: Response; asked: string }> {
    const { base, transport } = this.#options
    const [method, path] = route.split(' ') as [string, string]
    const url = base().replace(/\/+$/, '') + path.replace('{id}', encodeURIComponent(call.id ?? ''))
    const asked = `${method} ${url}`
    const carrier = transport()
    const go = (call.stream && carrier?.stream?.bind(carrier)) || carrier?.request.bind(carrier) || fetch
    let response: Response
    try { response = await go(url, await this.#init(method, call)) } catch (error) { throw isAbort(error) ? error : unreachable(asked, error) }
    if (!response.ok) throw await failureOf(asked, response)
    return { response, asked }
  }

  async #init(method: string, { body, revision, made, signal, stream, proves }: Call): Promise<RequestInit> {
    const headers = new Headers(await this.#options.headers())
    headers.set('accept-language', this.#options.language())
    if (method !== 'GET') { headers.set('content-type', 'application/json'); headers.set(callHeader, '1') }
    if (revision !== undefined) headers.set('if-match', `"${revision}"`)
    if (made) headers.set(repeatHeader, made)
    const late = stream ? [] : [AbortSignal.timeout(proves ? patience.proof : patience.answer)]
    return {
      method, headers, credentials: this.#options.credentials(), cache: 'no-store',
      // Undefined where there is none.
      body: JSON.stringify(body), signal: AbortSignal.any(signal ? [signal, ...late] : late),
    }
  }
}

/** 128 random bits, also where the page is no secure context. */
export const newId = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-')

/** Told whenever something was heard: `ms` until it is over, if that was all; without, it never is. */
const silence = (over: AbortController) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (ms?: number): void => {
    clearTimeout(timer)
    if (ms) timer = setTimeout(() => over.abort(new DOMException('', 'TimeoutError')), ms)
  }
}

// Not every browser iterates a stream yet.
async function* chunksOf(body: ReadableStream<Uint8Array<ArrayBuffer>>, heard: () => void): AsyncGenerator<string, void, void> {
  heard()
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) { heard(); yield step.value }
  } finally { await reader.cancel().catch(() => undefined) }
}
