import type { Reply } from '../../ports/ports.ts'
import { SmtpFault } from './fault.ts'

/** What a mail server may send during one check: 256 KiB and 200 lines. */
const budget = { bytes: 256 * 1024, lines: 200 }

const utf8 = new TextDecoder('utf-8', { fatal: true })
const latin1 = new TextDecoder('latin1')

// Reply text has no charset (RFC 5321 section 4.2.1): UTF-8 where it is, bytes as they are otherwise.
const decode = (bytes: Uint8Array): string => {
  try { return utf8.decode(bytes) } catch { return latin1.decode(bytes) }
}

/**
 * Cuts a server's bytes into complete replies (RFC 5321 section 4.2), however they are split.
 * A bare line feed ends a line too. One reader serves one connection, so its budget is the connection's.
 * @throws SmtpFault `smtp.reply.too-large` or `smtp.reply.protocol`
 */
export class ReplyReader {
  #bytes = 0
  #lines = 0
  #chunks: Uint8Array[] = []
  #open: string[] = []

  /** True while bytes of an unfinished reply are held. */
  get pending(): boolean { return this.#chunks.length > 0 || this.#open.length > 0 }

  /** The first bytes of an unfinished line, for telling what kind of server this is. */
  get start(): Uint8Array { return this.#chunks[0] ?? new Uint8Array() }

  /** The beginning of what no reply was made of yet, at most 512 characters. */
  get unfinished(): string { return (this.#open[0] ?? decode(joined(this.#chunks).subarray(0, 512))).slice(0, 512) }

  push(chunk: Uint8Array): Reply[] {
    this.#bytes += chunk.length
    if (this.#bytes > budget.bytes) throw new SmtpFault('smtp.reply.too-large')
    const replies: Reply[] = []
    for (const line of this.#split(chunk)) {
      const reply = this.#take(line)
      if (reply) replies.push(reply)
    }
    return replies
  }

  #split(chunk: Uint8Array): string[] {
    const lines: string[] = []
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      lines.push(decode(joined([...this.#chunks, chunk.subarray(from, end)])).replace(/\r$/, ''))
      this.#chunks = []
      from = end + 1
    }
    if (from < chunk.length) this.#chunks.push(chunk.slice(from))
    return lines
  }

  #take(line: string): Reply | undefined {
    if (++this.#lines > budget.lines) throw new SmtpFault('smtp.reply.too-large')
    if (!line.trim() && this.#open.length === 0) return undefined
    const match = /^([2-5]\d\d)(?:([ -])|$)/.exec(line)
    const code = this.#open[0]?.slice(0, 3)
    if (!match || (code && code !== match[1])) throw new SmtpFault('smtp.reply.protocol', { text: line.slice(0, 512) })
    this.#open.push(line)
    if (match[2] === '-') return undefined
    const text = this.#open.join('\n')
    this.#open = []
    return { code: Number(match[1]), text }
  }
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) { all.set(part, at); at += part.length }
  return all
}
