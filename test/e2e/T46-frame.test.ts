// Script of a host page can read what is typed into an element beside it; that is how pages are, and the README says so.
// In a frame of another origin it cannot.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Frame, Page } from 'puppeteer-core'
import { startBrowser } from './browser.ts'
import { startHostPage, startOwnPage } from './own-page.ts'
import type { OwnPage } from './own-page.ts'

const secret = 'frame-canary-7'
let browser: Browser
const open: OwnPage[] = []
const kept = (page: OwnPage): OwnPage => { open.push(page); return page }
before(async () => { browser = await startBrowser() })
after(async () => { await browser?.close(); await Promise.all(open.map((page) => page.close())) })

/** What a script of this page finds of the secret: through the element, through the frame, and by listening. */
const stolen = (where: Frame): Promise<{ found: boolean; refused: string[] }> => where.evaluate((wanted) => {
  const refused: string[] = []
  const attempt = (look: () => unknown): boolean => { try { return String(look()).includes(wanted) } catch (error) { refused.push((error as Error).name); return false } }
  const frame = document.querySelector('iframe')
  const value = (root: Document | null | undefined) => root?.querySelector('mail-gateway-settings')?.shadowRoot?.querySelector<HTMLInputElement>('[name=password]')?.value
  const found = [attempt(() => value(document)), attempt(() => frame && value(frame.contentWindow!.document)), attempt(() => frame && frame.contentWindow!.document.body.innerHTML), attempt(() => frame && (frame.contentWindow as unknown as Record<string, unknown>)['customElements'])]
  return { found: found.includes(true), refused }
}, secret)

/** Opens the form for a new gateway and types the secret. */
const type = async (frame: Frame): Promise<void> => {
  await frame.evaluate(() => { const element = document.querySelector('mail-gateway-settings') as HTMLElement & { view: string; gatewayId: string }; element.view = 'edit'; element.gatewayId = 'new' })
  const field = await frame.waitForSelector('>>> [name=password]', { timeout: 15_000 })
  await field!.type(secret)
}

const openTab = async (address: string): Promise<Page> => {
  const page = await browser.newPage()
  await page.goto(address)
  return page
}

test('threat T46: in a frame of another origin the host page’s script cannot read what is typed', async () => {
  const host = kept(await startHostPage(''))
  const settings = kept(await startOwnPage({ framedBy: host.origin }))
  const page = await openTab(host.origin)
  await page.evaluate((src) => { const frame = document.createElement('iframe'); frame.src = src; document.body.append(frame) }, settings.origin)
  const element = await page.waitForSelector('iframe')
  const frame = (await element!.contentFrame())!
  await frame.waitForSelector('mail-gateway-settings')
  await type(frame)
  const { found, refused } = await stolen(page.mainFrame())
  assert.equal(found, false)
  assert.ok(refused.length >= 2 && refused.every((name) => name === 'SecurityError'), refused.join())
})

test('threat T46: in the same page it can, which is the limit that is told', async () => {
  const settings = kept(await startOwnPage())
  const page = await openTab(settings.origin)
  await type(page.mainFrame())
  assert.equal((await stolen(page.mainFrame())).found, true)
})

test('threat T47, T46: a page that was not named may not frame it', async () => {
  const host = kept(await startHostPage(''))
  const settings = kept(await startOwnPage({ framedBy: 'https://console.example.com' }))
  const page = await openTab(host.origin)
  await page.evaluate((src) => { const frame = document.createElement('iframe'); frame.src = src; document.body.append(frame) }, settings.origin)
  await new Promise((resolve) => { setTimeout(resolve, 1_000) })
  const frames = page.frames().filter((frame) => frame.url().startsWith(settings.origin))
  assert.deepEqual(frames.map((frame) => frame.url()), [])
})
