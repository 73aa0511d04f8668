import * as z from 'zod'
import { builtInClouds } from '../kits/microsoft/clouds.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import { canonicalHost, hasControl } from '../settings/address.ts'
import type { Reading } from './options.ts'

/** A text in the one form in which it is compared and sealed. */
const canonical = (read: (text: string) => string | undefined, problem: string) => z.string(problem).transform((text, context) => {
  const value = read(text)
  if (value !== undefined) return value
  context.addIssue({ code: 'custom', message: problem })
  return z.NEVER
})

const httpsUrl = (text: string): URL | undefined => {
  const url = hasControl(text) || text !== text.trim() ? null : URL.parse(text)
  return url?.protocol === 'https:' && !url.username && !url.password && !url.hash ? url : undefined
}

const originOf = (text: string): string | undefined => {
  const url = httpsUrl(text)
  return url && url.href === `${url.origin}/` ? url.origin : undefined
}

const scopeOf = (text: string): string | undefined => {
  const url = httpsUrl(text)
  return url?.href === text && /\/\.default$/.test(url.pathname) && !url.search ? text : undefined
}

const origin = canonical(originOf, 'must be an https address without a path, such as https://login.example.com')
const scope = canonical(scopeOf, 'must be one scope such as https://graph.example.com/.default')
const host = canonical(canonicalHost, 'must be a host name')
const port = z.int('must be a port').min(1, 'must be a port').max(65_535, 'must be a port')
const line = z.string('must be text').max(200, 'must be shorter').refine((text) => !hasControl(text), 'must be one line of text')
/** What the guide links to: nothing that a click could run. A stand-in on this machine may speak http. */
const page = line.max(2000).refine((text) => text === '' || /^(?:https:\/\/|http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?(?:\/|$))/i.test(text), 'must be an https address')

const links = z.strictObject({
  entra: page, exchangeAdmin: page, m365Admin: page, pages: z.record(z.string(), page),
  mgEnvironment: line, exchangeEnvironment: line, azCloud: line,
})

const cloud = z.strictObject({
  id: z.string('must be text').regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens, at most 40'),
  label: line.min(1, 'must be a name').max(80, 'must have at most 80 characters'),
  authority: origin, graph: origin, graphScope: scope, smtpScope: scope,
  smtpHost: host.exactOptional(), smtpPort: port.default(587), imapHost: host.exactOptional(),
  links: links.exactOptional(),
  detect: z.strictObject({ graphHost: line.exactOptional(), instance: line.exactOptional(), subScopes: z.array(line.nullable()).exactOptional() }).exactOptional(),
})

/** The built-in clouds with the operator's: one of a known id replaces it, others follow. Values are not repeated in the problem. */
export const readClouds = (wanted: unknown): Reading<readonly Cloud[]> => {
  const result = z.array(cloud).safeParse(wanted)
  if (!result.success) return { problem: `must list clouds {${Object.keys(cloud.shape).slice(0, 9).join(', ')}}${whereIn(result.error, wanted)}` }
  const added: readonly Cloud[] = result.data
  const twice = added.find(({ id }, n) => added.findIndex((other) => other.id === id) !== n)
  if (twice) return { problem: `names the cloud ${twice.id} twice` }
  const kept = builtInClouds.map((known) => added.find(({ id }) => id === known.id) ?? known)
  return { value: [...kept, ...added.filter(({ id }) => !builtInClouds.some((known) => known.id === id))] }
}

/** True for a list written into a variable itself: no path is meant to begin like that. */
export const isLiteral = (text: string): boolean => /^[[{]/.test(text)

/** The same of a JSON text. */
export const readCloudsText = (text: string): Reading<readonly Cloud[]> => {
  try {
    return readClouds(JSON.parse(text) as unknown)
  } catch {
    // The parser's own message quotes the text.
    return { problem: 'must be a JSON list; it is not readable as JSON' }
  }
}

/** Which part of which entry, counted as people count, and what it should be. */
const whereIn = ({ issues: [issue] }: z.ZodError, wanted: unknown): string => {
  const [entry, ...path] = issue?.path ?? []
  if (!issue || entry === undefined) return ''
  const at = `; entry ${Number(entry) + 1}`
  if (issue.code === 'unrecognized_keys') return `${at}: ${[...path, issue.keys[0]!.slice(0, 40)].join('.')} is no part of a cloud`
  return path.length ? `${at}: ${path.join('.')} ${isAbsent(wanted, issue.path) ? 'is missing' : issue.message}` : `${at} must be one cloud`
}

const isAbsent = (value: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[name] : undefined), value) === undefined
