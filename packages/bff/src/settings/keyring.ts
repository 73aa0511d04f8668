import { base64url } from 'jose'

/** One sealing key. `bytes` never leave this process. */
export interface SealingKey {
  readonly version: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The keys of this deployment: the first seals, all of them open. */
export interface Keyring {
  readonly current: SealingKey
  readonly all: readonly SealingKey[]
  find(version: unknown): SealingKey | undefined
}

/** What is wrong with the text of the option `secrets`, or the keys it names. A message never repeats any of the text. */
export type KeyringReading = { readonly ok: true; readonly keyring: Keyring } | { readonly ok: false; readonly problem: string }

const form = 'must be version:base64 pairs, such as 2:…,1:…; make one with  npx mail-gateway secret'

/** Reads `'2:base64,1:base64'`: versions are whole numbers, keys are 32 bytes, none appears twice. */
export const readKeyring = (text: string): KeyringReading => {
  const keys = text.split(',').map((part) => part.trim()).filter(Boolean).map(keyOf)
  if (!keys.length) return { ok: false, problem: form }
  if (keys.includes(undefined)) return { ok: false, problem: `${form}; each key holds 32 bytes` }
  const all = keys as SealingKey[]
  if (new Set(all.map(({ version }) => version)).size < all.length) return { ok: false, problem: 'names one version twice' }
  if (all.some(({ bytes }) => bytes.every((byte) => byte === bytes[0]))) return { ok: false, problem: 'holds a key that is one byte repeated; make one with  npx mail-gateway secret' }
  return { ok: true, keyring: { current: all[0]!, all, find: (version) => all.find((key) => key.version === version) } }
}

const keyOf = (pair: string): SealingKey | undefined => {
  const match = /^([1-9]\d{0,5}):([A-Za-z0-9+/_-]+)={0,2}$/.exec(pair)
  if (!match) return undefined
  const bytes = decoded(match[2]!)
  return bytes?.length === 32 ? { version: match[1]!, bytes } : undefined
}

const decoded = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    return new Uint8Array(base64url.decode(text.replaceAll('+', '-').replaceAll('/', '_')))
  } catch {
    return undefined
  }
}
