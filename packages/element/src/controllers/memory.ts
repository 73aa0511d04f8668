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

/** This tab's memory, where the browser allows one. */
export class TabMemory {
  readonly #key: string

  constructor(base: string) { this.#key = `mail-gateway-settings:${base}` }

  get run(): Remembered | undefined { return this.#read('run') as Remembered | undefined }
  set run(run: Remembered | undefined) { this.#write('run', run) }

  /** How many rows the list had, so that its placeholder is as high. */
  get rows(): number { const rows = this.#read('rows'); return typeof rows === 'number' ? Math.min(rows, 20) : 0 }
  set rows(rows: number) { this.#write('rows', rows) }

  #read(name: string): unknown {
    try { return JSON.parse(sessionStorage.getItem(`${this.#key}:${name}`) ?? 'null') ?? undefined } catch { return undefined }
  }

  #write(name: string, value: unknown): void {
    try {
      if (value === undefined) sessionStorage.removeItem(`${this.#key}:${name}`)
      else sessionStorage.setItem(`${this.#key}:${name}`, JSON.stringify(value))
    } catch { /* storage is refused here: nothing is remembered */ }
  }
}
