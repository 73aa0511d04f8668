// Why: the element lives on pages it does not know: beside hostile rules, inside foreign forms, twice, moved about, without a build.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'puppeteer-core'
import { openTab, overhang, startBrowser } from './browser.ts'
import type { Tab } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { Keyboard } from './keyboard.ts'
import { Pointer } from './pointer.ts'
import { Customer, reportsAt } from './product.ts'
import { Screen } from './screen.ts'
import { since, withinTime } from '../within-time.ts'

let demo: Demo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

interface Visit extends Tab {
  readonly screen: Screen
  /** Method and path of every request to the backend so far. */
  readonly asked: string[]
}

const visit = async (path: string, strict = true): Promise<Visit> => {
  const tab = await openTab(await browser.createBrowserContext())
  const asked: string[] = []
  tab.page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) asked.push(`${request.method()} ${pathname.replace('/api/mail-gateway', '')}`)
  })
  if (!strict) await tab.page.setBypassCSP(true)
  await tab.page.goto(demo.base + path)
  return { ...tab, asked, screen: new Screen(tab.page) }
}

const calm = async ({ watch, page }: Visit): Promise<void> => {
  assert.deepEqual(watch.complaints, [])
  assert.deepEqual([...watch.origins], [demo.base])
  assert.deepEqual(await overhang(page), [])
}

const first = ['GET /meta', 'GET /modes', 'GET /gateways']

test('api E8 and E7: one script and one tag are enough; nothing is asked of anybody else', async () => {
  const seat = await visit('/hosts/script')
  await seat.screen.shows('Mail gateways How Plumline sends mail.')
  assert.deepEqual(seat.asked, first)
  await calm(seat)
})

test('api B9: inside a form of the host, Enter and every button submit the inner form and never the host’s', async () => {
  const seat = await visit('/hosts/resets')
  await seat.page.evaluate(() => { document.querySelector('form')!.addEventListener('submit', () => { document.title = 'submitted' }) })
  const keyboard = new Keyboard(seat.page)
  await new Pointer(seat.page).press('Set up the first gateway')
  await keyboard.fill('Server', 'smtp.acme.example')
  await keyboard.key('Enter')
  await seat.screen.shows('There is a problem')
  for (const name of ['Check only', 'Check and save', 'Save without checking', 'Cancel']) await keyboard.press(name)
  await seat.page.waitForFunction(() => document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelector('dialog'))
  await keyboard.key('Escape')
  assert.equal(seat.page.url(), `${demo.base}/hosts/resets`)
  assert.equal(await seat.page.title(), 'A page with heavy resets')
  assert.equal(await seat.page.evaluate(() => new FormData(document.querySelector('form')!).keys().next().done), true)
  await calm(seat)
})

/** Runs in the page: how everything in the element is drawn, besides its measures. */
const drawn = () => {
  const kept = ['display', 'visibility', 'float', 'appearance', 'color', 'background-color', 'border-top-width', 'border-top-style', 'border-top-color', 'border-start-start-radius',
    'padding-top', 'padding-left', 'text-transform', 'letter-spacing', 'text-decoration-line', 'list-style-type', 'font-weight', 'font-size', 'opacity', 'position']
  const root = document.querySelector('mail-gateway-settings')!.shadowRoot!
  return [...root.querySelectorAll('*')].filter((each) => !each.closest('svg')).map((each) => {
    const style = getComputedStyle(each)
    return `${each.localName} ${each.id} ${kept.map((name) => `${name}: ${style.getPropertyValue(name)}`).join('; ')}`
  })
}

test('api B10: rules of the page that hide every control and turn it red do not reach inside; font, colour and direction of the page do', async () => {
  const [plain, reset] = [await visit('/hosts/script'), await visit('/hosts/resets')]
  const forms = await Promise.all([plain, reset].map(async ({ page, screen }) => {
    await new Pointer(page).press('Set up the first gateway')
    await screen.shows('New gateway')
    return page.evaluate(drawn)
  }))
  assert.ok(forms[0]!.length > 100)
  assert.deepEqual(forms[1], forms[0])
  const inherited = (page: Page) => page.evaluate(() => {
    const input = document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelector('#f-fromName')!
    return [getComputedStyle(input).fontFamily, getComputedStyle(input).direction]
  })
  await reset.page.evaluate(() => { document.body.style.fontFamily = 'Georgia'; document.documentElement.dir = 'rtl' })
  assert.deepEqual(await inherited(reset.page), ['Georgia', 'rtl'])
  await calm(plain)
  await calm(reset)
})

/** Takes the element out of its page; `back` puts the same one in again. */
const takeOut = (page: Page) => page.evaluate(() => {
  const element = document.querySelector('mail-gateway-settings')!
  Object.assign(globalThis, { taken: { element, parent: element.parentElement } })
  element.remove()
})
const back = (page: Page) => page.evaluate(() => {
  const { element, parent } = (globalThis as unknown as { taken: { element: Element; parent: Element } }).taken
  parent.append(element)
})

