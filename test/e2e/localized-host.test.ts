// Why: @lit/localize can be configured once per copy. An element that did it would break a host that does, or be broken by it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import type { Browser, Page } from 'puppeteer-core'
import { root } from '../../scripts/bundle.mjs'
import { startBrowser } from './browser.ts'
import { startOwnPage } from './own-page.ts'
import { Screen } from './screen.ts'

/** A host with its own texts in two languages, and what comes after in the same bundle: one copy of every library. */
const hostWith = async (after: string): Promise<string> => {
  const contents = `
    import { configureLocalization, msg } from '@lit/localize'
    const texts = { templates: { greeting: 'Guten Tag' } }
    const { setLocale } = configureLocalization({ sourceLocale: 'en', targetLocales: ['de'], loadLocale: async () => texts })
    globalThis.host = { setLocale, greets: () => msg('Good day', { id: 'greeting' }) }
    addEventListener('error', ({ message }) => { document.title = message })
    ${after}`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root }, bundle: true, write: false, format: 'esm', target: 'es2022',
    conditions: ['@mail-gateway/source'], logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

let browser: Browser
before(async () => { browser = await startBrowser() })
after(() => browser.close())

const visit = async (after: string, look: (page: Page) => Promise<void>): Promise<void> => {
  const own = await startOwnPage({ script: await hostWith(after) })
  const page = await browser.newPage()
  try {
    await page.goto(own.origin, { waitUntil: 'networkidle0' })
    await look(page)
  } finally {
    await page.close()
    await own.close()
  }
}

interface Host { readonly host: { setLocale(locale: string): Promise<void>; greets(): string } }

test('api B14: a host that has configured @lit/localize keeps its texts, and the element draws itself', () => visit("import('@mail-gateway/element/define.js')", async (page) => {
  await new Screen(page).shows('Set up the first gateway')
  const greeting = await page.evaluate(async () => {
    const { host } = globalThis as unknown as Host
    await host.setLocale('de')
    return host.greets()
  })
  assert.equal(greeting, 'Guten Tag')
  assert.equal(await page.title(), 'Settings')
}))

test('api B14: a part of the page that configures it a second time is seen to fail', () => visit("setTimeout(() => configureLocalization({ sourceLocale: 'en', targetLocales: [], loadLocale: async () => texts }))", async (page) => {
  await page.waitForFunction(() => document.title.includes('can only be configured once'), { timeout: 5000 })
}))
