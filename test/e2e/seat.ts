import assert from 'node:assert/strict'
import type { Browser, BrowserContext, Page } from 'puppeteer-core'
import { desktop, openTab, overhang } from './browser.ts'
import type { Tab } from './browser.ts'
import type { Served } from './demo.ts'
import { Pointer } from './pointer.ts'
import { Customer } from './product.ts'
import { Screen } from './screen.ts'

/** One person at one tab, with a customer of their own. */
export interface Seat<H = Pointer> extends Tab {
  readonly context: BrowserContext
  readonly customer: Customer
  readonly hand: H
  readonly screen: Screen
}

export interface Size {
  readonly width: number
  readonly height: number
}

interface Place<H> {
  readonly demo: Served
  readonly browser: Browser
  readonly name: string
  readonly size?: Size
  readonly hand: (page: Page) => H
  /** The page may read and write the clipboard. */
  readonly clipboard?: boolean
  /** Address of a proxy everything of this person goes through. */
  readonly through?: string
}

export const seated = async <H>({ demo, browser, name, size = desktop, hand, clipboard = false, through }: Place<H>): Promise<Seat<H>> => {
  // Chromium leaves loopback out of any proxy, unless told otherwise.
  const context = await browser.createBrowserContext(through === undefined ? {} : { proxyServer: through, proxyBypassList: ['<-loopback>'] })
  if (clipboard) await context.overridePermissions(demo.base, ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write'])
  const tab = await openTab(context, size)
  return { ...tab, context, customer: new Customer(demo, context, name), hand: hand(tab.page), screen: new Screen(tab.page) }
}

export const pointer = (page: Page): Pointer => new Pointer(page)

/** Nothing was reported against the policy, no error came up, nothing was asked of another origin, nothing reaches out of the window. */
export const calmAt = async (demo: Served, { watch, page }: Tab, ...refused: readonly string[]): Promise<void> => {
  // A page is wider before its style sheet is there.
  await page.waitForFunction(() => document.readyState === 'complete')
  assert.deepEqual(watch.complaints, [])
  assert.deepEqual(watch.refused, refused)
  assert.deepEqual([...watch.origins], [demo.base])
  assert.deepEqual(await overhang(page), [])
}
