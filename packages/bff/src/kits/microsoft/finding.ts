import type { Finding, GuideView, Retry } from '@mail-gateway/contract'
import type { CatalogueEntry } from '../../findings/catalogue.ts'
import { codeOf } from '../../findings/code.ts'
import { fitsMode } from '../../findings/diagnose.ts'
import { retries, retryOf } from '../../findings/retry.ts'
import type { MicrosoftFacts } from './fault.ts'
import { graphGuide, smtpGuide, stepOf } from './guide/index.ts'
import { quote } from './quote.ts'
import { named } from './situation.ts'
import type { MicrosoftMode, MicrosoftWords, Situation } from './situation.ts'
import { told } from './told.ts'
import { span } from './words.ts'
import type { FaultWords } from './words.ts'

/** Settings of each mode by the names the failure catalogue uses. A field no mode has yet points nowhere. */
const fields: Readonly<Record<MicrosoftMode, Readonly<Record<string, string>>>> = {
  graph: { cloud: 'cloud', tenantId: 'tenantId', clientId: 'clientId', clientSecret: 'clientSecret', scope: 'scope', from: 'from', to: 'to', signature: 'signature', username: 'from', mailbox: 'envelopeFrom', sender: 'from' },
  'smtp-office365': { cloud: 'cloud', tenantId: 'tenantId', clientId: 'clientId', clientSecret: 'clientSecret', scope: 'scope', from: 'from', to: 'to', signature: 'signature', username: 'account', account: 'account' },
}

export const fieldOf = (mode: MicrosoftMode, names: readonly string[]): string | undefined =>
  names.map((name) => fields[mode][name]).find((name) => name !== undefined)

const host = 'Whoever runs this product'
/** Places nobody in a portal has to do with. */
const outside: Readonly<Record<string, string>> = {
  'network.firewall': host, 'network.proxy': host, 'network.dns': host, 'network.tls': host, 'network.ip': host, 'server.clock': host,
  'network.adfs': 'Whoever runs the sign-in servers of the organisation',
  'dns.spf': 'Whoever runs the name service of the From domain',
  'entra.conditionalAccess': 'Whoever looks after Conditional Access in Entra',
  'entra.securityDefaults': 'Whoever looks after Conditional Access in Entra',
  'm365.restricted': 'Whoever looks after the security of Microsoft 365',
  'm365.domain': 'Whoever looks after the domains of the organisation',
}

const guides: Readonly<Record<MicrosoftMode, GuideView>> = { graph: graphGuide(), 'smtp-office365': smtpGuide() }

/** The step of the guide for a place in the portals, and who may do it there. */
export const stepAt = (mode: MicrosoftMode, places: readonly string[]): Pick<Finding, 'step' | 'who'> => {
  const place = places.find((one) => stepOf(mode, one) !== undefined) ?? places[0]
  if (place === undefined) return {}
  const step = stepOf(mode, place)
  const who = outside[place] ?? (place.startsWith('exo.') ? 'Exchange Administrator' : guides[mode].steps.find(({ id }) => id === step)?.who)
  return { ...(step !== undefined && { step }), ...(who !== undefined && { who }) }
}

/** Seconds a repetition waits where the service names none. */
const pauses: Readonly<Record<string, number>> = { 'retry-after': 10, backoff: 60 }

/** After some faults the message may still go out: whoever tries again is told beforehand. */
const twice = ({ retry }: CatalogueEntry): string => (retry.text.endsWith('may be duplicated') ? ', but the message may arrive twice' : '')

/** When pressing the button again can help. A wait the service asked for goes before everything else. */
export const repetition = (entry: CatalogueEntry | undefined, own: FaultWords['retry'] | undefined, { retryAfter }: MicrosoftFacts): Retry => {
  const seconds = retryAfter ?? (entry && pauses[entry.retry.class]) ?? (own === 'wait' ? 10 : undefined)
  if (seconds !== undefined) return { class: entry?.retry.class ?? 'wait', text: `Yes, in ${span(Math.max(1, seconds))}${entry ? twice(entry) : ''}`, seconds: Math.max(1, seconds) }
  if (entry) return entry.retry.class === 'unknown' ? retries.change : retryOf(entry.retry)
  return retries[own ?? 'change']
}

// What the catalogue says to people who sign in has no place where an application does.
const forApplications = (fixes: readonly string[]): readonly string[] => fixes.filter((fix) => !fix.startsWith('Delegated:')).map((fix) => fix.replace(/^App-only: (.)/, (_, first: string) => first.toUpperCase()))

const entryWords = (mode: MicrosoftMode, entry: CatalogueEntry): MicrosoftWords => {
  const field = fieldOf(mode, entry.pointsTo.fields)
  const place = entry.pointsTo.portalSteps.find((one) => stepOf(mode, one) !== undefined) ?? entry.pointsTo.portalSteps[0]
  return { title: entry.title, cause: entry.cause, fixes: forApplications(entry.fix), ...(field && { field }), ...(place && { place }) }
}

/** Words in the form of a finding; `entry` is where the vendor's page and the advice on repeating come from. */
export const findingFrom = (mode: MicrosoftMode, code: string, words: FaultWords, facts: MicrosoftFacts, situation: Situation, entry?: CatalogueEntry): Finding => {
  // What is said of From is said of the mailbox that sends, which may have a field of its own.
  const name = words.field === 'from' && situation.sender !== undefined ? 'mailbox' : words.field
  const field = name && fieldOf(mode, [name])
  const link = entry?.docs[0]
  const quoted = quote(facts, situation)
  return {
    code, id: entry?.id ?? null, title: words.title, cause: words.cause,
    fixes: words.fixes.map((text, at) => ({ text, ...(at === 0 && link && { link }) })),
    ...(field && { field }),
    ...(words.place !== undefined && stepAt(mode, [words.place])),
    ...(words.who && { who: words.who }),
    retry: repetition(entry, words.retry, facts),
    ...(quoted !== undefined && { said: quoted }),
  }
}

/** A catalogue entry as it is told in this mode. */
export const tell = (mode: MicrosoftMode, entry: CatalogueEntry, facts: MicrosoftFacts = {}, situation: Situation = {}): Finding => {
  const words = told[entry.id]?.({ ...named(mode, situation), ...facts }) ?? entryWords(mode, entry)
  const usual = fitsMode(entry, mode) ? words : { ...words, title: `Usually means: ${words.title}` }
  return findingFrom(mode, codeOf(entry.id), usual, facts, situation, entry)
}
