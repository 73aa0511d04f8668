// Why: impatient hands, two tabs and two administrators at once: one request, one save, one mail, and nobody's work lost.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Browser, Page } from 'puppeteer-core'
import { openTab, startBrowser } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { answered, faultSeat, filled, keepTime, leave, mailsTo, runOn, soon } from './fault-seat.ts'
import type { FaultSeat } from './fault-seat.ts'
import { Pointer } from './pointer.ts'
import { Screen } from './screen.ts'
import { calmAt } from './seat.ts'

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

/** The same customer in another tab of the same browser, there as somebody. */
const another = async ({ context, customer }: FaultSeat, user: string) => {
  const tab = await openTab(context)
  await keepTime(tab.page)
  const open = (query = '') => tab.page.goto(customer.page(`&user=${user}${query}`))
  return { ...tab, hand: new Pointer(tab.page), screen: new Screen(tab.page), open }
}

/** Where a button is, for a hand that does not look again. */
const placeOf = async (page: Page, name: string): Promise<{ readonly x: number; readonly y: number }> => {
  const button = await page.waitForSelector(`::-p-aria([name=${JSON.stringify(name)}][role="button"])`)
  await button!.scrollIntoView()
  return button!.clickablePoint()
}

/** Ways to press a button more than once. `field`: a field whose Enter does the same. */
const presses: readonly (readonly [string, (page: Page, name: string, field: string) => Promise<void>])[] = [
  ['a double click', async (page, name) => {
    const { x, y } = await placeOf(page, name)
    await page.mouse.click(x, y, { count: 2 })
  }],
  ['Enter and a click', async (page, name, field) => {
    const { x, y } = await placeOf(page, name)
    await page.focus(`::-p-aria([name=${JSON.stringify(field)}][role="textbox"])`)
    await Promise.all([page.keyboard.press('Enter'), page.mouse.click(x, y)])
  }],
  ['twenty clicks', async (page, name) => {
    const { x, y } = await placeOf(page, name)
    await Promise.all(Array.from({ length: 20 }, () => page.mouse.click(x, y)))
  }],
]

const isBusy = (page: Page, name: string): Promise<boolean> => page.evaluate((text) =>
  [...document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelectorAll('button')].find((each) => each.textContent.trim() === text)?.getAttribute('aria-disabled') === 'true', name)

for (const [n, [how, press]] of presses.entries()) {
  test(`fault F90 [browser]: ${how} on Check and save: one check, one save, and the button says that it is busy`, async (t) => {
    const seat = await sit(t, `save-${n}`)
    const { page, proxy, screen, customer } = seat
    await filled(seat)
    proxy.fail(/^POST/, { what: 'delay', ms: 700 })
    await press(page, 'Check and save', 'Reply-to (optional)')
    assert.equal(await isBusy(page, 'Check and save'), true)
    await screen.shows('Saved. Plumline sends as')
    assert.deepEqual([proxy.asked('POST', /^\/checks/).length, proxy.asked('POST', /^\/gateways/).length], [1, 1])
    assert.deepEqual((await customer.gateways()).map(({ revision }) => revision), [1])
    proxy.heal()
    await seat.hand.press('Check again')
    await screen.shows(/8 passed, 3 not run/)
    await calmAt(demo, seat)
  })

  test(`fault F90 [browser]: ${how} on Send: one request, one mail`, async (t) => {
    const seat = await sit(t, `send-${n}`)
    const { page, proxy, screen, hand } = seat
    await page.goto(seat.customer.page('&scenario=starttls&act=save'))
    await screen.shows('Saved. Plumline sends as')
    await hand.press('Send a test email')
    await hand.fill('To', `send-${n}@acme.example`)
    const before = proxy.asked('POST', /^\/checks/).length
    proxy.fail(/^POST/, { what: 'delay', ms: 700 })
    await press(page, 'Send', 'To')
    await screen.shows('Accepted. Did it arrive?')
    assert.equal(proxy.asked('POST', /^\/checks/).length - before, 1)
    assert.equal(await mailsTo(demo, `send-${n}@acme.example`), 1)
    await calmAt(demo, seat)
  })
}

