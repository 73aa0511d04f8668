// Why: pages are reloaded, left, taken apart and put together again while a test runs, hold two of us, and sit behind a phone's network.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Browser, CDPSession, Page } from 'puppeteer-core'
import { record } from '../figures.ts'
import { openTab, phone, startBrowser } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { answered, faultSeat, filled, leave, runOn, soon } from './fault-seat.ts'
import type { FaultSeat } from './fault-seat.ts'
import { Pointer } from './pointer.ts'
import { valuesOn } from './product.ts'
import { Screen } from './screen.ts'
import type { Size } from './seat.ts'
import { calmAt } from './seat.ts'
import { withinTime } from '../within-time.ts'

let demo: Demo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

const sit = async (t: TestContext, name: string, size?: Size): Promise<FaultSeat> => {
  const seat = await faultSeat(demo, browser, name, size)
  t.after(() => leave(seat))
  return seat
}

const pause = (ms: number) => new Promise((done) => { setTimeout(done, ms) })

/** Every run of a customer as it lies in the store: id and verdict. */
const runsOf = (tenant: string): readonly (readonly [string, string | null])[] => {
  using database = new DatabaseSync(demo.database, { readOnly: true })
  return database.prepare('SELECT id, verdict FROM run WHERE tenant = ? ORDER BY started_at').all(tenant).map(({ id, verdict }) => [String(id), verdict as string | null])
}

test('fault F97 [browser]: a reload in the middle of a test comes back to what was typed and to what became of the run, stored once', async (t) => {
  const seat = await sit(t, 'reloaded')
  const { page, hand, screen } = seat
  await filled(seat, 'slow')
  await hand.press('Check only')
  await screen.shows(/Checking, [4-6] of 8/)
  const runId = await runOn(page)
  await page.reload()
  await answered(seat, 'F97', /Nobody can know yet whether mail goes out .*The check was stopped/, 2, 'reload')
  assert.deepEqual([await runOn(page), await screen.value('replyTo')], [runId, 'helpdesk@acme.example'])
  assert.deepEqual(runsOf('reloaded'), [[runId, 'unproven']])
  await page.reload()
  await screen.shows(/New gateway|No mail is sent yet/)
  assert.deepEqual(runsOf('reloaded'), [[runId, 'unproven']], 'looking at it again stores nothing')
  await filled(seat)
  await hand.press('Check only')
  await screen.shows('These settings work')
  await calmAt(demo, seat)
})

test('fault F97 [browser]: a run that somebody else still follows is found again after a reload, and seen to its end', async (t) => {
  const seat = await sit(t, 'followed')
  const { page, hand, screen, context, customer } = seat
  await filled(seat, 'slow')
  await hand.press('Save without checking')
  await screen.shows('Saved without checking')
  const other = await openTab(context)
  await other.page.goto(customer.page())
  await new Pointer(other.page).press('Check now : Slow but correct')
  await new Screen(other.page).shows(/Checking, \d of 8/)
  await page.bringToFront()
  await hand.press('Check now')
  await screen.shows(/Checking, \d of 8/)
  const runId = await runOn(page)
  await page.reload()
  await answered(seat, 'F97', /Checking, \d of 8/, 2, 'reconnected')
  await screen.shows('Everything passed 8 passed, 3 not run')
  await new Screen(other.page).shows(/Checked .*today/)
  assert.deepEqual([await runOn(page), await runOn(other.page)], [runId, runId])
  assert.deepEqual(runsOf('followed'), [[runId, 'passed']])
})

test('fault F97 [browser]: leaving for another page in the middle of a test and coming back finds that run again, and starts none', async (t) => {
  const seat = await sit(t, 'left')
  const { page, hand, screen, customer, proxy } = seat
  await filled(seat, 'slow')
  await hand.press('Check only')
  await screen.shows(/Checking, [4-6] of 8/)
  const runId = await runOn(page)
  await page.goto(`${demo.base}/?tenant=left`)
  await page.goto(customer.page())
  // A browser may keep the page it left, and with it the run.
  await answered(seat, 'F97', /Checking, \d of 8|The check was stopped|These settings work/, 2, 'navigation')
  const said = await screen.shows(/The check was stopped|These settings work/)
  assert.deepEqual([await runOn(page), await screen.value('replyTo'), proxy.asked('POST').length], [runId, 'helpdesk@acme.example', 1])
  assert.deepEqual(runsOf('left'), [[runId, /These settings work/.test(said) ? 'passed' : 'unproven']])
  await hand.fill('Password', (await valuesOn(page)).password)
  await hand.press('Check only')
  await soon('another run', () => runOn(page), (id) => id !== undefined && id !== runId)
  await screen.shows('These settings work')
})

