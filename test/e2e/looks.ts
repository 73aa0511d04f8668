import type { CDPSession, Page } from 'puppeteer-core'
import { paintless } from './audit.ts'
import type { Rules } from './audit.ts'
import { desktop, phone } from './browser.ts'

/** How a page is looked at. */
export interface Look {
  readonly name: string
  readonly size: { readonly width: number; readonly height: number }
  readonly scheme: 'light' | 'dark'
  readonly dir: 'ltr' | 'rtl'
  /** What another look can break that the first one has not shown already; all rules where absent. */
  readonly rules?: Rules
}

export const looks: readonly Look[] = [
  { name: 'light', size: desktop, scheme: 'light', dir: 'ltr' },
  { name: 'dark', size: desktop, scheme: 'dark', dir: 'ltr', rules: { only: paintless } },
  { name: 'right to left', size: desktop, scheme: 'light', dir: 'rtl', rules: { only: ['target-size'] } },
  { name: '320 px', size: phone, scheme: 'light', dir: 'ltr', rules: { without: paintless } },
]

/** What the system asks of pages, beside the colour scheme. */
export const asks = async (session: CDPSession, ...features: readonly { readonly name: string; readonly value: string }[]): Promise<void> => {
  await session.send('Emulation.setEmulatedMedia', { features: [...features] })
}

/** Changes a page that stays loaded to another look, and waits until that is drawn. */
export const wear = async (page: Page, session: CDPSession, { size, scheme, dir }: Look): Promise<void> => {
  await asks(session, { name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: 'reduce' })
  await page.setViewport({ ...size })
  await page.evaluate((wanted) => { document.documentElement.dir = wanted }, dir)
  await page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)) }))
}
