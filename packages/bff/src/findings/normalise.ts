import { catalogue } from './catalogue.ts'
import { compared, replyRecord } from './record.ts'
import type { FailureRecord } from './record.ts'

/** What is known about a failure besides itself. */
export interface Circumstance {
  /** `entra`, `graph`, `smtp`, `msal`, `imap`, `google` …: where it happened. */
  readonly where?: string | undefined
  readonly mode?: string | undefined
  /** HTTP status. */
  readonly http?: number | undefined
}

type Thing = Readonly<Record<string, unknown>>

/** Links of a chain of errors, and numbers of a list, that are looked at. */
const most = 16

const isThing = (value: unknown): value is Thing => typeof value === 'object' && value !== null && !Array.isArray(value)
const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value ? value.slice(0, compared) : undefined)
const numberIn = (value: unknown): number | undefined => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined)

/**
 * Takes what a program caught into the one form the catalogue is compared with: the body of an OAuth or Graph error,
 * an error of Microsoft's sign-in library, of nodemailer or of Node, a server's reply, or any text that quotes one of them.
 * Pure; looks at a bounded part of what it is given.
 */
export const normalise = (raw: unknown, context: Circumstance = {}): FailureRecord => {
  if (typeof raw !== 'string') return isThing(raw) ? ofThing(raw, context) : basis('', context)
  const thing = parsed(raw)
  return thing ? ofThing(thing, context) : ofText(raw.slice(0, compared), context)
}

const parsed = (text: string): Thing | undefined => {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isThing(value) ? value : undefined
  } catch {
    return undefined
  }
}

const at = ({ where = '' }: Circumstance, place: string): boolean => where === place || where.startsWith(`${place}-`)

const basis = (text: string, { mode, where, http }: Circumstance): FailureRecord => ({ mode, where, http, text, aadsts: numbersIn(text) })

const numbersIn = (text: string): number[] => [...new Set([...text.matchAll(/AADSTS(\d{4,8})/g)].slice(0, most).map(([, digits]) => Number(digits)))]

const ofThing = (raw: Thing, context: Circumstance): FailureRecord => {
  if (typeof raw.error === 'string') return ofOAuth(raw, context)
  if (isThing(raw.error)) return ofGraph(raw.error, context)
  if (at(context, 'msal') || isMsal(raw)) return ofMsal(raw, context)
  if (at(context, 'graph') && typeof raw.code === 'string') return ofGraph(raw, { ...context, http: context.http ?? numberIn(raw.statusCode) })
  return ofError(raw, context)
}

/** RFC 6749 section 5.2, and what Microsoft adds to it. */
const ofOAuth = (raw: Thing, context: Circumstance): FailureRecord => {
  const text = textIn(raw.error_description) ?? ''
  const error = textIn(raw.error)
  const numbers = Array.isArray(raw.error_codes) ? raw.error_codes.slice(0, most).flatMap((code) => numberIn(code) ?? []) : []
  return {
    ...basis(text, context), ...withGraph(text, context), oauthError: error, suberror: textIn(raw.suberror),
    aadsts: [...new Set([...numbers, ...numbersIn(text)])],
    ...(at(context, 'google') && { google: { error, text } }),
  }
}

/** Microsoft Graph: codes grow more exact inward. */
const ofGraph = (error: Thing, context: Circumstance): FailureRecord => {
  const text = textIn(error.message) ?? ''
  return { ...basis(text, context), graph: { http: context.http, codes: codesIn(error), text } }
}

const codesIn = (error: Thing): string[] => {
  const codes: string[] = []
  let inner: unknown = error
  for (let depth = 0; depth < most && isThing(inner); depth++) {
    const code = textIn(inner.code)
    if (code) codes.push(code)
    inner = inner.innererror ?? inner.innerError
  }
  return codes
}

// Names of the library's error classes; a bundler may have shortened them, so where it happened counts too.
const isMsal = ({ name, errorCode }: Thing): boolean =>
  typeof errorCode === 'string' && typeof name === 'string' && /^(?:Auth|ClientAuth|ClientConfiguration|InteractionRequiredAuth|Network|Server|Cache|Platform)\w*Error$/.test(name)

const ofMsal = (raw: Thing, context: Circumstance): FailureRecord => {
  const text = textIn(raw.errorMessage) ?? textIn(raw.message) ?? ''
  const number = numberIn(Number(raw.errorNo)) || undefined
  const code = textIn(raw.errorCode)
  return {
    ...basis(text, context), msal: code, oauthError: code, suberror: textIn(raw.subError),
    aadsts: [...new Set([...(number ? [number] : []), ...numbersIn(text)])],
  }
}

/** What Node, nodemailer and imapflow throw. */
const ofError = (raw: Thing, context: Circumstance): FailureRecord => {
  const text = textIn(raw.message) ?? textIn(raw.text) ?? ''
  const imap = at(context, 'imap') ? textIn(raw.responseText) ?? text : undefined
  const reply = textIn(raw.response) ?? (numberIn(raw.responseCode) !== undefined ? `${String(raw.responseCode)} ` : undefined)
  const [originalCode, code] = [textIn(raw.originalCode), textIn(raw.code)]
  return {
    ...basis(text, context), ...withGraph(text, context),
    ...(imap !== undefined && { imap }),
    ...(reply !== undefined && { smtp: replyRecord(reply) }),
    ...(imap === undefined && (originalCode ?? code) && { node: { originalCode, code, text } }),
    ...(at(context, 'google') && { google: { text } }),
  }
}

const withGraph = (text: string, context: Circumstance): Pick<FailureRecord, 'graph'> =>
  at(context, 'graph') && context.http !== undefined ? { graph: { http: context.http, codes: [], text } } : {}

// A refusal somewhere in a text: one with an enhanced code speaks for itself, one without has to begin a line.
const quotedReplies = [/\b([45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b[^]*)/, /(?:^|\n)(?:S: |<<< |<- )?([45]\d\d[ -][^]*)/]

const ofText = (text: string, context: Circumstance): FailureRecord => {
  const reply = replyIn(text, context)
  const graph = graphIn(text, context)
  const code = (reply ?? graph) ? undefined : text.match(/\b[A-Z][A-Z0-9_]{4,60}\b/g)?.slice(0, most).find((word) => nodeCodes.has(word))
  return {
    ...basis(text, context),
    ...(reply !== undefined && { smtp: replyRecord(reply) }),
    ...(graph && { graph }),
    ...(code && { node: { originalCode: code, code, text } }),
    ...(at(context, 'imap') && { imap: text }),
    ...(at(context, 'google') && { google: { text } }),
  }
}

const replyIn = (text: string, context: Circumstance): string | undefined => {
  if (/^[45]\d\d(?:[ -]|$)/.test(text)) return text
  if (['graph', 'imap', 'entra'].some((place) => at(context, place)) || text.includes('AADSTS')) return undefined
  return quotedReplies.map((pattern) => pattern.exec(text)?.[1]).find((reply) => reply !== undefined)
}

const graphIn = (text: string, context: Circumstance): FailureRecord['graph'] => {
  const codes = text.match(/\b[A-Za-z_]{6,60}\b/g)?.filter((word) => graphCodes.has(word)).slice(0, most) ?? []
  if (codes.length === 0) return withGraph(text, context).graph
  return { http: context.http, codes, text }
}

/** Codes that are words of nobody else, and so may be looked for in a text. */
const graphCodes = new Set(catalogue.flatMap(({ match }) => match.graph?.code ?? []).filter((code) => /[a-z][A-Z]|_/.test(code)))
const nodeCodes = new Set(catalogue.flatMap(({ match }) => match.node?.originalCode ?? []))
