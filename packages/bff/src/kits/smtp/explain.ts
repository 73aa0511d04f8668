import type { Finding } from '@mail-gateway/contract'
import { NotProven } from '../../checks/step.ts'
import type { Explain } from '../../checks/step.ts'
import type { CatalogueEntry } from '../../findings/catalogue.ts'
import { diagnose, replyRecord } from '../../findings/diagnose.ts'
import type { FailureRecord } from '../../findings/diagnose.ts'
import { retries, retryOf } from '../../findings/retry.ts'
import { said } from '../../findings/said.ts'
import { EgressRefused } from '../../ports/egress.ts'
import { SmtpFault } from './fault.ts'
import type { FaultCode, FaultFacts } from './fault.ts'
import { words } from './words.ts'

/** Entries that say no more than our own sentence, which knows at which step it happened. Their id is still told. */
const general = new Set(['smtp-4xx', 'smtp-5xx', 'smtp-421', 'smtp-5.7.1-generic', 'smtp-503-sequence', 'smtp-auth-not-enabled', 'smtp-535-generic', 'smtp-greylist', 'smtp-454-tls'])

/** Our codes as the catalogue's `node` entries know them. */
const asNode: Partial<Record<FaultCode, FailureRecord['node']>> = {
  'smtp.greeting.timeout': { code: 'ETIMEDOUT', text: 'Greeting never received' },
  'connect.timeout': { originalCode: 'ETIMEDOUT', code: 'ETIMEDOUT', text: 'Connection timeout' },
  'tls.unavailable': { code: 'ETLS', text: 'Error upgrading connection with STARTTLS' },
  'tls.too-old': { code: 'ETLS', text: 'Error upgrading connection with STARTTLS' },
  'smtp.reply.unfinished': { code: 'ETIMEDOUT', text: 'Timeout' },
  'tls.refused': { code: 'ETLS', text: 'Error upgrading connection with STARTTLS' },
  'smtp.message.too-large': { code: 'EMESSAGE', text: 'Message size larger than allowed' },
}

const greetingCodes: readonly FaultCode[] = ['smtp.greeting.refused', 'smtp.greeting.busy']

const recordOf = ({ code, facts }: SmtpFault, mode: string): FailureRecord => {
  const text = facts.text ?? ''
  return { mode, node: asNode[code] ?? nodeOf(code, facts.cause, text), smtp: facts.reply && replyRecord(facts.reply.text), text }
}

const nodeOf = (code: FaultCode, cause: string | undefined, text: string): FailureRecord['node'] => {
  if (greetingCodes.includes(code)) return { code: 'EPROTOCOL', text: 'Invalid greeting' }
  if (cause) return { originalCode: cause, code: 'ESOCKET', text }
  if (code.endsWith('.closed')) return { code: 'ECONNECTION', text: 'Connection closed unexpectedly' }
  return code.endsWith('.timeout') ? { code: 'ETIMEDOUT', text: 'Timeout' } : undefined
}

/** Faults whose text is what the server sent instead of a reply. */
const quotes: ReadonlySet<FaultCode> = new Set<FaultCode>(['smtp.reply.protocol', 'smtp.greeting.not-smtp'])

export interface Where {
  readonly host: string
  readonly port: number
  readonly starttls?: boolean
}

/** Explains what an SMTP conversation ran into: our words where we know more, the catalogue's where the server's text is known. */
export const explainSmtp = (mode: string, where: Where): Explain => (error, row) => {
  if (error instanceof NotProven) return { status: 'unproven', finding: perhapsDelivered }
  if (error instanceof EgressRefused) return { status: 'fail', finding: refused(error) }
  if (!(error instanceof SmtpFault)) return { status: 'unproven', finding: broken }
  const entry = best(diagnose(recordOf(error, mode)), row)
  return { status: 'fail', finding: findingOf(error, where, entry, row) }
}

/** The best entry that is met at this row; else the best of all. */
const best = (entries: readonly CatalogueEntry[], row: string): CatalogueEntry | undefined =>
  entries.find(({ checkSteps, id }) => checkSteps.includes(row) && !general.has(id)) ?? entries[0]

// On delivery rows the catalogue says `message` for what our rows tell apart.
const metAt = ({ checkSteps }: CatalogueEntry, row: string): boolean =>
  checkSteps.includes(row) || ((row === 'sender' || row === 'recipient') && checkSteps.includes('message'))

