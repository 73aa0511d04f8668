// Why: the template's "Try it here" is the first thing a vendor does. What wrangler passes over in silence, a setting that
// never arrives or a page that suddenly has another origin, shows only where it is done to the letter.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { MetaView, Problem } from '@mail-gateway/contract'
import { root } from './sources.ts'
import { closedPort } from '../peers/closed-port.ts'
import { Untimely } from '../within-time.ts'

const run = promisify(execFile)
const wrangler = createRequire(import.meta.url).resolve('wrangler')

/** The product's own server: it knows who is signed in by the cookie. */
const product = createServer(({ url, headers }, response) => {
  const known = url === '/api/session' && /who=ada/.test(headers.cookie ?? '')
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify({ subject: 'u-1', name: 'Ada', tenant: 'acme', rights: ['read', 'write', 'test'] }))
})

let folder: string
let project: string
let port: number
let dev: ChildProcess
let said = ''

const environment = () => ({
  ...process.env, CI: '1', NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_SEND_ERROR_REPORTS: 'false', WRANGLER_WRITE_LOGS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_BUILD_CONDITIONS: '@mail-gateway/source,workerd,worker,browser', XDG_CONFIG_HOME: folder, WRANGLER_REGISTRY_PATH: join(folder, 'registry'),
})

/** Text of the project with what a vendor writes into it. */
const fill = async (from: string, to: string, changes: readonly (readonly [RegExp, string])[]): Promise<void> => {
  const text = await readFile(join(project, from), 'utf8')
  await writeFile(join(project, to), changes.reduce((so, [what, by]) => {
    assert.match(so, what)
    return so.replace(what, by)
  }, text))
}

const until = async (holds: () => Promise<boolean>, ms: number): Promise<void> => {
  for (const end = performance.now() + ms; !await holds();) {
    if (performance.now() > end) throw new Untimely(`it never came about:\n${said}`)
    await pause(100)
  }
}

before(async () => {
  await once(product.listen(0, '127.0.0.1'), 'listening')
  port = await closedPort()
  folder = await mkdtemp(join(tmpdir(), 'mail-gateway-dev-'))
  project = join(folder, 'worker')
  await cp(join(root, 'templates/worker'), project, { recursive: true, filter: (path) => !/[/\\](node_modules|\.wrangler|migrations|\.dev\.vars)$/.test(path) })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  // The address it listens on is the only thing that is not as delivered: several of these may run on one machine.
  await fill('wrangler.jsonc', 'wrangler.jsonc', [[/"port": 8787, "host": "localhost:8787"/, `"port": ${port}, "host": "localhost:${port}", "inspector_port": 0`]])
  await fill('.dev.vars.example', '.dev.vars', [
    [/http:\/\/localhost:8787/, `http://localhost:${port}`], [/http:\/\/localhost:3000/, `http://127.0.0.1:${(product.address() as AddressInfo).port}`], [/MAIL_GATEWAY_SECRETS=$/m, `MAIL_GATEWAY_SECRETS=1:${randomBytes(32).toString('base64')}`],
  ])
  await run(process.execPath, ['migrations.mjs'], { cwd: project })
  await run(process.execPath, ['--no-warnings', wrangler, 'd1', 'migrations', 'apply', 'DB', '--local'], { cwd: project, timeout: 60_000, env: environment() })
  dev = spawn(process.execPath, ['--no-warnings', wrangler, 'dev', '--ip', '127.0.0.1', '--show-interactive-dev-session=false'], { cwd: project, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const out of [dev.stdout!, dev.stderr!]) out.on('data', (bytes: Buffer) => { said += bytes.toString() })
  await until(async () => /Ready on/.test(said), 60_000)
})
after(async () => {
  if (dev?.pid && dev.exitCode === null) {
    process.kill(-dev.pid, 'SIGKILL')
    await once(dev, 'close')
  }
  product.close()
  await rm(folder, { recursive: true, force: true })
})

const ask = (path: string, init: RequestInit = {}, host = 'localhost'): Promise<Response> => fetch(`http://${host}:${port}/api/mail-gateway${path}`, { ...init, headers: { cookie: 'who=ada', ...init.headers } })

const draft = { mode: 'smtp', settings: { host: '127.0.0.1', port: 2525, security: 'none', authentication: 'none', from: 'a@acme.example' } }
const save = (origin: string, host?: string): Promise<Response> => ask('/gateways', { method: 'POST', headers: { origin, 'content-type': 'application/json', 'x-mail-gateway': '1' }, body: JSON.stringify(draft) }, host)

test('api S13 [workerd]: the template’s own steps give a Worker that is ready: database, schema and keys', async () => {
  assert.deepEqual(said.match(/▲.*|✘.*/g)?.filter((line) => !line.includes('Scheduled Workers are not automatically triggered')) ?? [], [])
  const { status } = await ask('/readyz')
  assert.equal(status, 200, said)
})

test('what stands in .dev.vars arrives: mail servers of this machine can be reached', async () => {
  const meta = await (await ask('/meta')).json() as MetaView
  assert.equal(meta.capabilities.privateNetwork, true)
  assert.equal(meta.me.name, 'Ada')
  const stream = await (await ask('/checks', { method: 'POST', headers: { origin: `http://localhost:${port}`, 'content-type': 'application/json', 'x-mail-gateway': '1' }, body: JSON.stringify({ ...draft, until: 'network' }) })).text()
  assert.match(stream, /"id":"address","status":"pass"/, 'MAIL_GATEWAY_EGRESS_ALLOW is among them')
})

test('a page at the address wrangler prints may save, and so may one at the other name of this machine; no other page', async () => {
  for (const host of ['localhost', '127.0.0.1']) assert.equal((await save(`http://${host}:${port}`, host)).status, 201, host)
  const strange = await save('http://localhost:1')
  assert.deepEqual([strange.status, (await strange.json() as Problem).code], [403, 'request.origin'])
  const unknown = await ask('/meta', { headers: { cookie: '' } })
  assert.equal(unknown.status, 401)
})

test('the clock is rung with the line wrangler prints', async () => {
  const [, line] = /curl "(http:[^"]+\/scheduled)"/.exec(said) ?? []
  const rung = await fetch(line!)
  assert.equal(rung.status, 200, await rung.text())
  await until(async () => /"event":"keys\.rotated","resealed":0,"current":\d+,"left":0/.test(said), 5_000)
})
