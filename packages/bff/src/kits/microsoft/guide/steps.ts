import type { GuideStep } from '@mail-gateway/contract'

/** What stands in texts and scripts until it is typed: scripts stop at an angle bracket. */
export const samples: Readonly<Record<string, string>> = {
  tenantId: '<Tenant ID>', clientId: '<Client ID>', from: '<From address>', account: '{{from}}', envelopeFrom: '{{from}}', cloudLabel: '<cloud>',
  authority: '<sign-in service of the cloud>', graph: '<Graph host of the cloud>', smtpHost: '<SMTP host of the cloud>', smtpPort: '587',
  mgEnvironment: '<name of the cloud for Connect-MgGraph>', exchangeEnvironment: '<name of the cloud for Connect-ExchangeOnline>', azCloud: '<name of the cloud for az cloud set>',
}

export const register: GuideStep = {
  id: 'register',
  title: 'Register an application',
  who: 'Application Developer, or any user where the tenant allows it',
  text: 'Enter the name below. Supported account types: this organizational directory only (single tenant). Redirect URI: leave it empty, this way of signing in needs none. Press Register.\n'
    + 'You find the application again under App registrations, Owned applications.',
  path: 'Entra admin center > Entra ID > App registrations > New registration',
  link: '{{newAppRegistration}}',
  linkBefore: '{{entra}}',
  values: [{ label: 'Name', text: '{{product}} mail' }],
}

export const ids: GuideStep = {
  id: 'ids',
  title: 'Copy the two IDs into the form',
  text: 'Application (client) ID goes into Client ID, Directory (tenant) ID into Tenant ID. Leave Object ID alone: nothing here needs the one on this page.\n'
    + 'The tenant ID says which organization you are at Microsoft; it stands on the Overview page of Entra ID as well.',
  path: 'Entra admin center > Entra ID > App registrations > the application > Overview',
  link: '{{appOverview}}',
  linkBefore: '{{appRegistrationsList}}',
}

export const secret: GuideStep = {
  id: 'secret',
  title: 'Make a client secret',
  who: 'Owner of the application, or Cloud Application Administrator',
  text: 'New client secret: enter the description below and an end date less than 12 months away, then Add.\n'
    + 'Copy Value at once, it is shown only this one time, and paste it into Client secret. Secret ID is not the secret and is needed nowhere.\n'
    + 'Enter the end date in the form too: it warns you before mail stops. Before that day make a second secret, enter it here, and delete the old one afterwards.\n'
    + 'If the portal refuses a secret or a long life, a policy of your organization says so: choose the life it allows.',
  path: 'Entra admin center > Entra ID > App registrations > the application > Certificates & secrets > Client secrets',
  link: '{{appSecrets}}',
  linkBefore: '{{appRegistrationsList}}',
  values: [{ label: 'Description', text: '{{product}} mail' }],
}

/** What a firewall has to let out, and what stands in the way between here and Microsoft. */
export const network = (values: NonNullable<GuideStep['values']>): GuideStep => ({
  id: 'network',
  title: 'Let this server reach Microsoft',
  who: 'Whoever runs the firewall and this server',
  text: 'Allow outgoing TCP connections from this server to the addresses below, by name: the numbers behind them change. TLS 1.2 or newer, and no inspection of encrypted traffic on the way. The clock of this server must be right within 5 minutes.\n'
    + 'If Conditional Access has rules for workload identities, add the public address of this server to the allowed locations.',
  values,
})

export const signIn = { label: 'Sign-in, port 443', text: '{{authority}}' }
export const graphHost = { label: 'Graph, port 443', text: '{{graph}}' }
export const smtpHost = { label: 'SMTP', text: '{{smtpHost}}:{{smtpPort}}' }

export const after: GuideStep = {
  id: 'after',
  title: 'After the test email',
  text: 'Accepted is not yet delivered. If the test email does not arrive, look into the From mailbox for a non-delivery report, into the spam folder of the recipient, then into the message trace.\n'
    + 'If recipients outside do not get mail, check SPF, DKIM and DMARC of the From domain. Addresses ending in onmicrosoft.com reach only 100 outside recipients a day. A mailbox that sent spam is blocked under Restricted entities until it is released there.',
  who: 'Exchange Administrator for the message trace',
  path: 'Exchange admin center > Mail flow > Message trace',
  link: '{{exchangeAdmin}}',
  linkBefore: '{{m365Admin}}',
}
