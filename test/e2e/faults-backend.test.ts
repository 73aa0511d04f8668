// Why: the backend goes away, answers get lost, the network and the session end; nothing typed is lost, nothing is done twice.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { openTab, startBrowser } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { answered, canary, faultSeat, filled, keptInField, leave, mailsTo, runOn, secondsTo, soon, typedIn } from './fault-seat.ts'
import type { FaultSeat } from './fault-seat.ts'
import { valuesOn } from './product.ts'
import { calmAt } from './seat.ts'
import { since, withinTime } from '../within-time.ts'

let demo: Demo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

const sit = async (t: TestContext, name: string): Promise<FaultSeat> => {
  const seat = await faultSeat(demo, browser, name)
  t.after(() => leave(seat))
  return seat
}

const pause = (ms: number) => new Promise((done) => { setTimeout(done, ms) })
const away = /The settings service did not answer/
const open = 'Whether it was saved is not known yet. What you typed is still here. Try again in a moment: nothing is saved twice.'
const unchanged = 'Nothing was changed, and what you typed is still here. Try again in a moment.'

/** Revisions of what the customer has. */
const revisions = async ({ customer }: FaultSeat): Promise<readonly number[]> => (await customer.gateways()).map(({ revision }) => revision)

/** The browser knows that there is no network, and connections are gone. */
const unplug = async ({ page, proxy }: FaultSeat): Promise<void> => {
  await page.setOfflineMode(true)
  await proxy.down()
}

const plugIn = async ({ page, proxy }: FaultSeat): Promise<void> => {
  await proxy.up()
  await page.setOfflineMode(false)
}

/** The right password, a check in the same page, and everything passes. */
const nextPasses = async ({ hand, page, screen }: FaultSeat): Promise<void> => {
  await hand.fill('Password', (await valuesOn(page)).password)
  await hand.press('Check only')
  await screen.shows('These settings work')
}

/** From the summary after a save: a check of what is stored, in the same page. */
const storedPasses = async ({ hand, screen }: FaultSeat): Promise<void> => {
  await hand.press('Check now')
  await screen.shows(/8 passed, 3 not run/)
}

test('fault F87 [browser]: down at load: it says so, tries again after 1, 2, 4 and 8 s and then no more, and loads when asked to', async (t) => {
  const seat = await sit(t, 'down-load')
  const { proxy, page, screen, hand } = seat
  proxy.fail(/api/, { what: 'cut' })
  await page.goto(seat.customer.page('&scenario=starttls'))
  await answered(seat, 'F87', /The mail settings did not load The settings service of Plumline did not answer\. Nothing was changed\..* Next try by itself in 1 s/, 10, 'down at load')
  await soon('five tries', () => proxy.asked('GET', /^\/meta/).length, (count) => count === 5, 20_000)
  const tries = proxy.asked('GET', /^\/meta/).map(({ at }) => at / 1000)
  for (const [n, wanted] of [1, 2, 4, 8].entries()) {
    const waited = tries[n + 1]! - tries[n]!
    assert.ok(waited >= wanted - 0.05 && waited < wanted + 1, `${waited.toFixed(2)} s instead of ${wanted} s before try ${n + 2}`)
  }
  await soon('no more tries planned', () => screen.text(), (text) => !/Next try|Trying now/.test(text))
  await pause(1500)
  assert.equal(proxy.asked('GET', /^\/meta/).length, 5)
  proxy.heal()
  await hand.press('Try again')
  await screen.shows('New gateway')
  await nextPasses(seat)
  assert.deepEqual(await seat.customer.gateways(), [])
})

test('fault F87 [browser]: down at save: what was typed stays, the password in its field alone, and one press saves it once', async (t) => {
  const seat = await sit(t, 'down-save')
  const { proxy, hand, screen, page } = seat
  await filled(seat)
  const secret = canary()
  await hand.fill('Password', secret.secret)
  const typed = await typedIn(seat)
  const posts: string[] = []
  page.on('request', (request) => { if (request.method() !== 'GET') posts.push(`${request.method()} ${new URL(request.url()).pathname}`) })
  await proxy.down()
  await hand.press('Save without checking')
  await answered(seat, 'F87', away, 10, 'down at save')
  assert.match(await screen.text(), new RegExp(open))
  assert.deepEqual(await typedIn(seat), typed)
  await keptInField(seat, secret)
  await pause(2500)
  assert.deepEqual(posts, ['POST /api/mail-gateway/gateways'], 'a save is not tried again by itself')
  assert.deepEqual(await seat.customer.gateways(), [])
  await proxy.up()
  await hand.press('Try again')
  await screen.shows('Saved without checking')
  assert.deepEqual(await revisions(seat), [1])
  assert.equal((await seat.customer.gateways())[0]!.secrets['password']!.set, true)
  await hand.press('Edit settings')
  await screen.shows('Configured')
  await hand.press('Replace Password')
  await hand.fill('New: Password', (await valuesOn(page)).password)
  await hand.press('Check and save')
  await screen.shows('Saved. Plumline sends as')
})

