import { createWriteStream } from 'node:fs'
import { devNull } from 'node:os'
import { bearer, createMailGateway } from '@mail-gateway/bff'
import type { MailGateway } from '@mail-gateway/bff'
import { jsonLines, nodePorts } from '@mail-gateway/bff/node'
import type { Draft, GatewayView } from '@mail-gateway/contract'
import { baseURL, basePath, headersFor, newHolder, newKey } from './account.ts'

/** A gateway as an installation has it: embedded store, callers by token, one log line per request (to nowhere). */
export interface Ours {
  readonly gateway: MailGateway
  readonly headers: Record<string, string>
  create(draft: Draft): Promise<GatewayView>
  save(view: GatewayView, draft: Draft): Promise<GatewayView>
}

export const openOurs = (path: string): Ours => {
  const { token, holder } = newHolder()
  const log = jsonLines(createWriteStream(devNull))
  const gateway = createMailGateway({ ports: nodePorts({ store: `sqlite:${path}`, log }), authorize: bearer([holder]), baseURL, basePath, secrets: newKey() })
  const headers = headersFor(token)
  const call = async (method: string, route: string, draft: Draft, more: Record<string, string>): Promise<GatewayView> => {
    const response = await gateway.fetch(new Request(baseURL + basePath + route, { method, headers: { ...headers, ...more }, body: JSON.stringify(draft) }))
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`)
    return await response.json() as GatewayView
  }
  return {
    gateway, headers,
    create: (draft) => call('POST', '/gateways', draft, {}),
    save: ({ id, revision }, draft) => call('PUT', `/gateways/${id}`, draft, { 'if-match': `"${revision}"` }),
  }
}
