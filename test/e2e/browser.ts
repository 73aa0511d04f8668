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

/** What reaches out of the window sideways, such as `code (43 px): smtp.acme.example`; nothing where the page fits. */
export const overhang = (page: Page): Promise<readonly string[]> => page.evaluate(() => {
  const root = document.documentElement
  if (root.scrollWidth <= innerWidth) return []
  const within = (node: Document | ShadowRoot): Element[] => [...node.querySelectorAll('*')].flatMap((each) => [each, ...each.shadowRoot ? within(each.shadowRoot) : []])
  const beyond = within(document).map((each) => ({ each, by: Math.max(each.getBoundingClientRect().right - innerWidth, -each.getBoundingClientRect().left) })).filter(({ by }) => by > 0.5)
  const leaves = beyond.filter(({ each }) => !beyond.some((other) => other.each !== each && each.contains(other.each)))
  return [`${root.scrollWidth - innerWidth} px`, ...leaves.slice(0, 5).map(({ each, by }) => `${each.localName} ${each.getAttribute('part') ?? each.className} (${Math.round(by)} px): ${each.textContent.trim().slice(0, 80)}`)]
})
