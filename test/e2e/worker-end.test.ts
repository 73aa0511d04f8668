// Why: a runtime that outlives the demo holds its port, its memory and a database with secrets, and nobody sees it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { alive, leftOf, startWorkerDemo } from './worker-demo.ts'

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const source = ['--disable-warning=ExperimentalWarning', '--conditions=@mail-gateway/source']

test('where the demo is killed, its runtime ends all the same', async (t) => {
  const demo = await startWorkerDemo()
  t.after(() => demo.stop())
  const family = await demo.processes()
  process.kill(demo.pid, 'SIGKILL')
  assert.ok(family.length >= 4, `only ${family.length} processes were seen`)
  assert.deepEqual(await leftOf(family), [])
})

test('where npm is ended and tells nobody, the demo stops in good order and leaves no file', async (t) => {
  const demo = await startWorkerDemo('npm')
  t.after(() => demo.stop())
  const family = await demo.processes()
  process.kill(demo.pid, 'SIGKILL')
  assert.deepEqual(await leftOf(family), [])
  assert.match(demo.printed(), /Stopping: npm has ended/)
  assert.deepEqual([...(await demo.files()).keys()], [])
})

test('what ignores a polite end is made to end, with what it started', async () => {
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
  const parent = `const { pid } = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}]); console.log(pid); ${stubborn}`
  const keeper = spawn(process.execPath, [...source, file('demo/worker/keeper.ts'), '-e', parent], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const [line] = await once(keeper.stdout, 'data') as [Buffer]
  const family = [keeper.pid!, Number(line.toString())]
  assert.equal((await alive(family)).length, 2)
  keeper.stdin.end()
  assert.deepEqual(await leftOf(family), [])
})

test('a port that is taken is said, on stderr alone, with the exit code for configuration', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const child = spawn(process.execPath, [...source, file('demo/serve-worker.ts')], { env: { ...process.env, PORT: String((holder.address() as AddressInfo).port) } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => { stdout += bytes.toString() })
  child.stderr.on('data', (bytes: Buffer) => { stderr += bytes.toString() })
  const [code] = await once(child, 'close') as [number]
  holder.close()
  assert.deepEqual([code, stdout], [78, ''])
  assert.match(stderr, /The demo cannot start: Port \d+ is in use\. Set PORT to another one/)
})
