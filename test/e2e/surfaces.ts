import { readFile } from 'node:fs/promises'
import type { CDPSession, Page } from 'puppeteer-core'
import type { Demo } from './demo.ts'

/** Where a secret could come to light, and the bytes that are there. */
export type Surfaces = ReadonlyMap<string, Buffer>

/** Runs in the page: everything an extension, a screenshot tool or a support ticket could take from it. */
const inPage = () => {
  const roots = (node: Document | ShadowRoot): (Document | ShadowRoot)[] =>
    [node, ...[...node.querySelectorAll('*')].flatMap((each) => (each.shadowRoot ? roots(each.shadowRoot) : []))]
  const all = roots(document).flatMap((root) => [...root.querySelectorAll('*')])
  const html = (root: Document | ShadowRoot) => (root instanceof Document ? root.documentElement.outerHTML : root.innerHTML)
  const element = document.querySelector('mail-gateway-settings')
  const { events, readable } = globalThis as unknown as { events: unknown[]; readable: string[] }
  return {
    'DOM and attributes': roots(document).map(html).join('\n'),
    'text on the screen': roots(document).map((root) => (root instanceof Document ? root.body.innerText : [...root.children].map((each) => (each as HTMLElement).innerText).join('\n'))).join('\n'),
    'values of controls': all.map((each) => ('value' in each ? String(each.value) : '')).join('\n'),
    'local storage': JSON.stringify(localStorage),
    'session storage': JSON.stringify(sessionStorage),
    'address and history': `${location.href}\n${document.referrer}\n${JSON.stringify(history.state)}\n${readable.join('\n')}`,
    'document.cookie and window.name': `${document.cookie}\n${window.name}`,
    'events of the element': JSON.stringify(events),
    'properties of the element': element ? JSON.stringify([element.gateways, element.gateway, element.checkReport, element.report(), element.defaults, element.messages]) : '',
  }
}

/** Hears what a page receives, and what the element tells its host, from the first byte on. */
export class Listener {
  readonly #heard = new Map<string, string[]>()
  readonly #page: Page
  readonly #session: CDPSession
  /** Answers that came whole and whose body the browser would not give. */
  readonly unread: string[] = []
  /** Answers that were cut off, because the page was left or the connection broke, and of which nothing could be read. */
  readonly cutOff: string[] = []
  /** Addresses of which an answer was read. */
  readonly read = new Set<string>()
  #open = 0

  private constructor(page: Page, session: CDPSession) { this.#page = page; this.#session = session }

  static async over(page: Page): Promise<Listener> {
    const session = await page.createCDPSession()
    const listener = new Listener(page, session)
    // Kept by the browser and not by the page: the next page takes the bodies of the one before with it.
    await session.send('Network.configureDurableMessages', { maxTotalBufferSize: 100_000_000, maxResourceBufferSize: 20_000_000 })
    await session.send('Network.enable')
    listener.#hearNetwork()
    page.on('console', (message) => listener.#keep('console', message.text()))
    page.on('dialog', (dialog) => listener.#keep('console', dialog.message()))
    await page.evaluateOnNewDocument(() => {
      const events: unknown[] = []
      const readable: string[] = []
      Object.assign(globalThis, { events, readable })
      const dispatch = EventTarget.prototype.dispatchEvent
      EventTarget.prototype.dispatchEvent = function record(this: EventTarget, event: Event) {
        if (event.type.startsWith('mgs-')) events.push({ type: event.type, detail: (event as CustomEvent).detail as unknown })
        return dispatch.call(this, event)
      }
      for (const name of ['pushState', 'replaceState'] as const) {
        const change = history[name].bind(history)
        history[name] = (data, unused, url) => { readable.push(JSON.stringify(data), String(url)); change(data, unused, url) }
      }
    })
    return listener
  }

  /** Everything that can be seen from the browser's side now. */
  async surfaces(): Promise<Map<string, Buffer>> {
    await this.#settled()
    const { entries } = await this.#session.send('Page.getNavigationHistory')
    const page = await this.#page.evaluate(inPage)
    const own = [...this.#heard].map(([place, texts]) => [place, texts.join('\n')] as const)
    return new Map([...own, ...Object.entries(page), ['history entries', JSON.stringify(entries)] as const].map(([place, text]) => [place, Buffer.from(text)]))
  }

  /** What lies on the clipboard. */
  async clipboard(): Promise<string> {
    await this.#page.bringToFront()
    return this.#page.evaluate(() => navigator.clipboard.readText())
  }

  #keep(place: string, text: string): void {
    this.#heard.set(place, [...this.#heard.get(place) ?? [], text])
  }

  #hearNetwork(): void {
    const urls = new Map<string, string>()
    this.#session.on('Network.responseReceived', ({ requestId, response }) => {
      urls.set(requestId, response.url)
      this.#keep('answer headers', `${response.url}\n${response.statusText}\n${JSON.stringify(response.headers)}`)
    })
    this.#session.on('Network.responseReceivedExtraInfo', ({ headersText, headers }) => this.#keep('answer headers', `${headersText ?? ''}${JSON.stringify(headers)}`))
    this.#session.on('Network.loadingFinished', ({ requestId }) => { void this.#body(requestId, this.unread, urls.get(requestId)) })
    this.#session.on('Network.loadingFailed', ({ requestId }) => { if (urls.has(requestId)) void this.#body(requestId, this.cutOff, urls.get(requestId)) })
  }

  async #body(requestId: string, lost: string[], url = 'an address nobody told'): Promise<void> {
    this.#open += 1
    try {
      const { body, base64Encoded } = await this.#session.send('Network.getResponseBody', { requestId })
      this.#keep('answer bodies', base64Encoded ? Buffer.from(body, 'base64').toString('latin1') : body)
      this.read.add(url)
    } catch { lost.push(url) } finally { this.#open -= 1 }
  }

  async #settled(): Promise<void> {
    for (const end = performance.now() + 5000; this.#open > 0 && performance.now() < end;) await new Promise((done) => { setTimeout(done, 20) })
  }
}

/** Everything the demo has written: to its terminal, and to its files. */
export const surfacesOf = async (demo: Demo): Promise<Map<string, Buffer>> => {
  const files = await Promise.all(['', '-wal', '-shm'].map(async (end) => [`database${end}`, await readFile(demo.database + end)] as const))
  return new Map([['log at debug level', Buffer.from(demo.printed())] as const, ...files])
}