test('fault F87 [browser]: a secret that lies elsewhere in the page is found', async (t) => {
  const seat = await sit(t, 'planted')
  await filled(seat)
  const secret = canary()
  await seat.hand.fill('Password', secret.secret)
  await keptInField(seat, secret)
  await seat.page.evaluate((text) => sessionStorage.setItem('draft', btoa(text)), secret.secret)
  await assert.rejects(keptInField(seat, secret), /session storage/)
})

test('fault F87 [browser]: down at test: it says so, or that nobody can know where it breaks off half-way; the next test passes', async (t) => {
  const seat = await sit(t, 'down-test')
  const { proxy, hand, screen } = seat
  await filled(seat, 'slow')
  const typed = await typedIn(seat)
  await proxy.down()
  await hand.press('Check only')
  await answered(seat, 'F87', away, 10, 'down at test')
  assert.match(await screen.text(), new RegExp(unchanged))
  assert.deepEqual(await typedIn(seat), typed)
  await proxy.up()
  await hand.press('Try again')
  await screen.shows(/Checking, [3-6] of 8/)
  const runId = await runOn(seat.page)
  await proxy.down()
  const began = performance.now()
  await screen.shows('Nobody can know yet whether mail goes out')
  withinTime(since(began), { to: 2500 })
  assert.match(await screen.text(), away)
  assert.doesNotMatch(await screen.text(), /These settings work|Everything passed/)
  assert.deepEqual(await typedIn(seat), typed)
  await proxy.up()
  await hand.press('Try again')
  await screen.shows('These settings work')
  assert.notEqual(await runOn(seat.page), runId)
  assert.deepEqual(await seat.customer.gateways(), [])
})

/** A backend that takes requests at load and says nothing. */
const silentAtLoad = async (seat: FaultSeat): Promise<void> => {
  seat.proxy.fail(/api/, { what: 'silence' })
  await seat.page.goto(seat.customer.page('&scenario=starttls'))
  await answered(seat, 'F87', /The mail settings did not load .*Next try by itself in 1 s/, 10, 'silent at load')
  seat.proxy.heal()
  await seat.screen.shows('New gateway')
}

const silentAtTest = async (seat: FaultSeat): Promise<void> => {
  await filled(seat)
  seat.proxy.fail(/^POST .*checks/, { what: 'silence' })
  await seat.hand.press('Check only')
  await answered(seat, 'F87', away, 10, 'silent at test')
  assert.match(await seat.screen.text(), new RegExp(unchanged))
  seat.proxy.heal()
}

test('fault F87 [browser]: silent at load or at test: nobody waits longer than ten seconds for a word', async (t) => {
  const [load, check] = [await sit(t, 'silent-load'), await sit(t, 'silent-test')]
  await Promise.all([silentAtLoad(load), silentAtTest(check)])
  for (const seat of [load, check]) {
    await seat.page.bringToFront()
    await nextPasses(seat)
  }
})

test('fault F88 [browser]: offline at save: it says so at once; online again it reads what is stored and sends nothing by itself', async (t) => {
  const seat = await sit(t, 'offline-save')
  const { proxy, hand, screen } = seat
  await filled(seat)
  const secret = canary()
  await hand.fill('Password', secret.secret)
  const typed = await typedIn(seat)
  await unplug(seat)
  await hand.press('Save without checking')
  await answered(seat, 'F88', /You are offline/, 2, 'offline')
  const before = proxy.seen.length
  const online = performance.now()
  await plugIn(seat)
  await screen.shows(unchanged, 2500)
  withinTime(since(online), { to: 2500 })
  assert.doesNotMatch(await screen.text(), /You are offline/)
  await pause(1500)
  const asked = proxy.seen.slice(before).filter((one) => one.asked.includes('/api/')).map((one) => one.asked.replace(/\/gateways\/[\w-]+$/, '/gateways/{id}'))
  assert.deepEqual(asked, ['GET /api/mail-gateway/gateways', 'GET /api/mail-gateway/gateways/{id}'])
  assert.deepEqual(await typedIn(seat), typed)
  await keptInField(seat, secret)
  await hand.press('Try again')
  await screen.shows('Saved without checking')
  assert.deepEqual(await revisions(seat), [1])
})

