import type { GatewayState, RunView, Settings, Evidence } from '@mail-gateway/contract'

/** A sealed secret as it lies in the store. `sealed` is a compact JWE; what it belongs to is not stored with it. */
export interface StoredSecret {
  readonly sealed: string
  /** ISO 8601. */
  readonly setAt: string
  readonly setBy: string
}

export interface StoredStatus {
  readonly state: GatewayState
  readonly since: string
  readonly by?: string
  readonly runId?: string
  readonly evidence?: Evidence
  /** Keyed hash of the exact settings and secrets the state speaks of. */
  readonly fingerprint?: string
}

export interface StoredGateway {
  readonly tenant: string
  readonly id: string
  readonly name: string
  readonly mode: string
  readonly settings: Settings
  readonly secrets: Readonly<Record<string, StoredSecret>>
  readonly status: StoredStatus
  /** Grows by one with every save. */
  readonly revision: number
  /** ISO 8601, with who. */
  readonly updatedAt: string
  readonly updatedBy: string
  /** Parts that could not be read and are empty here. The record stays as it is until somebody saves or deletes it. */
  readonly damaged?: readonly DamagedPart[]
}

/** A part of a stored gateway: `whole` where every part can be read and yet is not what was written. */
export type DamagedPart = 'settings' | 'secrets' | 'status' | 'whole'

/** Where a walk through every gateway of every tenant has come to. */
export type Position = Pick<StoredGateway, 'tenant' | 'id'>

/** What a key once sealed, so that another key under its name is noticed. */
export interface KeyProof {
  readonly version: string
  readonly sealed: string
}

/** A run as stored: what may be read again by id, and the fingerprint of what it proved. */
export interface StoredRun {
  readonly tenant: string
  readonly fingerprint: string
  /** The stored gateway's id, or absent for a draft never saved. */
  readonly gatewayId?: string
  readonly by: string
  readonly view: RunView
}

/** A sealed cache of access tokens. Times are ms since 1970. */
export interface StoredToken {
  readonly sealed: string
  /** When its newest token was issued. */
  readonly at: number
  /** When its last token ends. */
  readonly until: number
}

/** Limits are per tenant. */
export interface TestAllowance {
  readonly perMinute: number
  readonly perDay: number
}

/**
 * Keeps what was configured. Every call names its tenant and nothing of another tenant is ever returned, except where
 * whoever runs the deployment looks after the keys.
 * All methods throw `StoreFault` where the database does not do it, `StoreBusy` when it stays locked; then nothing was written.
 * One that has not settled after 5 seconds is given up, `sweep` and `close` excepted.
 */
export interface Store {
  listGateways(tenant: string): Promise<readonly StoredGateway[]>
  getGateway(tenant: string, id: string): Promise<StoredGateway | undefined>
  /**
   * Writes `gateway` if the stored revision is `expected` (`null`: only if there is none; 0: only if it cannot be read, and is 0 here).
   * @returns false when another writer came first.
   */
  putGateway(gateway: StoredGateway, expected: number | null): Promise<boolean>
  removeGateway(tenant: string, id: string, expected: number): Promise<boolean>
  /** Writes the status only while the revision is still `revision`; the revision stays. */
  putStatus(tenant: string, id: string, revision: number, status: StoredStatus): Promise<boolean>
  /** The tenant's default gateway: one pointer, so there is never a second. */
  getDefault(tenant: string): Promise<string | undefined>
  setDefault(tenant: string, id: string): Promise<void>
  /**
   * Writes the run as it stands now. One that has its id and another fingerprint stays as it is: a verdict never changes sides.
   * One without a verdict makes room before: of its tenant the newest 500 are kept, itself among them, and those that the
   * status of a gateway names.
   */
  putRun(run: StoredRun): Promise<void>
  getRun(tenant: string, runId: string): Promise<StoredRun | undefined>
  /** The newest finished run that proved something about this fingerprint. */
  findRun(tenant: string, fingerprint: string): Promise<StoredRun | undefined>
  /**
   * Counts one test email at `now` (ms since 1970), atomically.
   * @returns seconds to wait when the allowance is used up, otherwise 0.
   */
  takeTest(tenant: string, now: number, allowance: TestAllowance): Promise<number>
  getToken(tenant: string, key: string): Promise<StoredToken | undefined>
  putToken(tenant: string, key: string, token: StoredToken): Promise<void>
  /** The next gateways of all tenants, in no telling order: for a change of keys, never for a caller. Empty at the end. */
  walk(after: Position | undefined): Promise<readonly StoredGateway[]>
  /**
   * Writes `after`'s secrets and status over `before`, only while both are still exactly as they were read; the revision stays.
   * @returns false when somebody else came first
   */
  reseal(before: StoredGateway, after: Pick<StoredGateway, 'secrets' | 'status'>): Promise<boolean>
  /** Forgets every token whose sealed form does not begin with this. */
  keepTokens(beginning: string): Promise<void>
  keyProofs(): Promise<readonly KeyProof[]>
  /** Keeps the first proof of a version; a later one changes nothing. */
  putKeyProof(proof: KeyProof): Promise<void>
  /** Forgets ended tokens, and runs and test counts older than `before` (ms since 1970). */
  sweep(before: number): Promise<void>
  /** Throws when the store cannot be used. */
  ready(): Promise<void>
  close(): Promise<void>
}

/**
 * `full`: no space is left. `read-only`: it takes no changes. `damaged`: its file is not what was written.
 * `schema`: its tables are of another version.
 */
export type StoreTrouble = 'busy' | 'full' | 'read-only' | 'damaged' | 'schema'

/** The database does not do what it was asked; nothing was written. */
export class StoreFault extends Error {
  readonly trouble: StoreTrouble

  constructor(trouble: StoreTrouble, message: string) {
    super(message)
    this.trouble = trouble
  }
}

/** The database stayed locked; nothing was written and trying again is safe. */
export class StoreBusy extends StoreFault {
  constructor(message: string) {
    super('busy', message)
  }
}

/** The store has not answered in time, or not to all of it. A change is made or not: nobody may say that nothing was. */
export class StoreSilent extends StoreBusy {
  constructor() {
    super('The store has not answered in time. A change may be made all the same: load again and look, or send the very same again, a new gateway with the same idempotency-key.')
  }
}
