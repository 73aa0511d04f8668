import { lookup } from 'node:dns/promises'
import { openSocket } from '#socket'
import type { Address, Network } from '../../ports/ports.ts'
import { requestHttps } from './https.ts'

/** Node's resolver (the system's, hosts file included) and its sockets. */
export const nodeNetwork: Network = {
  async lookup(host) {
    const found = await lookup(host, { all: true, order: 'verbatim' })
    return found.map(({ address, family }): Address => ({ address, family: family === 6 ? 6 : 4 }))
  },
  connect: (target, signal) => openSocket(target, signal),
  request: requestHttps,
}
