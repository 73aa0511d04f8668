import assert from 'node:assert/strict'
import type { Browser, Page } from 'puppeteer-core'
import { record } from '../figures.ts'
import { Canary } from './canary.ts'
import type { Demo } from './demo.ts'
import { FaultProxy } from './fault-proxy.ts'
import { Pointer } from './pointer.ts'
import { pointer, seated } from './seat.ts'
import type { Seat, Size } from './seat.ts'
import { Listener } from './surfaces.ts'
import { Untimely, withinTime } from '../within-time.ts'

/** Seconds of tolerance every bound of the fault matrix has. */
const tolerance = 0.5

/** A person whose way to the backend can fail, and who looks at the clock. */
export interface FaultSeat extends Seat<Pointer> {
  readonly proxy: FaultProxy
  readonly listener: Listener
}

export const faultSeat = async (demo: Demo, browser: Browser, name: string, size?: Size): Promise<FaultSeat> => {
  const proxy = await FaultProxy.start()
  const seat = await seated({ demo, browser, name, hand: pointer, through: proxy.address, ...(size && { size }) })
  await keepTime(seat.page)
  seat.page.on('dialog', (dialog) => { void dialog.accept().catch(() => undefined) })
  return { ...seat, proxy, listener: await Listener.over(seat.page) }
}

export const leave = async ({ context, proxy }: FaultSeat): Promise<void> => {
  await context.close()
  await proxy.stop()
}

/** Notes in the page when something was pressed. */
export const keepTime = (page: Page): Promise<unknown> => page.evaluateOnNewDocument(() => {
  for (const name of ['click', 'submit'] as const) addEventListener(name, () => { Object.assign(globalThis, { pressedAt: performance.now() }) }, true)
})

/** Runs in the page: waits for words in the element; seconds since the last press, or since the page began where nothing was pressed. */
const waitFor = async (source: string, ms: number): Promise<number | string> => {
  const wanted = new RegExp(source)
  const shown = () => (document.querySelector('mail-gateway-settings')?.shadowRoot?.querySelector<HTMLElement>('[part~=base]')?.innerText ?? '').replace(/\s+/g, ' ')
  for (const end = performance.now() + ms; performance.now() < end;) {
    if (wanted.test(shown())) return (performance.now() - ((globalThis as unknown as { pressedAt?: number }).pressedAt ?? 0)) / 1000
    await new Promise((done) => { setTimeout(done, 10) })
  }
  return shown()
}

/** Seconds from the last press to the words, measured in the page. Throws with what is there instead. */
export const secondsTo = async (page: Page, wanted: RegExp, ms = 30_000): Promise<number> => {
  const told = await page.evaluate(waitFor, wanted.source, ms)
  if (typeof told === 'string') throw new Untimely(`waited for ${String(wanted)}; on the screen: ${told.slice(0, 300)} … ${told.slice(300).slice(-1200)}`)
  return told
}

/** The final answer is on the screen within the bound of the row, and the time it took is kept. */
export const answered = async ({ page }: { readonly page: Page }, row: string, wanted: RegExp, bound: number, what = ''): Promise<void> => {
  const seconds = await secondsTo(page, wanted, (bound + 20) * 1000)
  record({ of: `fault ${row} browser`, seconds: Math.round(seconds * 1000) / 1000, bound, ...(what && { what }) })
  withinTime(seconds * 1000, { to: (bound + tolerance) * 1000 }, `${row}: ${String(wanted)}`)
}

/** A password to be looked for wherever it does not belong. */
export const canary = (): Canary => new Canary(`Kq7.wren-${Math.random().toString(36).slice(2, 10)}-basalt`)

/** The secret stands in its field, and nowhere else in the page: not in storage, address, markup, events or anything that was answered. */
export const keptInField = async ({ listener, screen }: FaultSeat, secret: Canary): Promise<void> => {
  const places = [...await listener.surfaces()].filter(([place]) => place !== 'values of controls')
  assert.ok(places.length > 8, 'places to look in')
  assert.deepEqual(places.flatMap(([place, bytes]) => secret.in(bytes).map((found) => `${place}: ${found}`)), [])
  assert.equal(await screen.value('password'), secret.secret)
}

/** What is typed into the form of a server, secrets apart. */
export const typedIn = async ({ screen }: FaultSeat): Promise<Record<string, string>> =>
  Object.fromEntries(await Promise.all(['name', 'host', 'port', 'security', 'username', 'from', 'fromName', 'replyTo'].map(async (name) => [name, await screen.value(name)] as const)))

/** A new gateway's form, filled in for a server of the demo, with one more value typed by hand. */
export const filled = async ({ page, customer, screen, hand }: FaultSeat, scenario = 'starttls'): Promise<void> => {
  await page.goto(customer.page(`&scenario=${scenario}`))
  await screen.shows('New gateway')
  await page.waitForFunction(() => 'ready' in document.documentElement.dataset)
  await hand.fill('Reply-to (optional)', 'helpdesk@acme.example')
}

/** Mails in the demo's inbox that went to this address. */
export const mailsTo = async ({ base }: Demo, address: string): Promise<number> =>
  (await (await fetch(`${base}/inbox.json`)).json() as readonly { readonly envelope: { readonly to: readonly string[] } }[]).filter(({ envelope }) => envelope.to.includes(address)).length

/** Id of the run on the screen. */
export const runOn = (page: Page): Promise<string | undefined> => page.evaluate(() => document.querySelector('mail-gateway-settings')!.checkReport.runId)

/** Resolves once it holds. Throws with what it came to instead. */
export const soon = async <T>(what: string, look: () => T | Promise<T>, holds: (found: T) => boolean, ms = 2000): Promise<T> => {
  for (const end = performance.now() + ms; ;) {
    const found = await look()
    if (holds(found)) return found
    if (performance.now() > end) throw new Untimely(`waited for ${what}; it is ${JSON.stringify(found)}`)
    await new Promise((done) => { setTimeout(done, 30) })
  }
}
