import { addSecret, grantConsent, permissionCalled, register, want } from './directory.ts'
import type { Application, Directory, Mailbox, Tenant } from './directory.ts'
import { microsoftScenarios } from './scenarios.ts'
import type { MicrosoftMode, MicrosoftScenario } from './scenarios.ts'

/** What to type for one registration. */
export interface Prepared {
  readonly mode: MicrosoftMode
  readonly settings: Readonly<Record<string, string>>
  readonly clientSecret: string
  readonly application: Application
}

const mailbox = (address: string, more: Partial<Mailbox> = {}): Mailbox => ({ address, licensed: true, smtpAuth: true, ...more })

/** SMTP AUTH is off where an administrator has to switch it on first, as it is in new organisations. */
const organisations = (directory: Directory): void => {
  directory.addTenant({ name: 'Acme', cloud: 'demo', domains: ['acme.example'], mailboxes: [
    mailbox('noreply@acme.example', { smtpAuth: false }), mailbox('reports@acme.example'), mailbox('boss@acme.example'),
    mailbox('front-desk@acme.example', { smtpAuth: false }), mailbox('archive@acme.example', { licensed: false }),
  ] })
  directory.addTenant({ name: 'Harbour', cloud: 'demo', domains: ['harbour.example'], mailboxes: [mailbox('reports@harbour.example')] }).smtpAuth = false
  directory.addTenant({ name: 'Foundry', cloud: 'demo', domains: ['foundry.example'], exchange: false, mailboxes: [mailbox('reports@foundry.example')] })
  directory.addTenant({ name: 'Bureau', cloud: 'demo-gov', domains: ['bureau.example'], mailboxes: [mailbox('reports@bureau.example')] })
}

/** The mailbox scenarios send from. */
const senderOf = ({ domains, mailboxes }: Tenant): string => mailboxes.find(({ address }) => address.startsWith('reports@'))?.address ?? `reports@${domains[0]}`

/** A registration as it should be for a mode: consent, and for SMTP what Exchange has to know. */
const wellMade = (tenant: Tenant, name: string, mode: MicrosoftMode, hidden = false): Application => {
  const application = register(tenant, name, hidden)
  addSecret(application, 'mail gateway')
  want(application, permissionCalled(mode === 'graph' ? 'Mail.Send' : 'SMTP.SendAsApp')!)
  grantConsent(application)
  if (mode === 'smtp-office365') {
    application.exchangeObjectId = application.servicePrincipalId
    application.fullAccess.add(senderOf(tenant))
  }
  return application
}

const settingsFor = (application: Application, mode: MicrosoftMode): Record<string, string> => {
  const { tenant, clientId } = application
  const from = senderOf(tenant)
  // A tenant of another cloud is typed into the first one: that is what the scenario is about.
  return { cloud: 'demo', tenantId: tenant.id, clientId, from, ...(mode === 'smtp-office365' && { account: from }) }
}

const tenantFor = (directory: Directory, { id, tenant: name = 'Acme', discovery }: MicrosoftScenario): Tenant => (discovery
  ? directory.addTenant({ name: id, cloud: 'demo', domains: [`${id}.acme.example`], mailboxes: [mailbox(`reports@${id}.acme.example`)], fates: { discovery } })
  : directory.tenant(`${name.toLowerCase()}.example`)!)

const prepare = (directory: Directory, scenario: MicrosoftScenario): Prepared => {
  const { mode, fates = {}, change, typed } = scenario
  const application = wellMade(tenantFor(directory, scenario), scenario.id, mode, true)
  application.fates = fates
  change?.(application)
  const { clientSecret = application.secrets[0]!.value, ...settings } = typed?.(application, application.tenant) ?? {}
  return { mode, application, clientSecret, settings: { ...settingsFor(application, mode), ...settings } }
}

const ready = (directory: Directory, mode: MicrosoftMode): Prepared => {
  const application = wellMade(directory.tenant('acme.example')!, mode === 'graph' ? 'Ready-made, Graph' : 'Ready-made, SMTP', mode)
  return { mode, application, clientSecret: application.secrets[0]!.value, settings: settingsFor(application, mode) }
}

/** Fills the directory from nothing: organisations, a good registration for each mode, one for every scenario. */
export const furnish = (directory: Directory): ReadonlyMap<string, Prepared> => {
  directory.clear()
  organisations(directory)
  return new Map([
    ['graph', ready(directory, 'graph')], ['smtp-office365', ready(directory, 'smtp-office365')],
    ...microsoftScenarios.map((scenario) => [scenario.id, prepare(directory, scenario)] as const),
  ])
}
