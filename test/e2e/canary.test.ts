// Why: a password is typed once and must be nowhere afterwards, however the server, the network or another administrator behaves.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser } from 'puppeteer-core'
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

// With marks that every encoding writes differently, and nothing that could stand in a page by chance.
const canary = new Canary(`Kq7${randomBytes(9).toString('base64url')}"\\ö/${randomBytes(6).toString('hex')}%+<z`)

interface Seat extends Seated {
  readonly listener: Listener
}

const sit = async (name: string): Promise<Seat> => {
  const seat = await seated({ demo, browser, name, hand: pointer, clipboard: true })
  seat.page.on('dialog', (dialog) => { void dialog.accept() })
  return { ...seat, listener: await Listener.over(seat.page) }
}

/** Places in which the secret was found, with what stands around it. */
const found = (surfaces: ReadonlyMap<string, Buffer | string>): readonly string[] =>
  [...surfaces].flatMap(([place, bytes]) => canary.in(bytes).slice(0, 2).map((hit) => `${place}: ${hit}`))

/** While it is being typed the password is in its own control, and there alone. */
const whileTyped = async ({ listener }: Seat): Promise<readonly string[]> => {
  const surfaces = await listener.surfaces()
  surfaces.delete('values of controls')
  return found(surfaces)
}

/** Everything there is to search once the password is stored. */
const everything = async ({ listener, customer, page }: Seat): Promise<ReadonlyMap<string, Buffer | string>> => {
  const audit = await (await fetch(`${demo.base}/settings/audit?tenant=${customer.name}`)).text()
  const inbox = await (await fetch(`${demo.base}/inbox.json`)).text()
  return new Map<string, Buffer | string>([
    ...await listener.surfaces(), ...await surfacesOf(demo), ['audit log', audit], ['inbox', inbox], ['title', await page.title()], ['clipboard', await listener.clipboard()],
  ])
}

const everywhere = async (seat: Seat): Promise<readonly string[]> => found(await everything(seat))

/** A server that repeats what it was sent refuses the sign-in, in a check. */
const echoed = async (seat: Seat): Promise<void> => {
  const { page, hand, screen, customer, listener } = seat
  await page.goto(customer.page('&scenario=sign-in-echo'))
  await screen.shows('New gateway')
  await hand.fill('Password', canary.secret)
  await hand.press('Show Password')
  await hand.press('Hide Password')
  await hand.press('Check and save')
  await screen.shows('Mail cannot be sent yet')
  await hand.unfold('Details for support')
  assert.match(await screen.shows('said'), /said 535-5\.7\.8 Could not sign in with: AUTH PLAIN \S*•••.* 535 5\.7\.8 Could not sign in with: mailer@demo\.test •••/)
  await page.bringToFront()
  await hand.press('Copy for support')
  const copied = await listener.clipboard()
  assert.match(copied, /code: smtp\.auth\.refused[\s\S]*said: 535-5\.7\.8 Could not sign in with/)
  assert.deepEqual(canary.in(copied), [])
  assert.deepEqual(await whileTyped(seat), [])
}

/** A run is cut by a reload: what was typed comes back, the password does not. */
const reloaded = async (seat: Seat): Promise<void> => {
  const { page, hand, screen, customer } = seat
  await page.goto(customer.page('&scenario=slow'))
  await screen.shows('New gateway')
  await hand.fill('Password', canary.secret)
  await hand.press('Check only')
  await screen.shows(/Checking, [3-8] of 8/)
  assert.deepEqual(await whileTyped(seat), [])
  await page.reload()
  await screen.shows('Nobody can know yet')
}

/** Saving fails at the network, at the backend's judgement, and then succeeds. */
const saved = async (seat: Seat): Promise<void> => {
  const { page, hand, screen, customer } = seat
  const session = await page.createCDPSession()
  await session.send('Network.enable')
  await page.goto(customer.page('&scenario=sign-in-echo'))
  await screen.shows('New gateway')
  await hand.fill('Password', canary.secret)
  await session.send('Network.setBlockedURLs', { urls: ['*/gateways'] })
  await hand.press('Save without checking')
  await screen.shows('The settings service did not answer')
  await session.send('Network.setBlockedURLs', { urls: [] })
  assert.deepEqual(await whileTyped(seat), [])
  await hand.fill('From address', 'noreply@acme')
  await hand.press('Save without checking')
  await screen.shows('There is a problem Enter one address')
  assert.deepEqual(await whileTyped(seat), [])
  await hand.fill('From address', 'noreply@acme.example')
  await hand.press('Save without checking')
  await screen.shows('Saved without checking')
}

/** The password typed again meets somebody else's save, and then a new destination. */
const disagreed = async (seat: Seat): Promise<void> => {
  const { hand, screen, customer } = seat
  await hand.press('Edit settings')
  await hand.press('Replace Password')
  await hand.fill('New: Password', canary.secret)
  const [stored] = await customer.gateways()
  const { id, revision, mode, settings } = stored!
  assert.equal((await customer.call('PUT', `/gateways/${id}`, { mode, settings: { ...settings, fromName: 'Somebody else' } }, { 'if-match': `"${revision}"` })).status, 200)
  await hand.press('Save without checking')
  await screen.shows('Somebody else saved this gateway while you were editing')
  assert.deepEqual(await whileTyped(seat), [])
  await hand.press('Check and save this choice')
  await screen.shows('Mail cannot be sent yet')
  assert.deepEqual(await whileTyped(seat), [])
  await hand.fill('User name', 'other@demo.test')
  await hand.press('Save without checking')
  await screen.shows('Saved without checking')
}

