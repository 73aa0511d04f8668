// Why: every state the demo can show is one a vendor may open first. None may break the policy, keep anybody out, or reach out of a phone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'puppeteer-core'
import { paintless } from './audit.ts'
import { overhang, startBrowser } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { Keyboard } from './keyboard.ts'
import { asks, looks } from './looks.ts'
import { Pointer } from './pointer.ts'
import { reportsAt } from './product.ts'
import { Screen } from './screen.ts'
import { closeStage, faults, faultsIn, isMicrosoft, openStage, scenarios, show, stateOf, until } from './stage.ts'
import type { Stage } from './stage.ts'

let demo: Demo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

describe('api B11, B18, E7, E8, E13 and F24: no report, no error, no axe finding, no overflow; light, dark, right to left, 320 px', { concurrency: 5 }, () => {
  for (const scenario of scenarios.filter((one) => !isMicrosoft(one))) test(`${scenario.id}: ${scenario.title}`, () => show(demo, browser, scenario))
})

const shown = new Map(scenarios.map((scenario) => [scenario.id, scenario]))

/** A scenario once it stands still. */
const settled = async (id: string): Promise<Stage> => {
  const stage = await openStage(demo, browser, shown.get(id)!.url)
  assert.equal(await until(stage.page, ['settled'], 40_000), 'settled')
  return stage
}

test('api B11, B18 and F24: a check that runs, in every look, while it runs', async () => {
  const stage = await openStage(demo, browser, shown.get('checks-running')!.url)
  for (const look of looks) {
    // The slow server takes some seconds; another look may need another run, begun where every run of a form is: at its end.
    for (let found: readonly string[] | undefined; !found;) {
      if (await until(stage.page, ['running', 'settled'], 10_000) === 'settled') await new Pointer(stage.page).press('Check only')
      assert.equal(await until(stage.page, ['running'], 5000), 'running')
      const seen = await faults(stage, look)
      if (await stateOf(stage.page) === 'running') assert.deepEqual(found = seen, [])
    }
  }
  assert.deepEqual(stage.watch.complaints, [])
  await closeStage(stage)
})

/** What stands behind a press: the scenario it begins from, and the presses that lead there. */
const opened: readonly (readonly [what: string, id: string, lead: (hand: Pointer) => Promise<void>, shows: string])[] = [
  ['the menu of a row', 'list', (hand) => hand.unfold('More : Site tablets'), 'Make default : Site tablets'],
  ['the question before a deletion', 'list', async (hand) => { await hand.unfold('More : Reports'); await hand.press('Delete : Reports') }, 'How Plumline sends mail.'],
  ['the folded settings', 'edit', (hand) => hand.unfold('Advanced'), 'Name in EHLO'],
  ['the details of a failure', 'server-password-refused', (hand) => hand.unfold('Details for support'), 'said 535'],
  ['what to do when no email arrives', 'test-sent', (hand) => hand.press('No, help me'), 'Look in junk and quarantine'],
  ['what is saved unchecked', 'server-certificate-expired', (hand) => hand.press('Save without checking'), 'Saved without checking'],
]

describe('api B11, B18, F18 and F24: what opens on request, in every look', () => {
  for (const [what, id, lead, shows] of opened) {
    test(what, async () => {
      const stage = await settled(id)
      await lead(new Pointer(stage.page))
      await new Screen(stage.page).shows(shows)
      const found = await faultsIn(stage, looks)
      assert.deepEqual([...found, ...stage.watch.complaints], [])
      await closeStage(stage)
    })
  }
})

const several = ['list', 'errors', 'edit', 'server-password-refused', 'checks-passed', 'test-sent', 'conflict'] as const

/** Runs in the page: controls and states that cannot be told from their ground when the system paints. */
const unseen = () => {
  const root = document.querySelector('mail-gateway-settings')!.shadowRoot!
  const ground = getComputedStyle(document.documentElement).backgroundColor
  const canvas = ground === 'rgba(0, 0, 0, 0)' ? 'rgb(0, 0, 0)' : ground
  const visible = [...root.querySelectorAll<HTMLElement>('[part~=control], [part~=button]:not([part~=button-quiet])')].filter((each) => each.checkVisibility())
  const flat = visible.filter((each) => { const { borderTopStyle, borderTopWidth, borderTopColor } = getComputedStyle(each); return borderTopStyle === 'none' || parseFloat(borderTopWidth) < 1 || borderTopColor === canvas })
  const icons = [...root.querySelectorAll<SVGElement>('svg:not(.vh)')].filter((each) => each.checkVisibility())
  const dark = icons.filter((each) => getComputedStyle(each).fill === canvas)
  return { looked: visible.length + icons.length, faint: [...flat, ...dark].map((each) => `${each.localName} ${each.getAttribute('part') ?? each.getAttribute('class')}`) }
}

