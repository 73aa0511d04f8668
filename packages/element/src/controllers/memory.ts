import type { Draft, Stage } from '@mail-gateway/contract'

/** A run to be found again after a reload, with what was typed for it. Never a secret. */
export interface Remembered {
  readonly runId: string
  readonly view: 'edit' | 'test' | 'list'
  readonly gatewayId?: string | undefined
  readonly until: Stage
  readonly to?: string | undefined
  readonly draft?: Omit<Draft, 'secrets'> | undefined
}

interface Kept {
  readonly run?: Remembered | undefined
  /** How many rows the list had, so that its placeholder is as high. */
  readonly rows?: number
  /** Ids of the guide's steps that are done, by gateway; those of one that is not stored yet under `new`. */
  readonly ticks?: Readonly<Record<string, readonly string[]>>
}

/** This tab's memory; where the browser allows none, it lasts as long as the element. */
export class TabMemory {
  kept: Kept = {}
  readonly #key: string

  constructor(base: string) {
    this.#key = `mail-gateway-settings:${base}`
    try { this.kept = { ...JSON.parse(sessionStorage.getItem(this.#key)!) as Kept } } catch { /* storage is refused, or holds something else */ }
  }

  keep(more: Kept): void {
    this.kept = { ...this.kept, ...more }
    try { sessionStorage.setItem(this.#key, JSON.stringify(this.kept)) } catch { /* storage is refused here */ }
  }
}
