import { base64url } from 'jose'
import type { Caller } from './caller.ts'

/** One request on behalf of one caller. */
export interface Call {
  readonly caller: Caller
  readonly requestId: string
  /** Origin of the calling page, where the browser named one. */
  readonly origin?: string
  /** Aborted when the caller is gone. */
  readonly signal?: AbortSignal
  /** Goes on behind the answer, where the runtime must be told. */
  background?(work: Promise<unknown>): void
  /** Keeps these values out of the log until the call is answered. */
  conceal?(secrets: readonly string[]): void
}

/** 128 random bits in 22 characters that need no escaping anywhere (threat T51). */
export const newId = (): string => base64url.encode(crypto.getRandomValues(new Uint8Array(16)))
