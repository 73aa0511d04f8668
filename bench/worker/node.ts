import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { createAdaptorServer } from '@hono/node-server'
import { createWriteStream } from 'node:fs'
import { devNull } from 'node:os'
import { bearer, createMailGateway } from '@mail-gateway/bff'
import type { TokenHolder } from '@mail-gateway/bff'
import { jsonLines, nodePorts } from '@mail-gateway/bff/node'
import { trust } from '../../demo/sandbox/certificates.ts'
import { answerTo } from '../process.ts'
import { bare } from './peers.ts'

/** What both runtimes are set up with, by the names `mail-gateway serve` reads. */
export interface Setup {
  readonly path: string
  readonly ca: string
  readonly holder: TokenHolder
  readonly variables: Readonly<Record<string, string>>
}

/** The gateway on Node over HTTP, and beside it what it is compared with, in the same process. */
const open = async ({ path, ca, holder, variables }: Setup): Promise<number> => {
  trust(ca)
  const gateway = createMailGateway({
    ports: nodePorts({ store: `sqlite:${path}`, log: jsonLines(createWriteStream(devNull)) }), authorize: bearer([holder]),
    baseURL: variables['MAIL_GATEWAY_BASE_URL']!, secrets: variables['MAIL_GATEWAY_SECRETS']!, testRate: variables['MAIL_GATEWAY_TEST_RATE']!,
    egress: { allow: variables['MAIL_GATEWAY_EGRESS_ALLOW']!.split(','), ports: variables['MAIL_GATEWAY_EGRESS_PORTS']! },
  })
  const database = new DatabaseSync(path)
  database.exec('PRAGMA synchronous = FULL')
  const update = database.prepare('UPDATE gateway SET updated_at = ?, revision = revision + 1 WHERE tenant = ? AND name = ?')
  const peers = bare()
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: (request: Request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/peer/save') return Response.json({ changes: Number(update.run(new Date().toISOString(), 'acme', 'Peer').changes) })
      return pathname.startsWith('/peer/') ? peers.fetch(new Request(request.url.replace('/peer/', '/'), request)) : gateway.fetch(request)
    },
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

answerTo({ open })
