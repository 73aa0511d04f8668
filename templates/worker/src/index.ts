import type { Authorize, Caller } from '@mail-gateway/bff'
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'

interface Env {
  /** Address of your product's own server. */
  readonly PRODUCT: string
}

/**
 * Replace this: who calls, for which of your customers, and what they may do. Asked on every request; null means that
 * nobody is signed in. Here your product's server is asked, with the cookie of the browser; it answers with
 * `{ subject, name, email, tenant, rights }`, where `tenant` names the customer.
 */
const authorize = ({ PRODUCT }: Env): Authorize => async ({ headers }) => {
  // Past every cache: a rule of the zone that keeps answers by their address would take one visitor for another.
  const answer = await fetch(new URL('/api/session', PRODUCT), { headers: { cookie: headers.get('cookie') ?? '' }, cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(5_000) })
  return answer.ok ? await answer.json() as Caller : null
}

export default toWorker((env: Env) => optionsFrom(env, authorize(env)))
