import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { microsoftScenarios } from './sandbox/microsoft/index.ts'
import { scenarios } from './sandbox/scenarios.ts'

interface Demo {
  readonly process: ChildProcess
  readonly base: string
  /** Everything written so far. */
  stdout(): string
  stderr(): string
}

const file = fileURLToPath(new URL('server.ts', import.meta.url))

const run = (env: NodeJS.ProcessEnv) => {
  const { MAIL_GATEWAY_STORE: _, PORT: __, ...rest } = process.env
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@mail-gateway/source', file], { env: { ...rest, ...env } })
  const heard = { stdout: '', stderr: '' }
  child.stdout.on('data', (bytes: Buffer) => { heard.stdout += bytes.toString() })
  child.stderr.on('data', (bytes: Buffer) => { heard.stderr += bytes.toString() })
  return { child, heard }
}

const start = async (): Promise<Demo> => {
  const { child, heard } = run({})
  const signal = AbortSignal.timeout(30_000)
  while (!heard.stdout.includes('\n')) {
    if (child.exitCode !== null) throw new Error(heard.stderr)
    await once(child.stdout, 'data', { signal })
  }
  return { process: child, base: heard.stdout.trim(), stdout: () => heard.stdout, stderr: () => heard.stderr }
}

const stop = async ({ process: child }: Demo): Promise<number | null> => {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  return (await ended)[0] as number | null
}

let demo: Demo
before(async () => { demo = await start() })
after(async () => { if (demo.process.exitCode === null) await stop(demo) })

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, demo.base), init)

const linksIn = (page: string): string[] =>
  [...page.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, address]) => address!.replaceAll('&amp;', '&')).filter((address) => address.startsWith('/'))

test('req: exactly one line on stdout, and it is an address; progress goes to stderr', () => {
  assert.match(demo.stdout(), /^http:\/\/127\.0\.0\.1:\d+\n$/)
  assert.match(demo.stderr(), /Building the settings element/)
})

test('no dead links: everything reachable from the first page answers', async () => {
  const seen = new Set<string>()
  const waiting = ['/']
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const answer = await get(path)
    assert.equal(answer.status, 200, path)
    if (answer.headers.get('content-type')?.startsWith('text/html')) waiting.push(...linksIn(await answer.text()))
  }
  assert.ok(seen.has('/settings/email') && seen.has('/settings/audit') && seen.has('/assets/element.js'))
})

test('api E7: every page carries the strict policy with Trusted Types', async () => {
  for (const path of ['/', '/settings/email', '/inbox', '/hosts/two', '/nowhere', '/assets/element.js']) {
    const policy = (await get(path)).headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'; script-src 'self'; .*require-trusted-types-for 'script'; trusted-types lit-html;/, path)
  }
})

test('what a browser reports against the policy can be read again', async () => {
  assert.deepEqual(await (await get('/csp-reports')).json(), [])
  const report = { 'csp-report': { 'effective-directive': 'style-src-attr', 'blocked-uri': 'inline' } }
  await get('/csp-reports', { method: 'POST', body: JSON.stringify(report) })
  assert.equal((await get('/csp-reports', { method: 'POST', body: 'no report' })).status, 400)
  assert.deepEqual(await (await get('/csp-reports')).json(), [report])
})

test('the backend answers the signed-in and nobody else', async () => {
  assert.equal((await get('/api/mail-gateway/meta')).status, 401)
  const cookie = (await get('/settings/email')).headers.get('set-cookie')!.split(';')[0]!
  const meta = await (await get('/api/mail-gateway/meta', { headers: { cookie } })).json() as { productName: string; me: { name: string } }
  assert.deepEqual([meta.productName, meta.me.name], ['Plumline', 'Ada'])
  assert.equal((await get('/api/mail-gateway/meta', { headers: { cookie, 'x-plumline-account': 'grace' } })).status, 401)
})

