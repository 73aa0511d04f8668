import { request as send } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { HttpTooLarge } from '../../ports/ports.ts'
import type { HttpReply, HttpRequest, Target } from '../../ports/ports.ts'

/**
 * One HTTPS request to the vetted literal, verified as the name that was asked for. Node follows no redirect by itself.
 * A connection of its own each time: none is ever handed from one tenant to another.
 * @throws the system's error with its `code`, `HttpTooLarge`, or the signal's reason
 */
export const requestHttps = async (target: Target, { url, method, headers = {}, body = '' }: HttpRequest, maxBytes: number, signal: AbortSignal): Promise<HttpReply> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send({
      host: target.address, port: target.port, path: url.pathname + url.search, method, agent: false, signal,
      ...(isName(target.host) && { servername: target.host }),
      headers: { ...headers, host: url.host, 'accept-encoding': 'identity', connection: 'close', ...(body && { 'content-length': String(Buffer.byteLength(body)) }) },
    }, resolve)
    request.once('error', reject)
    request.end(body)
  })
  return { status: response.statusCode ?? 0, headers: flat(response), text: await textOf(response, maxBytes) }
}

// An address stands in the certificate as such and is never sent as SNI (RFC 6066 section 3).
const isName = (host: string): boolean => !host.includes(':') && !/^\d+(\.\d+){3}$/.test(host)

const flat = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]))

const textOf = async (response: IncomingMessage, maxBytes: number): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      response.destroy()
      throw new HttpTooLarge(`more than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
