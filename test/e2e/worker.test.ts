// Why: the same promises at the edge. What an administrator does against the embedded backend is done here against the
// one in workerd, with its own network, its database and its limits.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { tokenMark } from '../../demo/sandbox/microsoft/ids.ts'
import { desktop, phone, startBrowser } from './browser.ts'
import { Canary } from './canary.ts'
import { allowedOverSmtp, begin, limitedToMailbox, mailbox, registered, verified } from './guide.ts'
import { reportsAt, valuesOn } from './product.ts'
import { calmAt, pointer, seated } from './seat.ts'
import type { Seat, Size } from './seat.ts'
import { alive, calls, leftOf, startWorkerDemo } from './worker-demo.ts'
import type { WorkerDemo } from './worker-demo.ts'

let demo: WorkerDemo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startWorkerDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

const sit = (name: string, size: Size = desktop): Promise<Seat> => seated({ demo, browser, name, size, hand: pointer, clipboard: true })
const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(path, demo.base), { redirect: 'manual', ...init })

/** The product's own mail leaves through what was saved last, and arrives. */
const reported = async ({ page, hand, customer }: Seat, by: string): Promise<void> => {
  await page.goto(`${demo.base}/reports?tenant=${customer.name}`)
  await Promise.all([page.waitForNavigation(), hand.press('Send the findings of the day to me now')])
  assert.match(await page.$eval('.told', (told) => (told as HTMLElement).innerText), /^Sent to ada@acme\.example/)
  const [mail] = await (await get('/inbox.json')).json() as { subject: string; session: { server: string } }[]
  assert.deepEqual([mail!.subject, mail!.session.server], ['Findings of the day', by])
}

/** The list tells the same after a reload: what was saved and proven is in the database. */
const listed = async ({ page, screen, customer }: Seat, ...words: readonly (string | RegExp)[]): Promise<void> => {
  await page.goto(customer.page())
  for (const word of words) await screen.shows(word)
}

test('goal G11, goal G14: the script prints one line with its address, the Worker answers there, and its pages keep policy, statuses and redirects', async () => {
  assert.match(demo.printed(), /\[wrangler:info\] Ready on http:\/\/127\.0\.0\.1:\d+/)
  for (const path of ['/', '/settings/email', '/inbox', '/hosts/two', '/nowhere', '/assets/element.js']) {
    const answer = await get(path)
    assert.equal(answer.status, path === '/nowhere' ? 404 : 200, path)
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'; .*require-trusted-types-for 'script'/, path)
  }
  const form = { method: 'POST', headers: { cookie: 'plumline_session=none', origin: demo.base, 'content-type': 'application/x-www-form-urlencoded' } }
  const turned = await get('/reports', form)
  assert.deepEqual([turned.status, turned.headers.get('location')], [303, '/reports'])
  assert.equal((await get('/reports', { ...form, headers: { ...form.headers, origin: 'https://elsewhere.example' } })).status, 403)
})

test('threat T16: the product and its Worker answer each other, and nobody else', async () => {
  assert.equal((await get('/api/mail-gateway/meta')).status, 401)
  const wrong = { authorization: 'Bearer not-the-token' }
  for (const headers of [{}, wrong] as Record<string, string>[]) {
    assert.equal((await get('/internal/caller', { headers })).status, 401)
    assert.equal((await get('/internal/events', { method: 'POST', body: '{}', headers })).status, 401)
    assert.equal((await get('/internal/mail', { method: 'POST', body: '{}', headers })).status, 401)
  }
})