const findingOf = (fault: SmtpFault, where: Where, entry: CatalogueEntry | undefined, row: string): Finding => {
  const own = words[fault.code]({ ...where, ...fault.facts, host: fault.facts.host ?? where.host, port: fault.facts.port ?? where.port })
  const known = entry?.match.smtp && !general.has(entry.id) && metAt(entry, row) ? entry : undefined
  const field = own.field ?? known?.pointsTo.fields[0]
  // The runtime's own sentences are not the server's, and speak to programmers.
  const text = fault.facts.reply ? replyOf(fault.facts) : quotes.has(fault.code) ? fault.facts.text : undefined
  return {
    code: fault.code,
    id: entry?.id ?? null,
    title: known?.title ?? own.title,
    cause: `${known?.cause ?? own.cause}${wish(fault)}`,
    fixes: fixesOf(own.fixes, known),
    ...(field && { field }),
    ...(own.who && !known && { who: own.who }),
    retry: known ? retryOf(known.retry) : retries[own.retry ?? 'change'],
    ...(text && { said: said(text) }),
  }
}

/** What a server says of a token stands before its refusal, and only there. */
const replyOf = ({ challenge, reply }: FaultFacts): string => [...(challenge ? [challenge.text] : []), reply?.text ?? ''].join('\n')

/** An address, and nothing else: a server may repeat the token it was given, or a part of it, as the scope it wants. */
const scopeForm = /^https:\/\/[a-z0-9.-]{1,100}(?::\d{1,5})?(?:\/[a-z0-9._/-]{0,60})?$/i

/** The scope a server names when it refuses a token: nobody else says which one it wants. */
export const wish = ({ facts: { challenge } }: SmtpFault): string => (challenge?.scope && scopeForm.test(challenge.scope) ? ` The server wants a token for ${challenge.scope}.` : '')

const fixesOf = (own: readonly string[], known: CatalogueEntry | undefined): Finding['fixes'] => {
  if (!known) return own.map((text) => ({ text }))
  const [link] = known.docs
  return known.fix.map((text, n) => ({ text, ...(n === 0 && link && { link }) }))
}

/** Fixed words: whoever probes for machines behind this one learns nothing from the answer. */
const refused = ({ reason, openable }: EgressRefused): Finding => {
  const common = { id: null, retry: retries.change, who: 'Whoever runs this product' }
  if (reason === 'port') return { ...common, ...portRefused }
  return { ...common, ...(openable ? addressRefused : beyondPlatform) }
}

const addressRefused = {
  code: 'egress.address-refused', field: 'host',
  title: 'This address is not allowed here',
  cause: 'The server has an internal or reserved address, and this product only connects to the addresses it was given leave for.',
  fixes: [{ text: 'For an internal mail server: whoever runs this product adds its address to MAIL_GATEWAY_EGRESS_ALLOW, for example MAIL_GATEWAY_EGRESS_ALLOW=10.1.2.3. The line to add is in the log of this product.' }, { text: 'Otherwise check the server name.' }],
}

const beyondPlatform = {
  code: 'egress.address-refused', field: 'host',
  title: 'Servers of an internal network cannot be reached from this deployment',
  cause: 'The name leads to an internal or reserved address, and the platform this product runs on connects to public addresses only.',
  fixes: [{ text: 'Enter the name the server has on the internet.' }, { text: 'For a server that has none: whoever runs this product installs it on Node, inside that network.' }],
}

const portRefused = {
  code: 'egress.port-refused', field: 'port',
  title: 'This port is not allowed here',
  cause: 'Mail leaves through the ports 25, 465, 587 and 2525, and through those the operator of this product added.',
  fixes: [{ text: 'Enter one of these ports, usually 587.' }, { text: 'Or whoever runs this product adds the port to MAIL_GATEWAY_EGRESS_PORTS.' }],
}

const perhapsDelivered: Finding = {
  code: 'smtp.message.unproven', id: null, retry: retries.look,
  title: 'The message may have been delivered',
  cause: 'The whole message was handed over, and then the server fell silent. Nobody but the recipient can know.',
  fixes: [{ text: 'Look in the inbox of the recipient, then in junk.' }, { text: 'If nothing arrives within some minutes, send the test again.' }],
}

/** A crash of ours: never a pass, never the server's fault. */
const broken: Finding = {
  code: 'internal', id: null, retry: retries.once,
  title: 'This step could not be carried out',
  cause: 'Something went wrong on our side, not on the mail server’s. The log of this product has the details.',
  fixes: [{ text: 'Check again.' }],
}
