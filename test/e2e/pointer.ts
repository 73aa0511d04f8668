import type { Page } from 'puppeteer-core'
import { patience, typeOver } from './hand.ts'
import type { Hand } from './hand.ts'

type Role = 'button' | 'link' | 'textbox' | 'radio' | 'checkbox' | 'DisclosureTriangle'

/** A person with a mouse, or with a finger. */
export class Pointer implements Hand {
  readonly #page: Page

  constructor(page: Page) { this.#page = page }

  async press(name: string): Promise<void> { await this.#click(name, 'button', 'link') }

  async fill(name: string, text: string): Promise<void> {
    await this.#click(name, 'textbox')
    await typeOver(this.#page, text)
  }

  async choose(option: string | RegExp): Promise<void> {
    await this.#click(typeof option === 'string' ? option : await this.#nameOf(option), 'radio')
  }

  /** Ticks a box, or takes the tick away. */
  async tick(name: string): Promise<void> { await this.#click(name, 'checkbox') }

  /** Chooses from a select, by the value of the option. */
  async select(name: string, value: string): Promise<void> {
    const found = await this.#page.waitForSelector(`::-p-aria([name=${JSON.stringify(name)}][role="combobox"])`, { timeout: patience, visible: true })
      .catch(() => { throw new Error(`no select is called ${name}`) })
    await found!.select(value)
    await found!.dispose()
  }

  async unfold(name: string): Promise<void> { await this.#click(name, 'DisclosureTriangle') }

  /** The whole name of the option that begins as wanted. */
  async #nameOf(wanted: RegExp): Promise<string> {
    const { nodes } = await (await this.#page.createCDPSession()).send('Accessibility.getFullAXTree')
    const names = nodes.filter(({ role }) => role?.value === 'radio').map(({ name }) => String(name?.value))
    const found = names.find((name) => wanted.test(name))
    if (!found) throw new Error(`no option is called ${String(wanted)}; there are ${names.join(' | ')}`)
    return found
  }

  async #click(name: string, ...roles: readonly Role[]): Promise<void> {
    const found = await Promise.any(roles.map((role) =>
      this.#page.waitForSelector(`::-p-aria([name=${JSON.stringify(name)}][role=${JSON.stringify(role)}])`, { timeout: patience, visible: true })))
      .catch(() => { throw new Error(`no ${roles.join(' or ')} is called ${name}`) })
    await found!.click()
    await found!.dispose()
  }
}
