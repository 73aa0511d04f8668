import type { AsideView, Capabilities, Finding, GuideView, NoticeView, PlanRow, SettingValue, Stage } from '@mail-gateway/contract'
import type * as z from 'zod'
import type { Checklist, Explain, Step } from '../checks/step.ts'
import type { CatalogueEntry } from '../findings/catalogue.ts'
import type { Mailer, ModePorts, TokenVault } from '../ports/mode-ports.ts'
import type { Message } from '../ports/ports.ts'

/** A complete set of values, secrets in clear: exists in memory only, for one operation. */
export type Values = Readonly<Record<string, unknown>>

export type { Mailer, ModePorts, TokenVault }

/** A notice on the settings of another mode, such as that they stop working on a known date. */
export interface Invitation extends NoticeView {
  /** The mode whose form shows it. */
  readonly on: string
}

/** What is said in place of the usual words where the deployment lacks a capability. */
export type Without = Readonly<Partial<Record<keyof Capabilities, string>>>

export interface FieldWords {
  readonly label: string
  readonly hint?: string
  readonly without?: Without
  readonly unit?: string
  readonly required?: string
  readonly format?: string
  readonly range?: string
  readonly options?: Readonly<Record<string, { readonly label: string; readonly hint?: string; readonly without?: Without; readonly facts?: Readonly<Record<string, string>> }>>
}

/** Every sentence of a mode: one per field and per check. A missing one does not compile. */
export interface Words<Name extends string, Id extends string> {
  readonly label: string
  readonly hint: string
  readonly badge?: string
  readonly groups: Readonly<Record<string, { readonly label: string; readonly advanced?: boolean }>>
  readonly fields: Readonly<Record<Name, FieldWords>>
  readonly checks: Readonly<Record<Id, string>>
  readonly aside?: { readonly title: string; readonly facts: readonly (AsideView['facts'][number] & { readonly without?: Without })[] }
  readonly guide?: GuideView
}

type NameOf<S extends z.ZodObject> = Extract<keyof z.infer<S>, string>

/** One way of sending mail. One folder under `modes/` implements it; one line in `modes/index.ts` names it. */
export interface Mode<S extends z.ZodObject = z.ZodObject, Id extends string = string> {
  readonly id: string
  /** The one declaration of each setting; unknown names are refused by whoever parses. */
  readonly settings: S
  /** Names, order and stages of the checks. */
  readonly plan: Readonly<Record<Id, Stage>>
  /** Another order of the rows for these settings; every id of `plan` exactly once. */
  order?(settings: z.infer<S>): readonly Id[]
  readonly words: { readonly en: Words<NameOf<S>, Id> }
  /** Setting names that tell where mail goes, for the list. */
  readonly target: readonly NameOf<S>[]
  /**
   * Rows that may stay unproven, each with the rows whose pass settles them: the verdict then follows those.
   * Without such a pass the verdict is unproven.
   */
  readonly settles?: Readonly<Partial<Record<NoInfer<Id>, readonly NoInfer<Id>[]>>>
  /** Notices on other modes' forms that lead here. */
  readonly invitations?: readonly Invitation[]
  /** What the settings alone get wrong, beyond each value's own form. Pure. */
  judge?(settings: z.infer<S>, capabilities: Capabilities): readonly Misfit[]
  /** Values in the one form they are compared, sealed and used in. */
  canonical(settings: z.infer<S>): z.infer<S>
  /** What a secret is sealed with besides the destination settings: the hosts they stand for. */
  anchors?(settings: z.infer<S>): Readonly<Record<string, string>>
  checklist(settings: z.infer<S>, step: Step<Id>, ports: ModePorts, test: Message): Checklist
  /** How what these settings run into is explained. */
  explain(settings: z.infer<S>): Explain
  open(settings: z.infer<S>, ports: ModePorts, signal: AbortSignal): Promise<Mailer>
  /** A catalogue entry as this mode tells it, without settings: its own words, fields and guide steps. */
  tell?(entry: CatalogueEntry): Finding
  available?(capabilities: Capabilities): { readonly ok: true } | { readonly ok: false; readonly code: string; readonly reason: string }
}

/** A setting that does not fit the others: named field, stable code, and what to do. */
export interface Misfit {
  readonly field: string
  readonly code: string
  readonly detail: string
}

/** Names the pieces of a mode: checks that its plan, words and settings fit together, and returns it as it is. */
export const defineMode = <S extends z.ZodObject, const Id extends string>(mode: Mode<S, Id>): Mode<S, Id> => mode

/** The rows of a run in the order these settings ask for. */
export const planOf = (mode: Mode, settings?: Readonly<Record<string, SettingValue | undefined>>): PlanRow[] => {
  const order = (settings && mode.order?.(settings as never)) ?? Object.keys(mode.plan)
  return order.map((id) => ({ id, stage: mode.plan[id]!, label: mode.words.en.checks[id]! }))
}
