import type { Mode } from '../modes/mode.ts'
import type { Ports } from '../ports/ports.ts'
import type { Position, Store, StoredGateway } from '../ports/store.ts'
import { placeOf } from '../settings/complete.ts'
import type { Keyring } from '../settings/keyring.ts'
import { SealError, open, seal, versionOf } from '../settings/seal.ts'

/** What a look at the keys needs. */
export interface Locksmith {
  readonly store: Store
  readonly keyring: Keyring
  readonly modes: readonly Mode[]
}

/**
 * Compares the keys of this deployment with those that sealed what is stored (fault F81). Reads only.
 * @returns what is wrong, for whoever set the keys; undefined where all is well, and where nothing is stored yet
 */
export const wrongKeys = async (locksmith: Locksmith): Promise<string | undefined> => {
  const [suspicion, proven] = await suspicionOn(locksmith)
  if (!suspicion) return undefined
  let stored = 0
  for await (const gateway of everyGateway(locksmith.store)) {
    if (await opensAny(gateway, locksmith, proven)) return undefined
    stored += Object.keys(gateway.secrets).length
  }
  return stored ? `${suspicion}: of ${stored} stored secrets it opens none. Nothing was changed. Give the key they were sealed with, behind a new one where there is one` : undefined
}

/** Milliseconds for which it is remembered that the keys are others: to say so, everything that is stored was read. */
const wrongFor = 30_000

/**
 * The same look, for whoever asks often, or may be anybody (threat T55). The keys do not change while a deployment lives:
 * that they are the right ones is found once, that they are others is looked at again now and then. What waits to be
 * sealed anew is told to the log once: where nothing rings, nobody would notice.
 */
export const rememberedWrongKeys = (locksmith: Locksmith & Pick<Ports, 'log'>, elapsed: () => number): (() => Promise<string | undefined>) => {
  let [sure, wrong, again] = [false, undefined as string | undefined, -Infinity]
  return async () => {
    if (sure || elapsed() <= again) return wrong
    // Only what is known already may be said to who asks meanwhile.
    if (wrong) again = elapsed() + wrongFor
    wrong = await wrongKeys(locksmith)
    again = elapsed() + wrongFor
    if (!sure && !wrong) {
      sure = true
      await tellWaiting(locksmith)
    }
    return wrong
  }
}

/** A rotation begins with a proof of its key: without one, none has been begun. */
const tellWaiting = async ({ store, keyring, log }: Locksmith & Pick<Ports, 'log'>): Promise<void> => {
  if (!keyring.all[1] || (await store.keyProofs()).some(({ version }) => version === keyring.current.version)) return
  log({ level: 'warn', event: 'keys.not-rotated' })
}

/** Leaves a proof of the key that seals now, so that another one under its name is noticed. */
export const proveKey = async ({ store, keyring }: Omit<Locksmith, 'modes'>): Promise<void> => {
  const { version } = keyring.current
  await store.putKeyProof({ version, sealed: await seal('mail-gateway', placeOfProof(version), keyring) })
}

/** What is wrong with the keys as far as their proofs say, and the versions of those that are proven. */
const suspicionOn = async ({ store, keyring }: Locksmith): Promise<readonly [suspicion: string, proven: readonly (string | undefined)[]]> => {
  const proofs = await store.keyProofs()
  const known = proofs.filter(({ version }) => keyring.find(version))
  for (const { version, sealed } of known) {
    if (!await opens(open(sealed, placeOfProof(version), keyring))) return [`holds another key ${version} than the one that was used here`, []]
  }
  // A key that was retired is gone, and so is that of a rotation somebody undid: what it sealed tells which.
  return [known.length && known.length === proofs.length ? '' : 'lacks a key that was used here', known.map(({ version }) => version)]
}

const placeOfProof = (version: string) => ({ tenant: '', gateway: '', field: 'proof', mode: '', destination: [['version', version] as const] })

/** Whether a key opens any of its secrets. A proven one need not try: what it does not open is damaged, or of a mode that is gone. */
const opensAny = async ({ tenant, id, mode: name, settings, secrets }: StoredGateway, { keyring, modes }: Locksmith, proven: readonly (string | undefined)[]): Promise<boolean> => {
  const mode = modes.find((one) => one.id === name)
  for (const [field, { sealed }] of Object.entries(secrets)) {
    const version = versionOf(sealed)
    if (proven.includes(version) || mode && keyring.find(version) && await opens(open(sealed, placeOf(mode, settings, tenant, id, field), keyring))) return true
  }
  return false
}

const opens = (attempt: Promise<string>): Promise<boolean> => attempt.then(() => true, (error: unknown) => {
  if (error instanceof SealError) return false
  throw error
})

/** Every gateway of every tenant, a page at a time. */
export async function* everyGateway(store: Pick<Store, 'walk'>): AsyncGenerator<StoredGateway> {
  for (let after: Position | undefined; ;) {
    const page = await store.walk(after)
    yield* page
    after = page.at(-1)
    if (!after) return
  }
}
