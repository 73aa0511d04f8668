import type { GuideView } from '@mail-gateway/contract'
import { graphTenantWide } from './scripts/azure-cli.ts'
import { graphLimit, graphLimitExchange, graphUndo } from './scripts/graph.ts'
import { after, graphHost, ids, network, register, samples, secret, signIn } from './steps.ts'

/** Setting up mode `graph`: least privilege first, everything filled in from the form, undo at the end. */
export const graphGuide = (): GuideView => ({
  title: 'Set up Exchange Online (Graph API)',
  intro: '{{product}} sends mail as an application of your own tenant, from the mailboxes you name and no others. SMTP AUTH, port 587 and passwords play no part.',
  steps: [{
    id: 'who',
    title: 'Who is needed',
    text: 'Two roles, often one person: whoever may register applications, and an Exchange administrator in the role group Organization Management.\n'
      + 'A Privileged Role Administrator or Global Administrator is needed only to open every mailbox, and the first time somebody uses Microsoft Graph PowerShell in this tenant.\n'
      + 'It takes 15 minutes, then 30 minutes to 2 hours until Exchange applies the right.\n'
      + 'The tenant needs Exchange Online. Chosen cloud: {{cloudLabel}}.',
  }, register, ids, secret, {
    id: 'limit',
    title: 'Let it send from this mailbox only (recommended)',
    who: 'Exchange Administrator in the role group Organization Management',
    text: 'The script gives the application one right, to send, and only for the mailbox {{envelopeFrom}} (RBAC for Applications). It takes away an older consent for every mailbox, because rights add up. It uses the application whose Client ID is in the form; without one it registers it and makes the secret too, and prints what the form needs.\n'
      + 'Run it in PowerShell 7 on your own computer, as one piece, and close the window afterwards. For another From address enter it in the form and run the script again.\n'
      + 'At its end InScope must be True. The right takes effect 30 minutes to 2 hours later; the token never shows it, so the checks leave it to the test email.\n'
      + 'If the second sign-in stops with an assembly error, or you have rights in Exchange only, use the second script in a new window; it asks for the Object ID from Enterprise applications.',
    path: 'Entra admin center > Entra ID > Enterprise applications > the application > Overview (Object ID for the second script)',
    link: '{{enterpriseAppsList}}',
    scripts: [
      { label: 'PowerShell: everything', shell: 'powershell', text: graphLimit },
      { label: 'PowerShell: Exchange only', shell: 'powershell', text: graphLimitExchange },
    ],
  }, {
    id: 'permission',
    title: 'Or: let it send from every mailbox',
    who: 'Privileged Role Administrator or Global Administrator',
    text: 'Skip this step if you limited the application above: with this consent it may send as everybody in the tenant, the limit above is worth nothing, and whoever has the secret has this right.\n'
      + 'Add a permission, Microsoft Graph (Office 365 Exchange Online has one of the same name that does not help), Application permissions (Delegated ones do nothing here), tick Mail.Send, Add permissions. Then Grant admin consent and confirm with Yes: the status must show a green tick.\n'
      + 'Mail.Send is all it takes. Mail.Read is not needed, nor is consent by users or group owners.',
    path: 'Entra admin center > Entra ID > App registrations > the application > API permissions',
    link: '{{appPermissions}}',
    linkBefore: '{{appRegistrationsList}}',
    values: [{ label: 'Permission', text: 'Mail.Send' }],
    scripts: [{ label: 'Azure CLI: permission and consent', shell: 'sh', text: graphTenantWide }],
  }, {
    id: 'mailbox',
    title: 'Check the From mailbox',
    who: 'User Administrator or Exchange Administrator',
    text: '{{envelopeFrom}} must be a mailbox of this tenant in Exchange Online, in one of its verified domains: a user mailbox with a licence for Exchange Online, or a shared mailbox, which needs none up to 50 GB. Groups, guests, contacts and mailboxes kept on your own server cannot send this way. Best is a mailbox made for this purpose, which nobody takes along when leaving.\n'
      + 'If the form names a mailbox under Send through mailbox, that one sends, and needs Send As on the From address: Exchange admin center, Recipients, the From mailbox or group, Delegation.\n'
      + 'The account of the mailbox needs no role of any kind, and nobody signs in with it: block the sign-in of a shared mailbox. Security defaults and multi-factor authentication stay on.\n'
      + 'With copies in Sent Items give the mailbox a retention policy: a full mailbox stops sending.',
    path: 'Microsoft 365 admin center > Users > Active users > the user > Licenses and apps; or Teams & groups > Shared mailboxes',
    link: '{{m365Admin}}',
  }, network([signIn, graphHost]), after, {
    id: 'undo',
    title: 'Take everything back',
    who: 'Exchange Administrator in Organization Management, and Cloud Application Administrator',
    text: 'The script removes the role, its scope and group, the link to Exchange and any consent to Mail.Send, for every mailbox this application could use. It asks before it deletes the registration with its secrets.\n'
      + 'To stop at once without it: delete the client secret under Certificates & secrets. Tokens already given out work for about an hour more.',
    path: 'Entra admin center > Entra ID > App registrations > the application > Certificates & secrets',
    link: '{{appSecrets}}',
    linkBefore: '{{appRegistrationsList}}',
    scripts: [{ label: 'PowerShell: undo', shell: 'powershell', text: graphUndo }],
  }],
  samples,
})
