import type { Finding } from '@mail-gateway/contract'
import type { Explain } from '../../checks/step.ts'
import { entryOf } from '../../findings/catalogue.ts'
import type { CatalogueEntry } from '../../findings/catalogue.ts'
import { fitsMode } from '../../findings/diagnose.ts'
import { masked } from '../../findings/mask.ts'
import { explainSmtp, wish } from '../smtp/explain.ts'
import { SmtpFault } from '../smtp/fault.ts'
import type { FaultCode } from '../smtp/fault.ts'
import { stepAt, tell } from './finding.ts'
import { named } from './situation.ts'
import type { Named, Situation } from './situation.ts'
import { told } from './told.ts'

const mode = 'smtp-office365'

/** Faults on the way to the mail server: its address is the cloud's, so only the network in between can be changed. */
const onTheWay = /^(?:dns|connect|tls)\.|^smtp\.(?:greeting|ehlo)\.|^smtp\.reply\.(?:protocol|unfinished)$/

/** How SMTP faults are told where the server is the cloud's and a token signs in. Codes stay those of SMTP. */
export const explainSubmission = (situation: Situation): Explain => (error, row) => {
  const { status, finding } = explainSmtp(mode, { host: situation.cloud?.smtpHost ?? 'the mail server', port: situation.cloud?.smtpPort ?? 587, starttls: true })(error, row)
  if (!(error instanceof SmtpFault)) return { status, finding }
  const { field: _, ...plain } = finding
  return { status, finding: withOwnAddresses({ ...plain, ...retold(error, finding, situation), code: finding.code }, situation) }
}

const retold = (fault: SmtpFault, finding: Finding, situation: Situation): Partial<Finding> => {
  const names = named(mode, situation)
  const entry = sharper(fault, finding.id === null ? undefined : entryOf(finding.id))
  if (onTheWay.test(fault.code)) return { ...reach(fault.code, names), id: finding.id }
  if (fault.code.startsWith('smtp.auth.')) {
    const { said: _, ...signIn } = tell(mode, entry && ofMicrosoft(entry) && refusals.includes(fault.code) && entry.id !== 'smtp-5xx' ? entry : entryOf('smtp-535-generic')!, {}, situation)
    return refusals.includes(fault.code) ? { ...signIn, cause: `${signIn.cause}${wish(fault)}`, id: entry?.id ?? null } : { ...signInWords(fault.code, finding, names), id: finding.id }
  }
  // The words of the catalogue were chosen already; what is left is where they point in this mode.
  if (entry && ofMicrosoft(entry) && (finding.title === entry.title || told[entry.id])) {
    const { said: _, ...known } = tell(mode, entry, {}, situation)
    return known
  }
  return { ...(finding.field && ['from', 'to', 'signature'].includes(finding.field) && { field: finding.field }) }
}

/** Another provider's entry may fit a sentence by chance; here its words would send people to that provider. */
const ofMicrosoft = (entry: CatalogueEntry): boolean => entry.match.smtp !== undefined && (fitsMode(entry, mode) || told[entry.id] !== undefined)

/** The catalogue knows this sentence for passwords; security defaults stand in the way of tokens as well. */
const sharper = ({ facts: { reply } }: SmtpFault, entry: CatalogueEntry | undefined): CatalogueEntry | undefined =>
  entry?.id === 'smtp-5.7.139-other' && /security defaults policy/i.test(reply?.text ?? '') ? entryOf('smtp-5.7.139-security-defaults') : entry

const reach = (code: FaultCode, { smtp, smtpPort }: Named): Partial<Finding> => {
  const stale = /^tls\.certificate\.|^tls\.ca-/.test(code)
  return {
    fixes: [
      { text: stale ? `Ask the network team to let ${smtp} through without inspection of encrypted traffic: this is not Microsoft’s certificate.` : `Ask the network team to let this server reach ${smtp} on port ${smtpPort}, by name and without a mail filter in between.` },
      { text: 'Check again in a minute.' },
      { text: 'Or use Exchange Online (Graph API): it needs neither SMTP nor its port.' },
    ],
    ...stepAt(mode, [stale ? 'network.tls' : code.startsWith('dns.') ? 'network.dns' : 'network.firewall']),
  }
}

/** The server has seen the token and said no. */
const refusals: readonly FaultCode[] = ['smtp.auth.refused', 'smtp.auth.token-refused', 'smtp.auth.disabled']
const notOffered: readonly FaultCode[] = ['smtp.auth.no-xoauth2', 'smtp.auth.not-offered', 'smtp.auth.mechanism']

/** Said of a line that is encrypted: whoever says it does not sit at the end of it. */
const encryptedAlready = ({ smtp }: Named): Partial<Finding> => ({
  title: 'The mail server wants encryption that is there already', cause: `The connection to ${smtp} was encrypted before the sign-in, and it asks for that all the same: something else answers in its place.`,
  fixes: [{ text: `Ask the network team what stands between this server and ${smtp}: a mail filter or a proxy.` }, { text: 'Or use Exchange Online (Graph API): it needs neither SMTP nor its port.' }],
  field: 'cloud', ...stepAt(mode, ['network.firewall']),
})

const signInWords = (code: FaultCode, { title, cause, fixes }: Finding, names: Named): Partial<Finding> => {
  const { smtp, mailbox } = names
  if (code === 'smtp.auth.encrypt-first') return encryptedAlready(names)
  if (notOffered.includes(code)) {
    return {
      title: 'The mail server does not offer sign-in with a token', cause: `${smtp} did not list XOAUTH2. Exchange Online always does: something else answers in its place. The token was not sent.`,
      fixes: [{ text: `Ask the network team what stands between this server and ${smtp}: a mail filter or a proxy.` }, { text: 'Or use Exchange Online (Graph API): it needs neither SMTP nor its port.' }],
      field: 'cloud', ...stepAt(mode, ['network.firewall']),
    }
  }
  const plain = [title, cause, ...fixes.map(({ text }) => text)].some((text) => /password|user name/i.test(text))
  return {
    title, cause: plain ? `${smtp} stopped at the sign-in for ${mailbox} before it said yes or no.` : cause,
    fixes: [{ text: 'Check again in a few minutes.' }, { text: `Check that Authenticated SMTP is switched on for ${mailbox}.` }],
    field: 'account', ...stepAt(mode, ['exo.smtpAuthMailbox']),
  }
}

const withOwnAddresses = (finding: Finding, { from = '', account = '' }: Situation): Finding =>
  finding.said === undefined ? finding : { ...finding, said: masked(finding.said, [from, account]) }
