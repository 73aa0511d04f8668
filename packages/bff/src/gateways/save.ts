import type { Draft, GatewayView } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { newId } from '../access/call.ts'
import { demand, signature } from '../access/caller.ts'
import { Refusal, refused } from '../findings/problem.ts'
import { StoreFault, StoreSilent } from '../ports/store.ts'
import type { StoredGateway, StoredSecret } from '../ports/store.ts'
import { complete, namesOf, placeOf } from '../settings/complete.ts'
import type { Completion } from '../settings/complete.ts'
import { provable } from '../settings/expiry.ts'
import { fingerprints } from '../settings/fingerprint.ts'
import { SealError, open, seal, versionOf } from '../settings/seal.ts'
import type { Deployment } from './deployment.ts'
import { demandCurrent, find, stale, withDefault } from './load.ts'
import type { Superseded } from './load.ts'
import { demandProof } from './proof.ts'
import type { Prove } from './proof.ts'
import { statusAfterSave } from './status.ts'
import { defaultAmong } from './view.ts'

type Whole = Extract<Completion, { ok: true }>

/** Of one tenant: all of them are read for every list, by a process that others wait for (threat T55). */
const mostGateways = 200

/**
 * Stores a new gateway. The tenant's first one becomes the default.
 * @param wanted the id it shall have, made by the caller: asked again with the same, nothing is made twice
 * @throws Refusal `settings.refused`, also where the tenant has as many as are kept; `save.check-failed`; `gateway.key-used` where that id has become something else
 */
export const createGateway = (deployment: Deployment, call: Call, draft: Draft, prove: Prove, wanted?: string): Promise<GatewayView> =>
  deployment.audit.record(call, 'gateway.create', async (note) => {
    demand(call.caller, 'write')
    const { store } = deployment
    const { tenant } = call.caller
    const id = wanted ?? newId()
    note({ gatewayId: id })
    const made = wanted === undefined ? undefined : await store.getGateway(tenant, id)
    if (made) return repeated(deployment, call, draft, made, 'gateway.key-used')
    if ((await store.listGateways(tenant)).length >= mostGateways) throw refused({ pointer: '', code: 'gateways.full', detail: `There are ${mostGateways} gateways, and no more are kept. Delete one that is not used.` })
    const next = await prepared(deployment, call, draft, { id, stored: undefined }, prove)
    note({ changed: changes(undefined, next, draft) })
    if (!await store.putGateway(next, null)) {
      // An id of ours is never taken; a store that says otherwise must not be overwritten.
      if (wanted === undefined) throw new Error('a new id was already taken')
      return repeated(deployment, call, draft, await find(deployment, tenant, id), 'gateway.key-used')
    }
    return written(deployment, draft, next)
  })

/**
 * Stores a changed gateway, whole or not at all.
 * @param revisions those the caller has seen
 * @throws Refusal `gateway.unknown`, `settings.revision-missing`, `settings.stale`, `settings.refused`,
 *   `secret.destination-changed`, `secret.unreadable`, `save.check-failed`
 */
export const saveGateway = (deployment: Deployment, call: Call, id: string, draft: Draft, revisions: readonly number[] | undefined, prove: Prove): Promise<GatewayView> =>
  deployment.audit.record(call, 'gateway.save', async (note) => {
    demand(call.caller, 'write')
    note({ gatewayId: id })
    const stored = await find(deployment, call.caller.tenant, id)
    if (revisions?.includes(stored.revision - 1)) return repeated(deployment, call, draft, stored)
    await demandCurrent(deployment, stored, revisions)
    if (draft.default === false) await demandAnotherDefault(deployment, stored)
    const next = await prepared(deployment, call, draft, { id, stored }, prove)
    note({ changed: changes(stored, next, draft) })
    if (!await deployment.store.putGateway(next, stored.revision)) return repeated(deployment, call, draft, await find(deployment, stored.tenant, id))
    return written(deployment, draft, next)
  })

/**
 * What is stored, where it is this very change made before: its answer was lost, and whoever asks again is told what
 * the first answer said (RFC 9110 section 13.1.1). Nothing is written but the default, which may be all that is missing.
 * @throws Refusal `otherwise`, with what is stored now
 */
const repeated = async (deployment: Deployment, call: Call, draft: Draft, stored: StoredGateway, otherwise: Superseded = 'settings.stale'): Promise<GatewayView> => {
  if (!await isThis(deployment, call, draft, stored)) throw await stale(deployment, stored, otherwise)
  return written(deployment, draft, stored)
}

/** What follows a record that is stored: whatever the store does not do now, nothing may say that nothing was saved. */
const written = async (deployment: Deployment, draft: Draft, stored: StoredGateway): Promise<GatewayView> => {
  try {
    if (draft.default) await deployment.store.setDefault(stored.tenant, stored.id)
    return await withDefault(deployment, stored)
  } catch (error) {
    throw error instanceof StoreFault ? new StoreSilent() : error
  }
}

/** Whether this caller has stored exactly this, secrets included: told by the fingerprint, so that none is opened to compare. */
const isThis = async (deployment: Deployment, call: Call, draft: Draft, stored: StoredGateway): Promise<boolean> => {
  const { tenant } = call.caller
  if (stored.updatedBy !== signature(call.caller) || stored.mode !== draft.mode) return false
  const completion = await complete(draft, stored, { ...deployment, tenant, conceal: call.conceal }).catch(notThis)
  if (!completion?.ok || nameFor(draft, completion, stored) !== stored.name) return false
  const gone = namesOf(completion.fate, 'none').some((name) => stored.secrets[name])
  const same = JSON.stringify(inOrder(completion.settings)) === JSON.stringify(inOrder(stored.settings))
  if (!same || gone) return false
  if (!isComparable(deployment, tenant, completion)) throw new Refusal('rate.limited', { retryAfter: 60 })
  return (await proofsOf(deployment, tenant, completion)).includes(stored.status.fingerprint ?? '')
}

