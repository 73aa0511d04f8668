import type { Right } from '@mail-gateway/contract'
import { Refusal } from '../findings/problem.ts'

/** Who calls, for which tenant, with which rights: what the host's `authorize` says on every request. */
export interface Caller {
  /** Stable id of the person or program. */
  readonly subject: string
  readonly name?: string
  readonly email?: string
  /** All data belongs to exactly one tenant; nothing of another one can be reached. */
  readonly tenant: string
  readonly rights: readonly Right[]
}

/** The host's hook. `null`: nobody is signed in. It gets the request's address and headers, not its body. */
export type Authorize = (request: Request) => Promise<Caller | null> | Caller | null

/** How a person is named in records: a name where there is one. */
export const signature = ({ name, email, subject }: Caller): string => name || email || subject

/** @throws Refusal `auth.right-missing` */
export const demand = (caller: Caller, right: Right): void => {
  if (!caller.rights.includes(right)) throw new Refusal('auth.right-missing', { detail: `This needs the right “${right}”. Ask an administrator of the product.` })
}

/**
 * Takes only what a caller consists of from whatever the hook returned.
 * @throws TypeError where a part is missing: a caller without a tenant must never pass
 */
export const callerFrom = (answer: Caller): Caller => {
  const { subject, tenant, rights, name, email } = answer
  for (const [part, value] of Object.entries({ subject, tenant })) {
    // Half a character becomes the same sign in every store: two tenants would be one there.
    if (typeof value !== 'string' || !value || !value.isWellFormed()) throw new TypeError(`authorize returned no ${part}`)
  }
  if (!Array.isArray(rights)) throw new TypeError('authorize returned no rights')
  return { subject, tenant, rights: [...rights], ...(typeof name === 'string' && { name }), ...(typeof email === 'string' && { email }) }
}
