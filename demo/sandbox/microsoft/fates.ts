import { setTimeout as pause } from 'node:timers/promises'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Manners } from '../manners.ts'

/** What was asked, as far as an answer may depend on it. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** One answer as it goes over the wire. An object is sent as JSON. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

/** Ways to give no answer: silence, a byte a second, a closed line, bytes without an end. */
export type Silence = 'hang' | 'drip' | 'close' | 'flood'

/** What answers instead of the proper service: words, silence, words that depend on what was asked, or `proper`: the service itself. */
export type Fate = Answer | Silence | ((asked: Asked) => Answer) | 'proper'

/** By place. Several take turns, one request each. */
export interface Fates {
  readonly discovery?: Fate | readonly Fate[]
  readonly token?: Fate | readonly Fate[]
  readonly graph?: Fate | readonly Fate[]
  readonly smtp?: Manners
}

/** Far beyond what any client should read, and bounded so that one without a limit does not fill this machine. */
const flood = 300 * 1_048_576
const piece = Buffer.alloc(65_536, 'x')

const drip = async (response: ServerResponse): Promise<void> => {
  response.writeHead(200, { 'content-type': 'application/json' })
  for (const byte of `{"token_type":"Bearer","note":"${'still talking '.repeat(8)}"}`) {
    if (response.destroyed) return
    response.write(byte)
    await pause(1000)
  }
  response.end()
}

const pieces = function* (): Generator<Buffer> {
  for (let sent = 0; sent < flood; sent += piece.length) yield piece
}

/** As fast as the client reads; a client that leaves ends it. */
const pour = async (response: ServerResponse): Promise<void> => {
  response.writeHead(200, { 'content-type': 'application/json' })
  await pipeline(Readable.from(pieces()), response).catch(() => {})
}

const silences: Readonly<Record<Silence, (response: ServerResponse) => Promise<void> | void>> = {
  hang: () => {}, close: (response) => { response.destroy() }, drip, flood: pour,
}

export const send = (response: ServerResponse, { status, headers = {}, body = '' }: Answer): void => {
  const type = typeof body === 'string' ? {} : { 'content-type': 'application/json; charset=utf-8' }
  response.writeHead(status, { 'cache-control': 'no-store, no-cache', ...type, ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** Answers as fate has it. @returns false where the proper service is to answer */
export const meet = async (fate: Fate | undefined, asked: Asked, response: ServerResponse): Promise<boolean> => {
  if (fate === undefined || fate === 'proper') return false
  if (typeof fate === 'string') await silences[fate](response)
  else send(response, typeof fate === 'function' ? fate(asked) : fate)
  return true
}

/** Whose turn it is, by application and place. */
export class Turns {
  readonly #taken = new Map<string, number>()

  next(key: string, fates: Fate | readonly Fate[] | undefined): Fate | undefined {
    if (!Array.isArray(fates)) return fates as Fate | undefined
    const turn = this.#taken.get(key) ?? 0
    this.#taken.set(key, turn + 1)
    return (fates as readonly Fate[])[turn % fates.length]
  }
}
