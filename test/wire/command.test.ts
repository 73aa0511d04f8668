// The command as a process: exit codes, what it prints, and how it ends.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { MetaView, RunView } from '@mail-gateway/contract'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { keys, origin } from './lab.ts'
import { since, Untimely, withinTime } from '../within-time.ts'

const bin = fileURLToPath(new URL('../../packages/bff/bin/mail-gateway.mjs', import.meta.url))

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

const start = (t: TestContext, argv: readonly string[], env: Record<string, string> = {}, input?: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-command-'))
  const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 60_000, stdio: ['pipe', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  child.stdin.end(input)
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })))
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  return { child, folder, ended, said: () => out }
}

const until = async <T>(look: () => T | undefined, ms = 15_000): Promise<T> => {
  for (const end = performance.now() + ms; performance.now() < end;) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Untimely('it never came about')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A server with one token, on a free port, its database in its own folder. */
const served = async (t: TestContext, env: Record<string, string> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-tokens-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const tokens = join(folder, 'tokens.json')
  writeFileSync(tokens, JSON.stringify([{ sha256: sha256('token-1'), subject: 'ci', name: 'CI', email: 'ci@acme.example', tenant: 'acme', rights: ['read', 'write', 'test'] }]))
  const running = start(t, ['serve'], {
    MAIL_GATEWAY_BASE_URL: origin, MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: tokens, PORT: '0',
    MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1', MAIL_GATEWAY_EGRESS_PORTS: '1024-65535', ...env,
  })
  const address = await until(() => /"event":"listening".*?"address":"([^"]+)"/.exec(running.said())?.[1])
  const ask = (method: string, path: string, body?: unknown, token = 'token-1', headers: Record<string, string> = {}) => fetch(address + path, {
    method, headers: { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-mail-gateway': '1', ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { ...running, address, ask }
}

test('api S13: serve with nothing set names everything, prints no value, exits 78', async (t) => {
  const { code, out, err } = await start(t, ['serve'], { MAIL_GATEWAY_SECRETS: 'canary-secret-value', MAIL_GATEWAY_STORE: 'postgres://canary:canary@host/db' }).ended
  assert.equal(code, 78)
  assert.equal(out, '')
  assert.match(err, /^mail-gateway: 4 settings must be fixed before it can start\n/)
  for (const name of ['MAIL_GATEWAY_BASE_URL', 'MAIL_GATEWAY_SECRETS', 'MAIL_GATEWAY_STORE', 'MAIL_GATEWAY_AUTH']) assert.match(err, new RegExp(`✖ ${name} `))
  assert.match(err, /exit code 78\n$/)
  assert.doesNotMatch(err, /canary/)
})

for (const [what, env, name] of [
  ['a token file that is not there', { MAIL_GATEWAY_TOKENS: '/nowhere/tokens.json' }, 'MAIL_GATEWAY_TOKENS'],
  ['clouds that do not hold', { MAIL_GATEWAY_CLOUDS: '[{"id":"own"}]' }, 'MAIL_GATEWAY_CLOUDS'],
  ['a file of clouds that is not there', { MAIL_GATEWAY_CLOUDS: '/nowhere/clouds.json' }, 'MAIL_GATEWAY_CLOUDS'],
  ['a store that cannot be opened', { MAIL_GATEWAY_STORE: 'sqlite:/proc/nowhere/x.db' }, 'MAIL_GATEWAY_STORE'],
] as const) {
  test(`serve with ${what} says so and exits 78`, async (t) => {
    const { code, err } = await start(t, ['serve'], { MAIL_GATEWAY_BASE_URL: origin, MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_AUTH: 'none', MAIL_GATEWAY_DEV: '1', ...('MAIL_GATEWAY_TOKENS' in env ? { MAIL_GATEWAY_AUTH: 'bearer' } : {}), ...env }).ended
    assert.equal(code, 78, err)
    assert.match(err, new RegExp(`✖ ${name} `))
  })
}

for (const host of ['0.0.0.0', 'mail.acme.example']) {
  test(`threat T08: serve without a sign-in on ${host} does not start, and says which setting opens it and what to do`, async (t) => {
    const { code, out, err } = await start(t, ['serve'], { MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_STORE: 'memory:', MAIL_GATEWAY_AUTH: 'none', MAIL_GATEWAY_DEV: '1', HOST: host }).ended
    assert.deepEqual([code, out], [78, ''])
    assert.match(err, /^mail-gateway: 1 setting must be fixed/)
    assert.match(err, /✖ HOST +must be an address of this machine alone, such as 127\.0\.0\.1 or localhost, while MAIL_GATEWAY_AUTH=none lets in everybody who reaches it\. To be reached from elsewhere, use bearer with MAIL_GATEWAY_TOKENS/)
  })
}

test('api S13: that it would be open to everybody is told together with all else that is wrong', async (t) => {
  const { err } = await start(t, ['serve'], { MAIL_GATEWAY_AUTH: 'none', HOST: '0.0.0.0' }).ended
  assert.deepEqual([...err.matchAll(/✖ (\w+) /g)].map(([, name]) => name), ['MAIL_GATEWAY_BASE_URL', 'MAIL_GATEWAY_SECRETS', 'MAIL_GATEWAY_AUTH', 'HOST'])
})

test('threat T08: without a sign-in it is served on this machine, by its name and by its address', async (t) => {
  for (const env of [{}, { HOST: 'localhost' }, { HOST: ' 127.0.0.1 ' }]) {
    const { said } = start(t, ['serve'], { MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_STORE: 'memory:', MAIL_GATEWAY_AUTH: 'none', MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_BASE_URL: origin, PORT: '0', ...env })
    const address = await until(() => /"event":"listening".*?"address":"([^"]+)"/.exec(said())?.[1])
    const { me } = await (await fetch(`${address}/meta`)).json() as MetaView
    assert.ok(me)
  }
})

const ownCloud = { id: 'own', label: 'Own cloud', authority: 'https://login.own.example', graph: 'https://graph.own.example', graphScope: 'https://graph.own.example/.default', smtpScope: 'https://outlook.own.example/.default' }

test('serve offers the clouds of a file, and a literal list alike, besides the built-in ones', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-clouds-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'clouds.json'), JSON.stringify([ownCloud, { ...ownCloud, id: 'global', label: 'Instead' }]))
  for (const clouds of [join(folder, 'clouds.json'), ` ${JSON.stringify([ownCloud, { ...ownCloud, id: 'global', label: 'Instead' }])}`]) {
    const { ask } = await served(t, { MAIL_GATEWAY_CLOUDS: clouds })
    const { clouds: offered } = await (await ask('GET', '/meta')).json() as MetaView
    assert.deepEqual([offered[0], offered.at(-1)], [{ id: 'global', label: 'Instead' }, { id: 'own', label: 'Own cloud' }])
    assert.equal(offered.length, builtInClouds.length + 1)
  }
})

