type Step = Readonly<Record<'graph' | 'smtp-office365', string | undefined>>

const both = (step: string | undefined): Step => ({ graph: step, 'smtp-office365': step })

/** Where the guide of a mode deals with a place the failure catalogue points at. */
const steps: Readonly<Record<string, Step>> = {
  'entra.register': both('register'),
  'entra.authentication': both('register'),
  'entra.overview': both('ids'),
  'entra.secret': both('secret'),
  'entra.permissions': both('permission'),
  'entra.adminConsent': both('permission'),
  'entra.enterpriseApp': { graph: 'limit', 'smtp-office365': 'service-principal' },
  'entra.conditionalAccess': both('network'),
  'entra.securityDefaults': { graph: 'mailbox', 'smtp-office365': 'smtp-auth' },
  'exo.appRbac': both('limit'),
  'exo.appAccessPolicy': both('limit'),
  'exo.servicePrincipal': { graph: 'limit', 'smtp-office365': 'service-principal' },
  'exo.mailboxPermission': { graph: 'limit', 'smtp-office365': 'service-principal' },
  'exo.sendAs': { graph: 'limit', 'smtp-office365': 'send-as' },
  'exo.smtpAuthMailbox': { graph: undefined, 'smtp-office365': 'smtp-auth' },
  'exo.smtpAuthTenant': { graph: undefined, 'smtp-office365': 'smtp-auth' },
  'exo.retention': both('mailbox'),
  'exo.messageTrace': both('after'),
  'm365.license': both('mailbox'),
  'm365.mailbox': both('mailbox'),
  'm365.domain': both('mailbox'),
  'm365.restricted': both('after'),
  'dns.spf': both('after'),
  'network.dns': both('network'),
  'network.firewall': both('network'),
  'network.proxy': both('network'),
  'network.tls': both('network'),
  'server.clock': both('network'),
}

/** Places the guides of these modes have nothing to say about, and why. */
export const elsewhere: Readonly<Record<string, string>> = {
  'network.adfs': 'checks the passwords of people: an application does not sign in with one',
}

/**
 * The step of a mode's guide that deals with a `portalStep` of the failure catalogue.
 * @returns undefined where there is none, such as for places that rule passwords only
 */
export const stepOf = (mode: string, portalStep: string): string | undefined =>
  mode === 'graph' || mode === 'smtp-office365' ? steps[portalStep]?.[mode] : undefined
