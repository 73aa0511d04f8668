import * as z from 'zod'
import { builtInClouds } from '../kits/microsoft/clouds.ts'
import type { Cloud } from '../kits/microsoft/clouds.ts'
import { canonicalHost } from '../settings/address.ts'
import type { Reading } from './options.ts'

/** An https origin without a path: the one form in which hosts are compared and sealed. */
const origin = z.string().transform((text, context) => {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.hash && !url.username) return url.origin
  context.addIssue({ code: 'custom', message: 'must be an https address without a path, such as https://login.example.com' })
  return z.NEVER
})
const scope = z.string().regex(/^https:\/\/[^\s/]+(\/[^\s/]+)*\/\.default$/, 'must be one scope such as https://graph.example.com/.default')
const host = z.string().refine((text) => canonicalHost(text) !== undefined, 'must be a host name').transform((text) => canonicalHost(text)!)

const links = z.strictObject({
  entra: z.string(), exchangeAdmin: z.string(), m365Admin: z.string(), pages: z.record(z.string(), z.string()),
  mgEnvironment: z.string(), exchangeEnvironment: z.string(), azCloud: z.string(),
})

const cloud = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens'),
  label: z.string().min(1).max(80),
  authority: origin, graph: origin, graphScope: scope, smtpScope: scope,
  smtpHost: host.optional(), smtpPort: z.int().min(1).max(65_535).default(587), imapHost: host.optional(),
  links: links.optional(),
  detect: z.strictObject({ graphHost: z.string().optional(), instance: z.string().optional(), subScopes: z.array(z.string().nullable()).optional() }).optional(),
})

/** The built-in clouds with the operator's: one of a known id replaces it, others follow. */
export const readClouds = (wanted: unknown): Reading<readonly Cloud[]> => {
  const result = z.array(cloud).safeParse(wanted)
  if (!result.success) return { problem: `must list clouds {id, label, authority, graph, graphScope, smtpScope, smtpHost, smtpPort, imapHost}; ${issueOf(result.error)}` }
  const added = result.data as Cloud[]
  if (new Set(added.map(({ id }) => id)).size < added.length) return { problem: 'names one cloud twice' }
  const kept = builtInClouds.map((known) => added.find(({ id }) => id === known.id) ?? known)
  return { value: [...kept, ...added.filter(({ id }) => !builtInClouds.some((known) => known.id === id))] }
}

const issueOf = ({ issues: [issue] }: z.ZodError): string => `${issue?.path.join('.') || 'it'}: ${issue?.message ?? ''}`
