import assert from 'node:assert/strict'
import type { CDPSession, KeyInput, Page } from 'puppeteer-core'
import { patience, typeOver } from './hand.ts'
import type { Hand } from './hand.ts'
import { Untimely } from '../within-time.ts'

/** Where the focus is, as a screen reader would say it. */
interface Stop {
  readonly role: string
  readonly name: string
}

/** What a person without a pointer has to be able to see of where they are. */
interface Sight {
  readonly covered: string | null
  readonly marked: boolean
}

/** Runs in the page: the element with the focus, through every shadow root. */
const deepest = `(() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at ?? document.body
})()`

/** Runs in the page: whether something lies over the focused element, and whether it is marked. */
const look = `((at) => {
  const box = at.getBoundingClientRect()
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth), top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight)
  const { outlineStyle, outlineWidth } = getComputedStyle(at)
  const marked = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1
  if (right - left < 1 || bottom - top < 1) return { covered: 'outside the window', marked }
  const root = at.getRootNode()
  const hit = root.elementFromPoint((left + right) / 2, (top + bottom) / 2)
  const free = hit && (hit === at || at.contains(hit) || hit.contains(at) || hit.closest('label')?.control === at)
  return { covered: free ? null : (hit ? hit.outerHTML.slice(0, 120) : 'nothing there'), marked }
})(${deepest})`

/** A person who has a keyboard and nothing else: Tab, Shift+Tab, arrows, Space, Enter, Escape. */
export class Keyboard implements Hand {
  readonly #page: Page
  #session: Promise<CDPSession> | undefined
  /** How often Tab was pressed so far. */
  tabs = 0

  constructor(page: Page) { this.#page = page }

  async press(name: string): Promise<void> {
    const { role } = await this.#tabTo(name, ['button', 'link'])
    await this.#page.keyboard.press(role === 'link' ? 'Enter' : 'Space')
  }

  async fill(name: string, text: string): Promise<void> {
    await this.#tabTo(name, ['textbox'])
    await typeOver(this.#page, text)
  }

  async choose(option: string | RegExp): Promise<void> {
    const isOne = (name: string) => (typeof option === 'string' ? name === option : option.test(name))
    await this.#until(async () => (await this.#group()).some(isOne), `a radio group that offers ${String(option)}`)
    const count = (await this.#group()).length
    for (let step = 0; !isOne((await this.focused()).name); step++) {
      if (step > count) throw new Error(`arrows do not lead to ${String(option)}`)
      await this.key('ArrowDown')
    }
    await this.key('Space')
  }

  async unfold(name: string): Promise<void> {
    await this.#tabTo(name, ['DisclosureTriangle'])
    await this.key('Enter')
  }

  async key(name: KeyInput): Promise<void> { await this.#page.keyboard.press(name) }

  async back(): Promise<void> {
    await this.#page.keyboard.down('Shift')
    await this.key('Tab')
    await this.#page.keyboard.up('Shift')
  }

  async focused(): Promise<Stop> {
    const session = await (this.#session ??= this.#page.createCDPSession())
    const { result } = await session.send('Runtime.evaluate', { expression: deepest })
    const { nodes } = await session.send('Accessibility.getPartialAXTree', { objectId: result.objectId!, fetchRelatives: false })
    return { role: String(nodes[0]?.role?.value ?? ''), name: String(nodes[0]?.name?.value ?? '') }
  }

  async #tabTo(name: string, roles: readonly string[]): Promise<Stop> {
    let stop: Stop = { role: '', name: '' }
    const seen: string[] = []
    await this.#until(async () => {
      stop = await this.focused()
      seen.push(`${stop.role} ${stop.name}`)
      return stop.name === name && roles.includes(stop.role)
    }, `the ${roles.join(' or ')} ${name}`, seen)
    await this.#seen(stop)
    return stop
  }

  /** Goes on with Tab, round the page more than once while it may still be drawing. */
  async #until(there: () => Promise<boolean>, what: string, seen: readonly string[] = []): Promise<void> {
    for (const end = performance.now() + patience; !await there();) {
      if (performance.now() > end) throw new Untimely(`Tab did not lead to ${what}. Stops: ${[...new Set(seen)].join(' | ')}`)
      await this.key('Tab')
      this.tabs += 1
    }
  }

  async #seen({ role, name }: Stop): Promise<void> {
    const { covered, marked } = await this.#page.evaluate(look) as Sight
    assert.equal(covered, null, `something covers the ${role} ${name} while it has the focus`)
    assert.equal(marked, true, `nothing marks the ${role} ${name} while it has the focus`)
  }

  /** Names of all options of the radio group with the focus. */
  async #group(): Promise<readonly string[]> {
    return this.#page.evaluate(`((at) => at.type !== 'radio' ? [] : [...at.closest('fieldset').querySelectorAll('input[type=radio]')].map((one) => one.labels[0].innerText.replace(/\\s+/g, ' ').trim()))(${deepest})`) as Promise<readonly string[]>
  }
}