/** The stored password goes to the server that repeats it. */
const sent = async (seat: Seat): Promise<void> => {
  const { hand, screen, page, customer } = seat
  const [stored] = await customer.gateways()
  await page.goto(customer.page(`&view=test&gateway=${stored!.id}`))
  await hand.press('Send')
  await screen.shows('The test email did not go out')
  await hand.unfold('Details for support')
  await screen.shows(/said 535-5\.7\.8 Could not sign in with: AUTH PLAIN \S*•••/)
  await hand.press('Mail gateways')
  await hand.press('See what failed : Refusal that repeats the password')
  await screen.shows('Configured')
}

test('threat T07, T09, T10, T12 and goal G1: a password goes through every step of the page and is found nowhere: answers, log, database, DOM, values, storages, history, events, clipboard, audit log', async () => {
  const seat = await sit('canary')
  await echoed(seat)
  await reloaded(seat)
  await saved(seat)
  assert.deepEqual(await everywhere(seat), [], 'after the save')
  await disagreed(seat)
  await sent(seat)
  assert.deepEqual(await everywhere(seat), [], 'at the end')
  assert.deepEqual(seat.watch.complaints, [])
  const events = (await seat.listener.surfaces()).get('events of the element')!.toString()
  assert.match(events, /mgs-ready/)
  assert.ok((await seat.listener.surfaces()).get('answer bodies')!.includes('Could not sign in with'), 'the streams of the runs were read')
  assert.deepEqual(seat.listener.unread, [])
  assert.deepEqual(seat.listener.cutOff.filter((url) => !seat.listener.read.has(url)), [], 'what was cut off was read at another time')
  process.stderr.write(`canary: ${canary.searched} bytes were searched\n`)
})

/** Puts the secret, in one form or another, where nothing but a leak could put it. */
const plant = async ({ page, hand, screen, customer }: Seat): Promise<void> => {
  const form = (name: string) => canary.forms.find((one) => one.form === name)!.text
  const [stored] = await customer.gateways()
  const { id, revision, mode, settings } = stored!
  const leaky = { name: form('URL'), mode, settings: { ...settings, fromName: form('base64url after 1') } }
  assert.equal((await customer.call('PUT', `/gateways/${id}`, leaky, { 'if-match': `"${revision}"` })).status, 200)
  await page.goto(customer.page(`&view=test&gateway=${id}`))
  await hand.press('Send')
  await screen.shows('Did it arrive')
  await page.goto(customer.page(`&view=edit&gateway=${id}`))
  await hand.press('Save without checking')
  await screen.shows(/Saved Send a test email/)
  await hand.press('Edit settings')
  await page.bringToFront()
  await page.evaluate(async (texts) => {
    sessionStorage.setItem('planted', texts.base64)
    localStorage.setItem('planted', texts.hex)
    document.title = texts.json
    window.name = texts.hex
    history.replaceState(null, '', `?planted=${texts.url}`)
    console.log(texts.hex)
    await navigator.clipboard.writeText(texts.html)
  }, { base64: form('base64 after 2'), hex: form('HEX'), json: form('JSON'), url: form('url'), html: form('HTML') })
}

test('goal G1: the same search finds a secret that is planted in each of these places', async () => {
  // The name of a customer goes into the log, into addresses and so into headers and the audit log.
  const seat = await sit(canary.forms.find(({ form }) => form === 'hex')!.text.slice(0, 40))
  await seat.page.goto(seat.customer.page('&scenario=starttls&act=save'))
  await seat.screen.shows('Saved. Plumline sends as')
  await plant(seat)
  const places = await everything(seat)
  const silent = [...places].filter(([, bytes]) => canary.in(bytes).length === 0).map(([place]) => place)
  // Neither holds values: the one is an index of the log beside it, the other gets its pages from there later.
  assert.deepEqual(silent.sort(), ['database', 'database-shm'])
})

test('goal G1: the search finds every form of the secret, whole or eight bytes of it, in any bytes', async () => {
  const places = [...(await surfacesOf(demo)).values()]
  for (const { form, text, piece } of canary.forms) {
    for (const part of [text, text.slice(0, piece), text.slice(-piece), text.slice(3, 3 + piece)]) {
      for (const bytes of [Buffer.from('before '), ...places]) assert.ok(canary.in(Buffer.concat([bytes, Buffer.from(part), bytes])).length > 0, `${form}: ${part}`)
    }
  }
  assert.deepEqual(canary.in(Buffer.from('a page without it')), [])
})

const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)> \\u{1b}[31;1mred\\u{1b}[0m \\u{202e}gnp.exe\\u{202c} \\u{2066}&lt;'

test('threat T28 and goal G12: script, terminal colours and turned text in a server’s replies are shown as text and do nothing', async () => {
  const seat = await sit('hostile')
  const { page, screen, watch } = seat
  const ran: string[] = []
  page.on('dialog', (dialog) => ran.push(dialog.message()))
  await page.goto(seat.customer.page('&scenario=hostile-text&act=deliver'))
  await screen.shows('The test email did not go out')
  await seat.hand.unfold('Details for support')
  const said = await screen.shows('550 5.1.1')
  assert.ok(said.includes(`A mail server greets 220 mail.demo.test ${hostile} Passed`), said)
  assert.ok(said.includes(`said 550 5.1.1 ${hostile} run`), said)
  await seat.hand.press('Copy for support')
  assert.ok((await seat.listener.clipboard()).includes(`said: 550 5.1.1 ${hostile}`))
  const made = await page.evaluate(() => document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelectorAll('script, img, [onerror], iframe, style:not([nonce]) + script').length)
  assert.deepEqual([ran, made, watch.complaints], [[], 0, []])
})
