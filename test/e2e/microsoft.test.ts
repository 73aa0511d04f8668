// Why: an administrator who has never seen Entra has only the guide; it has to lead from an empty form to a mail in the inbox,
// and back on the way when something is wrong.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { startBrowser } from './browser.ts'
import type { Tab } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { allowedOverSmtp, begin, limitedToMailbox, mailbox, registered, verified } from './guide.ts'
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

test('api G1, req A127 and A133: Exchange Online (Graph API) from an empty form to Verified, following only the guide', async () => {
  const seat = await sit('guide-graph')
  await begin(seat, /^Exchange Online/)
  await seat.hand.fill('From address', mailbox)
  await registered(seat, 'Plumline mail, Graph')
  await limitedToMailbox(seat)
  await seat.page.bringToFront()
  await seat.hand.press('Check and save')
  // A right given in Exchange leaves no trace in the token: only a message can tell, and the advice says so.
  await seat.screen.shows('Saved. Only a test email can tell whether mail goes out')
  await seat.screen.shows('Send a test email: if it goes out, everything is in order')
  await verified(demo, seat, 'Microsoft Graph')
  await calm(seat)
})

test('api G1, req A127 and A132: SMTP Office 365 (OAuth2) from an empty form to Verified, following only the guide', async () => {
  const seat = await sit('guide-smtp')
  await begin(seat, /^SMTP Office 365/)
  await seat.hand.fill('From address', mailbox)
  await registered(seat, 'Plumline mail, SMTP')
  await allowedOverSmtp(seat)
  await seat.page.bringToFront()
  await seat.hand.press('Check and save')
  await seat.screen.shows(`Saved. Plumline sends as ${mailbox}`)
  await verified(demo, seat, 'Microsoft SMTP')
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
