/** Parts as one block: a console reads it to its end before it starts, and the first error ends it. */
export const block = (...parts: readonly string[]): string =>
  `& {\n${parts.map((part) => part.trim()).join('\n\n').replace(/^(?=.)/gm, '    ')}\n}`

/** Values of the form, in single quotes; what is still missing stops the script before it signs in. Without an account From is the mailbox mail goes through. */
export const valuesOf = (account?: 'account'): string => String.raw`
# Filled in from the form. What stands in <angle brackets> is still missing there.
$ErrorActionPreference = 'Stop'
$Tenant   = '{{tenantId}}'
$ClientId = '{{clientId}}'
$AppName  = '{{product}} mail'
$From     = '{{${account ? 'from' : 'envelopeFrom'}}}'
${account ? String.raw`$Account  = '{{account}}'
foreach ($Value in $Tenant, $From, $Account) {` : 'foreach ($Value in $Tenant, $From) {'}
    if ($Value -like '<*') { throw "Enter the $Value in the form, then copy this script again." }
}
$IsId = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`

const install = (...modules: readonly string[]): string => String.raw`
foreach ($Module in ${modules.map((name) => `'${name}'`).join(', ')}) {
    if (-not (Get-Module -ListAvailable -Name $Module)) { Install-Module -Name $Module -Scope CurrentUser -Force }
}`

/** Two sign-ins, Entra and Exchange, in one tenant. */
export const connectBoth = String.raw`
# Sign in twice: first for Entra, then for Exchange.${install('Microsoft.Graph.Authentication', 'Microsoft.Graph.Applications', 'ExchangeOnlineManagement')}
Connect-MgGraph -TenantId $Tenant -Environment '{{mgEnvironment}}' -Scopes 'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All' -NoWelcome
Connect-ExchangeOnline -ExchangeEnvironmentName '{{exchangeEnvironment}}' -ShowBanner:$false
$SignedIn = (Get-ConnectionInformation | Select-Object -Last 1).TenantID
if ((Get-MgContext).TenantId -ne $SignedIn) { throw "The second sign-in was in another tenant: $SignedIn" }`

/** One sign-in, Exchange. */
export const connectExchange = String.raw`
# Sign in for Exchange.${install('ExchangeOnlineManagement')}
Connect-ExchangeOnline -ExchangeEnvironmentName '{{exchangeEnvironment}}' -ShowBanner:$false
$SignedIn = (Get-ConnectionInformation | Select-Object -Last 1).TenantID
if ($Tenant -match $IsId -and $Tenant -ne $SignedIn) { throw "The sign-in was in another tenant: $SignedIn" }`

/** Ids of the application where only Exchange is signed in to. */
export const askObject = String.raw`
if ($ClientId -notmatch $IsId) { throw 'Enter the Client ID in the form, then copy this script again.' }
$ObjectId = (Read-Host 'Object ID shown under Enterprise applications (not the one under App registrations)').Trim()
if ($ObjectId -notmatch $IsId) { throw 'That is no Object ID.' }`

/** The application and its service principal, made where there is none. */
export const application = String.raw`
# The application: the one with the Client ID of the form, else the one of this name, else a new one.
if ($ClientId -match $IsId) {
    $App = Get-MgApplication -Filter "appId eq '$ClientId'"
    if (-not $App) { throw "This tenant has no registration with the Client ID $ClientId." }
} else {
    $Found = @(Get-MgApplication -Filter ("displayName eq '" + $AppName.Replace("'", "''") + "'"))
    if ($Found.Count -gt 1) { throw "Several registrations are called $AppName. Enter the Client ID in the form, then copy this script again." }
    if ($Found) { $App = $Found[0] } else { $App = New-MgApplication -DisplayName $AppName -SignInAudience 'AzureADMyOrg' }
}
$Service = Get-MgServicePrincipal -Filter "appId eq '$($App.AppId)'"
if (-not $Service) { $Service = New-MgServicePrincipal -AppId $App.AppId }
$ClientId = $App.AppId
$ObjectId = $Service.Id`

/** A secret only where none is valid: one that was made by hand stays the one in use. */
export const secret = String.raw`
# A client secret, unless one made before is still valid. It is shown once.
$Secret = $null
if (-not ($App.PasswordCredentials | Where-Object { $_.EndDateTime -gt (Get-Date) })) {
    $Secret = Add-MgApplicationPassword -ApplicationId $App.Id -PasswordCredential @{ displayName = $AppName; endDateTime = (Get-Date).ToUniversalTime().AddMonths(11) }
}`

/** What goes into the form. */
export const result = String.raw`
# For the form.
$Made = [ordered]@{ 'Tenant ID' = $SignedIn; 'Client ID' = $ClientId; 'Client secret' = 'the one made before' }
if ($Secret) { $Made['Client secret'] = $Secret.SecretText; $Made['Ends on'] = $Secret.EndDateTime.ToString('yyyy-MM-dd') }
[pscustomobject]$Made | Format-List`

/** The mailbox must exist before anything is granted on it. */
export const mailbox = (variable: 'From' | 'Account'): string => String.raw`
$Mailbox = Get-Mailbox -Identity $${variable} -ErrorAction Stop`

/** Exchange knows an application only after this, by the object id of the enterprise application. */
export const link = String.raw`
# Make the application known to Exchange.
$Link = Get-ServicePrincipal | Where-Object { $_.AppId -eq $ClientId }
if ($Link -and $Link.ObjectId -ne $ObjectId) { Remove-ServicePrincipal -Identity $Link.Identity -Confirm:$false -ErrorAction Stop; $Link = $null }
if (-not $Link) { $Link = New-ServicePrincipal -AppId $ClientId -ObjectId $ObjectId -DisplayName $AppName -ErrorAction Stop }`

/** Names of what belongs to this one application; Exchange takes 64 characters. */
export const names = String.raw`
$Name = $AppName.Substring(0, [Math]::Min(40, $AppName.Length)) + ' ' + $ClientId.Substring(0, 8)`

/** RBAC for Applications: one role over the direct members of one group. */
export const limit = (role: string): string => String.raw`
# Which mailboxes: the direct members of this group, no others.
$Group = Get-DistributionGroup -Identity "$Name senders" -ErrorAction SilentlyContinue
if (-not $Group) { $Group = New-DistributionGroup -Name "$Name senders" -Type Security -ErrorAction Stop }
$Members = @(Get-DistributionGroupMember -Identity $Group.DistinguishedName -ResultSize Unlimited -ErrorAction Stop)
if ($Members.PrimarySmtpAddress -notcontains $Mailbox.PrimarySmtpAddress) {
    Add-DistributionGroupMember -Identity $Group.DistinguishedName -Member $Mailbox.DistinguishedName -ErrorAction Stop
}
if (-not (Get-ManagementScope | Where-Object { $_.Name -eq "$Name scope" })) {
    New-ManagementScope -Name "$Name scope" -RecipientRestrictionFilter ("MemberOfGroup -eq '" + $Group.DistinguishedName.Replace("'", "''") + "'") -ErrorAction Stop | Out-Null
}

# What it may do there: send, nothing else.
if (-not (Get-ManagementRoleAssignment -Role '${role}' -ErrorAction Stop | Where-Object { $_.Name -eq "$Name sends" })) {
    New-ManagementRoleAssignment -Name "$Name sends" -Role '${role}' -App $ObjectId -CustomResourceScope "$Name scope" -ErrorAction Stop | Out-Null
}`

/** Exchange's own answer, ahead of what is in force by up to two hours. */
export const proof = String.raw`
# InScope must be True. It takes effect 30 minutes to 2 hours later.
Test-ServicePrincipalAuthorization -Identity $ClientId -Resource $Mailbox.PrimarySmtpAddress -ErrorAction Stop | Format-Table`

/** Finds an application permission by its name: the ids of Exchange's roles are not published. */
export const findRole = (api: string, value: string): string => String.raw`
$Api = Get-MgServicePrincipal -Filter "appId eq '${api}'"
$Role = $Api.AppRoles | Where-Object { $_.Value -eq '${value}' -and $_.AllowedMemberTypes -contains 'Application' }
if (-not $Role) { throw '${value} is not offered in this tenant. Is there a subscription with Exchange Online?' }
$Granted = @(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ObjectId -All | Where-Object { $_.ResourceId -eq $Api.Id -and $_.AppRoleId -eq $Role.Id })`

/** Consent for the whole tenant, listed on the registration beside what is there already. */
export const grant = String.raw`
# Listed on the registration, beside what is there, and consented: the assignment of the role is the consent.
$Listed = @($App.RequiredResourceAccess | Where-Object { $_.ResourceAppId -ne $Api.AppId })
$Beside = @($App.RequiredResourceAccess | Where-Object { $_.ResourceAppId -eq $Api.AppId } | ForEach-Object { $_.ResourceAccess } | Where-Object { $_.Id -ne $Role.Id })
Update-MgApplication -ApplicationId $App.Id -RequiredResourceAccess ($Listed + @{ ResourceAppId = $Api.AppId; ResourceAccess = ($Beside + @{ Id = $Role.Id; Type = 'Role' }) })
if (-not $Granted) { New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ObjectId -PrincipalId $ObjectId -ResourceId $Api.Id -AppRoleId $Role.Id | Out-Null }`

/** Rights add up: a consent for every mailbox would make the limit worthless. */
export const withdraw = String.raw`
# Take away a consent for every mailbox: rights add up.
$Granted | ForEach-Object { Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ObjectId -AppRoleAssignmentId $_.Id }`

/** What is there, without making anything. */
export const existing = String.raw`
if ($ClientId -notmatch $IsId) { throw 'Enter the Client ID in the form, then copy this script again.' }
$App = Get-MgApplication -Filter "appId eq '$ClientId'"
$Service = Get-MgServicePrincipal -Filter "appId eq '$ClientId'"
if (-not $Service) { throw "This tenant has no application with the Client ID $ClientId." }
$ObjectId = $Service.Id
$Link = Get-ServicePrincipal | Where-Object { $_.AppId -eq $ClientId }`

/** Role, scope, group and link in Exchange, taken back in the order they depend on each other. */
export const unlimit = (role: string): string => String.raw`
# Exchange: the role, its scope, the group, the link.
Get-ManagementRoleAssignment -Role '${role}' -ErrorAction SilentlyContinue | Where-Object { $_.Name -eq "$Name sends" } |
    ForEach-Object { Remove-ManagementRoleAssignment -Identity $_.Name -Confirm:$false -ErrorAction Stop }
Get-ManagementScope | Where-Object { $_.Name -eq "$Name scope" } | ForEach-Object { Remove-ManagementScope -Identity $_.Name -Confirm:$false -ErrorAction Stop }
$Group = Get-DistributionGroup -Identity "$Name senders" -ErrorAction SilentlyContinue
if ($Group) { Remove-DistributionGroup -Identity $Group.DistinguishedName -Confirm:$false -ErrorAction Stop }
if ($Link) { Remove-ServicePrincipal -Identity $Link.Identity -Confirm:$false -ErrorAction Stop }`

/** The registration may serve something else as well: asked first. */
export const unregister = String.raw`
# Entra: the registration itself, with its secrets, only when you say so.
if ($App -and (Read-Host "Delete the registration $($App.DisplayName) with all its secrets? Type yes or no") -eq 'yes') {
    Remove-MgApplication -ApplicationId $App.Id
}`