test('api E13: every address of the list of fixtures answers', async () => {
  const fixtures = JSON.parse(await readFile(new URL('scenarios.json', import.meta.url), 'utf8')) as { id: string; url: string }[]
  assert.equal(new Set(fixtures.map(({ id }) => id)).size, fixtures.length)
  for (const { id } of [...scenarios, ...microsoftScenarios]) assert.ok(fixtures.some(({ url }) => new URLSearchParams(url.split('?')[1]).get('scenario') === id), id)
  for (const { url } of fixtures) assert.equal((await get(url)).status, 200, url)
})

test('a seed saves and checks for real, once, and other customers see nothing of it', async () => {
  const cookie = (await get('/settings/email?seed=list&tenant=seed-test')).headers.get('set-cookie')!.split(';')[0]!
  await get('/settings/email?seed=list&tenant=seed-test')
  const listed = async (tenant: string) => {
    const answer = await get('/api/mail-gateway/gateways', { headers: { cookie, 'x-plumline-workspace': tenant } })
    return (await answer.json() as { gateways: { name: string; status: { state: string } }[] }).gateways.map(({ name, status }) => [name, status.state])
  }
  assert.deepEqual(await listed('seed-test'), [['Reports', 'verified'], ['Site tablets', 'checked'], ['Handover files', 'failing'], ['Invitations', 'unverified']])
  assert.deepEqual(await listed('somebody-else'), [])
  await get('/settings/email?seed=microsoft&tenant=seed-microsoft')
  assert.deepEqual(await listed('seed-microsoft'), [['Reports', 'expiring'], ['Invitations', 'checked'], ['Site tablets', 'failing']])
})

test('what administrators did is in the product’s audit log, without values', async () => {
  await get('/settings/email?seed=single&tenant=audit-test')
  const page = await (await get('/settings/audit?tenant=audit-test')).text()
  assert.match(page, /Gateway added: done/)
  assert.match(page, /Check: passed/)
  assert.doesNotMatch(page.slice(page.indexOf('<main')), /quiet-river-42/)
})

test('the product sends its own mail through the stored gateway, and says so when it cannot', async () => {
  const send = async (tenant: string, cookie: string, origin = demo.base) =>
    get(`/reports?tenant=${tenant}`, { method: 'POST', redirect: 'manual', headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' } })
  const cookie = (await get('/settings/email?seed=single&tenant=mail-test')).headers.get('set-cookie')!.split(';')[0]!
  assert.match(await (await send('mail-test', cookie)).text(), /Sent to ada@acme\.example/)
  const inbox = await (await get('/inbox.json')).json() as { subject: string; text: string }[]
  assert.equal(inbox[0]?.subject, 'Findings of the day')
  assert.match(inbox[0]?.text ?? '', /handrail 4 cm too low/)
  assert.match(await (await send('nobody-yet', cookie)).text(), /No mail gateway is set up yet/)
  assert.equal((await send('mail-test', 'plumline_session=none')).status, 303)
  assert.equal((await send('mail-test', cookie, 'https://elsewhere.example')).status, 403)
})

test('a backend that is down closes the line, one that stands behind a portal answers with a page', async () => {
  await assert.rejects(get('/api/faults/down/meta'), TypeError)
  assert.match((await get('/api/faults/html/meta')).headers.get('content-type')!, /^text\/html/)
  assert.equal((await get('/api/faults/busy/meta')).headers.get('retry-after'), '40')
})

test('a taken PORT is said, and so is one that is no port', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const taken = (holder.address() as AddressInfo).port
  for (const [PORT, said] of [[String(taken), /is in use/], ['eighty', /must be a number/]] as const) {
    const { child, heard } = run({ PORT })
    const [code] = await once(child, 'exit') as [number]
    assert.equal(code, 78)
    assert.match(heard.stderr, said)
    assert.equal(heard.stdout, '')
  }
  holder.close()
})

test('SIGTERM ends it in good order', async () => {
  assert.equal(await stop(demo), 0)
  assert.match(demo.stderr(), /Stopping/)
})