/** Takes the element out of its page, and counts what still changes in it; `putBack` puts the same one in again. */
const takeOut = (page: Page) => page.evaluate(() => {
  const element = document.querySelector('mail-gateway-settings')!
  const taken = { element, parent: element.parentElement!, changes: 0 }
  Object.assign(globalThis, { taken })
  element.remove()
  return element.updateComplete.then(() => new Promise<void>((done) => { setTimeout(done, 50) })).then(() => {
    new MutationObserver((records) => { taken.changes += records.length }).observe(element.shadowRoot!, { subtree: true, childList: true, characterData: true, attributes: true })
  })
})

type Taken = { readonly element: Element; readonly parent: Element; readonly changes: number }
const changesSince = (page: Page) => page.evaluate(() => (globalThis as unknown as { taken: Taken }).taken.changes)
const putBack = (page: Page) => page.evaluate(() => {
  const { element, parent } = (globalThis as unknown as { taken: Taken }).taken
  parent.append(element)
})

test('fault F98 [browser]: taken out in the middle of a test: the request ends, nothing is drawn any more, the result is stored once; put back, the next test passes', async (t) => {
  const seat = await sit(t, 'taken-out')
  const { page, hand, screen, customer, proxy } = seat
  await filled(seat, 'slow')
  await hand.press('Check only')
  await screen.shows(/Checking, [3-6] of 8/)
  const runId = await runOn(page)
  await takeOut(page)
  await soon('the run to end', async () => (await (await customer.call('GET', `/runs/${runId}`)).json() as { state: string }).state, (state) => state === 'done')
  await pause(1500)
  assert.equal(await changesSince(page), 0)
  assert.deepEqual([runsOf('taken-out'), proxy.asked('POST').length], [[[runId, 'unproven']], 1])
  await putBack(page)
  await screen.shows('Stopped')
  assert.equal(await screen.value('replyTo'), 'helpdesk@acme.example')
  await hand.press('Check again')
  await screen.shows('These settings work')
  assert.deepEqual(runsOf('taken-out').map(([, verdict]) => verdict), ['unproven', 'passed'])
  await calmAt(demo, seat)
})

/** One life of an element on a page: it begins a check and is taken away in the middle of it. */
const lives = (page: Page, count: number) => page.evaluate(async (times) => {
  const gone = ((globalThis as unknown as { gone?: WeakRef<Element>[] }).gone ??= [])
  const parent = document.querySelector('main')!
  const until = async (holds: () => unknown) => { while (!holds()) await new Promise((done) => { setTimeout(done, 20) }) }
  for (let n = 0; n < times; n++) {
    const element = document.createElement('mail-gateway-settings')
    Object.assign(element, { view: 'edit', gatewayId: 'new', defaults: document.querySelector('mail-gateway-settings')!.defaults, headers: document.querySelector('mail-gateway-settings')!.headers })
    parent.append(element)
    await until(() => element.shadowRoot?.querySelector('[name=password]'))
    const password = element.shadowRoot!.querySelector<HTMLInputElement>('[name=password]')!
    password.value = 'not-the-password'
    password.dispatchEvent(new InputEvent('input', { bubbles: true }))
    void element.verify()
    await until(() => element.checkReport.rows.length)
    element.remove()
    gone.push(new WeakRef(element))
  }
}, count)

const collect = async (session: CDPSession): Promise<{ nodes: number; jsEventListeners: number }> => {
  for (let n = 0; n < 3; n++) {
    await session.send('HeapProfiler.collectGarbage')
    await pause(100)
  }
  return session.send('Memory.getDOMCounters')
}

const alive = (page: Page) => page.evaluate(() => (globalThis as unknown as { gone: WeakRef<Element>[] }).gone.filter((one) => one.deref()).length)

