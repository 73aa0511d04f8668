// The two runtimes as seats: a gateway in this process, and the same one in workerd.
import { randomBytes } from 'node:crypto'
import { createMailGateway } from '@mail-gateway/bff'
import type { Cloud, MailGatewayOptions } from '@mail-gateway/bff'
import { nodePorts } from '@mail-gateway/bff/node'
import { basePath, baseURL, startGateway, told } from '../workerd/gateway.ts'
import type { Seat } from './mail-stand.ts'

export interface OpenSeat extends Seat {
  close(): Promise<unknown>
}

const everything = ['read', 'write', 'test', 'send', 'share'] as const
const headers = (tenant: string) => ({ origin: baseURL, 'x-tenant': tenant, 'content-type': 'application/json', 'x-mail-gateway': '1' })

/** On Node: the gateway's own `fetch`, over real sockets. A run with a network of its own has a gateway of its own. */
export const nodeSeat = (clouds: readonly Cloud[] = []): OpenSeat => {
  const log: string[] = []
  const secrets = `1:${randomBytes(32).toString('base64')}`
  const options: Omit<MailGatewayOptions, 'ports'> = {
    baseURL, basePath, secrets, clouds,
    authorize: (request) => ({ subject: 'u-1', email: 'ada@acme.example', tenant: request.headers.get('x-tenant') ?? '', rights: [...everything] }),
    egress: { allow: ['127.0.0.0/8', '::1'], ports: '1-65535', clearText: ['127.0.0.0/8', '::1'] },
    log: (event) => void log.push(JSON.stringify(event)),
  }
  const usual = createMailGateway({ ...options, ports: nodePorts({ store: 'memory:' }) })
  const own: { close(): Promise<unknown> }[] = [usual]
  return {
    async check(body, { tenant, network }) {
      const gateway = network ? createMailGateway({ ...options, ports: { ...nodePorts({ store: 'memory:' }), network } }) : usual
      own.push(gateway)
      return told(await gateway.fetch(new Request(`${baseURL}${basePath}/checks`, { method: 'POST', headers: headers(tenant), body: JSON.stringify(body) })))
    },
    log: () => log.join('\n'),
    close: () => Promise.all([...new Set(own)].map((one) => one.close())),
  }
}

interface EdgeWish {
  /** PEM. */
  readonly ca: string
  readonly resolver?: string
  readonly clouds?: readonly Cloud[]
}

/** In workerd, over HTTP. */
export const workerdSeat = async ({ ca, resolver, clouds = [] }: EdgeWish): Promise<OpenSeat> => {
  const gateway = await startGateway({ ca, bindings: { ...(resolver && { MAIL_GATEWAY_RESOLVER: resolver }), MAIL_GATEWAY_CLOUDS: JSON.stringify(clouds) } })
  return { check: (body, { tenant }) => gateway.check(body, tenant), log: gateway.log, close: gateway.close }
}
