import type { PlanRow } from './checks.ts'
import type { SettingValue } from './settings.ts'

/**
 * What draws a field. An element that meets an unknown kind falls back to `text`
 * (or `choice` where options are given) and says so in the console.
 */
export type FieldKind =
  | 'text' | 'host' | 'email' | 'number' | 'secret' | 'choice' | 'select' | 'toggle' | 'multiline' | 'date'

/** Shown only while every named setting has one of the values. */
export type When = Readonly<Record<string, SettingValue | readonly SettingValue[]>>

/** One answer of a choice or select. */
export interface Option {
  readonly value: string
  readonly label: string
  readonly hint?: string
  /** Values other settings take when this is chosen, as long as they still hold what another option had set. */
  readonly sets?: Readonly<Record<string, SettingValue>>
  /** What else is known once this is chosen, such as the hosts of a cloud: fills the guide's templates. */
  readonly facts?: Readonly<Record<string, string>>
}

/**
 * Something that is often pasted in place of the value. `pattern` is an anchored regular expression over the cleaned value,
 * matched without regard to case. With `to` (where `$1` is what the pattern captured) the value is taken out and `say` tells so;
 * without it the value is refused with `say`.
 */
export interface Repair {
  readonly pattern: string
  readonly to?: string
  readonly say: string
}

/** One setting as the browser sees it. The control's `name` is the setting's name. */
export interface FieldView {
  readonly name: string
  readonly kind: FieldKind
  readonly label: string
  readonly hint?: string
  /** Id of a group of the mode. */
  readonly group: string
  readonly required: boolean
  readonly default?: SettingValue
  readonly min?: number
  readonly max?: number
  readonly maxLength?: number
  /** Anchored regular expression over the whole cleaned value. */
  readonly pattern?: string
  /** Characters the control is wide; without it the control takes the full column. */
  readonly size?: number
  readonly rows?: number
  /** Shown after the control, such as `seconds`. */
  readonly unit?: string
  readonly options?: readonly Option[]
  readonly when?: When
  /** Identifiers, hosts and addresses stay left to right in every language. */
  readonly ltr?: boolean
  readonly autocomplete?: string
  /** How a pasted or typed value is cleaned before it is judged (api F9). Secrets lose outer white space only. */
  readonly clean?: 'text' | 'host' | 'address' | 'secret' | 'pem'
  /** Words for a refused value: what to do, never that something is "invalid". */
  readonly messages: { readonly required?: string; readonly format?: string; readonly range?: string }
  /** Why this cannot be used on this deployment; the control is disabled and the reason shown. */
  readonly unavailable?: string
  /** Wrong things that are recognised (api F10), tried in this order. */
  readonly repairs?: readonly Repair[]
}

/** A titled group of fields. */
export interface GroupView {
  readonly id: string
  readonly label: string
  /** Folded until asked for, or until one of its fields needs attention. */
  readonly advanced?: boolean
}

/** Short facts shown beside the form, such as which port is for what. */
export interface AsideView {
  readonly title: string
  readonly facts: readonly { readonly term: string; readonly text: string }[]
}

/** One way of sending mail, as data: all the element needs to draw it. */
export interface ModeView {
  readonly id: string
  readonly label: string
  /** What it is for and needs, in one or two short sentences. */
  readonly hint: string
  /** Shown in bold before the hint, such as "Recommended for Microsoft 365." */
  readonly badge?: string
  readonly available: { readonly ok: true } | { readonly ok: false; readonly code: string; readonly reason: string }
  readonly groups: readonly GroupView[]
  readonly fields: readonly FieldView[]
  readonly plan: readonly PlanRow[]
  /** Settings a stored secret is sealed with: when one of them changes, the secret is asked for again. */
  readonly destination: readonly string[]
  /** How the list shows where mail goes: setting names, joined with a colon. */
  readonly target: readonly string[]
  readonly aside?: AsideView
  /** What these settings should be told, most important first; only the first that applies is shown. */
  readonly notices?: readonly NoticeView[]
  readonly guide: GuideView | null
}

/** A dated fact about settings that still work, with a way out. */
export interface NoticeView {
  readonly id: string
  /** Settings and a regular expression each, matched without regard to case: shown while all of them match. */
  readonly when: Readonly<Record<string, string>>
  readonly title: string
  readonly text: string
  /** Where it is written. */
  readonly link?: string
  /** Other modes one click away. Values of the same name are kept; `carry` says which other setting takes which value. */
  readonly moves: readonly { readonly mode: string; readonly label: string; readonly carry?: Readonly<Record<string, string>> }[]
}

/**
 * Setup steps beside the form. Texts of steps are templates: `{{name}}` stands for the value of a setting, for a fact of the
 * chosen option of a select, or for `product`. Where there is none, the sample of that name stands in. Facts and samples may
 * be templates themselves, one level deep. A line break in a text ends a paragraph.
 */
export interface GuideView {
  readonly title: string
  /** Who is needed and what for, before the first step. */
  readonly intro?: string
  readonly steps: readonly GuideStep[]
  readonly samples?: Readonly<Record<string, string>>
}

/** One thing to do outside the product. */
export interface GuideStep {
  readonly id: string
  readonly title: string
  readonly text: string
  /** Only shown while these settings, or facts of chosen options, have one of these values. */
  readonly when?: When
  /** Who may do it. */
  readonly who?: string
  /** The menu path in words, in case the link moves. */
  readonly path?: string
  /** Template of the page to open. */
  readonly link?: string
  /** Stands in for `link` while one of its values is missing. */
  readonly linkBefore?: string
  /** Values to paste there. */
  readonly values?: readonly { readonly label: string; readonly text: string }[]
  /** Scripts to paste; first the one with the least rights. */
  readonly scripts?: readonly GuideScript[]
}

/** A script whose `{{name}}` stand inside single quotes: values are escaped for the shell, never pasted raw. */
export interface GuideScript {
  readonly label: string
  readonly shell: 'powershell' | 'sh'
  readonly text: string
}
