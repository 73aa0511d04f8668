import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { randomInt } from 'node:crypto'

/** The system hands out no port below 32768 by itself: one from here is not given to the next server that asks for any. */
const [first, end] = [20_000, 32_000] as const

const bound = async (port: number): Promise<number | undefined> => {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return (server.address() as AddressInfo).port
  } catch {
    return undefined
  } finally {
    await new Promise((closed) => { server.close(closed) })
  }
}

/** A port on loopback that nobody listens on, and that stays so until somebody asks for it by its number. */
export const closedPort = async (): Promise<number> => await bound(randomInt(first, end)) ?? closedPort()
