import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const attempts = 20

const listenOn = async (port: number, server: Server): Promise<boolean> => {
  server.listen(port, '127.0.0.1')
  return once(server, 'listening').then(() => true, (error: { code?: string }) => {
    if (error.code === 'EADDRINUSE') return false
    throw error
  })
}

/** Listens on the wanted port of loopback, or on the first free one from 8787 when none was wanted. @throws Error in words for whoever started the demo */
export const listen = async (server: Server, wanted: number | undefined): Promise<number> => {
  const first = wanted ?? 8787
  for (let port = first; port < first + attempts; port++) {
    if (await listenOn(port, server)) return (server.address() as AddressInfo).port
    if (wanted !== undefined) throw new Error(`Port ${wanted} is in use. Set PORT to another one, or leave it unset.`)
  }
  throw new Error(`No free port from ${first} to ${first + attempts - 1}. Set PORT to a free one.`)
}

/** What PORT says; undefined where it says nothing. @throws Error where it is no port */
export const portOf = (text: string | undefined): number | undefined => {
  if (!text) return undefined
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`PORT must be a number up to 65535 (it is ${text})`)
  return Number(text)
}
