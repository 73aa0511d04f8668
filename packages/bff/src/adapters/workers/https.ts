import { HttpTooLarge } from '../../ports/ports.ts'
import type { HttpReply, HttpRequest, Target } from '../../ports/ports.ts'
import { coded, connectCode } from './errors.ts'

/**
 * One HTTPS request by name through the runtime's own client, which verifies the certificate. No redirect is followed.
 * The runtime does not tell a request that never left from one that was cut off, unless its sentence says so:
 * `onSent` is called beforehand, so that what may have happened is never taken for what did not.
 * @throws Error with `code` as far as it is known, and `syscall` `connect` where nothing was sent; `HttpTooLarge`; the signal's reason
 */
export const requestHttps = async (_target: Target, { url, method, headers = {}, body, onSent }: HttpRequest, maxBytes: number, signal: AbortSignal): Promise<HttpReply> => {
  signal.throwIfAborted()
  onSent?.()
  try {
    const response = await fetch(url, { method, headers: { ...headers, 'accept-encoding': 'identity' }, redirect: 'manual', signal, ...(body !== undefined && { body }) })
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await textOf(response, maxBytes) }
  } catch (error) {
    throw signal.aborted ? signal.reason : named(error)
  }
}

const named = (error: unknown): unknown => {
  const code = connectCode(error)
  return error instanceof HttpTooLarge ? error : Object.assign(coded(error, code ?? 'ECONNRESET'), code !== undefined && { syscall: 'connect' })
}

const textOf = async ({ body }: Response, maxBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    // Leaving the loop cancels the body.
    if (size > maxBytes) throw new HttpTooLarge(`more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  // Takes a byte order mark off, which JSON does not know.
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer())
}