test('api B19: taken out and put back it asks for nothing again, keeps what was typed, and hears each press once', async () => {
  const seat = await visit('/hosts/script')
  const hand = new Pointer(seat.page)
  await hand.press('Set up the first gateway')
  await hand.fill('Server', 'smtp.acme.example')
  for (let times = 0; times < 3; times++) {
    await takeOut(seat.page)
    await back(seat.page)
  }
  assert.equal(await seat.screen.value('host'), 'smtp.acme.example')
  assert.deepEqual(seat.asked, first)
  await hand.choose('No sign-in')
  await hand.fill('From address', 'noreply@acme.example')
  await hand.press('Save without checking')
  await seat.screen.shows('Saved without checking')
  assert.deepEqual(seat.asked, [...first, 'POST /gateways'])
  await calm(seat)
})

test('api B19 and S22: taken out while a check runs, the check ends at the backend too', async () => {
  const seat = await visit('/settings/email?tenant=taken&scenario=greeting-silent')
  await new Pointer(seat.page).press('Check only')
  await seat.screen.shows(/Checking, 5 of 8/)
  const runId = await seat.page.evaluate(() => document.querySelector('mail-gateway-settings')!.checkReport.runId)
  const customer = new Customer(demo, seat.page.browserContext(), 'taken')
  await takeOut(seat.page)
  const ended = async () => (await (await customer.call('GET', `/runs/${runId}`)).json() as { state: string }).state === 'done'
  const began = performance.now()
  while (!await ended()) {
    withinTime(since(began), { to: 1500 }, 'the run went on without anybody who asks for it')
    await new Promise((done) => { setTimeout(done, 50) })
  }
  await calm(seat)
})

test('api B20: two on one page, of two customers: what is typed, saved and said in one does not show in the other', async () => {
  const seat = await visit('/hosts/two')
  const texts = () => seat.page.evaluate(() => [...document.querySelectorAll('mail-gateway-settings')].map((each) => each.shadowRoot!.querySelector<HTMLElement>('[part~=base]')!.innerText.replace(/\s+/g, ' ')))
  const press = (at: number, name: string) => seat.page.evaluate((index, text) => {
    const root = document.querySelectorAll('mail-gateway-settings')[index]!.shadowRoot!
    ;[...root.querySelectorAll('button')].find((each) => each.textContent.trim() === text)!.click()
  }, at, name)
  const both = (what: string) => seat.page.waitForFunction((text) => [...document.querySelectorAll('mail-gateway-settings')].every((each) => each.shadowRoot?.textContent.includes(text)), {}, what)
  await both('No mail is sent yet')
  const south = (await texts())[1]
  await press(0, 'Set up the first gateway')
  await new Pointer(seat.page).choose('No sign-in')
  await new Pointer(seat.page).fill('Server', 'north.acme.example')
  await new Pointer(seat.page).fill('From address', 'north@acme.example')
  assert.equal((await texts())[1], south)
  await new Pointer(seat.page).press('Save without checking')
  await seat.page.waitForFunction(() => document.querySelector('mail-gateway-settings')!.shadowRoot!.textContent.includes('Saved without checking'))
  assert.equal((await texts())[1], south)
  await press(1, 'Set up the first gateway')
  await both('Mail gateways of Office')
  assert.deepEqual(await seat.page.evaluate(() => [...document.querySelectorAll('mail-gateway-settings')].map((each) => each.gateways.map(({ settings }) => settings['host']))), [['north.acme.example'], []])
  await calm(seat)
})

test('api E3: loaded twice from two addresses nothing breaks; it takes another tag, and keeps the first of two', async () => {
  // Without the policy of the page: under it, a second copy of Lit may not make the policy that the first has made.
  const seat = await visit('/hosts/script', false)
  await seat.screen.shows('How Plumline sends mail.')
  const made = await seat.page.evaluate(async () => {
    const before = customElements.get('mail-gateway-settings') as CustomElementConstructor & { define(tag: string): void }
    await import('/assets/element.js?again' as string)
    before.define('acme-mail')
    before.define('acme-mail')
    document.querySelector('main')!.append(document.createElement('acme-mail'))
    return customElements.get('mail-gateway-settings') === before && customElements.get('acme-mail') !== before
  })
  assert.equal(made, true)
  await seat.page.waitForFunction(() => document.querySelector('acme-mail')!.shadowRoot?.textContent.includes('Add a gateway'))
  assert.deepEqual(seat.watch.complaints, [])
})

test('api B23: the back button and a reload come back to the screen that was left', async () => {
  const seat = await visit('/settings/email?tenant=routing&scenario=starttls&act=save')
  await seat.screen.shows('Saved. Plumline sends as')
  const hand = new Pointer(seat.page)
  await hand.press('Send a test email')
  await seat.screen.shows('At most 5 a minute')
  await hand.press('Mail gateways')
  await seat.screen.shows('How Plumline sends mail.')
  await seat.page.goBack()
  await seat.screen.shows('At most 5 a minute')
  await seat.page.reload()
  await seat.screen.shows('At most 5 a minute')
  await seat.page.goBack()
  await seat.screen.shows('Configured')
  await seat.page.goForward()
  await seat.screen.shows('At most 5 a minute')
  await calm(seat)
})

test('api E7: none of these pages made a report', async () => {
  assert.deepEqual(await reportsAt(demo), [])
})
