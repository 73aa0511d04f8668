// Why: a client secret opens more than one mailbox, and a token is as good for an hour; neither may be anywhere but where it is used.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { tokenMark } from '../../demo/sandbox/microsoft/ids.ts'
import { startBrowser } from './browser.ts'
import { Canary } from './canary.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { pointer, seated } from './seat.ts'
import type { Seat as Seated } from './seat.ts'
import { Listener, surfacesOf } from './surfaces.ts'

let demo: Demo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

const token = new Canary(tokenMark)
/** The mark as it stands in a token, and that once more encoded, as AUTH XOAUTH2 carries it. */
const tokens: readonly Canary[] = [token, ...token.forms.filter(({ form }) => form.startsWith('base64url')).map(({ text }) => new Canary(text))]

interface Seat extends Seated {
  readonly listener: Listener
}

const sit = async (name: string): Promise<Seat> => {
  const seat = await seated({ demo, browser, name, hand: pointer, clipboard: true })
  seat.page.on('dialog', (dialog) => { void dialog.accept() })
  return { ...seat, listener: await Listener.over(seat.page) }
}

/** All there is to search: the browser's side, the log, the database, the audit log, the inbox, the clipboard. */
const everything = async ({ listener, customer }: Seat): Promise<Map<string, Buffer | string>> => new Map<string, Buffer | string>([
  ...await listener.surfaces(), ...await surfacesOf(demo), ['clipboard', await listener.clipboard()],
  ['audit log', await (await fetch(`${demo.base}/settings/audit?tenant=${customer.name}`)).text()],
  ['inbox', await (await fetch(`${demo.base}/inbox.json`)).text()],
])

const found = (surfaces: ReadonlyMap<string, Buffer | string>, ...canaries: readonly Canary[]): readonly string[] =>
  canaries.flatMap((canary) => [...surfaces].flatMap(([place, bytes]) => canary.in(bytes).slice(0, 2).map((hit) => `${place}: ${hit}`)))

/** What the screen says with its details open, and what the button for support copies. */
const details = async ({ page, hand, screen, listener }: Seat): Promise<string> => {
  await hand.unfold('Details for support')
  await screen.shows('said')
  await page.bringToFront()
  await hand.press('Copy for support')
  return `${await screen.text()}\n${await listener.clipboard()}`
}

test('threat T07, T09, T10, T12 and goal G1: a client secret that the sign-in service repeats is masked, and found nowhere after a check and a save', async () => {
  const canary = new Canary(`Kq7${randomBytes(9).toString('base64url')}~ö/${randomBytes(6).toString('hex')}%+<z`)
  const seat = await sit('canary-secret')
  const { page, hand, screen } = seat
  await page.goto(seat.customer.page('&scenario=token-echo'))
  await screen.shows('New gateway')
  await hand.fill('Client secret (Value)', canary.secret)
  await hand.press('Check only')
  await screen.shows('The client secret is not the right one')
  const said = await details(seat)
  assert.match(said, /Invalid client secret provided: •••/)
  assert.deepEqual(canary.in(said), [])
  const typed = await everything(seat)
  // While it is being typed it is in its own control, and there alone.
  typed.delete('values of controls')
  assert.deepEqual(found(typed, canary), [])
  await hand.press('Save without checking')
  await screen.shows('Saved without checking')
  assert.deepEqual(found(await everything(seat), canary), [])
  assert.deepEqual(seat.watch.complaints, [])
})

for (const [id, act, title, masked] of [
  ['graph-echo', 'deliver', 'The app may not send from reports@acme.example', /You sent Bearer (•••|\[hidden\])/],
  ['exchange-echo', 'check', 'Exchange does not let the app in', /Authentication unsuccessful: (•••|\[hidden\])/],
] as const) {
  test(`threat T07, T09, T10 and goal G1: an access token that is repeated (${id}) is masked, and found nowhere`, async () => {
    const seat = await sit(`canary-${id}`)
    await seat.page.goto(seat.customer.page(`&scenario=${id}&act=${act}`))
    await seat.screen.shows(title)
    assert.match(await details(seat), masked)
    assert.deepEqual(found(await everything(seat), ...tokens), [])
    assert.deepEqual(seat.watch.complaints, [])
  })
}

/** A new secret of the ready-made registration, fetched past the browser that is searched. */
const newSecret = async (): Promise<string> => {
  const list = await (await fetch(`${demo.base}/portal/demo`)).text()
  const path = /href="([^"]+)">Ready-made, Graph</.exec(list)![1]!
  const page = await (await fetch(`${demo.base}${path}/secrets`, { method: 'POST', headers: { origin: demo.base, 'content-type': 'application/x-www-form-urlencoded' }, body: 'name=canary&months=11' })).text()
  return /data-copy="([^"]+)">Copy<span class="vh"> Value</.exec(page)![1]!
}

test('threat T07, T09, T14 and goal G1: a secret and a token that work are found nowhere after a check, a save, a kept token and two test emails', async () => {
  const canary = new Canary(await newSecret())
  const seat = await sit('canary-working')
  const { page, hand, screen } = seat
  await page.goto(seat.customer.page('&scenario=graph'))
  await screen.shows('New gateway')
  await hand.fill('Client secret (Value)', canary.secret)
  await hand.press('Check and save')
  await screen.shows('Saved. Plumline sends as reports@acme.example')
  const [stored] = await seat.customer.gateways()
  for (let n = 0; n < 2; n++) {
    await page.goto(seat.customer.page(`&view=test&gateway=${stored!.id}`))
    await hand.press('Send')
    await screen.shows('Accepted is not delivered')
  }
  assert.deepEqual(found(await everything(seat), canary, ...tokens), [])
  assert.ok(canary.searched > 1_000_000, `only ${canary.searched} bytes were searched`)
  assert.ok((await seat.listener.surfaces()).get('answer bodies')!.includes('Mail.Send'), 'the streams of the runs were read')
  assert.deepEqual(seat.watch.complaints, [])
})

test('the search finds the mark of a token in the middle of one, at any alignment', () => {
  for (const before of ['', 'x', 'xy']) {
    const part = Buffer.from(`{"x":"${before}","xms_demo":"${tokenMark}"}`).toString('base64url')
    assert.notDeepEqual(tokens.flatMap((one) => one.in(`before ${part} after`)), [])
    assert.notDeepEqual(tokens.flatMap((one) => one.in(Buffer.from(`auth=Bearer ${part}`).toString('base64'))), [], 'inside the base64 of a sign-in')
  }
})
