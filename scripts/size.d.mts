/** Bytes of one bundle; `most` is the budget in bytes of brotli where there is one. */
export interface Measured {
  readonly what: string
  readonly raw: number
  readonly gzip: number
  readonly brotli: number
  readonly goal?: number
  readonly most?: number
}
export function measure(): Promise<readonly Measured[]>
