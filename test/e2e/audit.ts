import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { CDPSession, Page } from 'puppeteer-core'

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

/** Rules that read colours which are not painted while the system brings its own. */
export const paintless: readonly string[] = ['color-contrast']

/** All rules, all but some, or some. */
export interface Rules {
  readonly without?: readonly string[]
  readonly only?: readonly string[]
}

const optionsOf = ({ without = [], only }: Rules): object => ({
  runOnly: only ? { type: 'rule', values: only } : { type: 'tag', values: tags },
  rules: { 'target-size': { enabled: true }, ...Object.fromEntries(without.map((rule) => [rule, { enabled: false }])) },
  resultTypes: ['violations'],
})

/**
 * Audits a page against WCAG 2.2 AA from a script world of its own: the page's policy stays in force and is not touched,
 * and its own scripts cannot see the audit.
 */
export class Audit {
  readonly #session: CDPSession
  #world: number | undefined

  private constructor(session: CDPSession) { this.#session = session }

  static async of(page: Page): Promise<Audit> {
    const audit = new Audit(await page.createCDPSession())
    page.on('domcontentloaded', () => { audit.#world = undefined })
    return audit
  }

  /** Every rule that is broken and where, as one line each. */
  async violations(rules: Rules = {}): Promise<readonly string[]> {
    const { violations } = await this.#run<AxeResults>(`axe.run(document, ${JSON.stringify(optionsOf(rules))})`)
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(' ')}: ${failureSummary?.replace(/\s+/g, ' ')}`))
  }

  async #run<T>(expression: string): Promise<T> {
    this.#world ??= await this.#enter()
    const { result, exceptionDetails } = await this.#session.send('Runtime.evaluate', { expression, contextId: this.#world, awaitPromise: true, returnByValue: true })
    if (exceptionDetails) throw new Error(`the audit failed: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
    return result.value as T
  }

  async #enter(): Promise<number> {
    const { frameTree } = await this.#session.send('Page.getFrameTree')
    const { executionContextId } = await this.#session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'audit' })
    await this.#session.send('Runtime.evaluate', { expression: source, contextId: executionContextId })
    return executionContextId
  }
}
