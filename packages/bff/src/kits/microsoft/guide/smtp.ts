import type { GuideView } from '@mail-gateway/contract'
import { smtpPermission } from './scripts/azure-cli.ts'
import { smtpAll, smtpAuth, smtpLimit, smtpSendAs, smtpServicePrincipal, smtpUndo } from './scripts/smtp.ts'
import { after, ids, network, register, samples, secret, signIn, smtpHost } from './steps.ts'

/** Setting up mode `smtp-office365`: the permission, the mailbox and the switch it needs, an alternative with less, undo at the end. */
export const smtpGuide = (): GuideView => ({
  title: 'Set up SMTP Office 365 (OAuth2)',
  intro: '{{product}} sends mail as an application of your own tenant, which signs in at Microsoft\'s mail server without a password. Exchange Online (Graph API) needs fewer steps and no SMTP AUTH; choose this one where only SMTP will do.',
  steps: [{
    id: 'who',
    title: 'Who is needed',
    text: 'Three roles, often one person: whoever may register applications, a Cloud Application Administrator for the consent, and an Exchange administrator in the role group Organization Management.\n'
      + 'The scripts need a Privileged Role Administrator or Global Administrator the first time somebody uses Microsoft Graph PowerShell in this tenant.\n'
      + 'It takes 20 minutes, then up to 2 hours until Exchange applies the rights.\n'
      + 'The tenant needs Exchange Online. Chosen cloud: {{cloudLabel}}.',
  }, register, ids, secret, {
    id: 'permission',
    title: 'Add the permission SMTP.SendAsApp',
    who: 'Cloud Application Administrator or Application Administrator',
    text: 'Add a permission, APIs my organization uses, search for Office 365 Exchange Online, Application permissions, tick SMTP.SendAsApp, Add permissions. Then Grant admin consent and confirm with Yes: the status must show a green tick.\n'
      + 'SMTP.Send is for people who sign in, and Mail.Send is for Graph: neither helps here. Consent by users or group owners is not needed.\n'
      + 'The PowerShell script does this and the next three steps in one; it uses the application whose Client ID is in the form, without one it registers it and makes the secret too. Run it in PowerShell 7 on your own computer, as one piece, and close the window afterwards. If its second sign-in stops with an assembly error, use the Azure CLI here and the scripts of the next steps in a new window.',
    path: 'Entra admin center > Entra ID > App registrations > the application > API permissions',
    link: '{{appPermissions}}',
    linkBefore: '{{appRegistrationsList}}',
    values: [{ label: 'API', text: 'Office 365 Exchange Online' }, { label: 'Permission', text: 'SMTP.SendAsApp' }],
    scripts: [
      { label: 'PowerShell: permission, mailbox, SMTP AUTH and Send As', shell: 'powershell', text: smtpAll },
      { label: 'Azure CLI: permission and consent only', shell: 'sh', text: smtpPermission },
    ],
  }, {
    id: 'service-principal',
    title: 'Open the mailbox to the application',
    who: 'Exchange Administrator in the role group Organization Management',
    text: 'Exchange does not know the application yet: without this step sign-in ends with 535 5.7.3. The script makes it known and gives it Full Access to {{account}}, the one mailbox it signs in to.\n'
      + 'It asks for the Object ID of the enterprise application. The Object ID under App registrations is another one and does not work.',
    path: 'Entra admin center > Entra ID > Enterprise applications > the application > Overview',
    link: '{{enterpriseAppsList}}',
    scripts: [{ label: 'PowerShell: mailbox', shell: 'powershell', text: smtpServicePrincipal }],
  }, {
    id: 'smtp-auth',
    title: 'Allow SMTP AUTH for the mailbox',
    who: 'Exchange Administrator',
    text: 'Tick Authenticated SMTP for {{account}}. The switch of the mailbox wins over the one of the organization (Exchange admin center > Settings > Mail flow > Turn off SMTP AUTH protocol for your organization): for everybody else it may stay off. For a shared mailbox use the script.\n'
      + 'The switch is not in Entra: the authentication policies there, and those of Exchange, rule passwords only. Security defaults stay on. Microsoft writes that they turn SMTP AUTH off; if the sign-in is refused with that reason, use Exchange Online (Graph API) instead of switching them off.',
    path: 'Microsoft 365 admin center > Users > Active users > the user > Mail > Manage email apps > Authenticated SMTP',
    link: '{{m365Admin}}',
    scripts: [{ label: 'PowerShell: SMTP AUTH', shell: 'powershell', text: smtpAuth }],
  }, {
    id: 'send-as',
    title: 'Only if From is another address: Send As',
    who: 'Exchange Administrator',
    text: 'Skip this step while From and the mailbox that signs in are the same. Otherwise the application needs Send As on {{from}}: Full Access does not include it; Send on Behalf may not be enough, Microsoft asks for Send As. Where it is missing the sign-in passes, and the message is refused (5.2.252 or 5.7.60). The admin center offers people only: use the script.\n'
      + 'An alias of the same mailbox needs no right, but the organization must allow it: Set-OrganizationConfig -SendFromAliasEnabled $true.',
    path: 'Exchange admin center > Recipients > Mailboxes > the From mailbox > Delegation > Send as',
    link: '{{exchangeAdmin}}',
    linkBefore: '{{m365Admin}}',
    scripts: [{ label: 'PowerShell: Send As', shell: 'powershell', text: smtpSendAs }],
  }, {
    id: 'limit',
    title: 'Instead, with less: a right that only sends',
    who: 'Exchange Administrator in the role group Organization Management',
    text: 'A newer way (Microsoft, October 2025) without Full Access: the application gets the right to send by SMTP from {{account}}, and nothing else. Use it instead of the four steps before this one: the script allows SMTP AUTH too, and takes away Full Access and a consent to SMTP.SendAsApp made earlier. With that consent in the token Exchange would ask for Full Access again.\n'
      + 'At its end InScope must be True. The right takes effect 30 minutes to 2 hours later; the token never shows it, so the checks leave it to the sign-in.',
    path: 'Entra admin center > Entra ID > App registrations > the application > API permissions (must be without SMTP.SendAsApp)',
    link: '{{appPermissions}}',
    linkBefore: '{{appRegistrationsList}}',
    scripts: [{ label: 'PowerShell: everything', shell: 'powershell', text: smtpLimit }],
  }, {
    id: 'mailbox',
    title: 'Check the mailbox',
    who: 'User Administrator or Exchange Administrator',
    text: '{{account}} must be a mailbox of this tenant in Exchange Online: a user mailbox with a licence for Exchange Online, or a shared mailbox, which needs none up to 50 GB. Groups, guests, contacts and mailboxes kept on your own server cannot sign in this way. Best is a mailbox made for this purpose, which nobody takes along when leaving.\n'
      + 'The account of the mailbox needs no role of any kind, and nobody signs in with it: block the sign-in of a shared mailbox. Multi-factor authentication stays on.\n'
      + 'SMTP always keeps a copy in Sent Items: give the mailbox a retention policy, a full mailbox stops sending.',
    path: 'Microsoft 365 admin center > Users > Active users > the user > Licenses and apps; or Teams & groups > Shared mailboxes',
    link: '{{m365Admin}}',
  }, network([signIn, smtpHost]), after, {
    id: 'undo',
    title: 'Take everything back',
    who: 'Exchange Administrator in Organization Management, and Cloud Application Administrator',
    text: 'The script removes Full Access and Send As of the application on these mailboxes, the role with its scope and group, the link to Exchange and the consent to SMTP.SendAsApp. It asks before it deletes the registration with its secrets. SMTP AUTH of the mailbox stays as it is: take the tick away where nothing else needs it.\n'
      + 'To stop at once without it: delete the client secret under Certificates & secrets. Tokens already given out work for about an hour more.',
    path: 'Entra admin center > Entra ID > App registrations > the application > Certificates & secrets',
    link: '{{appSecrets}}',
    linkBefore: '{{appRegistrationsList}}',
    scripts: [{ label: 'PowerShell: undo', shell: 'powershell', text: smtpUndo }],
  }],
  samples,
})
