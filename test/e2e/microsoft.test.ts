// Why: an administrator who has never seen Entra has only the guide; it has to lead from an empty form to a mail in the inbox,
// and back on the way when something is wrong.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { startBrowser } from './browser.ts'
import type { Tab } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { Portal } from './portal.ts'
import { calmAt, pointer, seated } from './seat.ts'
import type { Seat } from './seat.ts'

let demo: Demo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

const sit = (name: string): Promise<Seat> => seated({ demo, browser, name, hand: pointer, clipboard: true })

const calm = (tab: Tab): Promise<void> => calmAt(demo, tab)

const mailbox = 'noreply@acme.example'
const opens = '(opens another site)'

/** Ticks a step of the guide, so that the next one opens. */
const done = ({ hand }: Seat, ...titles: readonly string[]): Promise<void> =>
  titles.reduce(async (before, title) => { await before; await hand.tick(`Done: ${title}`) }, Promise.resolve())

/** Follows the link of a step into the portal. */
const follow = async ({ page, hand }: Seat, title: string): Promise<Portal> => {
  await page.bringToFront()
  return Portal.from(page, () => hand.press(`${title} ${opens}`))
}

/** Copies a script of the guide. */
const script = async ({ page, hand, screen }: Seat, label: string): Promise<void> => {
  await page.bringToFront()
  await hand.unfold(label)
  await hand.press(`Copy ${label}`)
  await screen.shows(label)
}

/** An empty form, the mode and the demo's cloud chosen. */
const begin = async ({ page, hand, screen, customer }: Seat, mode: RegExp): Promise<void> => {
  await page.goto(customer.page())
  await screen.shows('No mail is sent yet')
  await hand.press('Set up the first gateway')
  await screen.shows('New gateway')
  await hand.choose(mode)
  await screen.shows('Who is needed')
  await hand.unfold('Advanced')
  await hand.select('Cloud', 'demo')
  await screen.shows('Chosen cloud: Demo cloud.')
}

/** Registration, the two IDs, the secret: the same in both modes. */
const registered = async (seat: Seat, name: string): Promise<void> => {
  const { page, hand, screen } = seat
  await done(seat, 'Who is needed')
  await screen.shows('Plumline mail')
  const portal = await follow(seat, 'Register an application')
  await portal.hand.fill('Name', name)
  await portal.submit('Register')
  const [tenant, client] = [await portal.value('Directory (tenant) ID'), await portal.value('Application (client) ID')]
  await portal.close()
  await page.bringToFront()
  await hand.fill('Directory (tenant) ID', tenant)
  await hand.fill('Application (client) ID', client)
  await done(seat, 'Register an application', 'Copy the two IDs into the form')
  const secrets = await follow(seat, 'Make a client secret')
  await secrets.shows(name)
  await secrets.hand.fill('Description', 'Plumline mail')
  await secrets.submit('Add')
  const value = await secrets.value('Value')
  await secrets.close()
  await page.bringToFront()
  await hand.fill('Client secret (Value)', value)
  await done(seat, 'Make a client secret')
}

/** A test email sent, read in the inbox, and the gateway verified. */
const verified = async ({ page, hand, screen, customer }: Seat, by: string): Promise<void> => {
  await hand.press('Send a test email')
  await screen.shows('At most 5 a minute')
  await hand.press('Send')
  await screen.shows('Accepted is not delivered. Look in the inbox of ada@acme.example, then in junk.')
  const mails = await (await fetch(`${demo.base}/inbox.json`)).json() as { from: string; session: { server: string } }[]
  assert.match(mails[0]!.from, /noreply@acme\.example/)
  assert.equal(mails[0]!.session.server, by)
  await page.bringToFront()
  await hand.press('Yes, it arrived')
  await screen.shows(/Verified .*today, [\d:]+/)
  assert.equal((await customer.gateways())[0]!.status.state, 'verified')
}

