import type { MailGatewaySettings } from '../mail-gateway-settings.ts'

/** One row of the checklist as a reader sees it. */
export interface SeenRow { readonly id: string; readonly label: string; readonly word: string; readonly detail: string }

const textOf = (element: Element | null | undefined): string => element?.textContent.replace(/\s+/g, ' ').trim() ?? ''

/** Milliseconds to wait for what a user would wait for. */
const patience = 15_000

/**
 * Drives `<mail-gateway-settings>` in a test the way a user does: by what is written on controls, never by classes.
 * Every step waits until the element has drawn; a step that finds nothing throws and says what is on the screen.
 */
export class MailGatewayHarness {
  readonly element: MailGatewaySettings

  constructor(element: MailGatewaySettings) { this.element = element }

  get root(): ShadowRoot { return this.element.shadowRoot! }
  /** Everything on the screen, as text. */
  get text(): string { return textOf(this.root.querySelector('[part~=base]')) }
  /** What the status region says. */
  get status(): string { return textOf(this.root.querySelector('[role=status]')) }
  get title(): string { return textOf(this.root.querySelector('[part~=heading] [tabindex]')) }
  get focused(): Element | null { return this.root.activeElement }

  /** Resolves once the condition holds. @throws DOMException (TimeoutError) with what is on the screen when it does not in time */
  async until(what: string, holds: () => unknown, ms = patience): Promise<void> {
    for (const end = performance.now() + ms; performance.now() < end;) {
      await this.element.updateComplete
      if (holds()) return
      await new Promise((done) => { setTimeout(done, 20) })
    }
    throw new DOMException(`waited for ${what}; on the screen: ${this.text.slice(0, 600)}`, 'TimeoutError')
  }

  /** Loaded, whatever came of it. */
  ready(): Promise<void> { return this.until('the element to load', () => this.root.querySelector('[part~=base]')?.getAttribute('aria-busy') === 'false') }

  /** A button, link, switch or disclosure by the beginning of its name. */
  find(name: string): HTMLElement {
    const found = [...this.root.querySelectorAll<HTMLElement>('button, summary, a, label')].find((each) => textOf(each).startsWith(name))
    if (!found) throw new Error(`nothing is called "${name}"; on the screen: ${this.text.slice(0, 600)}`)
    return found
  }

  has(name: string): boolean { return [...this.root.querySelectorAll('button, summary, a')].some((each) => textOf(each).startsWith(name)) }

  async press(name: string): Promise<void> {
    const found = this.find(name)
    found.focus()
    found.click()
    await this.element.updateComplete
  }

  /** The control of a setting; its `name` is the setting's name. */
  control(name: string): HTMLInputElement {
    const found = this.root.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)
    if (!found) throw new Error(`there is no control "${name}"; on the screen: ${this.text.slice(0, 600)}`)
    return found
  }

  value(name: string): string {
    const radios = [...this.root.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${CSS.escape(name)}"]`)]
    return radios.length ? radios.find(({ checked }) => checked)?.value ?? '' : this.control(name).value
  }

  shows(name: string): boolean { return this.root.querySelector(`[name="${CSS.escape(name)}"]`) !== null }

  /** Types into a control, and leaves it. */
  async type(name: string, value: string): Promise<void> { await this.#enter(name, value, 'insertText'); this.control(name).dispatchEvent(new Event('change', { bubbles: true })); await this.element.updateComplete }

  /** Pastes over a control, and stays in it. */
  paste(name: string, value: string): Promise<void> { return this.#enter(name, value, 'insertFromPaste') }

  /** Chooses an option of a radio group, or of a list. */
  async choose(name: string, value: string): Promise<void> {
    const radio = this.root.querySelector<HTMLInputElement>(`input[type=radio][name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`)
    if (radio) radio.click()
    else { const control = this.control(name); control.value = value; control.dispatchEvent(new Event('change', { bubbles: true })) }
    await this.element.updateComplete
  }

  chooseMode(id: string): Promise<void> { return this.choose('mode', id) }

  /** Types many values: options are chosen, the rest is typed. */
  async fill(values: Readonly<Record<string, string | number>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      if (this.control(name).type === 'radio' || this.control(name).localName === 'select') await this.choose(name, String(value))
      else await this.type(name, String(value))
    }
  }

  /** What stands beside a control as its error. */
  error(name: string): string { return textOf(this.control(name).closest('[part~=cell]')?.querySelector('[part~=error]')).replace(/^Error: /, '') }

  /** The error summary, one line each. */
  get summary(): readonly string[] { return [...this.root.querySelectorAll('[part~=summary] li')].map(textOf) }

  get rows(): readonly SeenRow[] {
    return [...this.root.querySelectorAll<HTMLElement>('[data-row]')].map((row) => ({
      id: row.dataset['row']!, label: textOf(row.querySelector('[part~=check-label]')), word: textOf(row.querySelector('[part~=check-word]')), detail: textOf(row.querySelector('[part~=check-detail]')),
    }))
  }

  row(id: string): SeenRow | undefined { return this.rows.find((row) => row.id === id) }

  /** Title of the run's verdict. */
  get verdict(): string { return textOf(this.root.querySelector('[part~=verdict] [tabindex]')) }

  /** Resolves when no check runs any more. */
  over(): Promise<void> { return this.until('the checks to end', () => { const checks = this.root.querySelector('[part~=checks]'); return checks && checks.getAttribute('aria-busy') !== 'true' }) }

  async #enter(name: string, value: string, inputType: string): Promise<void> {
    const control = this.control(name)
    control.focus()
    control.value = value
    control.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType, data: value }))
    await this.element.updateComplete
  }
}