test('fault F91 [browser]: two tabs edit: the second save is a choice with the time and both values, the first one is kept until it is made', async (t) => {
  const ada = await sit(t, 'two-tabs')
  const { customer, screen, hand, page } = ada
  await page.goto(customer.page('&scenario=starttls&act=save'))
  await screen.shows('Saved. Plumline sends as')
  await hand.press('Edit settings')
  await hand.fill('Sender name (optional)', 'Plumline Ada')
  const [{ id }] = await customer.gateways() as unknown as [{ id: string }]
  const grace = await another(ada, 'grace')
  await grace.open(`&view=edit&gateway=${id}`)
  await grace.hand.fill('Sender name (optional)', 'Plumline Grace')
  await grace.hand.press('Save without checking')
  await grace.screen.shows('Saved without checking')
  await page.bringToFront()
  await hand.press('Save without checking')
  await answered(ada, 'F91', /Somebody else saved this gateway while you were editing Grace saved it today, [\d:]+\. Nothing of yours is lost.*Plumline Ada yours Plumline Grace theirs, saved today, [\d:]+/, 2)
  const stored = async () => (await customer.gateways()).map(({ revision, settings }) => [revision, settings['fromName']])
  assert.deepEqual(await stored(), [[2, 'Plumline Grace']])
  await hand.press('Check and save this choice')
  await screen.shows('Saved. Plumline sends as')
  assert.deepEqual(await stored(), [[3, 'Plumline Ada']])
  await calmAt(demo, ada, '412')
})

test('fault F91 [browser]: two tabs of one person save the same: that is no conflict with oneself', async (t) => {
  const first = await sit(t, 'same-tabs')
  const { customer, screen, hand, page } = first
  await page.goto(customer.page('&scenario=starttls&act=save'))
  await screen.shows('Saved. Plumline sends as')
  await hand.press('Edit settings')
  await hand.fill('Sender name (optional)', 'Plumline twice')
  const [{ id }] = await customer.gateways() as unknown as [{ id: string }]
  const second = await another(first, 'ada')
  await second.open(`&view=edit&gateway=${id}`)
  await second.hand.fill('Sender name (optional)', 'Plumline twice')
  await second.hand.press('Save without checking')
  await second.screen.shows('Saved without checking')
  await page.bringToFront()
  await hand.press('Save without checking')
  await screen.shows('Saved without checking')
  assert.deepEqual((await customer.gateways()).map(({ revision }) => revision), [2])
  await calmAt(demo, first)
})

/** A stored gateway on a slow server, on the screen for test emails of two administrators. */
const twoAt = async (t: TestContext, name: string, view: string) => {
  const ada = await sit(t, name)
  await filled(ada, 'slow')
  await ada.hand.press('Save without checking')
  await ada.screen.shows('Saved without checking')
  const [{ id }] = await ada.customer.gateways() as unknown as [{ id: string }]
  const grace = await another(ada, 'grace')
  await grace.open(`&view=${view}&gateway=${id}`)
  return { ada, grace }
}

test('fault F92 [browser]: two administrators send a test email at once, each to themselves: the second watches the first one’s; one mail', async (t) => {
  const { ada, grace } = await twoAt(t, 'two-admins', 'test')
  await ada.page.bringToFront()
  await ada.hand.press('Send a test email')
  await ada.hand.fill('To', 'ada-two@acme.example')
  await ada.hand.press('Send')
  await ada.screen.shows(/Sending, \d+ of 11/)
  await grace.page.bringToFront()
  await grace.hand.fill('To', 'grace-two@acme.example')
  await grace.hand.press('Send')
  await grace.screen.shows(/Sending, \d+ of 11/)
  await answered(grace, 'F92', /Accepted\. Did it arrive\? Accepted is not delivered\. Look in the inbox of ada-two@acme\.example/, 20)
  await ada.screen.shows('Accepted. Did it arrive?')
  assert.equal(await runOn(grace.page), await runOn(ada.page))
  assert.deepEqual([await mailsTo(demo, 'ada-two@acme.example'), await mailsTo(demo, 'grace-two@acme.example')], [1, 0])
  await calmAt(demo, ada)
})

test('fault F92 [browser]: two administrators check at once: one run, which both see to its end, and which one of them leaving does not end', async (t) => {
  const { ada, grace } = await twoAt(t, 'two-checks', 'edit')
  await grace.page.goto(ada.customer.page('&user=grace'))
  await ada.page.bringToFront()
  await ada.hand.press('Check now')
  await ada.screen.shows(/Checking, \d of 8/)
  await grace.page.bringToFront()
  await grace.hand.press('Check now : Slow but correct')
  await grace.screen.shows(/Checking, \d of 8/)
  const runId = await soon('one run', () => runOn(grace.page), (id) => id !== undefined)
  assert.equal(await runOn(ada.page), runId)
  await ada.page.close()
  await answered(grace, 'F92', /Checked .*today/, 20, 'joined')
  const run = await (await ada.customer.call('GET', `/runs/${runId}`)).json() as { verdict: string }
  assert.equal(run.verdict, 'passed')
})
