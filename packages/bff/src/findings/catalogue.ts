import data from './catalogue.json' with { type: 'json' }

/** When and how a repetition can help. */
export interface CatalogueRetry {
  readonly class: string
  readonly text: string
  readonly waitSeconds?: readonly number[]
}

/** How an entry is recognised: every part given must fit, lists inside a part are alternatives. */
export interface Match {
  readonly aadsts?: readonly number[]
  readonly aadstsPattern?: string
  readonly smtp?: { readonly code: readonly number[]; readonly enhanced?: readonly (string | null)[]; readonly text?: readonly string[]; readonly regex?: string }
  readonly node?: { readonly originalCode?: readonly string[]; readonly code?: readonly string[]; readonly text?: readonly string[] }
  readonly graph?: { readonly http: readonly number[]; readonly code?: readonly string[]; readonly text?: readonly string[]; readonly textRequired?: boolean }
  readonly imap?: { readonly text: readonly string[] }
  readonly google?: { readonly error?: readonly string[] | null; readonly text?: readonly string[] }
  readonly msal?: readonly string[]
  readonly http?: readonly number[]
  readonly oauthError?: readonly string[]
  readonly text?: readonly string[]
  readonly local?: { readonly field: string; readonly rule: string; readonly regex?: string }
}

/**
 * One known failure: how it is recognised, what it means, what to do. A Worker's bundle holds what is declared here and
 * nothing else of the data, so that what code reads of it is written down.
 */
export interface CatalogueEntry {
  readonly id: string
  /** Rows of a checklist at which it is met. */
  readonly checkSteps: readonly string[]
  readonly modes: readonly string[]
  readonly priority: number
  readonly match: Match
  readonly title: string
  readonly cause: string
  readonly pointsTo: { readonly fields: readonly string[]; readonly portalSteps: readonly string[] }
  readonly fix: readonly string[]
  readonly retry: CatalogueRetry
  /** The vendor's page that is shown. The data names more; a Worker's bundle holds the first. */
  readonly docs: readonly [link?: string]
}

export const catalogue: readonly CatalogueEntry[] = data.entries as unknown as readonly CatalogueEntry[]

const byId = new Map(catalogue.map((entry) => [entry.id, entry]))

export const entryOf = (id: string): CatalogueEntry | undefined => byId.get(id)
