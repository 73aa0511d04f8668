import { FlattenedEncrypt, base64url, decodeProtectedHeader, flattenedDecrypt } from 'jose'
import type { Keyring } from './keyring.ts'
import { placeBytes } from './place.ts'
import type { Place } from './place.ts'

/**
 * A sealed secret did not open. `key`: its key is not among ours.
 * `place`: it belongs elsewhere, or was altered; the two cannot be told apart, by design.
 */
export class SealError extends Error {
  readonly reason: 'key' | 'place'

  constructor(reason: 'key' | 'place') {
    super(reason === 'key' ? 'the sealing key is gone' : 'sealed for another place, or altered')
    this.reason = reason
  }
}

/**
 * Encrypts a secret for one place: JWE (RFC 7516) with `dir` and A256GCM, a fresh 96-bit nonce, the key's version as `kid`.
 * The place is additional authenticated data and stays out of the result, a compact JWE of five parts.
 */
export const seal = async (secret: string, place: Place, { current }: Keyring): Promise<string> => {
  const jwe = await new FlattenedEncrypt(new TextEncoder().encode(secret))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: current.version })
    .setAdditionalAuthenticatedData(placeBytes(place))
    .encrypt(current.bytes)
  return [jwe.protected, '', jwe.iv, jwe.ciphertext, jwe.tag].join('.')
}

/**
 * Opens a sealed secret in the place it is wanted for, which is built again from what is known now.
 * @throws SealError when its key is gone, or it was sealed for another place, or any byte differs
 */
export const open = async (sealed: string, place: Place, keyring: Keyring): Promise<string> => {
  const parts = sealed.split('.')
  const key = keyring.find(versionOf(sealed))
  if (!key) throw new SealError('key')
  if (parts.length !== 5 || parts[1] !== '' || !parts.every(isCanonical)) throw new SealError('place')
  const [header, , iv, ciphertext, tag] = parts as [string, string, string, string, string]
  try {
    const { plaintext } = await flattenedDecrypt(
      { protected: header, iv, ciphertext, tag, aad: base64url.encode(placeBytes(place)) }, key.bytes,
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] })
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
  } catch {
    throw new SealError('place')
  }
}

/** Version of the key a secret was sealed with, or undefined where the text is no sealed secret. */
export const versionOf = (sealed: string): string | undefined => {
  try {
    const { kid } = decodeProtectedHeader(sealed)
    return typeof kid === 'string' ? kid : undefined
  } catch {
    return undefined
  }
}

// Two spellings of the same bytes would let an altered text open.
const isCanonical = (part: string): boolean => {
  try {
    return base64url.encode(base64url.decode(part)) === part
  } catch {
    return false
  }
}