test('api G1, req A127 and A133: Exchange Online (Graph API) from an empty form to Verified, following only the guide', async () => {
  const seat = await sit('guide-graph')
  await begin(seat, /^Exchange Online/)
  await seat.hand.fill('From address', mailbox)
  await registered(seat, 'Plumline mail, Graph')
  await script(seat, 'PowerShell: everything')
  const portal = await follow(seat, 'Let it send from this mailbox only (recommended)')
  const said = await portal.run()
  assert.match(said, /Application Mail\.Send .*noreply@acme\.example +True/)
  assert.match(said, /the one made before/)
  await portal.close()
  await seat.page.bringToFront()
  await seat.hand.press('Check and save')
  // A right given in Exchange leaves no trace in the token: only a message can tell, and the advice says so.
  await seat.screen.shows('Saved. Only a test email can tell whether mail goes out')
  await seat.screen.shows('Send a test email: if it goes out, everything is in order')
  await verified(seat, 'Microsoft Graph')
  await calm(seat)
})

test('api G1, req A127 and A132: SMTP Office 365 (OAuth2) from an empty form to Verified, following only the guide', async () => {
  const seat = await sit('guide-smtp')
  await begin(seat, /^SMTP Office 365/)
  await seat.hand.fill('From address', mailbox)
  await registered(seat, 'Plumline mail, SMTP')

  const permissions = await follow(seat, 'Add the permission SMTP.SendAsApp')
  await permissions.hand.tick('SMTP.SendAsApp, Application')
  await permissions.submit('Add permissions')
  await permissions.shows('Not granted for Acme')
  await permissions.submit('Grant admin consent for Acme')
  await permissions.shows('✔ Granted for Acme')
  await permissions.close()
  await done(seat, 'Add the permission SMTP.SendAsApp')

  const enterprise = await follow(seat, 'Open the mailbox to the application')
  const objectId = await enterprise.value('Object ID of Plumline mail, SMTP')
  await script(seat, 'PowerShell: mailbox')
  assert.match(await enterprise.run(objectId), /Exchange knows Plumline mail, SMTP by the Object ID [0-9a-f-]{36}/)
  await enterprise.close()
  await done(seat, 'Open the mailbox to the application')

  const users = await follow(seat, 'Allow SMTP AUTH for the mailbox')
  await users.submit(`Turn on Authenticated SMTP for ${mailbox}`)
  await users.close()
  await seat.page.bringToFront()
  await seat.hand.press('Check and save')
  await seat.screen.shows(`Saved. Plumline sends as ${mailbox}`)
  await verified(seat, 'Microsoft SMTP')
  await calm(seat)
})

/** What an administrator reads, which field it leads to, which step of the guide it opens. */
const states: readonly (readonly [scenario: string, act: 'check' | 'deliver', title: string, field: readonly [label: string, id: string], step: readonly [number: number, id: string]])[] = [
  ['secret-wrong', 'check', 'The client secret is not the right one', ['Client secret (Value)', 'clientSecret'], [4, 'secret']],
  ['secret-expired', 'check', 'The client secret has expired', ['Client secret (Value)', 'clientSecret'], [4, 'secret']],
  ['tenant-unknown', 'check', 'There is no such tenant in the cloud Demo cloud', ['Directory (tenant) ID', 'tenantId'], [3, 'ids']],
  ['cloud-wrong', 'check', 'This tenant is in Demo government cloud', ['Cloud', 'cloud'], [3, 'ids']],
  ['consent-missing', 'deliver', 'The app may not send from reports@acme.example', ['From address', 'from'], [5, 'limit']],
  ['graph-mailbox-unknown', 'deliver', 'This tenant has no mailbox nobody@acme.example', ['From address', 'from'], [7, 'mailbox']],
  ['exchange-send-as', 'deliver', 'reports@acme.example may not send as boss@acme.example', ['From address', 'from'], [8, 'send-as']],
  ['exchange-smtp-auth-tenant', 'check', 'SMTP AUTH is off in the whole organisation', ['Mailbox that signs in', 'account'], [7, 'smtp-auth']],
  ['exchange-smtp-auth-mailbox', 'check', 'SMTP AUTH is off for front-desk@acme.example', ['Mailbox that signs in', 'account'], [7, 'smtp-auth']],
]