test('fault F98 [browser]: elements taken away in the middle of their tests leave nothing behind: no element, no node, no listener', async (t) => {
  const seat = await sit(t, 'no-leak')
  await filled(seat, 'slow')
  const session = await seat.page.createCDPSession()
  await lives(seat.page, 3)
  const before = await collect(session)
  await lives(seat.page, 10)
  const afterwards = await soon('everything to be collected', async () => ({ ...await collect(session), alive: await alive(seat.page) }),
    (found) => found.alive === 0 && found.nodes <= before.nodes + 50 && found.jsEventListeners <= before.jsEventListeners + 5, 8000)
  record({ of: 'fault F98 browser', elements: 10, alive: afterwards.alive, nodes: afterwards.nodes - before.nodes, listeners: afterwards.jsEventListeners - before.jsEventListeners })
  await seat.hand.press('Check only')
  await seat.screen.shows('These settings work')
})

test('fault F98 [browser]: an element that somebody holds is found by the same count', async (t) => {
  const seat = await sit(t, 'leak')
  await filled(seat, 'slow')
  await lives(seat.page, 2)
  await seat.page.evaluate(() => { Object.assign(globalThis, { held: (globalThis as unknown as { gone: WeakRef<Element>[] }).gone.map((one) => one.deref()) }) })
  await collect(await seat.page.createCDPSession())
  assert.equal(await alive(seat.page), 2)
})

/** What the demo's page hands to its script. */
interface Filled {
  readonly defaults: { readonly mode: string; readonly settings: Readonly<Record<string, string>> }
  readonly secret: { readonly value: string }
}

const both = (page: Page, what: string) => page.waitForFunction((text) => [...document.querySelectorAll('mail-gateway-settings, acme-mail')].every((each) => each.shadowRoot?.textContent.includes(text)), {}, what)

/** Presses a button of one of several elements. */
const pressIn = (page: Page, selector: string, name: string) => page.evaluate((at, text) => {
  const root = document.querySelector(at)!.shadowRoot!
  ;[...root.querySelectorAll('button')].find((each) => each.textContent.trim() === text)!.click()
}, selector, name)

test('fault F99 [browser]: two elements on one page test at once, each its own settings, each to its own verdict', async (t) => {
  const seat = await sit(t, 'two')
  const { page, proxy } = seat
  await page.goto(`${demo.base}/hosts/two`)
  await both(page, 'No mail is sent yet')
  const text = await (await fetch(`${demo.base}/settings/email?tenant=two&scenario=starttls`)).text()
  const handed = JSON.parse(/data-handed="([^"]*)"/.exec(text)![1]!.replaceAll('&quot;', '"')) as Filled
  const ask = (index: number, password: string) => page.evaluate(async (at, defaults, secret) => {
    const element = document.querySelectorAll('mail-gateway-settings')[at]!
    Object.assign(element, { defaults, view: 'edit', gatewayId: 'new' })
    await element.updateComplete
    const field = element.shadowRoot!.querySelector<HTMLInputElement>('[name=password]')!
    field.value = secret
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    return (await element.verify()).verdict
  }, index, handed.defaults, password)
  assert.deepEqual(await Promise.all([ask(0, handed.secret.value), ask(1, 'not-the-password')]), ['passed', 'failed'])
  assert.equal(proxy.asked('POST', /^\/checks/).length, 2)
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('mail-gateway-settings')].map((each) => each.shadowRoot!.textContent.includes('does not accept this user name'))), [false, true])
})

/** The element's script as another version would be. */
const nextVersion = async (): Promise<string> => {
  const text = await (await fetch(`${demo.base}/assets/element.js`)).text()
  const version = await import('../../packages/element/src/version.ts').then((module) => module.version)
  const parts = text.split(`"${version}"`)
  assert.ok(parts.length > 1, 'the version is in the script')
  return parts.join('"99.0.0"')
}

