// Goal G12: 200 hostile texts at nine places of a conversation, each run for real and shown by the element in a real browser
// under a strict policy with Trusted Types. What is seen is the text, escaped; nothing of it runs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'puppeteer-core'
import { cut, said } from '../../packages/bff/src/findings/said.ts'
import { record } from '../figures.ts'
import { payloads } from '../peers/hostile-texts.ts'
import { answering, startPeer } from '../peers/peer.ts'
import type { Script, Talk } from '../peers/peer.ts'
import { startBrowser } from './browser.ts'
import { startOwnPage } from './own-page.ts'
import type { OwnPage } from './own-page.ts'

const accept = (reply: string) => async (talk: Talk): Promise<void> => {
  await talk.say('354 Go')
  for (let line = await talk.line(); line !== '.' && line !== null;) line = await talk.line()
  await talk.say(reply)
}

interface Place {
  /** How many of the nine places one run shows. */
  readonly shows: number
  /** True where a reply of several lines is shown whole, so that one run can carry several texts. */
  readonly whole: boolean
  readonly script: (texts: readonly string[]) => Script
  readonly settings?: Record<string, unknown>
  readonly secrets?: Record<string, unknown>
}

/** One reply with a line for each text. */
const reply = (code: string, texts: readonly string[]): string => texts.map((text, n) => `${code}${n < texts.length - 1 ? '-' : ' '}${text}`).join('\n')

/** The places where a run fails show its whole reply; a run that goes well shows the last line of four replies. */
const places: Readonly<Record<string, Place>> = {
  greeting: { shows: 1, whole: true, script: (texts) => answering({}, reply('554', texts)) },
  EHLO: { shows: 1, whole: true, script: (texts) => answering({ EHLO: reply('550', texts), HELO: reply('550', texts) }) },
  STARTTLS: { shows: 1, whole: true, script: (texts) => answering({ EHLO: '250-peer.test\n250 STARTTLS', STAR: reply('454', texts) }), settings: { security: 'starttls' } },
  AUTH: { shows: 1, whole: true, script: (texts) => answering({ EHLO: '250-peer.test\n250 AUTH PLAIN', AUTH: reply('535', texts) }), settings: { authentication: 'password', username: 'u' }, secrets: { password: { value: 'quiet-river' } } },
  RCPT: { shows: 1, whole: true, script: (texts) => answering({ RCPT: reply('550', texts) }) },
  'four replies that say yes': { shows: 4, whole: false, script: (texts) => answering({ MAIL: reply('250', texts), RCPT: reply('250', texts), DATA: accept(reply('250', texts)) }, reply('220', texts)) },
}

/** Short texts together, as many as are shown before the end is cut; others alone. */
const packed = (texts: readonly string[], { whole }: Place): string[][] => {
  const packs: string[][] = []
  for (const text of texts) {
    const last = packs.at(-1)
    const room = last && said([...last, text].join(' 550-')).length < 300 && last.length < 6
    if (whole && room) last.push(text)
    else packs.push([text])
  }
  return packs
}

let browser: Browser
const open: OwnPage[] = []
before(async () => { browser = await startBrowser() })
after(async () => { await browser?.close(); await Promise.all(open.map((page) => page.close())) })

interface Seat {
  readonly page: Page
  readonly origin: string
  readonly ran: string[]
  readonly reports: string[]
}

const sit = async (): Promise<Seat> => {
  const [ran, reports] = [[] as string[], [] as string[]]
  const own = await startOwnPage({ testRate: '9999/min,99999/day', reported: (report) => { reports.push(report) } })
  open.push(own)
  const page = await browser.newPage()
  page.on('dialog', (dialog) => { ran.push(dialog.message()); void dialog.dismiss() })
  page.on('pageerror', (error) => { ran.push(String(error)) })
  return { page, origin: own.origin, ran, reports }
}

const call = async (origin: string, method: string, path: string, body: unknown, revision?: number): Promise<{ id: string; revision: number }> => {
  const response = await fetch(`${origin}/api/mail-gateway${path}`, { method, body: JSON.stringify(body), headers: { origin, 'content-type': 'application/json', 'x-mail-gateway': '1', ...(revision !== undefined && { 'if-match': `"${revision}"` }) } })
  assert.ok(response.ok, `${response.status} ${await response.clone().text()}`)
  return await response.json() as { id: string; revision: number }
}