test('api G1, goal G14: SMTP at the edge, from an empty form at 320 px: a wrong password is explained, corrected, saved, proven by a test email; kept; used by the product', async () => {
  const seat = await sit('edge-smtp', phone)
  const { page, hand, screen, customer } = seat
  await page.goto(customer.page())
  await hand.press('Set up the first gateway')
  await screen.shows('New gateway')
  const shown = await valuesOn(page)
  await hand.fill('Server', shown.server)
  await hand.fill('Port', shown.starttlsPort)
  await hand.choose('STARTTLS usual on port 587')
  await hand.fill('Port', shown.starttlsPort)
  await hand.fill('User name', shown.userName)
  await hand.fill('Password', 'not-the-password-9')
  await hand.fill('From address', shown.from)
  await hand.press('Check and save')
  const said = await screen.shows(/Mail cannot be sent yet 7 passed, 1 failed, 3 not run\b/)
  assert.match(said, /The server does not accept this user name and password/)
  assert.deepEqual(await customer.gateways(), [])
  await hand.press('Go to Password')
  await hand.fill('Password', shown.password)
  await hand.press('Check and save')
  await screen.shows(`Saved. Plumline sends as ${mailbox}`)
  await verified(demo, seat, 'STARTTLS')
  await calmAt(demo, seat)
  await listed(seat, 'How Plumline sends mail.', /Verified .*today, [\d:]+/)
  await reported(seat, 'STARTTLS')
  await calmAt(demo, seat)
})

test('api G1, req A133: Exchange Online (Graph API) at the edge, from an empty form to Verified, following only the guide', async () => {
  const seat = await sit('edge-graph')
  await begin(seat, /^Exchange Online/)
  await seat.hand.fill('From address', mailbox)
  await registered(seat, 'Plumline mail, Graph')
  await limitedToMailbox(seat)
  await seat.page.bringToFront()
  await seat.hand.press('Check and save')
  await seat.screen.shows('Saved. Only a test email can tell whether mail goes out')
  await verified(demo, seat, 'Microsoft Graph')
  await listed(seat, /Verified .*today, [\d:]+/)
  await reported(seat, 'Microsoft Graph')
  await calmAt(demo, seat)
})

test('api G1, req A132: SMTP Office 365 (OAuth2) at the edge, from an empty form to Verified, following only the guide', async () => {
  const seat = await sit('edge-office365')
  await begin(seat, /^SMTP Office 365/)
  await seat.hand.fill('From address', mailbox)
  await registered(seat, 'Plumline mail, SMTP')
  await allowedOverSmtp(seat)
  await seat.page.bringToFront()
  await seat.hand.press('Check and save')
  await seat.screen.shows(`Saved. Plumline sends as ${mailbox}`)
  await verified(demo, seat, 'Microsoft SMTP')
  await listed(seat, /Verified .*today, [\d:]+/)
  await reported(seat, 'Microsoft SMTP')
  await calmAt(demo, seat)
})

for (const [scenario, title] of [
  ['secret-wrong', 'The client secret is not the right one'],
  ['exchange-smtp-auth-mailbox', 'SMTP AUTH is off for front-desk@acme.example'],
] as const) {
  test(`api G1: at the edge ${scenario} is explained as "${title}", and nothing is saved`, async () => {
    const seat = await sit(`edge-${scenario}`)
    await seat.page.goto(seat.customer.page(`&scenario=${scenario}&act=check`))
    assert.match(await seat.screen.shows(title), /Mail cannot be sent yet/)
    assert.deepEqual(await seat.customer.gateways(), [])
    await calmAt(demo, seat)
  })
}

test('api F5: at the edge the rows appear one by one while the server takes its time', async () => {
  const seat = await sit('edge-slow')
  await seat.page.goto(seat.customer.page('&scenario=slow&act=check'))
  await seat.screen.shows(/Checking, [4-6] of 8/)
  await seat.screen.shows('These settings work 8 passed, 3 not run')
  await calmAt(demo, seat)
})

test('a handshake that fails is a failure without a reason at the edge: the demo promises no other, and the reason stands on the terminal', async () => {
  const seat = await sit('edge-certificate', phone)
  await seat.page.goto(seat.customer.page('&scenario=certificate-unknown-authority&act=check'))
  assert.match(await seat.screen.shows('No encrypted connection to localhost came about'), /does not say why/)
  const strip = await seat.page.$eval('.chosen', (chosen) => chosen.textContent.replace(/\s+/g, ' '))
  assert.match(strip, /What you will be told: No encrypted connection came about\. A Worker is not told why/)
  assert.doesNotMatch(strip, /Paste it/)
  assert.match(demo.printed(), /TLS handshake failed: invalid peer certificate: UnknownIssuer/i)
  await calmAt(demo, seat)
})

