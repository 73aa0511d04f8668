import type { Capabilities, Draft, FieldError, SecretInput, Settings } from '@mail-gateway/contract'
import type * as z from 'zod'
import { Refusal, refused } from '../findings/problem.ts'
import type { Mode } from '../modes/mode.ts'
import type { StoredGateway } from '../ports/store.ts'
import { judgeSettings, malformed } from './judge.ts'
import type { Keyring } from './keyring.ts'
import { destinationValues, movedFields } from './place.ts'
import { metaOf, secretsOf } from './schema.ts'
import { SealError, open } from './seal.ts'

/** A draft with its kept secrets in clear: complete, or with what is wrong about it. Lives for one operation. */
export type Completion =
  | { readonly ok: true; readonly mode: Mode; readonly settings: Settings; readonly secrets: Secrets; readonly values: Record<string, unknown>; readonly fate: Fates }
  | { readonly ok: false; readonly mode: Mode; readonly errors: readonly FieldError[]; readonly raw: Record<string, unknown> }

export type Secrets = Readonly<Record<string, string>>

/**
 * What becomes of each secret of the mode. `rests`: stored, of no use to these settings, kept if it still opens.
 */
export type Fate = 'given' | 'kept' | 'rests' | 'none'
export type Fates = Readonly<Record<string, Fate>>

interface Source {
  readonly tenant: string
  readonly modes: readonly Mode[]
  readonly keyring: Keyring
  readonly capabilities: Capabilities
  /** Told of every secret that is in clear from now on. */
  readonly conceal?: ((secrets: readonly string[]) => void) | undefined
}

/**
 * Fills a draft up with the stored secrets it keeps.
 * @throws Refusal `settings.refused` for what no form can have sent,
 *   `secret.destination-changed` and `secret.unreadable` where a kept secret does not open in its new place
 */
export const complete = async (draft: Draft, stored: StoredGateway | undefined, source: Source): Promise<Completion> => {
  const mode = modeNamed(draft.mode, source.modes)
  const fate = fatesOf(mode, draft, stored)
  const given = givenIn(draft, fate)
  source.conceal?.(Object.values(given))
  const errors = [...malformed(mode, draft.settings, draft.secrets ?? {}), ...misplaced(draft, stored)]
  if (errors.length) throw refused(...errors)

  const raw = { ...draft.settings, ...given, ...standIns(fate) }
  const judged = judgeSettings(mode, raw, source.capabilities)
  if (!judged.ok) return { ok: false, mode, errors: judged.errors, raw }

  const settings = settingsIn(mode, judged.values)
  const kept = stored ? await openKept(mode, settings, stored, namesOf(fate, 'kept'), source) : {}
  const secrets = { ...readIn(judged.values, given), ...kept }
  source.conceal?.(Object.values(secrets))
  return { ok: true, mode, settings, secrets, values: { ...settings, ...secrets }, fate }
}

/** As they were read, which may be less than was typed. */
const readIn = (values: Record<string, unknown>, given: Secrets): Secrets =>
  Object.fromEntries(Object.entries(given).map(([name, typed]) => [name, typeof values[name] === 'string' ? values[name] : typed]))

const modeNamed = (id: string, modes: readonly Mode[]): Mode => {
  const mode = modes.find((one) => one.id === id)
  if (!mode) throw refused({ pointer: '/mode', code: 'mode.unknown', detail: `Choose one of: ${modes.map((one) => one.id).join(', ')}.` })
  return mode
}

const fatesOf = (mode: Mode, draft: Draft, stored: StoredGateway | undefined): Fates =>
  Object.fromEntries(secretsOf(mode.settings).map((name) => [name, fateOf(mode, name, draft, stored)]))

const fateOf = (mode: Mode, name: string, { secrets = {}, settings }: Draft, stored: StoredGateway | undefined): Fate => {
  const input = secrets[name]
  if (input && 'value' in input) return 'given'
  if (input && 'remove' in input) return 'none'
  if (!stored?.secrets[name]) return 'none'
  return !input && isIdle(mode, name, settings) ? 'rests' : 'kept'
}

/** True where another setting says that this secret is not used. */
const isIdle = (mode: Mode, name: string, settings: Settings): boolean => {
  const { when = {} } = metaOf(mode.settings.shape[name] as z.core.$ZodType)
  return Object.entries(when).some(([other, wanted]) => {
    const value = settings[other]
    return value !== undefined && !(Array.isArray(wanted) ? wanted.includes(value) : wanted === value)
  })
}

export const namesOf = (fates: Fates, wanted: Fate): string[] => Object.keys(fates).filter((name) => fates[name] === wanted)

const givenIn = ({ secrets = {} }: Draft, fates: Fates): Secrets =>
  Object.fromEntries(namesOf(fates, 'given').map((name) => [name, (secrets[name] as { value: string }).value]))

// An empty value is no way to erase a secret (api F12), and what was never stored cannot be kept.
const misplaced = ({ secrets = {} }: Draft, stored: StoredGateway | undefined): FieldError[] =>
  Object.entries(secrets).flatMap(([name, input]) => {
    const pointer = `/secrets/${name}`
    if (isEmpty(input)) return [{ pointer, code: 'secret.empty', detail: 'Type the new value, keep the stored one, or remove it.' }]
    if ('keep' in input && !stored?.secrets[name]) return [{ pointer, code: 'secret.not-stored', detail: 'Type the value: none is stored yet.' }]
    return []
  })

const isEmpty = (input: SecretInput): boolean => 'value' in input && !input.value.trim()

/**
 * Settings are judged before a kept secret is opened, so something stands in for it. Where they do not hold,
 * the checklist ends at its first row, and no mistake there could send more than these words.
 */
const standIns = (fates: Fates): Secrets => Object.fromEntries(namesOf(fates, 'kept').map((name) => [name, '(kept)']))

const settingsIn = (mode: Mode, values: Record<string, unknown>): Settings => {
  const hidden = secretsOf(mode.settings)
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== undefined && !hidden.includes(name))) as Settings
}

/** Where the secrets of a gateway belong by its canonical settings. */
export const placeOf = (mode: Mode, settings: Settings, tenant: string, gateway: string, field: string) =>
  ({ tenant, gateway, field, mode: mode.id, destination: destinationValues(mode, settings) })

const openKept = async (mode: Mode, settings: Settings, stored: StoredGateway, names: readonly string[], { tenant, keyring }: Source): Promise<Secrets> => {
  const secrets: Record<string, string> = {}
  const lost: Record<string, SealError['reason']> = {}
  for (const name of names) {
    try {
      secrets[name] = await open(stored.secrets[name]!.sealed, placeOf(mode, settings, tenant, stored.id, name), keyring)
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      lost[name] = error.reason
    }
  }
  if (Object.keys(lost).length) throw refusalFor(lost, moved(mode, settings, stored))
  return secrets
}

const moved = (mode: Mode, settings: Settings, stored: StoredGateway): string[] =>
  stored.mode === mode.id ? movedFields(mode, stored.settings, settings) : ['mode']

const refusalFor = (lost: Readonly<Record<string, SealError['reason']>>, fields: readonly string[]): Refusal => {
  const elsewhere = fields.length > 0 && !Object.values(lost).includes('key')
  const code = elsewhere ? 'secret.destination-changed' as const : 'secret.unreadable' as const
  const detail = elsewhere ? 'Type it again: the stored one belongs to the destination as it was before.' : 'Type it again: the stored one can no longer be read.'
  return new Refusal(code, { errors: Object.keys(lost).map((name) => ({ pointer: `/secrets/${name}`, code, detail })), ...(elsewhere && { fields }) })
}
