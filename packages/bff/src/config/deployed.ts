import type { OnEvent } from '../access/audit.ts'
import { bearer } from '../access/bearer.ts'
import type { Authorize } from '../access/caller.ts'
import type { Ports } from '../ports/ports.ts'
import { ConfigError } from './environment.ts'
import type { Config } from './environment.ts'
import { readTokens } from './tokens.ts'

/** What of the environment is an option of the gateway as it stands. */
export const plainOptions = ({ baseURL, basePath, secrets, productName, trustedOrigins, egress, saveRequires, testRecipients, testRate }: Config) =>
  ({ baseURL, basePath, secrets, productName, trustedOrigins, egress, saveRequires, testRecipients, testRate })

/**
 * Who calls, as the environment says.
 * @param tokens reads the list of `MAIL_GATEWAY_TOKENS`
 * @throws ConfigError where that list does not hold
 */
export const authorizeFrom = ({ auth }: Config, tokens: (text: string) => string): Authorize => {
  if (auth.kind === 'none') return () => ({ subject: 'dev', tenant: 'dev', rights: ['read', 'write', 'test', 'send', 'share'] })
  const reading = readTokens(tokens(auth.tokens))
  if (!reading.ok) throw new ConfigError([{ option: 'MAIL_GATEWAY_TOKENS', problem: reading.problem }])
  return bearer(reading.holders)
}

/** Who did what is part of the log unless a host listens. */
export const auditTo = (log: Ports['log']): OnEvent => ({ at: _, tenant, requestId, changed, ...fields }) =>
  log({ level: 'info', event: 'audit', tenant, requestId, fields: { ...fields, ...(changed && { changed: changed.join(' ') }) } })
