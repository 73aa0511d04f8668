import type { Capabilities } from '@mail-gateway/contract'
import { OptionsError } from '../config/options.ts'
import { Refusal } from '../findings/problem.ts'
import type { Mode } from '../modes/mode.ts'
import type { Ports } from '../ports/ports.ts'
import type { StoredGateway, StoredSecret, StoredStatus } from '../ports/store.ts'
import { complete, placeOf } from '../settings/complete.ts'
import { provable } from '../settings/expiry.ts'
import { fingerprints } from '../settings/fingerprint.ts'
import { SealError, open, seal, versionOf } from '../settings/seal.ts'
import { everyGateway, proveKey, wrongKeys } from './keys.ts'
import type { Locksmith } from './keys.ts'

/** What became of one gateway. */
export interface Turned {
  readonly gateway: Pick<StoredGateway, 'tenant' | 'id'>
  /** `changing`: others kept writing to it, so another run is needed. `damaged`: its record cannot be read. */
  readonly outcome: 'current' | 'resealed' | 'changing' | 'damaged'
  /** Secrets that open under none of the keys, and stay as they are. */
  readonly lost: readonly string[]
}

interface Turning extends Locksmith {
  readonly capabilities: Capabilities
}

/** Writers that may come between before a gateway is left to the next run. */
const patience = 5

/**
 * Seals everything that is stored with the first key, a gateway at a time, each as a whole or not at all: broken off
 * anywhere, what is stored opens under the old key or the new one, and another run goes on (fault F83). Nothing else of a
 * gateway changes, its revision included.
 */
export async function* rotate(turning: Turning): AsyncGenerator<Turned> {
  const { store, keyring } = turning
  await proveKey(turning)
  for await (const gateway of everyGateway(store)) yield turn(turning, gateway)
  // Kept tokens cannot be moved, since their place is known to whoever asks for them alone; and they can be had again.
  const [beginning] = (await seal('', { tenant: '', gateway: '', field: '', mode: '', destination: [] }, keyring)).split('.')
  await store.keepTokens(`${beginning}.`)
}

/** How many gateways were sealed anew, were so already, and are left: what opens under no key, cannot be read, or kept changing. */
export interface Rotated {
  readonly resealed: number
  readonly current: number
  readonly left: number
}

/**
 * The same to its end, told to the log.
 * @throws OptionsError where the keys open nothing of what is stored; StoreFault
 */
export const rotateAll = async (turning: Turning & Pick<Ports, 'log'>): Promise<Rotated> => {
  const wrong = await wrongKeys(turning)
  if (wrong) throw new OptionsError([{ option: 'secrets', problem: wrong }])
  const sum = { resealed: 0, current: 0, left: 0 }
  for await (const { gateway: { tenant, id }, outcome, lost } of rotate(turning)) {
    const done = outcome === 'resealed' || outcome === 'current'
    sum[done && !lost.length ? outcome : 'left'] += 1
    if (!done || lost.length) turning.log({ level: 'warn', event: 'keys.left', tenant, fields: { gatewayId: id, outcome, lost: lost.join(' ') } })
  }
  turning.log({ level: 'info', event: 'keys.rotated', fields: sum })
  return sum
}

const turn = async (turning: Turning, met: StoredGateway): Promise<Turned> => {
  const { store, modes } = turning
  const { tenant, id } = met
  let before: StoredGateway | undefined = met
  for (let attempt = 0; attempt < patience && before; attempt++) {
    if (before.damaged) return { gateway: { tenant, id }, outcome: 'damaged', lost: [] }
    const mode = modes.find((one) => one.id === before!.mode)
    const { secrets, lost } = await secretsAnew(turning, mode, before)
    const status = await statusAnew(turning, mode, before)
    const same = Object.values(secrets).every(({ sealed }, n) => sealed === Object.values(before!.secrets)[n]?.sealed) && status === before.status
    if (same) return { gateway: { tenant, id }, outcome: 'current', lost }
    if (await store.reseal(before, { secrets, status })) return { gateway: { tenant, id }, outcome: 'resealed', lost }
    before = await store.getGateway(tenant, id)
  }
  return { gateway: { tenant, id }, outcome: before ? 'changing' : 'current', lost: [] }
}

const secretsAnew = async ({ keyring }: Turning, mode: Mode | undefined, { tenant, id, settings, secrets }: StoredGateway) => {
  const next: Record<string, StoredSecret> = {}
  const lost: string[] = []
  for (const [name, secret] of Object.entries(secrets)) {
    const place = mode && placeOf(mode, settings, tenant, id, name)
    const text = versionOf(secret.sealed) === keyring.current.version || !place ? undefined : await opened(open(secret.sealed, place, keyring))
    next[name] = text === undefined ? secret : { ...secret, sealed: await seal(text, place!, keyring) }
    if (versionOf(next[name].sealed) !== keyring.current.version) lost.push(name)
  }
  return { secrets: next, lost }
}

/** What was proven stays proven under the new key: its fingerprint is made with that one too. */
const statusAnew = async (turning: Turning, mode: Mode | undefined, stored: StoredGateway): Promise<StoredStatus> => {
  const { keyring } = turning
  const { status, tenant } = stored
  if (!mode || status.fingerprint === undefined || status.fingerprint.startsWith(`${keyring.current.version}.`)) return status
  const values = await valuesOf(turning, stored)
  const proofs = values ? await fingerprints({ tenant, mode: mode.id, values: provable(mode, values) }, keyring) : []
  return proofs.includes(status.fingerprint) ? { ...status, fingerprint: proofs[0]! } : status
}

const valuesOf = async (turning: Turning, stored: StoredGateway): Promise<Record<string, unknown> | undefined> => {
  try {
    const completion = await complete({ mode: stored.mode, settings: stored.settings }, stored, { ...turning, tenant: stored.tenant })
    return completion.ok ? completion.values : undefined
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

const opened = (attempt: Promise<string>): Promise<string | undefined> => attempt.catch((error: unknown) => {
  if (error instanceof SealError) return undefined
  throw error
})