test('check with clouds that do not hold is a wrong call, named, before anything is read', async (t) => {
  for (const [clouds, words] of [[JSON.stringify([{ ...ownCloud, authority: 'http://login.own.example' }]), /entry 1: authority must be an https address/], ['/nowhere/clouds.json', /cannot be read \(ENOENT\)/], ['[', /not readable as JSON/]] as const) {
    const { code, out, err } = await start(t, ['check', '-'], { MAIL_GATEWAY_CLOUDS: clouds }, '{"mode": "smtp"}').ended
    assert.deepEqual([code, out], [64, ''], err)
    assert.match(err, /^mail-gateway: MAIL_GATEWAY_CLOUDS /)
    assert.match(err, words)
    assert.doesNotMatch(err, /login\.own/)
  }
})

test('serve on a port that is taken says so and exits 78', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  t.after(() => other.close())
  const { code, err } = await start(t, ['serve'], { MAIL_GATEWAY_SECRETS: keys.one, MAIL_GATEWAY_AUTH: 'none', MAIL_GATEWAY_DEV: '1', PORT: String((other.address() as AddressInfo).port) }).ended
  assert.equal(code, 78)
  assert.match(err, /✖ PORT +cannot be listened on \(EADDRINUSE\)/)
})

for (const [argv, words] of [
  [[], /name a command/], [['fly'], /there is no command fly/], [['toString'], /there is no command/], [['serve', '--port', '1'], /serve takes no arguments/],
  [['secret', 'a', 'b'], /secret takes the present value/], [['secret', 'nonsense'], /the present value must be version:base64/], [['secret', '--json'], /json/],
  [['check'], /name one file/], [['check', 'x.json', '--unti', 'network'], /unti/],
] as const) {
  test(`a wrong call exits 64 and says why: mail-gateway ${argv.join(' ')}`, async (t) => {
    const { code, out, err } = await start(t, argv).ended
    assert.equal(code, 64, err)
    assert.equal(out, '')
    assert.match(err, words)
  })
}

test('help and version are answers, not failures', async (t) => {
  const help = await start(t, ['--help']).ended
  assert.equal(help.code, 0)
  assert.match(help.out, /usage: mail-gateway COMMAND/)
  assert.match((await start(t, ['--version']).ended).out, /^\d+\.\d+\.\d+\n$/)
})

