// What the guide beside the form asks an administrator to do, done by somebody who knows nothing else.
import assert from 'node:assert/strict'
import type { Served } from './demo.ts'
import { Portal } from './portal.ts'
import type { Seat } from './seat.ts'

export const mailbox = 'noreply@acme.example'
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
export const begin = async ({ page, hand, screen, customer }: Seat, mode: RegExp): Promise<void> => {
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
export const registered = async (seat: Seat, name: string): Promise<void> => {
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
export const verified = async (demo: Served, { page, hand, screen, customer }: Seat, by: string): Promise<void> => {
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

/** Graph: the right to send, for one mailbox only. */
export const limitedToMailbox = async (seat: Seat): Promise<void> => {
  await script(seat, 'PowerShell: everything')
  const portal = await follow(seat, 'Let it send from this mailbox only (recommended)')
  const said = await portal.run()
  assert.match(said, /Application Mail\.Send .*noreply@acme\.example +True/)
  assert.match(said, /the one made before/)
  await portal.close()
}

/** SMTP: permission and consent, the mailbox opened to the application, SMTP AUTH on. */
export const allowedOverSmtp = async (seat: Seat): Promise<void> => {
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
}
