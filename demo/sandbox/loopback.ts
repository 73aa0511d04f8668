import { once } from 'node:events'
import type net from 'node:net'

/** A server not yet bound: one of node:net or of the mail server's package. */
export interface Unbound {
  listen(port: number, host: string): net.Server
  close(done: () => void): unknown
}

export interface Bound {
  readonly port: number
  close(): Promise<void>
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? ''
const attempts = 8

const listen = async (server: Unbound, port: number, host: string): Promise<number> => {
  const listening = server.listen(port, host)
  await once(listening, 'listening')
  return (listening.address() as net.AddressInfo).port
}

const closed = (server: Unbound): Promise<void> => new Promise((resolve) => { server.close(() => resolve()) })

/** The second half of a port: `::1`, for machines whose `localhost` means that first. Absent where there is no IPv6. */
const listenOnSix = async (make: () => Unbound, port: number): Promise<Unbound | undefined> => {
  const six = make()
  try {
    await listen(six, port, '::1')
    return six
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') throw error
    return undefined
  }
}

const bindPair = async (make: () => Unbound, wanted: number): Promise<Bound> => {
  const four = make()
  const port = await listen(four, wanted, '127.0.0.1')
  try {
    const six = await listenOnSix(make, port)
    return { port, close: async () => { await Promise.all([closed(four), six && closed(six)]) } }
  } catch (error) {
    await closed(four)
    throw error
  }
}

/**
 * Binds the same port on 127.0.0.1 and ::1 and nowhere else; a free port where the wanted one is taken.
 * Throws what the system says when loopback cannot be used at all.
 */
export const bind = async (make: () => Unbound, wanted = 0): Promise<Bound> => {
  for (let left = attempts; ; left--) {
    try {
      return await bindPair(make, left === attempts ? wanted : 0)
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || left === 1) throw error
    }
  }
}
