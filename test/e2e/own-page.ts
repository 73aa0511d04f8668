// A page of a host's own with nothing on it but the element, its gateway behind it, and a policy of the test's choice.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMailGateway } from '@mail-gateway/bff'
import type { MailGatewayOptions } from '@mail-gateway/bff'
import { nodePorts, toNodeHandler } from '@mail-gateway/bff/node'
import { cdnFile } from '../../scripts/bundle.mjs'
import { keys } from '../wire/lab.ts'

const basePath = '/api/mail-gateway'

export interface OwnPage {
  readonly origin: string
  close(): Promise<void>
}

export interface Wanted extends Partial<MailGatewayOptions> {
  /** Whose pages may frame this one, as in `frame-ancestors`. Default `'none'`. */
  readonly framedBy?: string
  readonly reported?: (report: string) => void
  /** Code of the page; default the element's single file. */
  readonly script?: string
}

const policyFor = (framedBy: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${framedBy}; require-trusted-types-for 'script'; trusted-types lit-html mail-gateway-settings; report-uri /reports`

const html = '<!doctype html><html lang="en"><title>Settings</title><mail-gateway-settings></mail-gateway-settings><script type="module" src="/element.js"></script></html>'

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const send = (response: ServerResponse, type: string, text: string, policy = ''): void =>
  void response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, ...(policy && { 'content-security-policy': policy }) }).end(text)

const ended = (server: Server): Promise<void> => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()) })

/** The element's page on 127.0.0.1. */
export const startOwnPage = async ({ framedBy = "'none'", reported = () => {}, script, ...options }: Wanted = {}): Promise<OwnPage> => {
  const code = script ?? await cdnFile()
  const server = createServer()
  const origin = `http://127.0.0.1:${await listen(server)}`
  const gateway = createMailGateway({
    ports: nodePorts({ store: 'memory:', log: () => {} }), baseURL: origin, basePath, secrets: keys.one,
    authorize: () => ({ subject: 'u-1', name: 'Ada', email: 'ada@acme.example', tenant: 'acme', rights: ['read', 'write', 'test'] }),
    egress: { allow: ['127.0.0.1'], ports: '1-65535', clearText: ['127.0.0.1'] }, ...options,
  })
  const handle = toNodeHandler(gateway)
  server.on('request', (request, response) => {
    if (request.url?.startsWith(basePath)) return void handle(request, response)
    if (request.url === '/element.js') return send(response, 'text/javascript', code)
    if (request.url === '/reports') { request.on('data', (chunk: Buffer) => reported(chunk.toString())); return void response.writeHead(204).end() }
    send(response, 'text/html', html, policyFor(framedBy))
  })
  return { origin, async close() { await Promise.all([gateway.close(), ended(server)]) } }
}

/** A page on `localhost`, another origin, that holds `body` and runs what the test runs in it. */
export const startHostPage = async (body: string): Promise<OwnPage> => {
  const server = createServer((_, response) => send(response, 'text/html', `<!doctype html><title>Host</title>${body}`))
  const port = await listen(server)
  return { origin: `http://localhost:${port}`, close: () => ended(server) }
}
