import { openSocket } from '#socket'
import type { Network } from '../../ports/ports.ts'
import { requestHttps } from './https.ts'
import { resolverAt } from './resolver.ts'

/** The network of Cloudflare Workers: sockets and requests by name, addresses from a resolver over HTTPS. */
export const workersNetwork = (resolver: URL): Network => ({ byName: true, lookup: resolverAt(resolver), connect: openSocket, request: requestHttps })
