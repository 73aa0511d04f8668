import { openSocket } from '#socket'
import type { Network, Ports } from '../../ports/ports.ts'
import { requestHttps } from './https.ts'
import { resolverAt } from './resolver.ts'

/** The network of Cloudflare Workers: sockets and requests by name, addresses from a resolver over HTTPS. */
export const workersNetwork = (resolver: URL, log: Ports['log'] = () => {}): Network =>
  ({ byName: true, lookup: telling(resolver, log), connect: openSocket, request: requestHttps })

/** The resolver is whoever runs this deployment's to choose: where it fails, its own log says so, and not the form alone. */
const telling = (resolver: URL, log: Ports['log']): Network['lookup'] => {
  const lookup = resolverAt(resolver)
  return (host, signal) => lookup(host, signal).catch((error: Error & { code?: unknown }) => {
    if (error.code === 'EAI_AGAIN') log({ level: 'warn', event: 'resolver.failed', fields: { variable: 'MAIL_GATEWAY_RESOLVER', resolver: resolver.host, message: error.message } })
    throw error
  })
}