test('api B16: with forced colours every control has an edge, every state its shape, and the focus its mark', async () => {
  for (const id of several) {
    const stage = await settled(id)
    await asks(stage.session, { name: 'forced-colors', value: 'active' }, { name: 'prefers-color-scheme', value: 'dark' })
    assert.equal(await stage.page.evaluate(() => matchMedia('(forced-colors: active)').matches), true)
    const { looked, faint } = await stage.page.evaluate(unseen)
    assert.ok(looked > 3, id)
    assert.deepEqual(faint, [], id)
    assert.deepEqual(await stage.audit.violations({ without: paintless }), [], id)
    assert.deepEqual(stage.watch.complaints, [], id)
    if (id === 'edit') {
      const keyboard = new Keyboard(stage.page)
      await keyboard.fill('Server', 'smtp.acme.example')
      await keyboard.choose('None never with a password')
      await keyboard.press('Check only')
    }
    await closeStage(stage)
  }
})

test('api B17: with reduced motion nothing moves while a check runs, and its state can still be read', async () => {
  const moving = (page: Page) => page.evaluate(() => document.querySelector('mail-gateway-settings')!.shadowRoot!.getAnimations().filter(({ playState }) => playState === 'running').length)
  const stage = await openStage(demo, browser, shown.get('server-greeting-silent')!.url)
  const screen = new Screen(stage.page)
  await screen.shows(/Checking, 5 of 8/)
  assert.ok(await moving(stage.page) > 0, 'without the wish something turns')
  await asks(stage.session, { name: 'prefers-reduced-motion', value: 'reduce' })
  assert.equal(await moving(stage.page), 0)
  assert.match(await screen.text(), /A mail server greets .*Checking .*The connection is encrypted .*Waiting/)
  await closeStage(stage)
})

test('api F25: text at 200 % stays inside the window and is not cut', async () => {
  for (const id of several) {
    const stage = await settled(id)
    await stage.page.evaluate(() => { document.documentElement.style.fontSize = '200%' })
    assert.deepEqual([...await overhang(stage.page), ...await cut(stage.page)], [], id)
    await closeStage(stage)
  }
})

/** Text that is wider than the box it stands in, where that box hides what is too much. */
const cut = (page: Page): Promise<readonly string[]> => page.evaluate(() =>
  [...document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelectorAll<HTMLElement>('*')]
    .filter((each) => each.checkVisibility() && !each.closest('.vh, svg') && each.scrollWidth > each.clientWidth + 1 && /hidden|clip/.test(getComputedStyle(each).overflowX) && each.localName !== 'input')
    .map((each) => `${each.localName} ${each.getAttribute('part') ?? each.className}: ${each.textContent.trim().slice(0, 60)}`))

test('api B22: the list takes the place of its placeholder without moving the page', async () => {
  const { page } = await settled('list')
  await page.evaluateOnNewDocument(() => {
    const shifts = Object.assign(globalThis, { shifts: [] as number[] }).shifts
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value) }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.reload()
  await new Screen(page).shows('Invitations')
  const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
  assert.ok(shifts.reduce((sum, one) => sum + one, 0) < 0.02, shifts.join())
  await page.browserContext().close()
})

test('what is counted here would be found: a style against the policy, a button without a name, faint words, a wide box, an error', async () => {
  const stage = await settled('list')
  await stage.page.evaluate(() => {
    const root = document.querySelector('mail-gateway-settings')!.shadowRoot!
    const planted = document.createElement('div')
    planted.style.cssText = 'color: #777; background: #888; inline-size: 3000px'
    planted.append('Faint words', document.createElement('button'))
    root.append(planted)
    root.querySelector('section')!.setAttribute('style', 'color: red')
    setTimeout(() => { throw new Error('planted') })
  })
  const found = (await faults(stage, looks[0]!)).join('\n')
  assert.match(found, /out of the window/)
  assert.match(found, /color-contrast: mail-gateway-settings/)
  assert.match(found, /button-name: mail-gateway-settings/)
  assert.match(stage.watch.policy.join(), /style-src/)
  assert.match(stage.watch.errors.join(), /planted/)
  await closeStage(stage)
  const reports = await reportsAt(demo)
  assert.equal(reports.length, 1, 'the demo heard of the planted one, and of no other in all of the above')
})
