import { request as send } from 'node:https'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { checkServerIdentity } from 'node:tls'
import { HttpTooLarge } from '../../ports/ports.ts'
import type { HttpReply, HttpRequest, Target } from '../../ports/ports.ts'

/** Milliseconds for the connection alone, so that a name's other addresses still get their turn. */
const connectMs = 2_000

/**
 * One HTTPS request to the vetted literal, verified as the name that was asked for. Node follows no redirect by itself.
 * A connection of its own each time: none is ever handed from one tenant to another.
 * @throws the system's error with its `code`, and `syscall` `connect` where nothing was sent; `HttpTooLarge`; the signal's reason
 */
export const requestHttps = async (target: Target, request: HttpRequest, maxBytes: number, signal: AbortSignal): Promise<HttpReply> => {
  try {
    const response = await responseTo(target, request, signal)
    return { status: response.statusCode ?? 0, headers: flat(response), text: await textOf(response, maxBytes) }
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

const responseTo = ({ host, address, port }: Target, { url, method, headers = {}, body = '', onSent = () => {} }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = send({
      host: address, port, path: url.pathname + url.search, method, agent: false, signal,
      // Said aloud: a variable of Node's could switch it off for the whole process.
      rejectUnauthorized: true,
      checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
      ...(isName(host) && { servername: host }),
      headers: { ...headers, host: url.host, 'accept-encoding': 'identity', connection: 'close', ...(body && { 'content-length': String(Buffer.byteLength(body)) }) },
    }, resolve)
    // Not once: a connection may break again after the answer has begun, and nobody else listens.
    request.on('error', reject)
    // A switch to another protocol ends without an error and without an answer.
    request.once('close', () => reject(Object.assign(new Error('the connection ended without an answer'), { code: 'ECONNRESET' })))
    limitConnecting(request)
    // A connection of its own each time, so there is a handshake each time, and nothing leaves before its end.
    request.once('socket', (socket) => socket.once('secureConnect', onSent))
    request.end(body)
  })

const limitConnecting = (request: ClientRequest): void => {
  const late = Object.assign(new Error('the connection got no answer'), { code: 'ETIMEDOUT', syscall: 'connect' })
  const timer = setTimeout(() => request.destroy(late), connectMs)
  const done = () => clearTimeout(timer)
  request.once('socket', (socket) => socket.once('connect', done)).once('close', done)
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
  // Takes a byte order mark off, which JSON does not know.
  return new TextDecoder().decode(Buffer.concat(chunks))
}
