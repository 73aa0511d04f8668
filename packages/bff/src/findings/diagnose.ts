import { catalogue } from './catalogue.ts'
import type { CatalogueEntry, Match } from './catalogue.ts'

/** A mail server's reply, taken apart: the enhanced code (RFC 3463) from any of its lines. */
export interface ReplyRecord {
  readonly code?: number | undefined
  readonly enhanced?: string | undefined
  readonly text: string
}

/** One failure in the form every entry is compared with, whatever it came from. */
export interface FailureRecord {
  readonly mode?: string | undefined
  readonly smtp?: ReplyRecord | undefined
  readonly node?: { readonly originalCode?: string | undefined; readonly code?: string | undefined; readonly text: string } | undefined
  readonly text?: string
}

/** Characters of a reply that are compared: many times more than any known text, few enough that no server can keep us busy. */
const compared = 4096

/** Takes a reply apart; several lines are joined. */
export const replyRecord = (reply: string): ReplyRecord => {
  const text = reply.slice(0, compared).replace(/\r/g, '')
  const code = Number(/^(\d{3})(?:[ -]|$)/.exec(text)?.[1]) || undefined
  const enhanced = /(?:^|\n)\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1]
  return { code, enhanced, text: text.replace(/(^|\n)\d{3}[ -](?:[245]\.\d{1,3}\.\d{1,3}\s+)?/g, ' ') }
}

const squash = (text: string): string => text.replace(/\s+/g, ' ').toLowerCase()
const has = (texts: readonly string[] | undefined, hay: string): boolean => !texts || texts.some((text) => squash(hay).includes(squash(text)))

const fitsMode = ({ modes }: CatalogueEntry, mode: string | undefined): boolean => !mode || modes.includes('*') || modes.includes(mode)

const fitsReply = (wanted: NonNullable<Match['smtp']>, reply: ReplyRecord): boolean => {
  if (!reply.code || !wanted.code.includes(reply.code) || !has(wanted.text, reply.text)) return false
  if (wanted.regex && new RegExp(wanted.regex).test(reply.enhanced ?? String(reply.code))) return true
  if (!wanted.enhanced) return true
  if (reply.enhanced) return wanted.enhanced.includes(reply.enhanced)
  return wanted.text !== undefined || wanted.enhanced.includes(null)
}

const fitsNode = (wanted: NonNullable<Match['node']>, { originalCode, code, text }: NonNullable<FailureRecord['node']>): boolean => {
  if (!wanted.originalCode && !wanted.code) return false
  if (wanted.originalCode && originalCode) return wanted.originalCode.includes(originalCode)
  if (wanted.originalCode && code && wanted.originalCode.includes(code)) return has(wanted.text, text)
  if (wanted.originalCode && !wanted.text) return false
  return (!wanted.code || wanted.code.includes(code ?? '')) && has(wanted.text, text)
}

const fits = (entry: CatalogueEntry, failure: FailureRecord): boolean => {
  const { match } = entry
  if (match.local || !fitsMode(entry, failure.mode)) return false
  if (match.smtp) return failure.smtp !== undefined && fitsReply(match.smtp, failure.smtp)
  if (match.node) return failure.node !== undefined && fitsNode(match.node, failure.node)
  return match.text !== undefined && failure.text !== undefined && has(match.text, failure.text)
}

const textHit = ({ match }: CatalogueEntry, { smtp, node }: FailureRecord): number => {
  const texts = match.smtp?.text ?? match.node?.text
  return texts && has(texts, smtp?.text ?? node?.text ?? '') ? 1 : 0
}

/**
 * The catalogue's entries that fit a failure, best first. Nothing that fits in this mode: once more without it,
 * and what is found then is only what it usually means.
 */
export const diagnose = (failure: FailureRecord): readonly CatalogueEntry[] => {
  const ranked = (record: FailureRecord) => catalogue.filter((entry) => fits(entry, record))
    .sort((a, b) => b.priority - a.priority || textHit(b, record) - textHit(a, record) || a.id.localeCompare(b.id))
  const found = ranked(failure)
  return found.length || !failure.mode ? found : ranked({ ...failure, mode: undefined })
}
