import type { Policy, Stage } from '@mail-gateway/contract'
import type { Caller } from '../access/caller.ts'
import { refused } from '../findings/problem.ts'
import type { Refusal } from '../findings/problem.ts'
import { canonicalAddress } from '../settings/address.ts'

interface Wish {
  /** As typed. */
  readonly wanted: string | undefined
  readonly until: Stage
  readonly caller: Caller
  /** The gateway's own address, of unknown form. */
  readonly from: unknown
  readonly allowed: Policy['testRecipients']
}

/**
 * Whom a test email goes to: the address typed, else the caller's own, else the gateway's From.
 * @returns one plain address, or nothing where none is known and nothing will be sent
 * @throws Refusal `settings.refused` with the pointer `/to`
 */
export const recipientFor = ({ wanted, until, caller, from, allowed }: Wish): string => {
  const typed = wanted?.trim()
  const address = canonicalAddress(typed || caller.email || (typeof from === 'string' ? from : ''))
  if (typed && !address) throw wrong('to.format', 'Enter one address, for example name@example.com.')
  if (until !== 'delivery') return address ?? ''
  if (!isAllowed(address, caller, allowed)) throw wrong('to.not-allowed', wordsFor(allowed, caller))
  return address ?? ''
}

const wrong = (code: string, detail: string): Refusal => refused({ pointer: '/to', code, detail })

const isAllowed = (address: string | undefined, { email }: Caller, allowed: Policy['testRecipients']): boolean => {
  if (allowed === 'any') return true
  if (address === undefined) return false
  if (allowed === 'self') return email !== undefined && canonicalAddress(email)?.toLowerCase() === address.toLowerCase()
  return allowed.some((domain) => address.endsWith(`@${domain.toLowerCase()}`))
}

const wordsFor = (allowed: Policy['testRecipients'], { email }: Caller): string => {
  if (Array.isArray(allowed)) return `Enter an address at ${allowed.join(' or ')}: test emails go nowhere else.`
  return email ? `Test emails go to your own address only: ${email}.` : 'Test emails go to your own address only, and none is known here.'
}
