import { base64url } from 'jose'
import type { Keyring, SealingKey } from './keyring.ts'

/** What a run proves something about: one tenant's exact mode, settings and secrets in clear. */
export interface Exactly {
  readonly tenant: string
  readonly mode: string
  /** Canonical settings and secrets together. */
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * Keyed hashes of an exact configuration, one per sealing key and the current key's first: after a key change
 * what was proven before is still recognised. Keyed, so that a stolen database cannot be used to guess secrets.
 */
export const fingerprints = (subject: Exactly, { all }: Keyring): Promise<string[]> =>
  Promise.all(all.map(async (key) => `${key.version}.${base64url.encode(await mac(key, subject))}`))

const mac = async (key: SealingKey, { tenant, mode, values }: Exactly): Promise<Uint8Array> => {
  const text = JSON.stringify([tenant, mode, inOrder(values)])
  return new Uint8Array(await crypto.subtle.sign('HMAC', await macKey(key), new TextEncoder().encode(text)))
}

/** HKDF (RFC 5869) with a label of its own, so that sealing and hashing never share a key. */
const macKey = async ({ bytes }: SealingKey): Promise<CryptoKey> => {
  const root = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('mail-gateway fingerprint 1')
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info }, root, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign'])
}

const inOrder = (values: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(values).filter(([, value]) => value !== undefined && value !== null).sort(([a], [b]) => (a < b ? -1 : 1))