/** False where another secret was typed once too often to say whether it is the known one. */
const isComparable = ({ mayCompare }: Deployment, tenant: string, { fate }: Whole): boolean => namesOf(fate, 'given').length === 0 || mayCompare(tenant)

const notThis = (error: unknown): undefined => {
  if (!(error instanceof Refusal)) throw error
}

const inOrder = (settings: StoredGateway['settings']) => Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))

const proofsOf = ({ keyring }: Deployment, tenant: string, { mode, values }: Whole): Promise<string[]> =>
  fingerprints({ tenant, mode: mode.id, values: provable(mode, values) }, keyring)

const demandAnotherDefault = async ({ store }: Deployment, { tenant, id }: StoredGateway): Promise<void> => {
  const standard = defaultAmong(await store.listGateways(tenant), await store.getDefault(tenant))
  if (standard === id) throw refused({ pointer: '/default', code: 'default.needed', detail: 'One gateway is always the default. Make another one the default instead.' })
}

interface Subject {
  readonly id: string
  readonly stored: StoredGateway | undefined
}

/** The record to be written, with its secrets sealed for where they belong. */
const prepared = async (deployment: Deployment, call: Call, draft: Draft, subject: Subject, prove: Prove): Promise<StoredGateway> => {
  const { tenant } = call.caller
  const { store, clock } = deployment
  const completion = await complete(draft, subject.stored, { ...deployment, tenant, conceal: call.conceal })
  if (!completion.ok) throw refused(...completion.errors)
  const proofs = await proofsOf(deployment, tenant, completion)
  const comparable = isComparable(deployment, tenant, completion)
  await demandProof(deployment, call, { gatewayId: subject.stored?.id, completion, proofs: comparable ? proofs : [] }, prove)
  const at = new Date(clock.now()).toISOString()
  const by = signature(call.caller)
  return {
    tenant, id: subject.id,
    name: nameFor(draft, completion, subject.stored),
    mode: completion.mode.id,
    settings: completion.settings,
    secrets: await sealAll(deployment, tenant, subject, completion, { setAt: at, setBy: by }),
    status: await statusAfterSave(store, { tenant, fingerprints: proofs, comparable, previous: subject.stored?.status, at, by }),
    // One that was lost is followed by one that no page has ever seen.
    revision: (subject.stored ? subject.stored.revision || clock.now() : 0) + 1,
    updatedAt: at, updatedBy: by,
  }
}

/** The given name, else the one it had, else what it is and where it sends to, or as whom. */
const nameFor = ({ name }: Draft, { mode, settings }: Whole, stored: StoredGateway | undefined): string =>
  name?.trim() || (name === undefined && stored?.name) || `${mode.words.en.label} ${String(settings[mode.target[0] ?? 'from'] ?? '')}`.trim().slice(0, 80)

type Mark = Pick<StoredSecret, 'setAt' | 'setBy'>

const sealAll = async ({ keyring }: Deployment, tenant: string, { id, stored }: Subject, { mode, settings, secrets, fate }: Whole, mark: Mark): Promise<Record<string, StoredSecret>> => {
  const place = (name: string) => placeOf(mode, settings, tenant, id, name)
  const sealed: Record<string, StoredSecret> = {}
  for (const name of namesOf(fate, 'given')) sealed[name] = { ...mark, sealed: await seal(secrets[name]!, place(name), keyring) }
  for (const name of namesOf(fate, 'kept')) {
    const kept = stored!.secrets[name]!
    const fresh = versionOf(kept.sealed) === keyring.current.version
    sealed[name] = fresh ? kept : { ...kept, sealed: await seal(secrets[name]!, place(name), keyring) }
  }
  // What these settings do not use stays only while it could still be used: sealed for this very place.
  for (const name of namesOf(fate, 'rests')) {
    const kept = stored!.secrets[name]!
    if (await opens(open(kept.sealed, place(name), keyring))) sealed[name] = kept
  }
  return sealed
}

const opens = async (attempt: Promise<string>): Promise<boolean> => {
  try {
    await attempt
    return true
  } catch (error) {
    if (error instanceof SealError) return false
    throw error
  }
}

/** Names of what a save changes, for the record. */
const changes = (before: StoredGateway | undefined, after: StoredGateway, draft: Draft): string[] => {
  const names = new Set([...Object.keys(before?.settings ?? {}), ...Object.keys(after.settings)])
  const settings = [...names].filter((name) => before?.settings[name] !== after.settings[name])
  const secrets = [...new Set([...Object.keys(before?.secrets ?? {}), ...Object.keys(after.secrets)])]
    .filter((name) => before?.secrets[name]?.setAt !== after.secrets[name]?.setAt || before?.secrets[name]?.setBy !== after.secrets[name]?.setBy)
  const rest = (['name', 'mode'] as const).filter((part) => before?.[part] !== after[part])
  return [...rest, ...(draft.default ? ['default'] : []), ...settings, ...secrets.map((name) => `secrets.${name}`)]
}