const failed = async (scenario: string, act: string, title: string): Promise<Seat> => {
  const seat = await sit(`state-${scenario}`)
  await seat.page.goto(seat.customer.page(`&scenario=${scenario}&act=${act}`))
  await seat.screen.shows(title)
  return seat
}

const focusOn = (seat: Seat, id: string): Promise<unknown> =>
  seat.page.waitForFunction((wanted) => document.querySelector('mail-gateway-settings')!.shadowRoot!.activeElement?.id === wanted, {}, id)

for (const [scenario, act, title, field, [number, step]] of states) {
  test(`api G1: ${scenario} is explained as "${title}" and leads to ${field[0]} and to step ${number}`, async () => {
    const seat = await failed(scenario, act, title)
    await seat.hand.press(`Show step ${number} of the guide`)
    await focusOn(seat, `g-${step}`)
    const open = await seat.page.evaluate((id) => document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelector<HTMLDetailsElement>(`#${id}`)!.closest('details')!.open, `g-${step}`)
    assert.equal(open, true)
    await calm(seat)
    await seat.page.browserContext().close()
    const other = await failed(scenario, act, title)
    await other.hand.press(`Go to ${field[0]}`)
    await focusOn(other, `f-${field[1]}`)
    await calm(other)
    await other.page.browserContext().close()
  })
}

test('a tenant of the other cloud: choosing the cloud that was named is all it takes', async () => {
  const seat = await failed('cloud-wrong', 'check', 'This tenant is in Demo government cloud')
  await seat.hand.press('Go to Cloud')
  await focusOn(seat, 'f-cloud')
  await seat.hand.select('Cloud', 'demo-gov')
  await seat.hand.press('Check and save')
  await seat.screen.shows('Saved. Plumline sends as reports@bureau.example')
  await calm(seat)
})

test('req D12: a gateway at Microsoft’s server with a password is told the date, and moves in one press with From kept', async () => {
  for (const [way, mailboxField] of [['Use Exchange Online (Graph API)', false], ['Use SMTP Office 365 (OAuth2)', true]] as const) {
    const seat = await sit(`retiring-${mailboxField ? 'smtp' : 'graph'}`)
    await seat.page.goto(seat.customer.page('&scenario=retiring'))
    assert.match(await seat.screen.shows('Password sign-in at Microsoft 365 is about to end'), /December 2026/)
    await seat.hand.press(way)
    await seat.screen.shows('Directory (tenant) ID')
    assert.deepEqual([await seat.screen.value('from'), await seat.screen.value('fromName')], ['reports@acme.example', 'Plumline'])
    if (mailboxField) assert.equal(await seat.screen.value('account'), 'reports@acme.example')
    await calm(seat)
    await seat.page.browserContext().close()
  }
})

test('req A129: the end of a client secret is a field, and its nearness stands on the list', async () => {
  const seat = await sit('expiring')
  const { page, hand, screen, customer } = seat
  await page.goto(customer.page('&scenario=graph&act=save'))
  await screen.shows('Saved. Plumline sends as')
  const soon = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10)
  const [{ id, revision, mode, settings }] = await customer.gateways() as unknown as [{ id: string; revision: number; mode: string; settings: object }]
  const saved = await customer.call('PUT', `/gateways/${id}`, { mode, settings: { ...settings, clientSecretExpires: soon }, secrets: { clientSecret: { keep: true } } }, { 'if-match': `"${revision}"` })
  assert.equal(saved.status, 200)
  await page.goto(customer.page())
  assert.match(await screen.shows('Last day of the secret'), /Last day of the secret: .* \(in (?:8|9) days\)/)
  await hand.press('Reports')
  await screen.shows('Configured')
  assert.equal(await screen.value('clientSecretExpires'), soon)
  await calm(seat)
})
