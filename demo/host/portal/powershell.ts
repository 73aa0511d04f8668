import { addSecret, grantConsent, mailboxOf, permissionCalled, register, want } from '../../sandbox/microsoft/index.ts'
import type { Application, Directory, Mailbox, Tenant } from '../../sandbox/microsoft/index.ts'

/** A script of the guide with the values filled in at its top, and what was typed where it asks. */
interface Script {
  readonly text: string
  readonly answer: string
  readonly values: ReadonlyMap<string, string>
}

/** What a script stops with, as PowerShell would print it. */
class Stopped extends Error {}

const has = ({ text }: Script, cmdlet: string): boolean => new RegExp(`\\b${cmdlet}\\b`).test(text)

const valueOf = ({ values }: Script, name: string): string => {
  const value = values.get(name) ?? ''
  if (value.startsWith('<')) throw new Stopped(`Enter the ${value} in the form, then copy this script again.`)
  return value
}

const read = (text: string, answer: string): Script => ({
  text, answer: answer.trim(), values: new Map([...text.matchAll(/^\s*\$(\w+)\s*=\s*'((?:[^'\n]|'')*)'\s*$/gm)].map(([, name, value]) => [name!, value!.replaceAll("''", "'")])),
})

/** The application of the script: by its Client ID, or made where the script makes one. */
const applicationFor = (script: Script, tenant: Tenant): Application => {
  const clientId = script.values.get('ClientId') ?? ''
  const found = tenant.applications.find((one) => one.clientId === clientId)
  if (found) return found
  if (!clientId.startsWith('<')) throw new Stopped(`This tenant has no registration with the Client ID ${clientId}.`)
  if (!has(script, 'New-MgApplication')) throw new Stopped('Enter the Client ID in the form, then copy this script again.')
  const name = valueOf(script, 'AppName')
  return tenant.applications.find((one) => one.name === name) ?? register(tenant, name)
}

const mailboxCalled = (tenant: Tenant, address: string): Mailbox => {
  const mailbox = mailboxOf(tenant, address)
  if (!mailbox) throw new Stopped(`The operation couldn't be performed because object '${address}' couldn't be found.`)
  return mailbox
}

const roleNamed = ({ text }: Script, pattern: RegExp): string => pattern.exec(text)?.[1] ?? ''

/** Consent given, or taken away because rights add up. */
const consent = (script: Script, application: Application, say: (line: string) => void): void => {
  const role = permissionCalled(roleNamed(script, /\.Value -eq '([\w.]+)'/))
  if (!role) return
  if (has(script, 'New-MgServicePrincipalAppRoleAssignment')) {
    want(application, role)
    grantConsent(application)
    say(`${role.value} is granted for ${application.tenant.name}.`)
  } else if (has(script, 'Remove-MgServicePrincipalAppRoleAssignment')) {
    application.consented.splice(0, application.consented.length, ...application.consented.filter((one) => one !== role))
  }
}

/** Exchange takes whatever Object ID it is told, and only says at sign-in that it was the wrong one. */
const introduce = (script: Script, application: Application, say: (line: string) => void): void => {
  if (!has(script, 'New-ServicePrincipal')) return
  const objectId = has(script, 'Read-Host') && !has(script, 'Get-MgServicePrincipal') ? script.answer : application.servicePrincipalId
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(objectId)) throw new Stopped('That is no Object ID.')
  application.exchangeObjectId = objectId
  say(`Exchange knows ${application.name} by the Object ID ${objectId}.`)
}

const rights = (script: Script, application: Application, say: (line: string) => void): void => {
  const { tenant } = application
  const mailbox = mailboxCalled(tenant, valueOf(script, script.values.has('Account') ? 'Account' : 'From'))
  const role = roleNamed(script, /New-ManagementRoleAssignment [^\n]*-Role '([^']+)'/)
  if (has(script, 'Add-MailboxPermission')) application.fullAccess.add(mailbox.address)
  if (has(script, 'Set-CASMailbox')) mailbox.smtpAuth = true
  if (has(script, 'Add-RecipientPermission')) application.sendAs.add(mailboxCalled(tenant, valueOf(script, 'From')).address)
  if (!role) return
  application.scoped.push({ role, mailbox: mailbox.address })
  say(`RoleName                      GrantedPermissions  AllowedResourceScope  InScope\n${role.padEnd(30)}${role.replace('Application ', '').padEnd(20)}${mailbox.address}  True`)
}

const months = 11
const result = (script: Script, application: Application): readonly string[] => {
  const lines = [`Tenant ID     : ${application.tenant.id}`, `Client ID     : ${application.clientId}`]
  if (!has(script, 'Add-MgApplicationPassword')) return []
  if (application.secrets.some(({ ends }) => ends.getTime() > Date.now())) return [...lines, 'Client secret : the one made before']
  const ends = new Date()
  ends.setUTCMonth(ends.getUTCMonth() + months)
  return [...lines, `Client secret : ${addSecret(application, application.name, ends).value}`, `Ends on       : ${ends.toISOString().slice(0, 10)}`]
}

/** What scripts of the guide made, taken back. */
const undo = (application: Application): readonly string[] => {
  delete application.exchangeObjectId
  for (const some of [application.fullAccess, application.sendAs]) some.clear()
  for (const some of [application.scoped, application.consented]) some.splice(0)
  return ['Taken back. The registration stays.']
}

/**
 * Does to the demo's directory what a script of the guide does to a real one. It knows the guide's lines and executes none.
 * @returns what the script prints
 */
export const runScript = (directory: Directory, cloud: string, text: string, answer: string): readonly string[] => {
  const said: string[] = []
  const say = (line: string) => { said.push(line) }
  const script = read(text, answer)
  try {
    const tenant = directory.tenant(valueOf(script, 'Tenant'))
    if (!tenant || tenant.cloud !== cloud) throw new Stopped(`The sign-in found no tenant ${script.values.get('Tenant') ?? ''} in this cloud.`)
    const application = applicationFor(script, tenant)
    if (has(script, 'Remove-ManagementRoleAssignment')) return undo(application)
    consent(script, application, say)
    introduce(script, application, say)
    rights(script, application, say)
    return [...said, ...result(script, application), 'Done.']
  } catch (error) {
    if (error instanceof Stopped) return [...said, `Exception: ${error.message}`]
    throw error
  }
}
