// Why: the single file promises to run from a script tag with a hash, under the strictest policy, beside a host's own Lit.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import puppeteer from 'puppeteer-core'
import type { Browser, Page } from 'puppeteer-core'
import { cdnFile, litAlone } from '../../scripts/bundle.mjs'
import { styles } from '../../packages/element/src/parts/styles.ts'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html mail-gateway-settings"

const watch = `window.seen = []
addEventListener('error', (event) => seen.push(event.message ?? 'a script did not load'), true)
addEventListener('securitypolicyviolation', (event) => seen.push(event.violatedDirective))`

let server: Server
let browser: Browser
let file: string
const asked = new Set<string>()

const page = (hash: string) => `<!doctype html><title>Host</title><script src="/watch.js"></script>
<x-a></x-a><mail-gateway-settings></mail-gateway-settings>
<script type="module" src="/host-lit.js"></script>
<script type="module" src="/mail-gateway-settings.js" integrity="${hash}"></script>`

before(async () => {
  file = await cdnFile()
  const hostLit = await litAlone()
  const scripts: Record<string, string> = { '/watch.js': watch, '/host-lit.js': hostLit, '/mail-gateway-settings.js': file }
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://host')
    const script = scripts[url.pathname]
    if (script) return response.setHeader('content-type', 'text/javascript').end(script)
    if (url.pathname !== '/') return response.writeHead(404).end()
    return response.setHeader('content-security-policy', policy).setHeader('content-type', 'text/html').end(page(url.searchParams.get('hash') ?? ''))
  }).listen(0, '127.0.0.1')
  browser = await puppeteer.launch({ executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium', args: flags })
})

after(async () => {
  await browser.close()
  server.closeAllConnections()
  server.close()
})

const hashOf = (text: string) => `sha384-${createHash('sha384').update(text).digest('base64')}`

const opened = async (hash: string): Promise<Page> => {
  const tab = await browser.newPage()
  const { port } = server.address() as AddressInfo
  tab.on('request', (request) => asked.add(new URL(request.url()).origin))
  await tab.goto(`http://127.0.0.1:${port}/?hash=${encodeURIComponent(hash)}`, { waitUntil: 'networkidle0' })
  return tab
}

const drawn = (tab: Page) => tab.evaluate(() => ({
  host: Boolean(document.querySelector('x-a')?.shadowRoot?.querySelector('p')),
  element: Boolean(document.querySelector('mail-gateway-settings')?.shadowRoot?.querySelector('[part]')),
  seen: (globalThis as unknown as { seen: string[] }).seen,
}))

test('api E5, E6, E7, E8: with its hash it draws beside the Lit of the host, without a report and without a foreign request', async () => {
  const tab = await opened(hashOf(file))
  await tab.waitForFunction(() => document.querySelector('mail-gateway-settings')?.shadowRoot?.querySelector('[part]'), { timeout: 10_000 })
  assert.deepEqual(await drawn(tab), { host: true, element: true, seen: [] })
  assert.deepEqual([...asked], [new URL(tab.url()).origin])
  await tab.close()
})

/** Selectors of every rule, as the browser understood them, and how many of its values are tokens. */
const worn = (tab: Page, sources?: readonly string[]) => tab.evaluate((texts) => {
  const made = texts?.map((text) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); return sheet })
  const sheets = made ?? document.querySelector('mail-gateway-settings')!.shadowRoot!.adoptedStyleSheets
  const rules = (list: CSSRuleList): CSSRule[] => [...list].flatMap((rule) => [rule, ...('cssRules' in rule ? rules(rule.cssRules as CSSRuleList) : [])])
  return sheets.map(({ cssRules }) => rules(cssRules).flatMap((rule) =>
    'selectorText' in rule ? [[rule.selectorText, rule.cssText.match(/var\(--_/g)?.length ?? 0] as const] : []))
}, sources)

test('the style sheets of the single file, in which much is abbreviated, are those of the sources', async () => {
  const tab = await opened(hashOf(file))
  await tab.waitForFunction(() => document.querySelector('mail-gateway-settings')?.shadowRoot?.adoptedStyleSheets.length, { timeout: 10_000 })
  const sheets = await worn(tab)
  assert.ok(sheets.flat().length > 100, `${sheets.flat().length} rules`)
  assert.deepEqual(sheets, await worn(tab, styles.map(({ cssText }) => cssText)))
  await tab.close()
})

test('api E5: with the hash of another file it does not run, and the page of the host goes on', async () => {
  const tab = await opened(hashOf(`${file} `))
  const { host, element, seen } = await drawn(tab)
  assert.deepEqual({ host, element, failed: seen.length > 0 }, { host: true, element: false, failed: true })
  await tab.close()
})
