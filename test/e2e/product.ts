import type { GatewayView } from '@mail-gateway/contract'
import type { BrowserContext, Page } from 'puppeteer-core'
import type { Served } from './demo.ts'

/** What the demo's page says one should type. */
export interface Shown {
  readonly server: string
  readonly userName: string
  readonly password: string
  readonly from: string
  readonly starttlsPort: string
}

/** Reads the values off the page, as a person does. */
export const valuesOn = async (page: Page): Promise<Shown> => {
  const found = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll<HTMLElement>('[data-copy]')]
    .map((button) => [button.textContent.replace(/\s+/g, ' ').trim(), button.dataset['copy']!])))
  const named = (what: string) => found[`Copy ${what}`] ?? `the page does not show ${what}`
  return {
    server: named('the server'), userName: named('the user name'), password: named('the password'),
    from: named('the From address'), starttlsPort: named('the port for STARTTLS'),
  }
}

/** One customer of the demo, asked for over HTTP with the cookies of a browser. */
export class Customer {
  readonly #demo: Served
  readonly #context: BrowserContext
  readonly name: string

  constructor(demo: Served, context: BrowserContext, name: string) {
    this.#demo = demo
    this.#context = context
    this.name = name
  }

  page(query = ''): string { return `${this.#demo.base}/settings/email?tenant=${this.name}${query}` }

  async gateways(): Promise<readonly GatewayView[]> {
    return (await (await this.call('GET', '/gateways')).json() as { gateways: GatewayView[] }).gateways
  }

  /** A request past the element, as whoever has the cookies could make it. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const cookies = await this.#context.cookies()
    return fetch(`${this.#demo.base}/api/mail-gateway${path}`, {
      method, ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: {
        cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), origin: this.#demo.base,
        'content-type': 'application/json', 'x-mail-gateway': '1', 'x-plumline-account': 'ada', 'x-plumline-workspace': this.name, ...headers,
      },
    })
  }
}

/** Reports against the policy that browsers have sent to the demo. */
export const reportsAt = async ({ base }: Served): Promise<readonly unknown[]> =>
  await (await fetch(`${base}/csp-reports`)).json() as unknown[]