test('fault F99 [browser]: a second version loaded on the same page does not throw, says that it is not used, and works under a tag of its own', async (t) => {
  const seat = await sit(t, 'versions')
  const { page, screen, proxy, watch } = seat
  const said: string[] = []
  page.on('console', (message) => { if (message.type() === 'warn') said.push(message.text()) })
  const next = await nextVersion()
  proxy.fail(/\/assets\/next\.js/, { what: 'answer', status: 200, body: next, type: 'text/javascript' })
  // What a page with two copies of Lit has to allow.
  proxy.dress(/^\/hosts\//, { 'content-security-policy': "script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html 'allow-duplicates'" })
  await page.goto(`${demo.base}/hosts/script`)
  await screen.shows('No mail is sent yet')
  const kept = await page.evaluate(async () => {
    const first = customElements.get('mail-gateway-settings') as CustomElementConstructor & { define(tag: string): void }
    await import('/assets/next.js' as string)
    first.define('acme-mail')
    document.querySelector('main')!.append(document.createElement('acme-mail'))
    return customElements.get('mail-gateway-settings') === first
  })
  assert.equal(kept, true)
  assert.match(said.join('\n'), /<mail-gateway-settings> is version .*; version 99\.0\.0 was loaded too and is not used/)
  await both(page, 'No mail is sent yet')
  for (const tag of ['mail-gateway-settings', 'acme-mail']) {
    await pressIn(page, tag, 'Set up the first gateway')
    await page.waitForFunction((at) => document.querySelector(at)!.shadowRoot!.textContent.includes('How should mail be sent?'), {}, tag)
  }
  assert.deepEqual([watch.policy, watch.errors.filter((text) => !text.includes('was loaded too'))], [[], []])
})

/** A phone far from its mast: 400 ms there and back, and as much as 3G carries. */
const slowPhone = { latency: 400, download: 1_600_000 / 8, upload: 750_000 / 8 } as const
const lostOneIn = 100

/** Runs before the page: when the element's form stood on the screen first, in ms since the page began. */
const noteForm = () => {
  const look = () => {
    const form = document.querySelector('mail-gateway-settings')?.shadowRoot?.querySelector<HTMLElement>('[part~=form]')
    if (form && form.getBoundingClientRect().height > 0) requestAnimationFrame(() => { setTimeout(() => Object.assign(globalThis, { formAt: performance.now() })) })
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

test('fault F100 [browser]: on a slow phone network the form is there within two seconds from a cached script, and a gateway can be set up and tested', async (t) => {
  const seat = await sit(t, 'phone', phone)
  const { page, proxy, hand, screen, customer } = seat
  // A product lets its scripts be kept; the demo does not, since it is built anew all the time.
  proxy.dress(/^\/assets\//, { 'cache-control': 'public, max-age=31536000, immutable' })
  await page.evaluateOnNewDocument(noteForm)
  await filled(seat)
  await page.emulateNetworkConditions(slowPhone)
  proxy.lose(lostOneIn)
  const seen = proxy.seen.length
  await page.goto(customer.page('&scenario=starttls'))
  await screen.shows('New gateway')
  assert.deepEqual(proxy.seen.slice(seen).filter(({ asked }) => asked.includes('/assets/')).map(({ asked }) => asked), [], 'scripts come from the cache')
  const [paint, form] = await soon('the first picture', () => page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, (globalThis as unknown as { formAt?: number }).formAt ?? 0] as const), ([first, shown]) => first > 0 && shown > 0)
  record({ of: 'fault F100 browser', paint: Math.round(paint), form: Math.round(form), seconds: form / 1000, bound: 2 })
  withinTime(form, { to: 2000 + 500 }, 'the form stood there')
  await page.waitForFunction(() => 'ready' in document.documentElement.dataset)
  await hand.press('Check and save')
  await screen.shows('Saved. Plumline sends as')
  await hand.press('Send a test email')
  await hand.fill('To', 'phone@acme.example')
  await hand.press('Send')
  await screen.shows('Accepted. Did it arrive?')
  assert.deepEqual((await customer.gateways()).map(({ revision, status }) => [revision, status.state]), [[1, 'verified']])
})

test('fault F100 [browser]: where connections are lost all the time, that is said, and a save can be tried again until it is done, once', async (t) => {
  const seat = await sit(t, 'lossy', phone)
  const { proxy, hand, screen, customer } = seat
  await filled(seat)
  proxy.lose(1)
  await hand.press('Save without checking')
  await screen.shows('did not answer')
  proxy.lose(3)
  for (let tries = 0; !/Saved without checking/.test(await screen.shows(/Saved without checking|did not answer/)); tries++) {
    assert.ok(tries < 10, 'ten tries')
    await hand.press('Try again')
    await pause(300)
  }
  assert.ok(proxy.connections.lost > 1)
  assert.deepEqual((await customer.gateways()).map(({ revision }) => revision), [1])
})
