// Looks for many secrets in many megabytes at once: in every spelling, whole or any eight bytes of one.
import { Canary } from '../e2e/canary.ts'

/** Bytes by which a place is told from others before it is compared in full. */
const telling = 4

/** One place where something was found. */
export interface Hit {
  readonly name: string
  readonly form: string
  readonly around: string
}

/** All pieces of all secrets by their first bytes, so that every byte of what is searched is looked at once. */
export class Search {
  readonly names: readonly string[]
  readonly #pieces = new Map<number, { readonly bytes: Buffer; readonly name: string; readonly form: string }[]>()
  readonly #pairs = new Uint8Array(65_536)
  /** Bytes searched so far. */
  bytes = 0

  /** Secrets by name. */
  constructor(secrets: Readonly<Record<string, string>>) {
    this.names = Object.keys(secrets)
    for (const [name, secret] of Object.entries(secrets)) for (const [piece, form] of new Canary(secret).pieces) this.#add(Buffer.from(piece, 'latin1'), name, form)
  }

  #add(bytes: Buffer, name: string, form: string): void {
    const key = bytes.readUInt32LE(0)
    this.#pieces.set(key, [...this.#pieces.get(key) ?? [], { bytes, name, form }])
    this.#pairs[bytes.readUInt16LE(0)] = 1
  }

  in(haystack: Buffer | string): readonly Hit[] {
    const bytes = typeof haystack === 'string' ? Buffer.from(haystack) : haystack
    this.bytes += bytes.length
    const hits: Hit[] = []
    for (let at = 0; at + telling <= bytes.length; at++) {
      if (!this.#pairs[bytes[at]! | (bytes[at + 1]! << 8)]) continue
      for (const piece of this.#pieces.get(bytes.readUInt32LE(at)) ?? []) {
        if (bytes.subarray(at, at + piece.bytes.length).equals(piece.bytes)) hits.push({ name: piece.name, form: piece.form, around: bytes.subarray(Math.max(0, at - 60), at + 60).toString('latin1') })
      }
    }
    return hits
  }
}