test('fault F07: what this platform cannot do stands beside the field, and is refused with the reason before anything is tried', async () => {
  const seat = await sit('edge-limits', phone)
  const { page, hand, screen, customer } = seat
  await page.goto(customer.page('&scenario=starttls'))
  await screen.shows('Port 25 cannot be used from this deployment')
  await hand.unfold('Advanced')
  await screen.shows('Cannot be used on this deployment: it trusts public certificate authorities only')
  await screen.shows('Cannot be chosen on this deployment')
  await hand.fill('Port', '25')
  await hand.press('Check and save')
  const said = await screen.shows('There is a problem Port 25 cannot be used from this deployment. Enter 587 with STARTTLS, or 465 with TLS from the start.')
  assert.match(said, /Mail cannot be sent yet 0 passed, 1 failed, 10 not run\b.* Nothing was tried yet: the platform this product runs on does not permit it/)
  assert.deepEqual(await customer.gateways(), [])
  await calmAt(demo, seat)
})

test('threat T52: what was done in the Worker is in the product’s audit log, failed checks included', async () => {
  const page = await (await get('/settings/audit?tenant=edge-smtp')).text()
  for (const what of ['Check: failed', 'Gateway added: done', 'Check: passed']) assert.ok(page.includes(what), what)
  assert.doesNotMatch(page.slice(page.indexOf('<main')), /quiet-river-42|not-the-password-9/)
})

const monthMs = 31 * 86_400_000

/** Lets a run be older than it is, past the Worker. */
const ageRun = async (id: string): Promise<void> => {
  const database = new DatabaseSync(await demo.database())
  const { changes } = database.prepare('UPDATE run SET started_at = started_at - ? WHERE id = ?').run(monthMs, id)
  database.close()
  assert.equal(changes, 1)
}

test('goal G14: the clock rings in the Worker, and what is older than a month is forgotten', async () => {
  const seat = await sit('edge-clock')
  await seat.page.goto(seat.customer.page('&scenario=starttls&act=check'))
  await seat.screen.shows('These settings work')
  const id = (await seat.page.evaluate(() => document.querySelector('mail-gateway-settings')!.checkReport.runId))!
  const ring = async () => assert.equal((await get('/cdn-cgi/handler/scheduled')).status, 200)
  const seen = async () => (await seat.customer.call('GET', `/runs/${id}`)).status
  await ring()
  assert.equal(await seen(), 200)
  await ageRun(id)
  await ring()
  assert.equal(await seen(), 404)
})

// With marks that every encoding writes differently, and nothing that could stand in a page by chance.
const canary = new Canary(`Kq7${randomBytes(9).toString('base64url')}"\\ö/${randomBytes(6).toString('hex')}%+<z`)
const token = new Canary(tokenMark)

/** Everything the Worker, its runtime and the product have written, and what they show. */
const written = async (): Promise<ReadonlyMap<string, Buffer>> => {
  const shown = await Promise.all(['/inbox.json', '/settings/audit?tenant=edge-canary', '/settings/audit?tenant=edge-canary-secret'].map(async (path) => [path, Buffer.from(await (await get(path)).arrayBuffer())] as const))
  return new Map([...await demo.files(), ...shown, ['printed', Buffer.from(demo.printed())]])
}

/** Places in which one of them is, with what stands around it. The search is long, and connections want to be looked after meanwhile. */
const placesOf = async (places: Iterable<readonly [string, Buffer]>, ...canaries: readonly Canary[]): Promise<readonly string[]> => {
  const hits: string[] = []
  for (const [place, bytes] of places) {
    for (const one of canaries) hits.push(...one.in(bytes).slice(0, 1).map((hit) => `${place}: ${hit}`))
    await nextTurn()
  }
  return hits
}

