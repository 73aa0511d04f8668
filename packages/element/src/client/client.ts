import { callHeader, lines } from '@mail-gateway/contract'
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

interface Call {
  readonly id?: string
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
  create(draft: Draft): Promise<GatewayView> { return this.#json('POST /gateways', { body: draft }) }
  save({ id, revision }: GatewayView, draft: Draft): Promise<GatewayView> { return this.#json('PUT /gateways/{id}', { id, revision, body: draft }) }
  async remove({ id, revision }: GatewayView): Promise<void> { await this.#send('DELETE /gateways/{id}', { id, revision }) }
  run(id: string, signal?: AbortSignal): Promise<RunView> { return this.#json('GET /runs/{id}', { id, signal }) }

  /** Starts a run and yields its events as they arrive. Leaving the loop early ends the request. */
  async *check(request: CheckRequest, signal: AbortSignal): AsyncGenerator<CheckEvent, void, void> {
    const { response, asked } = await this.#send('POST /checks', { body: request, signal, stream: true })
    if (!/ndjson/.test(typeOf(response)) || !response.body) throw notOurs(asked, response)
    let closed = false
    try {
      for await (const event of lines<CheckEvent>(chunksOf(response.body))) {
        closed = event.event === 'end' || event.event === 'problem'
        yield event
      }
    } catch (error) { throw isAbort(error) ? error : cutOff(asked, error) }
    if (!closed) throw cutOff(asked)
  }

  async #json<T>(route: Endpoint, call: Call): Promise<T> {
    const { response, asked } = await this.#send(route, call)
    if (!/json/.test(typeOf(response))) throw notOurs(asked, response)
    try { return await response.json() as T } catch (error) { throw isAbort(error) ? error : notOurs(asked, response, error) }
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

  async #init(method: string, { body, revision, signal }: Call): Promise<RequestInit> {
    const headers = new Headers(await this.#options.headers())
    headers.set('accept-language', this.#options.language())
    if (method !== 'GET') { headers.set('content-type', 'application/json'); headers.set(callHeader, '1') }
    if (revision !== undefined) headers.set('if-match', `"${revision}"`)
    return {
      method, headers, credentials: this.#options.credentials(), cache: 'no-store',
      ...(body !== undefined && { body: JSON.stringify(body) }), ...(signal && { signal }),
    }
  }
}

// Not every browser iterates a stream yet.
async function* chunksOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void, void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally { await reader.cancel().catch(() => undefined) }
}