const draft = (port: number, { settings, secrets }: Place) => ({ mode: 'smtp', settings: { host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'a@acme.example', ...settings }, ...(secrets && { secrets }) })

/** Sends the test and reads everything that is then on the screen, and whether any markup came of it. */
const shownBy = (page: Page): Promise<{ text: string; made: number }> => page.evaluate(async () => {
  const element = document.querySelector('mail-gateway-settings') as HTMLElement & { sendTest(to: string): Promise<boolean>; updateComplete: Promise<unknown> }
  await element.sendTest('you@acme.example')
  await element.updateComplete
  const root = element.shadowRoot!
  const scripted = [...root.querySelectorAll('*')].filter((each) => [...each.attributes].some(({ name }) => name.startsWith('on')))
  return { text: root.textContent, made: scripted.length + root.querySelectorAll('script, img, iframe, object, base, meta, math, a[href^="javascript:"], a[href^="data:"]').length }
})

const loaded = async (page: Page): Promise<void> => {
  const busy = () => page.evaluate(() => document.querySelector('mail-gateway-settings')?.shadowRoot?.querySelector('[part~=base]')?.getAttribute('aria-busy') !== 'false')
  for (let waited = 0; waited < 20_000 && await busy(); waited += 50) await new Promise((resolve) => { setTimeout(resolve, 50) })
}

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim()
/** Enough of a text to be sure that it is this one, without its end, which may be cut. */
const telling = (text: string): string => squeezed(cut(said(text), 60))

const showAll = async (place: Place, texts: readonly string[]): Promise<{ readonly wrong: readonly string[]; readonly seat: Seat }> => {
  const seat = await sit()
  const wrong: string[] = []
  let stored = await call(seat.origin, 'POST', '/gateways', draft(25, place))
  await seat.page.goto(seat.origin)
  await loaded(seat.page)
  await seat.page.evaluate((id) => { Object.assign(document.querySelector('mail-gateway-settings')!, { view: 'test', gatewayId: id }) }, stored.id)
  for (const pack of packed(texts, place)) {
    const peer = await startPeer(place.script(pack))
    stored = await call(seat.origin, 'PUT', `/gateways/${stored.id}`, draft(peer.port, place), stored.revision)
    const { text: seen, made } = await shownBy(seat.page).finally(() => peer.close())
    const missing = pack.filter((text) => !squeezed(seen).includes(telling(text)))
    if (made > 0 || missing.length > 0) wrong.push(`${made} ${JSON.stringify(missing).slice(0, 120)}: ${squeezed(seen).slice(0, 600)}`)
  }
  await seat.page.close()
  return { wrong, seat }
}

/** Tabs at once: the element shows each row long enough to be seen, so most of the time is waiting. */
const tabs = [0, 1, 2, 3, 4, 5]

for (const [name, place] of Object.entries(places)) {
  test(`threat T28, goal G12: ${payloads.length} hostile texts in ${name} are seen as they are written, and nothing of them runs`, async () => {
    assert.equal(payloads.length, 200)
    const shown = await Promise.all(tabs.map((tab) => showAll(place, payloads.filter((_, n) => n % tabs.length === tab))))
    const [ran, reports] = [shown.flatMap(({ seat }) => seat.ran), shown.flatMap(({ seat }) => seat.reports)]
    record({ of: 'goal G12', place: name, texts: payloads.length * place.shows, runs: ran.length, reports: reports.length })
    assert.deepEqual([ran, reports, shown.flatMap(({ wrong }) => wrong).slice(0, 5)], [[], [], []])
  })
}

test('goal G12: a text that does run is noticed, and so is a report', async () => {
  const { page, origin, ran, reports } = await sit()
  await page.goto(origin)
  await page.evaluate(() => { setTimeout(() => { alert('ran') }) })
  await page.evaluate(() => { try { document.body.setAttribute('onclick', 'alert(1)') } catch { document.body.click() } })
  for (let waited = 0; waited < 5_000 && (ran.length === 0 || reports.length === 0); waited += 50) await new Promise((resolve) => { setTimeout(resolve, 50) })
  assert.deepEqual([ran.length > 0, reports.length > 0], [true, true])
})
