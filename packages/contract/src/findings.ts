import type { FieldError } from './problems.ts'

/** Whether trying again unchanged can help, and when. */
export interface Retry {
  /** `after-change`: fails the same way until something is changed. `wait`: repeat later. `once`: one repetition makes sense. */
  readonly class: string
  /** The same in words, for the screen. */
  readonly text: string
  /** Seconds to wait, where known. */
  readonly seconds?: number
}

/** One thing to do, with a page of whoever runs the other side where there is one. */
export interface Fix {
  readonly text: string
  readonly link?: string
}

/** What a failed or advised check means, and what to do about it. */
export interface Finding {
  /** Dotted, ours, stable: programs may branch on it. */
  readonly code: string
  /** Entry of the failure catalogue that gave the words, or null. */
  readonly id: string | null
  /** A sentence with a subject: what is true. */
  readonly title: string
  readonly cause: string
  readonly fixes: readonly Fix[]
  /** Setting or secret this points at; a control of the same name exists. */
  readonly field?: string
  /** Step of the setup guide. */
  readonly step?: string
  /** Who can do it, when that is not the reader. */
  readonly who?: string
  readonly retry: Retry
  /** The server's own text, inert, at most 512 characters, control characters made visible, secrets masked. */
  readonly said?: string
  /** On the row `inputs`: every setting that needs another value. */
  readonly errors?: readonly FieldError[]
}

/** Body of `POST /explain`: a failure as a program caught it, or its text. */
export interface ExplainRequest {
  readonly raw: unknown
  readonly context?: {
    /** `entra`, `graph`, `smtp`, `msal`, `imap`, `google` …: where it happened. */
    readonly where?: string
    readonly mode?: string
    /** HTTP status. */
    readonly http?: number
  }
}

/** What a failure means: the best entry of the catalogue, and the others that fit. */
export interface Explanation extends Finding {
  readonly others: readonly { readonly id: string; readonly title: string }[]
}
