import type { ConsoleMessage, Page } from 'puppeteer-core'

/** What a browser says of a request that the demo refused on purpose; nothing in the page can keep it quiet. */
const refusal = /^Failed to load resource: (the server responded with a status of (?<status>\d+)|net::(?<fault>\w+))/

const textOf = (message: ConsoleMessage): string => `console ${message.type()}: ${message.text()} (${message.location().url ?? 'no place'})`

/** Hears everything a page complains about: policy reports, console errors and warnings, errors nobody caught. */
export class Watch {
  /** Reports against the content security policy or Trusted Types. */
  readonly policy: string[] = []
  /** Errors in the console, and errors nobody caught. */
  readonly errors: string[] = []
  /** Statuses and faults of requests that failed, such as `412` or `ERR_FAILED`. */
  readonly refused: string[] = []
  /** Origins anything was asked of. */
  readonly origins = new Set<string>()

  static async over(page: Page): Promise<Watch> {
    const watch = new Watch()
    await page.exposeFunction('tellPolicy', (text: string) => { watch.policy.push(text) })
    await page.evaluateOnNewDocument(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
        (globalThis as unknown as { tellPolicy(text: string): void }).tellPolicy(`${violatedDirective} ${blockedURI} ${sample}`)
      })
    })
    page.on('console', (message) => watch.#hear(message))
    page.on('pageerror', (error) => { watch.errors.push(`page: ${String(error)}`) })
    page.on('request', (request) => { if (/^(https?|wss?):/.test(request.url())) watch.origins.add(new URL(request.url()).origin) })
    return watch
  }

  /** Everything heard that nobody asked for. */
  get complaints(): readonly string[] { return [...this.policy, ...this.errors] }

  #hear(message: ConsoleMessage): void {
    if (message.type() !== 'error' && message.type() !== 'warn') return
    const groups = refusal.exec(message.text())?.groups
    if (groups) this.refused.push(groups['status'] ?? groups['fault']!)
    else this.errors.push(textOf(message))
  }
}
