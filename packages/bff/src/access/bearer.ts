import type { Authorize, Caller } from './caller.ts'

/** One line of the token file: who presents the token whose SHA-256 is `sha256` (hex). The token itself is stored nowhere. */
export interface TokenHolder extends Caller {
  readonly sha256: string
}

/** An `authorize` hook for programs and simple installations: `Authorization: Bearer …`, compared by hash in constant time (threat T51). */
export const bearer = (holders: readonly TokenHolder[]): Authorize => {
  const known = holders.map(({ sha256, ...caller }) => ({ hash: fromHex(sha256), caller }))
  return async (request) => {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    if (!token) return null
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
    // Every entry is compared, whichever matches.
    return known.reduce<Caller | null>((found, { hash: other, caller }) => (same(hash, other) ? caller : found), null)
  }
}

/** Compares without telling by its duration where two values differ. */
export const same = (a: Uint8Array, b: Uint8Array): boolean => {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at++) difference |= a[at]! ^ (b[at] ?? 0)
  return difference === 0
}

const fromHex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