const found = async (...canaries: readonly Canary[]): Promise<readonly string[]> => placesOf(await written(), ...canaries)

test('goal G1, threat T07, T10, T14: a password and a client secret that servers repeat are in nothing the Worker or its runtime has written', async () => {
  const smtp = await sit('edge-canary')
  await smtp.page.goto(smtp.customer.page('&scenario=sign-in-echo'))
  await smtp.screen.shows('New gateway')
  await smtp.hand.fill('Password', canary.secret)
  await smtp.hand.press('Check and save')
  await smtp.screen.shows('Mail cannot be sent yet')
  await smtp.hand.press('Save without checking')
  await smtp.screen.shows('Saved without checking')
  const graph = await sit('edge-canary-secret')
  await graph.page.goto(graph.customer.page('&scenario=token-echo'))
  await graph.screen.shows('New gateway')
  await graph.hand.fill('Client secret (Value)', canary.secret)
  await graph.hand.press('Check only')
  await graph.screen.shows('The client secret is not the right one')
  await graph.hand.press('Save without checking')
  await graph.screen.shows('Saved without checking')
  assert.equal((await smtp.customer.gateways())[0]!.secrets['password']!.set, true)
  assert.deepEqual(await found(canary, token), [])
  assert.ok(canary.searched > 1_000_000, `only ${canary.searched} bytes were searched`)
  assert.match(demo.printed(), /"event":"check\.end".*"tenant":"edge-canary"/)
})

test('goal G1: the same search finds a secret planted in the log, in the database and in the audit log', async () => {
  const form = (name: string) => canary.forms.find((one) => one.form === name)!.text
  const seat = await sit(form('hex').slice(0, 40))
  await seat.page.goto(seat.customer.page('&scenario=starttls'))
  const saved = await seat.customer.call('POST', '/gateways', { name: form('base64 after 1'), mode: 'smtp', settings: { host: 'localhost', port: 587, security: 'starttls', authentication: 'none', from: mailbox } })
  assert.equal(saved.status, 201)
  const places = (await found(canary)).map((hit) => hit.split(': ')[0]!)
  assert.ok(places.includes('printed'), places.join())
  assert.ok(places.some((place) => /d1\/miniflare-D1DatabaseObject\/[0-9a-f]{64}\.sqlite(-wal)?$/.test(place)), places.join())
})

test('threat T16: the key of this run and the token between product and Worker are in one file for its owner alone, and in no other, no output, no command line', async () => {
  const files = [...await written()]
  const [name, text] = files.find(([path]) => path.endsWith('secrets.env'))!
  assert.equal((await stat(join(demo.folder, name))).mode & 0o077, 0)
  const secrets = [...text.toString().matchAll(/^(\w+)='(?:1:)?([^']+)'$/gm)]
  assert.deepEqual(secrets.map(([, variable]) => variable), ['MAIL_GATEWAY_SECRETS', 'PLUMLINE_TOKEN'])
  assert.match(demo.printed(), /MAIL_GATEWAY_SECRETS \("\(hidden\)"\)/)
  const everywhere = [...files, ['command lines', Buffer.from(await calls())] as const]
  for (const [, , value] of secrets) {
    const hits = await placesOf(everywhere, new Canary(value!))
    assert.deepEqual(hits.map((hit) => hit.split(': ')[0]), [name])
  }
})

test('the end: nothing was reported against the policy; told to stop, it leaves no process and no file', async () => {
  assert.deepEqual(await reportsAt(demo), [])
  const family = await demo.processes()
  assert.ok(family.length >= 4, `only ${family.length} processes were seen`)
  assert.deepEqual(await alive(family), family)
  assert.ok((await demo.files()).size > 10)
  assert.equal(await demo.end(), 0)
  assert.deepEqual(await leftOf(family), [])
  assert.deepEqual([...(await demo.files()).keys()], [])
})
