import { catalogue } from './catalogue.ts'
import type { CatalogueEntry, Match } from './catalogue.ts'
import type { FailureRecord, ReplyRecord } from './record.ts'

export { replyRecord } from './record.ts'
export type { FailureRecord, ReplyRecord } from './record.ts'

const squash = (text: string): string => text.replace(/\s+/g, ' ').toLowerCase()
const has = (texts: readonly string[] | undefined, hay: string): boolean => !texts || texts.some((text) => hay.includes(squash(text)))

/** True for an entry that belongs to this mode; `*` belongs to all. Without a mode, all do. */
export const fitsMode = ({ modes }: CatalogueEntry, mode: string | undefined): boolean => !mode || modes.includes('*') || modes.includes(mode)

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

// An entry without codes or with `textRequired` shares its status with others: only its sentence tells them apart.
// A pasted text has no status: then a code or a sentence of its own must speak.
const fitsGraph = (wanted: NonNullable<Match['graph']>, { http, codes, text }: NonNullable<FailureRecord['graph']>): boolean => {
  if (http === undefined ? !wanted.code && !wanted.text : !wanted.http.includes(http)) return false
  const known = wanted.code?.filter(Boolean)
  if (wanted.code && !wanted.code.some((code) => (code === '' ? codes.length === 0 && http !== undefined : known!.some((one) => codes.includes(one))))) return false
  return has(wanted.text, text) || (wanted.code !== undefined && wanted.textRequired !== true)
}

const fitsGoogle = ({ error, text }: NonNullable<Match['google']>, google: NonNullable<FailureRecord['google']>): boolean =>
  error ? error.includes(google.error ?? '') : has(text, google.text)

const listed = <T>(wanted: readonly T[], found: T | undefined): boolean => found !== undefined && wanted.includes(found)

/** The part of an entry that tells it apart decides; what stands beside it says where the answer comes from. */
const recognises = (match: Match, failure: FailureRecord): boolean => {
  if (match.aadsts) return match.aadsts.some((number) => failure.aadsts?.includes(number))
  if (match.aadstsPattern) return (failure.aadsts?.length ?? 0) > 0
  if (match.smtp) return failure.smtp !== undefined && fitsReply(match.smtp, failure.smtp)
  if (match.node) return failure.node !== undefined && fitsNode(match.node, failure.node)
  if (match.graph) return failure.graph !== undefined && fitsGraph(match.graph, failure.graph)
  if (match.imap) return failure.imap !== undefined && has(match.imap.text, failure.imap)
  if (match.google) return failure.google !== undefined && fitsGoogle(match.google, failure.google)
  if (match.msal) return listed(match.msal, failure.msal)
  return recognisesAnswer(match, failure)
}

/** What is left speaks for the sign-in service in general; a status Graph sent is Graph's to explain. */
const recognisesAnswer = (match: Match, { graph, http, oauthError, text }: FailureRecord): boolean => {
  if (match.http && graph) return false
  if (match.http && listed(match.http, http)) return true
  if (match.oauthError) return listed(match.oauthError, oauthError)
  return match.text !== undefined && text !== undefined && has(match.text, text)
}

const fits = (entry: CatalogueEntry, failure: FailureRecord): boolean =>
  !entry.match.local && fitsMode(entry, failure.mode) && recognises(entry.match, failure)

const textHit = ({ match }: CatalogueEntry, { smtp, graph, node, imap }: FailureRecord): number => {
  const texts = match.smtp?.text ?? match.graph?.text ?? match.node?.text ?? match.imap?.text
  return texts && has(texts, smtp?.text ?? graph?.text ?? node?.text ?? imap ?? '') ? 1 : 0
}

/** Texts once in the form they are compared in: an entry is one of hundreds, a text may be long. */
const comparable = (failure: FailureRecord): FailureRecord => ({
  ...failure,
  ...(failure.smtp && { smtp: { ...failure.smtp, text: squash(failure.smtp.text) } }),
  ...(failure.node && { node: { ...failure.node, text: squash(failure.node.text) } }),
  ...(failure.graph && { graph: { ...failure.graph, text: squash(failure.graph.text) } }),
  ...(failure.google && { google: { ...failure.google, text: squash(failure.google.text) } }),
  ...(failure.imap !== undefined && { imap: squash(failure.imap) }),
  ...(failure.text !== undefined && { text: squash(failure.text) }),
})

/**
 * The catalogue's entries that fit a failure, best first. Nothing that fits in this mode: once more without it,
 * and what is found then is only what it usually means.
 */
export const diagnose = (failure: FailureRecord): readonly CatalogueEntry[] => {
  const ranked = (record: FailureRecord) => catalogue.filter((entry) => fits(entry, record))
    .sort((a, b) => b.priority - a.priority || textHit(b, record) - textHit(a, record) || a.id.localeCompare(b.id))
  const record = comparable(failure)
  const found = ranked(record)
  return found.length || !record.mode ? found : ranked({ ...record, mode: undefined })
}
