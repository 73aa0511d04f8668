// Why: a guide is only followed as far as the pages it leads to let one go.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSandbox } from '../../sandbox/index.ts'
import type { Sandbox } from '../../sandbox/index.ts'
import { portal } from './routes.ts'
import { runScript } from './powershell.ts'

let sandbox: Sandbox
before(async () => { sandbox = await startSandbox() })
after(() => sandbox.close())

const base = 'http://127.0.0.1:8787'

const open = () => {
  const app = portal(sandbox.microsoft)
  const at = (location: string) => location.replace('/portal', '')
  const get = async (path: string) => (await app.request(`${base}${path}`)).text()
  /** Sends a form as the page would, and follows to the page it leads to. */
  const post = async (path: string, fields: Record<string, string> = {}) => {
    const answer = await app.request(`${base}${path}`, { method: 'POST', headers: { origin: base, 'content-type': 'application/x-www-form-urlencoded' }, body: String(new URLSearchParams(fields)) })
    const to = answer.headers.get('location')
    return to ? { path: at(to), page: await get(at(to)) } : { path, page: await answer.text() }
  }
  return { get, post, app }
}

const copied = (page: string, label: string): string => new RegExp(`data-copy="([^"]+)">Copy<span class="vh"> ${label.replace(/[()]/g, '\\$&')}<`).exec(page)?.[1] ?? `no ${label}`

test('a registration shows the three ids, a secret its value once, a permission its consent', async () => {
  const { get, post } = open()
  const { path, page } = await post('/demo/new', { name: 'Plumline mail' })
  const ids = ['Application (client) ID', 'Object ID', 'Directory (tenant) ID'].map((label) => copied(page, label))
  assert.equal(new Set(ids).size, 3)
  assert.equal(ids[2], sandbox.microsoft.directory.tenant('acme.example')!.id)
  const made = await post(`${path}/secrets`, { name: 'Plumline', months: '11' })
  const secret = copied(made.page, 'Value')
  assert.match(secret, /^.{3}8Q~.{34}$/)
  assert.match(copied(made.page, 'Secret ID'), /^[0-9a-f-]{36}$/)
  assert.ok(!(await get(made.path)).includes(secret), 'shown once')
  assert.match((await post(`${path}/permissions`, { permission: '0' })).page, /Not granted for Acme/)
  assert.match((await post(`${path}/consent`)).page, /✔ Granted for Acme/)
  assert.match(await get('/demo'), /Plumline mail/)
  assert.doesNotMatch(await get('/demo'), /exchange-object-id/, 'applications of scenarios are nobody’s registrations')
  const other = copied(await get('/demo/enterprise'), 'Object ID of Plumline mail')
  assert.match(other, /^[0-9a-f-]{36}$/)
  assert.notEqual(other, ids[1])
})

test('switches of mailbox and organization, and starting over', async () => {
  const { post } = open()
  const tenant = sandbox.microsoft.directory.tenant('acme.example')!
  await post('/demo/exchange/mailbox', { address: 'noreply@acme.example', on: 'yes' })
  await post('/demo/exchange/organization', { on: 'no' })
  assert.deepEqual([tenant.mailboxes[0]!.smtpAuth, tenant.smtpAuth], [true, false])
  await post('/demo/reset')
  const again = sandbox.microsoft.directory.tenant('acme.example')!
  assert.deepEqual([again.mailboxes[0]!.smtpAuth, again.smtpAuth], [false, true])
})

test('another site cannot press its buttons; unknown clouds and applications are not there', async () => {
  const { app } = open()
  const foreign = await app.request(`${base}/demo/reset`, { method: 'POST', headers: { origin: 'https://elsewhere.example', 'content-type': 'application/x-www-form-urlencoded' }, body: '' })
  assert.equal(foreign.status, 403)
  for (const path of ['/nowhere', '/demo/apps/11111111-2222-4333-8444-555555555555', '/demo/nowhere']) assert.equal((await app.request(`${base}${path}`)).status, 404, path)
})

const run = (text: string, answer = '') => runScript(sandbox.microsoft.directory, 'demo', text, answer).join('\n')
const values = (clientId: string) => `$Tenant = 'acme.example'\n$ClientId = '${clientId}'\n$AppName = 'By script'\n$From = 'noreply@acme.example'\n$Account = 'noreply@acme.example'\n`

test('a script registers, limits, and prints what the form needs; a value still missing stops it', () => {
  const said = run(`${values('<client id>')}New-MgApplication\nGet-MgServicePrincipal\nNew-ServicePrincipal -ObjectId $ObjectId\nNew-ManagementRoleAssignment -Name 'x' -Role 'Application Mail.Send' -App $ObjectId\nAdd-MgApplicationPassword`)
  assert.match(said, /InScope/)
  const clientId = /Client ID +: (\S+)/.exec(said)?.[1] ?? ''
  assert.match(said, /Client secret : \S{40}\nEnds on +: \d{4}-\d\d-\d\d/)
  const application = sandbox.microsoft.directory.application(clientId)!
  assert.deepEqual(application.scoped, [{ role: 'Application Mail.Send', mailbox: 'noreply@acme.example' }])
  assert.equal(application.exchangeObjectId, application.servicePrincipalId)
  assert.match(run(values('<client id>').replace("'acme.example'", "'<tenant id>'")), /Enter the <tenant id> in the form/)
  assert.match(run(values('<client id>')), /Enter the Client ID in the form/)
})

test('a script that asks for the Object ID takes what is typed, right or wrong', () => {
  const application = sandbox.microsoft.directory.tenant('acme.example')!.applications.find(({ name }) => name === 'By script')!
  const script = `${values(application.clientId)}$ObjectId = (Read-Host 'Object ID')\nNew-ServicePrincipal -ObjectId $ObjectId\nAdd-MailboxPermission`
  assert.match(run(script, 'nonsense'), /That is no Object ID/)
  run(script, application.objectId)
  assert.equal(application.exchangeObjectId, application.objectId)
  run(script, application.servicePrincipalId)
  assert.equal(application.exchangeObjectId, application.servicePrincipalId)
  assert.deepEqual([...application.fullAccess], ['noreply@acme.example'])
})
