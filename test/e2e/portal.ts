import type { Page } from 'puppeteer-core'
import { patience } from './hand.ts'
import { Pointer } from './pointer.ts'

/** The demo's portal, as somebody uses it who was sent there by the guide. */
export class Portal {
  readonly #page: Page
  readonly #hand: Pointer

  constructor(page: Page) {
    this.#page = page
    this.#hand = new Pointer(page)
  }

  /** The tab that `open` opens, in front. */
  static async from(page: Page, open: () => Promise<void>): Promise<Portal> {
    const opened = page.browserContext().waitForTarget((target) => target.type() === 'page' && target.url().includes('/portal/') && !seen.has(target), { timeout: patience })
    await open()
    const target = await opened
    seen.add(target)
    const tab = (await target.page())!
    await tab.waitForSelector('main')
    return new Portal(tab)
  }

  get hand(): Pointer { return this.#hand }

  get page(): Page { return this.#page }

  /** What the button beside a value copies. */
  async value(label: string): Promise<string> {
    await this.shows(label)
    return this.#page.evaluate((wanted) => [...document.querySelectorAll<HTMLElement>('[data-copy]')].find((one) => one.textContent.replace(/\s+/g, ' ').trim() === `Copy ${wanted}`)?.dataset['copy'] ?? `the portal shows no ${wanted}`, label)
  }

  async shows(wanted: string): Promise<string> {
    await this.#page.waitForFunction((text) => document.body.innerText.includes(text), { timeout: patience }, wanted)
    return this.#page.evaluate(() => document.querySelector('main')!.innerText)
  }

  /** Presses a button that leads to another page, and waits for that. */
  async submit(name: string): Promise<void> {
    await Promise.all([this.#page.waitForNavigation({ timeout: patience }), this.#hand.press(name)])
  }

  /** Pastes what lies on the clipboard into the PowerShell window and runs it. @returns what it printed */
  async run(answer = ''): Promise<string> {
    await this.#page.bringToFront()
    await this.submit('PowerShell')
    await this.#page.focus('textarea')
    await this.#page.keyboard.down('Control')
    await this.#page.keyboard.press('KeyV', { commands: ['Paste'] })
    await this.#page.keyboard.up('Control')
    if (answer) await this.#hand.fill('Answer, where the script asks for the Object ID', answer)
    await this.submit('Run')
    return this.#page.$eval('pre', (output) => output.innerText)
  }

  async close(): Promise<void> { await this.#page.close() }
}

const seen = new WeakSet<object>()