test('fault F88 [browser]: offline while a save is on its way: online again it is found saved, once', async (t) => {
  const seat = await sit(t, 'offline-saved')
  const { proxy, hand, screen, customer } = seat
  await filled(seat)
  proxy.fail(/^POST .*gateways/, { what: 'silence', done: true }, 1)
  await hand.press('Save without checking')
  await soon('the save to be done', () => customer.gateways(), (all) => all.length === 1)
  await unplug(seat)
  await screen.shows(/You are offline Whether it was saved is not known yet/, 2500)
  await plugIn(seat)
  await screen.shows('Saved without checking', 2500)
  assert.deepEqual(await revisions(seat), [1])
  await storedPasses(seat)
})

test('fault F88 [browser]: offline in the middle of a test: nothing passes; online again it shows what became of the run, and starts none', async (t) => {
  const seat = await sit(t, 'offline-test')
  const { proxy, hand, screen, page } = seat
  await filled(seat, 'slow')
  await hand.press('Check only')
  await screen.shows(/Checking, [3-6] of 8/)
  const runId = await runOn(page)
  await unplug(seat)
  await screen.shows(/You are offline .*Nobody can know yet whether mail goes out/, 2500)
  await plugIn(seat)
  await screen.shows('The check was stopped', 2500)
  assert.deepEqual([await runOn(page), proxy.asked('POST').length], [runId, 1])
  await hand.press('Check again')
  await screen.shows('These settings work')
})

test('fault F88 [browser]: offline at load: the page that came from the cache loads by itself as soon as the network is back', async (t) => {
  const seat = await sit(t, 'offline-load')
  seat.proxy.fail(/api/, { what: 'cut' })
  await seat.page.goto(seat.customer.page())
  await seat.screen.shows('Next try by itself in 4 s')
  await unplug(seat)
  await seat.screen.shows('You are offline')
  seat.proxy.heal()
  await plugIn(seat)
  await seat.screen.shows('No mail is sent yet', 2500)
})

const afterwards = async (seat: FaultSeat, wanted: readonly number[]): Promise<void> => {
  assert.deepEqual(await revisions(seat), wanted)
  await storedPasses(seat)
}

test('fault F89 [browser]: the answer to a first save is lost: it is found saved, as one gateway of one revision', async (t) => {
  const seat = await sit(t, 'lost-create')
  await filled(seat)
  seat.proxy.fail(/^POST .*gateways/, { what: 'swallow' }, 1)
  await seat.hand.press('Save without checking')
  await answered(seat, 'F89', /Saved without checking/, 10, 'first save')
  const keys = seat.proxy.asked('POST', /^\/gateways/).map(({ headers }) => headers['idempotency-key'])
  assert.deepEqual([keys.length, new Set(keys).size, keys[0]], [2, 1, (await seat.customer.gateways())[0]!.id])
  await afterwards(seat, [1])
})

test('fault F89 [browser]: the same where nothing is heard any more, within ten seconds', async (t) => {
  const seat = await sit(t, 'lost-silent')
  await filled(seat)
  seat.proxy.fail(/^POST .*gateways/, { what: 'silence', done: true }, 1)
  await seat.hand.press('Save without checking')
  await answered(seat, 'F89', /Saved without checking/, 10, 'silence')
  await afterwards(seat, [1])
})

test('fault F89 [browser]: a browser that sends a first save again by itself, as it does where a kept connection dies, makes no second gateway', async (t) => {
  const seat = await sit(t, 'lost-resent')
  seat.proxy.keeps = true
  await filled(seat)
  const sent: string[] = []
  seat.page.on('request', (request) => { if (request.method() === 'POST') sent.push(request.url()) })
  // What was pressed is answered on a connection that has been used before.
  seat.proxy.fail(/^POST .*gateways/, { what: 'swallow' }, 1)
  await seat.hand.press('Save without checking')
  await answered(seat, 'F89', /Saved without checking/, 10, 'sent again by the browser')
  assert.deepEqual([sent.length, seat.proxy.asked('POST', /^\/gateways/).length], [1, 2], 'the page asked once, its browser twice')
  await afterwards(seat, [1])
})

test('fault F89 [browser]: the answer to a change is lost: it is found saved, as one revision more, and nobody is told of a conflict', async (t) => {
  const seat = await sit(t, 'lost-change')
  await seat.page.goto(seat.customer.page('&scenario=starttls&act=save'))
  await seat.screen.shows('Saved. Plumline sends as')
  await seat.hand.press('Edit settings')
  await seat.hand.fill('Sender name (optional)', 'Plumline again')
  seat.proxy.fail(/^PUT/, { what: 'swallow' }, 1)
  await seat.hand.press('Save without checking')
  await answered(seat, 'F89', /Saved without checking/, 10, 'change')
  assert.doesNotMatch(await seat.screen.text(), /Somebody else/)
  assert.equal((await seat.customer.gateways())[0]!.settings['fromName'], 'Plumline again')
  await afterwards(seat, [2])
})

