import { lookup } from 'node:dns/promises'
import { openSocket } from '#socket'
import type { Capabilities } from '@mail-gateway/contract'
import type { Address, Network } from '../../ports/ports.ts'
import { requestHttps } from './https.ts'

/** Node's resolver (the system's, hosts file included) and its sockets. */
export const nodeNetwork: Network = {
  async lookup(host, signal) {
    const found = await unless(signal, () => lookup(host, { all: true, order: 'verbatim' }))
    return found.map(({ address, family }): Address => ({ address, family: family === 6 ? 6 : 4 }))
  },
  connect: (target, signal) => openSocket(target, signal),
  request: requestHttps,
}

/** The system's resolver cannot be called off; nobody has to wait for it, though. */
const unless = async <T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> => {
  signal.throwIfAborted()
  const given = Promise.withResolvers<never>()
  const abandon = () => given.reject(signal.reason)
  signal.addEventListener('abort', abandon, { once: true })
  try {
    return await Promise.race([ask(), given.promise])
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}

/** Everything: what may be reached is for the operator to open, not for the platform. */
export const nodeCapabilities: Capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
