// The log of a service that nobody reads any more: the service goes on, and what is lost is said where it can be.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { command } from '../peers/command.ts'
import { folderOf, serve, until } from './service.ts'
import type { Service } from './service.ts'
import { closedPort } from '../peers/closed-port.ts'

const lossSaid = (text: string): number => text.split('log lines are lost').length - 1

/** It answers and it ends as it should. */
const worksOn = async ({ ask, child, ended }: Service): Promise<void> => {
  for (let n = 0; n < 5; n++) assert.equal((await ask('GET', '/meta')).status, 200)
  child.kill('SIGTERM')
  const { code, signal } = await ended
  assert.deepEqual([code, signal], [0, null])
}

test('the reader of the log leaves: the service goes on, says so once on the other stream, and ends in good order', async (t) => {
  const service = serve(t, folderOf(t))
  const address = await service.address()
  service.child.stdout.destroy()
  for (let n = 0; n < 5; n++) assert.equal((await fetch(`${address}/livez`)).status, 200)
  await until(() => (lossSaid(service.err()) ? true : undefined))
  await worksOn(service)
  assert.equal(service.err(), 'mail-gateway: log lines are lost (EPIPE). The service goes on without them\n')
})

test('both streams in one pipe whose reader leaves after a line: the service goes on', async (t) => {
  const service = serve(t, folderOf(t), { shell: 'exec "$@" 2>&1' })
  const address = await service.address()
  service.child.stdout.destroy()
  for (let n = 0; n < 10; n++) assert.equal((await fetch(`${address}/livez`)).status, 200)
  await worksOn(service)
})

test('the log’s file finds no space: the service goes on, says so once, and ends in good order', async (t) => {
  const service = serve(t, folderOf(t), { shell: 'exec "$@" >/dev/full', port: await closedPort() })
  await service.address()
  await worksOn(service)
  assert.equal(service.err(), 'mail-gateway: log lines are lost (ENOSPC). The service goes on without them\n')
})

test('nobody reads the log: the service goes on, and SIGTERM still ends it', async (t) => {
  const service = serve(t, folderOf(t), { unread: true, port: await closedPort() })
  const address = await service.address()
  for (let n = 0; n < 20; n++) await Promise.all(Array.from({ length: 50 }, () => fetch(`${address}/livez`, { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } }).then((response) => response.text())))
  await worksOn(service)
})

const writer = fileURLToPath(new URL('log-writer.ts', import.meta.url))

test('a reader that stops for a while: what waits for it is bounded, and it is told how many lines it missed', async (t) => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@mail-gateway/source', writer], { stdio: ['pipe', 'pipe', 'pipe'], timeout: 30_000 })
  t.after(() => { child.kill('SIGKILL') })
  let [out, err] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  const most = Number(await until(() => /most (\d+)/.exec(err)?.[1]))
  assert.ok(most > 1024 * 1024 && most < 1.2 * 1024 * 1024, `${most} bytes waited`)
  assert.equal(lossSaid(err), 1)
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
  const lost = Number(await until(() => /"event":"log\.lost","lines":(\d+)/.exec(out)?.[1]))
  child.stdin.end()
  await new Promise((resolve) => child.once('close', resolve))
  const lines = out.trim().split('\n').map((line) => JSON.parse(line) as { event: string })
  assert.equal(lines.filter(({ event }) => event === 'filler').length + lost, 4_000)
  assert.equal(lines.at(-1)?.event, 'last')
})

test('an answer that could not be written is no success, and a reader that leaves is no failure', async () => {
  const full = await new Promise<{ code: number | null; err: string }>((resolve) => {
    const child = spawn('/bin/sh', ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, fileURLToPath(new URL('../../packages/bff/bin/mail-gateway.mjs', import.meta.url)), 'secret'], { timeout: 30_000 })
    let err = ''
    child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
    child.once('close', (code) => resolve({ code, err }))
  })
  assert.deepEqual(full, { code: 1, err: 'mail-gateway: standard output cannot be written (ENOSPC)\n' })
  const { code, stderr } = await command(['explain'], { input: '535 5.7.8 no', leaveAfter: 0 })
  assert.deepEqual([stderr, [0, 1].includes(code ?? -1)], ['', true])
})

test('a host’s process outlives the stream its log goes to', async () => {
  const script = "import { nodePorts } from '@mail-gateway/bff/node'; const { log } = nodePorts({ store: 'memory:' }); process.stdout.write('ready'); setInterval(() => log({ level: 'info', event: 'tick' }), 10); setTimeout(() => { process.stdout.write('alive'); process.exit(0) }, 400)"
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@mail-gateway/source', '--input-type=module', '-e', script], { cwd: fileURLToPath(new URL('../../packages/bff', import.meta.url)), timeout: 30_000 })
  let out = ''
  child.stderr.once('data', () => child.stderr.destroy())
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
  assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0)
  assert.equal(out, 'readyalive')
})
