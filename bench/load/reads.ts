import { Agent, get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { clock } from '../process.ts'
import type { Served } from './served.ts'

/** One kind of reading: where, and as whom. */
export interface Read {
  readonly path: string
  readonly tenant: number
}

export interface Readings {
  /** Milliseconds from the instant a read was due to its last byte, of every read. */
  readonly times: readonly number[]
  /** What was answered instead of 200. */
  readonly refused: readonly string[]
  readonly seconds: number
}

/**
 * Reads at a fixed pace whatever happens: a read that is late does not hold up the next, and its wait counts from when it
 * was due, so that a pause of the server is in every read that fell into it.
 */
export const readAt = async (served: Served, reads: readonly Read[], perSecond: number, until: () => boolean): Promise<Readings> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const [times, refused, open]: [number[], string[], Set<Promise<void>>] = [[], [], new Set()]
  const began = clock()
  for (let at = 0; !until(); at++) {
    const due = began + (at * 1000) / perSecond
    const early = due - clock()
    if (early > 0) await pause(early)
    const read = once(served, reads[at % reads.length]!, agent)
      .then((status) => { if (status === 200) times.push(clock() - due); else refused.push(String(status)) }, (error: Error) => { refused.push(error.message) })
      .finally(() => open.delete(read))
    open.add(read)
  }
  await Promise.all(open)
  agent.destroy()
  return { times, refused, seconds: (clock() - began) / 1000 }
}

const once = (served: Served, read: Read, agent: Agent): Promise<number> => new Promise((resolve, reject) => {
  const { path, tenant } = read
  const request = get(served.url(path), { agent, headers: { authorization: served.headers(tenant)['authorization'] } }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0)).on('error', reject)
  })
  // A kept connection may end at the very moment it is used again (nodejs.org/api/http.html#requestreusedsocket); the clock goes on.
  request.on('error', (error: NodeJS.ErrnoException) => (request.reusedSocket && error.code === 'ECONNRESET' ? once(served, read, agent).then(resolve, reject) : reject(error)))
})
