import type { FieldView, GatewayView, ModeView, Settings } from '@mail-gateway/contract'
import type { Words } from '../strings/words.ts'
import { evidenceText } from './evidence.ts'
import type { Glyph } from './icons.ts'
import type { StatusFace } from './list.ts'

const tones: Readonly<Record<string, readonly [Glyph, string]>> = {
  verified: ['pass', 'pass'], checked: ['pass', 'pass'], expiring: ['warn', 'warn'], failing: ['fail', 'fail'], disconnected: ['fail', 'fail'], disabled: ['skip', ''],
}

const wordOf = ({ state, since }: GatewayView['status'], { t, since: day }: Words): string => {
  switch (state) {
    case 'verified': return t.stateVerified
    case 'checked': return t.stateChecked
    case 'changed': return t.stateChanged
    case 'failing': return t.stateFailing(day(since))
    case 'expiring': return t.stateExpiring
    case 'disconnected': return t.stateDisconnected
    case 'disabled': return t.stateDisabled
    default: return t.stateUnverified
  }
}

const detailOf = ({ state, since, runId, evidence }: GatewayView['status'], words: Words): string => {
  const { t } = words
  switch (state) {
    case 'verified': return t.whenVerified(words.when(since))
    case 'checked': return t.whenChecked(words.when(since))
    case 'changed': return t.whenChanged(words.when(since))
    case 'unverified': return runId ? '' : t.neverChecked
    default: return typeof evidence?.['title'] === 'string' ? evidence['title'] : evidenceText(evidence, words)
  }
}

/** What is known about a gateway: shape, word, one line of facts. */
export const statusFace = ({ status }: GatewayView, words: Words): StatusFace => {
  const [tone, colour] = tones[status.state] ?? ['open', '']
  return { tone, colour, word: wordOf(status, words), detail: detailOf(status, words) }
}

const addressOf = (fields: readonly FieldView[]): FieldView | undefined => fields.find(({ kind }) => kind === 'email')

/** The address a gateway sends from: the first address its mode asks for. */
export const senderOf = (mode: ModeView | undefined, settings: Settings): string => {
  const field = mode && (addressOf(mode.fields.filter(({ required }) => required)) ?? addressOf(mode.fields))
  return field ? String(settings[field.name] ?? '') : ''
}

/** Where mail goes, as the list shows it. */
export const targetOf = (mode: ModeView | undefined, settings: Settings): string =>
  (mode?.target ?? []).map((name) => settings[name]).filter((value) => value !== undefined && value !== null && value !== '').join(':')

/** What a gateway is called. */
export const titleOf = (gateway: GatewayView, mode: ModeView | undefined): string =>
  gateway.name || senderOf(mode, gateway.settings) || mode?.label || gateway.id