test('fault F89 [browser]: where even the look at it fails, it says that nobody knows; trying again saves nothing twice', async (t) => {
  const seat = await sit(t, 'lost-both')
  await filled(seat)
  seat.proxy.fail(/^POST .*gateways/, { what: 'swallow' }, 1)
  seat.proxy.fail(/^GET .*gateways\//, { what: 'answer', status: 502, body: '<h1>Bad gateway</h1>' })
  await seat.hand.press('Save without checking')
  await answered(seat, 'F89', new RegExp(open), 10, 'nobody knows')
  seat.proxy.heal()
  await seat.hand.press('Try again')
  await seat.screen.shows('Saved without checking')
  await afterwards(seat, [1])
})

test('fault F89 [browser]: a change that never arrived is said not to have been made', async (t) => {
  const seat = await sit(t, 'lost-before')
  await filled(seat)
  seat.proxy.fail(/^POST .*gateways/, { what: 'cut' }, 1)
  await seat.hand.press('Save without checking')
  await answered(seat, 'F89', new RegExp(unchanged), 10, 'never arrived')
  assert.deepEqual(await seat.customer.gateways(), [])
  await seat.hand.press('Try again')
  await seat.screen.shows('Saved without checking')
  await afterwards(seat, [1])
})

test('fault F89 [browser]: a browser that asks for a test email again by itself, after its answer got lost, sends no second one', async (t) => {
  const seat = await sit(t, 'resent-mail')
  const { proxy, hand, screen, page } = seat
  await filled(seat)
  await hand.press('Save without checking')
  await hand.press('Send a test email')
  await hand.fill('To', 'resent@acme.example')
  proxy.keeps = true
  await page.evaluate(() => fetch('/api/mail-gateway/livez').then((response) => response.text()))
  proxy.fail(/^POST .*checks/, { what: 'swallow' }, 1)
  await hand.press('Send')
  await screen.shows(/Accepted\. Did it arrive|Nobody can know yet|did not answer/)
  assert.ok(proxy.asked('POST', /^\/checks/).length >= 2)
  assert.equal(await mailsTo(demo, 'resent@acme.example'), 1)
})

test('fault F89 [browser]: the answer to a deletion is lost: it is gone, and said to be', async (t) => {
  const seat = await sit(t, 'lost-delete')
  const { hand, screen, customer } = seat
  await filled(seat)
  await hand.press('Save without checking')
  await screen.shows('Saved without checking')
  await hand.press('Back to all gateways')
  await hand.unfold('More : Reports')
  await hand.press('Delete : Reports')
  seat.proxy.fail(/^DELETE/, { what: 'swallow' }, 1)
  await hand.press('Delete the gateway')
  await answered(seat, 'F89', /No mail is sent yet/, 10, 'deletion')
  assert.equal(await screen.status(), 'Reports is deleted')
  assert.deepEqual(await customer.gateways(), [])
  await filled(seat)
  await nextPasses(seat)
})

test('fault F96 [browser]: the session ends while somebody types: it says so, keeps everything typed, and saves it after signing in elsewhere', async (t) => {
  const seat = await sit(t, 'session')
  const { context, hand, screen, customer } = seat
  await filled(seat)
  const secret = canary()
  await hand.fill('Password', secret.secret)
  const typed = await typedIn(seat)
  await context.deleteCookie(...await context.cookies())
  await hand.press('Save without checking')
  await answered(seat, 'F96', /You are signed out Sign in again in another tab, then try again\. What you typed is still here\./, 2)
  assert.deepEqual(await typedIn(seat), typed)
  await keptInField(seat, secret)
  const other = await openTab(context)
  await other.page.goto(`${demo.base}/`)
  await other.page.close()
  assert.deepEqual(await customer.gateways(), [], 'nothing was saved for nobody')
  await seat.page.bringToFront()
  await hand.press('Try again')
  await screen.shows('Saved without checking')
  assert.deepEqual((await customer.gateways()).map(({ revision, secrets }) => [revision, secrets['password']!.set]), [[1, true]])
  await calmAt(demo, seat, '401')
  await hand.press('Edit settings')
  await hand.press('Replace Password')
  await hand.fill('New: Password', (await valuesOn(seat.page)).password)
  await hand.press('Check and save')
  await secondsTo(seat.page, /Saved\. Plumline sends as/)
})
