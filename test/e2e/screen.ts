import type { Page } from 'puppeteer-core'
import { patience } from './hand.ts'
import { Untimely } from '../within-time.ts'

/** Runs in the page: what the element shows, as text. */
const shown = `document.querySelector('mail-gateway-settings')?.shadowRoot?.querySelector('[part~=base]')?.innerText ?? ''`

/** What is on the screen of the settings element, and waiting for it. */
export class Screen {
  readonly #page: Page

  constructor(page: Page) { this.#page = page }

  /** Everything it shows, its white space as single spaces. */
  async text(): Promise<string> {
    return String(await this.#page.evaluate(shown)).replace(/\s+/g, ' ')
  }

  /** Resolves with the text once it holds `wanted`. Throws with what is there instead. */
  async shows(wanted: string | RegExp, ms = patience): Promise<string> {
    const holds = (text: string) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))
    for (const end = performance.now() + ms; ;) {
      const text = await this.text()
      if (holds(text)) return text
      if (performance.now() > end) throw new Untimely(`waited for ${String(wanted)}; on the screen: ${text.slice(0, 300)} … ${text.slice(300).slice(-1200)}`)
      await new Promise((done) => { setTimeout(done, 30) })
    }
  }

  /** Value of the control of a setting; a radio group's is the chosen one's. */
  value(setting: string): Promise<string> {
    return this.#page.evaluate((name) => {
      const controls = [...document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelectorAll<HTMLInputElement>(`[name="${name}"]`)]
      return (controls.find(({ type, checked }) => type === 'radio' && checked) ?? controls[0])?.value ?? 'there is no such control'
    }, setting)
  }

  /** What the focus is on, as its part or id, such as `summary` or `#f-host`. */
  focus(): Promise<string> {
    return this.#page.evaluate(() => {
      const at = document.querySelector('mail-gateway-settings')?.shadowRoot?.activeElement
      return at ? (at.id ? `#${at.id}` : at.getAttribute('part') ?? at.localName) : ''
    })
  }

  /** What the status region says. */
  status(): Promise<string> {
    return this.#page.evaluate(() => document.querySelector('mail-gateway-settings')!.shadowRoot!.querySelector('[role=status]')!.textContent.trim())
  }
}
