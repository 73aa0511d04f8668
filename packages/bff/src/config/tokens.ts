import * as z from 'zod'
import type { TokenHolder } from '../access/bearer.ts'

const holder = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits'),
  subject: z.string().min(1, 'must not be empty'),
  tenant: z.string().min(1, 'must not be empty'),
  rights: z.array(z.enum(['read', 'write', 'test', 'send', 'share'], 'must be read, write, test, send or share')),
  name: z.string().exactOptional(),
  email: z.string().exactOptional(),
})

/** What the token file of `MAIL_GATEWAY_AUTH=bearer` holds, or what is wrong with it. Nothing of its text is repeated. */
export type TokensReading = { readonly ok: true; readonly holders: readonly TokenHolder[] } | { readonly ok: false; readonly problem: string }

export const readTokens = (text: string): TokensReading => {
  const result = z.array(holder).min(1, 'names nobody').safeParse(parsed(text))
  if (result.success) return { ok: true, holders: result.data }
  const [issue] = result.error.issues
  const where = issue?.path.length ? `entry ${issue.path.join('.')}` : 'its content'
  return { ok: false, problem: `must be a JSON list of {sha256, subject, name, email, tenant, rights}; ${where} does not fit` }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