test('api S14: secret makes a key of 32 bytes, each time another; given the present value, the next one in front', async (t) => {
  const [one, two] = await Promise.all([start(t, ['secret']).ended, start(t, ['secret']).ended])
  assert.match(one.out, /^1:[A-Za-z0-9+/]{43}=\n$/)
  assert.notEqual(one.out, two.out)
  const present = one.out.trim()
  for (const next of [await start(t, ['secret', present]).ended, await start(t, ['secret', '-'], {}, `${present}\n`).ended]) {
    assert.equal(next.code, 0, next.err)
    assert.match(next.out, /^2:[A-Za-z0-9+/]{43}=,1:/)
    assert.ok(next.out.trim().endsWith(`,${present}`))
  }
})

test('serve answers over HTTP with a bearer token, and a wrong token gets nothing', async (t) => {
  const { ask, said, address } = await served(t)
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/api\/mail-gateway$/)
  assert.deepEqual(await (await ask('GET', '/livez')).json(), { status: 'ok' })
  assert.deepEqual(await (await ask('GET', '/readyz')).json(), { status: 'ok' })
  assert.equal((await ask('GET', '/meta', undefined, 'token-2')).status, 401)
  const meta = await (await ask('GET', '/meta')).json() as { me: unknown; rights: unknown }
  assert.deepEqual([meta.me, meta.rights], [{ name: 'CI', email: 'ci@acme.example' }, ['read', 'write', 'test']])
  const made = await ask('POST', '/gateways', { mode: 'smtp', settings: { host: 'smtp.acme.example', security: 'tls', authentication: 'none', from: 'a@acme.example' } })
  assert.equal(made.status, 201)
  const lines = said().trim().split('\n').map((line) => JSON.parse(line) as { event: string })
  assert.ok(lines.some(({ event }) => event === 'audit') && lines.some(({ event }) => event === 'request'))
  assert.doesNotMatch(said(), /token-1/)
})

test('a variable of ours that nobody knows is named in the log, and does not stop the start', async (t) => {
  const { said } = await served(t, { MAIL_GATEWAY_EGRESS_ALOW: 'x' })
  assert.match(said(), /"event":"variable\.unknown","name":"MAIL_GATEWAY_EGRESS_ALOW"/)
})

test('fault F107: SIGTERM ends serve in good order: a running check ends as unproven and is stored, exit 0', async (t) => {
  const silence = createServer((socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve))
  t.after(() => silence.close())
  const { port } = silence.address() as AddressInfo
  const { child, ask, ended, folder } = await served(t)
  const connected = new Promise((resolve) => silence.once('connection', resolve))
  const running = await ask('POST', '/checks', { mode: 'smtp', settings: { host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'a@acme.example' } })
  await connected
  const began = performance.now()
  child.kill('SIGTERM')
  const stream = await running.text()
  const { code, out, err } = await ended
  assert.equal(code, 0, err)
  assert.equal(err, '')
  withinTime(since(began), { to: 5_000 })
  assert.match(stream, /"event":"end","verdict":"unproven"/)
  assert.match(out, /"event":"stopped"/)
  const store = sqliteStore(join(folder, 'data', 'mail-gateway.db'))
  t.after(() => store.close())
  const { view } = await store.getRun('acme', running.headers.get('x-run-id') ?? '') as { view: RunView }
  assert.deepEqual([view.state, view.verdict], ['done', 'unproven'])
})

test('fault F97: hanging up on serve stops the work', async (t) => {
  let closed = 0
  const silence = createServer((socket) => socket.on('error', () => {}).on('close', () => { closed += 1 }))
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve))
  t.after(() => silence.close())
  const connected = new Promise((resolve) => silence.once('connection', resolve))
  const { address, said } = await served(t)
  const hangUp = new AbortController()
  const response = await fetch(`${address}/checks`, {
    method: 'POST', signal: hangUp.signal, headers: { origin, authorization: 'Bearer token-1', 'content-type': 'application/json', 'x-mail-gateway': '1' },
    body: JSON.stringify({ mode: 'smtp', settings: { host: '127.0.0.1', port: (silence.address() as AddressInfo).port, security: 'none', authentication: 'none', from: 'a@acme.example' } }),
  })
  await connected
  hangUp.abort()
  await until(() => (closed === 1 ? true : undefined), 2_000)
  await until(() => (/"event":"check\.end".*"verdict":"unproven"/.test(said()) ? true : undefined), 2_000)
  await assert.rejects(response.text())
})
