import {
  application, askObject, block, connectBoth, connectExchange, existing, findRole, grant, limit, link, mailbox, names, proof, result, secret, unlimit, unregister, valuesOf, withdraw,
} from './powershell.ts'

const exchange = '00000002-0000-0ff1-ce00-000000000000'
const sendAsApp = findRole(exchange, 'SMTP.SendAsApp')

const openMailbox = String.raw`
# Let the application use this one mailbox.
Add-MailboxPermission -Identity $Mailbox.DistinguishedName -User $Link.Identity -AccessRights FullAccess -AutoMapping $false -ErrorAction Stop | Out-Null`

const switchOn = String.raw`
# Allow SMTP AUTH for this mailbox, whatever the organisation says.
Set-CASMailbox -Identity $Mailbox.DistinguishedName -SmtpClientAuthenticationDisabled $false -ErrorAction Stop`

const sendAs = String.raw`
# Let it send as the From address.
Add-RecipientPermission -Identity $From -Trustee $Link.Identity -AccessRights SendAs -Confirm:$false -ErrorAction Stop | Out-Null`

const look = String.raw`
# Empty means: as the organisation says.
Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled
Get-CASMailbox -Identity $Mailbox.DistinguishedName | Format-List 'PrimarySmtpAddress', 'SmtpClientAuthenticationDisabled'`

const known = String.raw`
$Link = Get-ServicePrincipal | Where-Object { $_.AppId -eq $ClientId }
if (-not $Link) { throw 'Exchange does not know this application yet: make it known first.' }`

const both = valuesOf('account')

/** Permission SMTP.SendAsApp, the mailbox, SMTP AUTH and Send As in one. */
export const smtpAll = block(both, connectBoth, mailbox('Account'), application, sendAsApp, grant, link, openMailbox, switchOn,
  String.raw`if ($From -ne $Account) {${sendAs.replace(/^(?=.)/gm, '    ')}
}`, secret, result)

/** The application in Exchange and its mailbox, for whoever has rights in Exchange only. */
export const smtpServicePrincipal = block(both, askObject, connectExchange, mailbox('Account'), link, openMailbox)

/** The switch of one mailbox, and what is in force. */
export const smtpAuth = block(both, connectExchange, mailbox('Account'), switchOn, look)

/** Send As for a From address that is not the mailbox that signs in. */
export const smtpSendAs = block(both, connectExchange, known, sendAs)

const closeMailbox = String.raw`
# Take away an earlier right to the whole mailbox.
Remove-MailboxPermission -Identity $Mailbox.DistinguishedName -User $Link.Identity -AccessRights FullAccess -Confirm:$false -ErrorAction SilentlyContinue`

/** RBAC for Applications instead of permission and mailbox right. */
export const smtpLimit = block(both, connectBoth, mailbox('Account'), application, sendAsApp, withdraw, link, closeMailbox, names, limit('Application SMTP.SendAsApp'), switchOn, proof, secret, result)

/** What the scripts of this mode made, taken back. */
export const smtpUndo = block(both, connectBoth, existing, String.raw`
if ($Link) {
    Remove-MailboxPermission -Identity $Account -User $Link.Identity -AccessRights FullAccess -Confirm:$false -ErrorAction SilentlyContinue
    Remove-RecipientPermission -Identity $From -Trustee $Link.Identity -AccessRights SendAs -Confirm:$false -ErrorAction SilentlyContinue
}`, names, unlimit('Application SMTP.SendAsApp'), sendAsApp, withdraw, unregister)
