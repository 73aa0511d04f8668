import puppeteer from 'puppeteer-core'
import type { Browser, BrowserContext, Page } from 'puppeteer-core'
import { Watch } from './watch.ts'

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // Tabs behind the one in front go on at full pace, so that several can be tested at once.
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
]

export const desktop = { width: 1280, height: 900 } as const
/** The narrowest width that has to work (WCAG 1.4.10). */
export const phone = { width: 320, height: 640 } as const

/** A real Chromium. Its path comes from the set-up, or from CHROME_PATH. */
export const startBrowser = (): Promise<Browser> =>
  puppeteer.launch({ executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium', args: flags })

export interface Tab {
  readonly page: Page
  readonly watch: Watch
}

/** A tab whose complaints are counted from its first byte on. */
export const openTab = async (context: BrowserContext, size: { readonly width: number; readonly height: number } = desktop): Promise<Tab> => {
  const page = await context.newPage()
  const watch = await Watch.over(page)
  await page.setViewport({ ...size })
  return { page, watch }
}

/** How far the page reaches beyond its window, in CSS pixels. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
