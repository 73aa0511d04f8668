import type { Selectable } from 'kysely'
import type { DamagedPart, StoredGateway, StoredSecret, StoredStatus } from '../ports/store.ts'
import type { Tables } from './tables.ts'

type Row = Selectable<Tables['gateway']>

/** A gateway's columns that a save writes, and the hash over them. */
export const columnsOf = async (gateway: StoredGateway) => {
  const { name, mode, settings, secrets, status, revision, updatedAt, updatedBy } = gateway
  const columns = {
    name, mode, revision,
    settings: JSON.stringify(settings), secrets: JSON.stringify(secrets), status: JSON.stringify(status),
    updated_at: updatedAt, updated_by: updatedBy,
  }
  return { ...columns, digest: await digestOf({ ...columns, tenant: gateway.tenant, id: gateway.id }) }
}

/** Of everything but the status, which runs write too. Finds an accident, not an attacker: secrets are sealed besides. */
const digestOf = async ({ tenant, id, name, mode, settings, secrets, revision, updated_at, updated_by }: Omit<Row, 'status' | 'digest' | 'created_at'>): Promise<string> => {
  const text = [tenant, id, name, mode, settings, secrets, revision, updated_at, updated_by].map((part) => JSON.stringify(String(part))).join()
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes, 0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** As many digits as an ETag of ours may have. */
export const lastRevision = 999_999_999_999_999

/** A row as it is read: part by part, so that what is damaged in one keeps nobody from the rest (fault F80). */
export const gatewayOf = async (row: Row): Promise<StoredGateway> => {
  const [settings, secrets, status] = [parsed(row.settings, isSettings), parsed(row.secrets, isSecrets), parsed(row.status, isStatus)]
  const updatedAt = isTime(row.updated_at) ? row.updated_at : new Date(0).toISOString()
  const revision = Number.isInteger(row.revision) && row.revision > 0 && row.revision <= lastRevision ? row.revision : 0
  const whole = !revision || (row.digest !== undefined && row.digest !== null && row.digest !== await digestOf(row))
  const damaged = [...(settings ? [] : ['settings']), ...(secrets ? [] : ['secrets']), ...(status ? [] : ['status']), ...(whole ? ['whole'] : [])] as DamagedPart[]
  return {
    tenant: row.tenant, id: row.id, name: String(row.name), mode: String(row.mode),
    revision,
    // Which value is the wrong one is not known, so none is used.
    settings: whole ? {} : settings ?? {}, secrets: secrets ?? {},
    status: status ?? { state: 'unverified', since: updatedAt },
    updatedAt, updatedBy: String(row.updated_by),
    ...(damaged.length && { damaged }),
  }
}

/** What a column holds as JSON, where it still is what is expected there. */
export const parsed = <T>(text: unknown, is: (value: unknown) => value is T): T | undefined => {
  try {
    const value: unknown = JSON.parse(String(text))
    return is(value) ? value : undefined
  } catch {
    return undefined
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** As every time here is written: `Date` alone would take a good many other texts. */
const isTime = (value: unknown): value is string => {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString() === value
}

const isSettings = (value: unknown): value is StoredGateway['settings'] =>
  isObject(value) && Object.values(value).every((part) => part === null || isScalar(part))

const isSecret = (value: unknown): value is StoredSecret =>
  isObject(value) && typeof value['sealed'] === 'string' && isTime(value['setAt']) && typeof value['setBy'] === 'string'

const isSecrets = (value: unknown): value is StoredGateway['secrets'] => isObject(value) && Object.values(value).every(isSecret)

const states: readonly unknown[] = ['verified', 'checked', 'changed', 'unverified', 'failing', 'expiring', 'disconnected', 'disabled'] satisfies StoredStatus['state'][]

const isStatus = (value: unknown): value is StoredStatus =>
  isObject(value) && states.includes(value['state']) && isTime(value['since'])
    && (['by', 'runId', 'fingerprint'] as const).every((name) => ['string', 'undefined'].includes(typeof value[name]))
    && (value['evidence'] === undefined || isEvidence(value['evidence']))

const isEvidence = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((part) => isScalar(part) || (Array.isArray(part) && part.every((item) => typeof item === 'string')))
