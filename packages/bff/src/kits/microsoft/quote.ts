import { masked } from '../../findings/mask.ts'
import { said } from '../../findings/said.ts'
import { isObject } from './answer.ts'
import type { MicrosoftFacts } from './fault.ts'
import type { Situation } from './situation.ts'

/** Where Microsoft's own marks for its support begin in a text. */
const marks = /\s*(?:Trace ID|Request Id|Correlation ID):/i
const most = 512

const textIn = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 8192) : '')

/**
 * The service's own words: what it calls the fault, its sentence, and what its support asks for (trace and correlation id,
 * time). Inert, without secrets and without addresses of others. Undefined where it said nothing.
 */
export const quote = ({ body, text }: MicrosoftFacts, { from = '', sender = '', account = '' }: Situation = {}): string | undefined => {
  const words = isObject(body) ? (isObject(body.error) ? graphWords(body.error) : oauthWords(body)) : textIn(text)
  const clean = masked(words, [from, sender, account]).trim()
  return clean ? withMarks(clean) : undefined
}

// `claims` and `error_uri` are left out: the one is for the next request, the other for programmers.
const oauthWords = ({ error, suberror, error_description }: Readonly<Record<string, unknown>>): string =>
  [[textIn(error), textIn(suberror)].filter(Boolean).join(', '), textIn(error_description)].filter(Boolean).join(': ')

const graphWords = (error: Readonly<Record<string, unknown>>): string => {
  const inner = [error.innererror, error.innerError].find(isObject)
  const ids = ([['Request ID', inner?.['request-id']], ['Date', inner?.date]] as const).filter(([, value]) => typeof value === 'string').map(([name, value]) => `${name}: ${textIn(value)}`)
  const codes = [textIn(error.code), textIn(inner?.code)].filter(Boolean).join(', ')
  return [[codes, textIn(error.message)].filter(Boolean).join(': '), ...ids].join(' ')
}

/** A long sentence gives way to the marks behind it. */
const withMarks = (text: string): string => {
  const shown = said(text)
  const from = text.length > most ? marks.exec(text)?.index : undefined
  if (from === undefined || from < most) return shown
  const tail = said(text.slice(from).trim()).slice(0, 256)
  return `${said(text.slice(0, from)).slice(0, most - tail.length - 2)}… ${tail}`
}
