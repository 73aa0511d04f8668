import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Browser, CDPSession, Page } from 'puppeteer-core'
import { Audit } from './audit.ts'
import { openTab, overhang } from './browser.ts'
import type { Tab } from './browser.ts'
import type { Demo } from './demo.ts'
import { looks, wear } from './looks.ts'
import type { Look } from './looks.ts'

/** A state the demo can show, by address. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly url: string
  /** The backend refuses something here, which the browser's console tells by itself. */
  readonly refused?: boolean
}

export const scenarios = JSON.parse(await readFile(new URL('../../demo/scenarios.json', import.meta.url), 'utf8')) as readonly Scenario[]

/** True for what the pretend Microsoft shows: there are many, and they have a file of their own. */
export const isMicrosoft = ({ id }: Scenario): boolean => /^(microsoft-|page-portal)/.test(id)

/** One address, open in a browser of its own, with what listens and looks. */
export interface Stage extends Tab {
  readonly session: CDPSession
  readonly audit: Audit
}

export const openStage = async (demo: Demo, browser: Browser, url: string): Promise<Stage> => {
  const tab = await openTab(await browser.createBrowserContext())
  const stage = { ...tab, session: await tab.page.createCDPSession(), audit: await Audit.of(tab.page) }
  await tab.page.goto(demo.base + url, { waitUntil: 'load' })
  return stage
}

export const closeStage = ({ page }: Tab): Promise<void> => page.browserContext().close()

/** `running` while a check or a first load is under way, `settled` once there is nothing to wait for. */
export const stateOf = (page: Page): Promise<'running' | 'settled' | 'starting'> => page.evaluate(() => {
  const { dataset } = document.documentElement
  const elements = [...document.querySelectorAll('mail-gateway-settings')]
  if (elements.every((element) => !element.shadowRoot)) return elements.length ? 'starting' : 'settled'
  const busy = elements.some((element) => element.shadowRoot!.querySelector('[aria-busy=true]'))
  if (busy) return 'running'
  const driven = document.querySelector('script[src="/assets/email.js"]') !== null
  return !driven || 'ready' in dataset || 'failed' in dataset ? 'settled' : 'starting'
})

export const until = async (page: Page, wanted: readonly string[], ms: number): Promise<string> => {
  for (const end = performance.now() + ms; ;) {
    const state = await stateOf(page)
    if (wanted.includes(state) || performance.now() > end) return state
    await new Promise((done) => { setTimeout(done, 50) })
  }
}

/** What is wrong with a page in one look, said with the look's name. */
export const faults = async ({ page, session, audit }: Stage, look: Look): Promise<readonly string[]> => {
  await wear(page, session, look)
  return [...(await overhang(page)).map((what) => `out of the window: ${what}`), ...await audit.violations(look.rules)].map((fault) => `${look.name}: ${fault}`)
}

export const faultsIn = async (stage: Stage, some: readonly Look[]): Promise<readonly string[]> => {
  const found: string[] = []
  for (const look of some) found.push(...await faults(stage, look))
  return found
}

/** Walks through one address in every look, while it runs and once it stands still. */
export const show = async (demo: Demo, browser: Browser, { url, refused = false }: Scenario): Promise<void> => {
  const stage = await openStage(demo, browser, url)
  const { page, watch } = stage
  const found: string[] = []
  if (await until(page, ['settled'], 1500) === 'running') found.push(...await faultsIn(stage, looks))
  // A placeholder that stays is a screen of its own.
  if (!url.includes('fault=slow')) assert.equal(await until(page, ['settled'], 40_000), 'settled')
  found.push(...await faultsIn(stage, looks))
  assert.deepEqual(found, [])
  assert.deepEqual(watch.complaints, [])
  assert.equal(watch.refused.length > 0, refused, `refused: ${watch.refused.join()}`)
  assert.deepEqual([...watch.origins], [demo.base])
  await closeStage(stage)
}
