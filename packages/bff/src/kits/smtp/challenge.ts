import type { Reply } from '../../ports/ports.ts'

/** What a server says of a token it refuses (RFC 7628 section 3.2.2), and Google's form of it. */
export interface Challenge {
  /** The decoded text, at most 400 characters; nothing in it is trusted. */
  readonly text: string
  readonly status?: string
  /** What the token would have to be for. */
  readonly scope?: string
}

const longest = 400

/** Reads a challenge; undefined where it is empty or no base64. Text that is no JSON is kept as text. */
export const challengeOf = (reply: Reply | undefined): Challenge | undefined => {
  const text = reply && decoded(reply.text.replace(/^334 ?/, '').trim())
  if (!text) return undefined
  const { status, scope } = parsed(text)
  return { text: text.slice(0, longest), ...(status && { status }), ...(scope && { scope }) }
}

const decoded = (base64: string): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)))
  } catch {
    return undefined
  }
}

const parsed = (text: string): { readonly status?: string; readonly scope?: string } => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    const { status, scope } = value as { status?: unknown; scope?: unknown }
    return { ...(typeof status === 'string' && { status: status.slice(0, 40) }), ...(typeof scope === 'string' && { scope: scope.slice(0, 200) }) }
  } catch {
    return {}
  }
}
