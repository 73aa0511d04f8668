import { HttpTooLarge } from '../../ports/ports.ts'
import type { HttpReply, HttpRequest, Target } from '../../ports/ports.ts'
import { coded, platformFailure, requestCode } from './errors.ts'

/**
 * One HTTPS request by name through the runtime's own client, which verifies the certificate. No redirect is followed.
 * The runtime does not tell a request that never left from one that was cut off: `onSent` is called beforehand, so that
 * what may have happened is never taken for what did not.
 * @throws Error with `code` as far as it is known; `HttpTooLarge`; the signal's reason
 */
export const requestHttps = async (_target: Target, { url, method, headers = {}, body, onSent }: HttpRequest, maxBytes: number, signal: AbortSignal): Promise<HttpReply> => {
  signal.throwIfAborted()
  onSent?.()
  const reply = await answerTo(url, { method, headers: { ...headers, 'accept-encoding': 'identity' }, signal, ...(body !== undefined && { body }) }, maxBytes).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : error instanceof HttpTooLarge ? error : coded(error, requestCode(error))
  })
  const failure = platformFailure(reply)
  if (failure) throw failure
  return reply
}

/** The runtime unpacks a compressed answer by itself, so that it is the unpacked bytes that are counted (fault F62). */
export const answerTo = async (url: URL, init: RequestInit, maxBytes: number): Promise<HttpReply> => {
  const response = await fetch(url, { ...init, redirect: 'manual' })
  const headers = Object.fromEntries(response.headers)
  if (lengthOf(headers) > maxBytes) {
    void response.body?.cancel().catch(() => {})
    throw new HttpTooLarge(`more than ${maxBytes} bytes of headers`)
  }
  return { status: response.status, headers, text: await textOf(response, maxBytes) }
}

const lengthOf = (headers: Readonly<Record<string, string>>): number =>
  Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0)

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
