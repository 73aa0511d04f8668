import type { GatewayView, ModeView, Settings } from '@mail-gateway/contract'
import type { Words } from '../strings/words.ts'
import { evidenceText } from './evidence.ts'
import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import { icon } from './icons.ts'
import type { Glyph } from './icons.ts'

export interface StatusFace { readonly tone: Glyph; readonly word: string; readonly detail: string }

/** Glyph, word and one line of facts. */
export const statusPart = ({ tone, word, detail }: StatusFace, gap: unknown = html`<br>`): TemplateResult =>
  html`<b class=${tone}>${icon(tone)}${word}</b>${detail ? html`${gap}<small>${detail}</small>` : nothing}`

type Row = readonly [glyph: Glyph, word: string, detail?: string]

/** What is known about a gateway: shape, word, one line of facts. */
export const statusFace = ({ status: { state, since, runId, evidence }, secrets }: GatewayView, words: Words): StatusFace => {
  const { t } = words
  const when = words.when(since)
  const seen = typeof evidence?.['title'] === 'string' ? evidence['title'] : evidenceText(evidence, words)
  const rows: Readonly<Record<string, Row>> = {
    verified: ['pass', t.stateVerified, t.whenVerified(when)],
    checked: ['pass', t.stateChecked, t.whenChecked(when)],
    changed: ['open', t.stateChanged, t.whenChanged(when)],
    failing: ['fail', t.stateFailing(words.since(since))],
    expiring: ['warn', t.stateExpiring, ''],
    disconnected: ['fail', t.stateDisconnected],
    disabled: ['skip', t.stateDisabled],
  }
  const [tone, word, detail = seen] = rows[state] ?? ['open', t.stateUnverified, runId ? '' : t.neverChecked]
  const [ends] = Object.values(secrets).flatMap(({ expires = [] }) => expires).sort()
  return { tone, word, detail: [detail, ends && t.validUntil(words.until(ends))].filter(Boolean).join('. ') }
}

/** The address a gateway sends from: the first address its mode asks for. */
export const senderOf = (mode: ModeView | undefined, settings: Settings): string => {
  const addresses = mode?.fields.filter(({ kind }) => kind === 'email') ?? []
  const name = (addresses.find(({ required }) => required) ?? addresses[0])?.name
  return name ? String(settings[name] ?? '') : ''
}

/** Where mail goes, as the list shows it. */
export const targetOf = (mode: ModeView | undefined, settings: Settings): string =>
  (mode?.target ?? []).map((name) => mode!.fields.find((field) => field.name === name)?.options?.find(({ value }) => value === settings[name])?.label ?? settings[name]).filter((value) => value ?? '').join(':')

/** What a gateway is called. */
export const titleOf = ({ name, settings, id }: GatewayView, mode: ModeView | undefined): string => name || senderOf(mode, settings) || mode?.label || id
