// The runner must not take silence, a crash, a skipped test or a file without tests for success.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { byList, rowsIn } from '../rows.mjs'
import { nodeSuite } from './suites.mjs'

const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-runner-'))
after(() => rmSync(folder, { recursive: true }))

const resultsOf = async (source, limits = {}) => {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.test.mjs`)
  writeFileSync(file, `import { describe, test, before } from 'node:test'\n${source}`)
  const results = []
  await nodeSuite({ files: () => [file], atOnce: 1, seconds: 20, ...limits })((some) => results.push(...some))
  return results.map(({ name, ok, why }) => ({ name, ok, why: why ?? '' }))
}

const failing = async (source, name, why, limits) => {
  const found = (await resultsOf(source, limits)).filter(({ ok }) => !ok)
  assert.deepEqual(found.map((result) => result.name), [name])
  assert.match(found[0].why, why)
}

test('a passing test counts once, under its group', async () => {
  assert.deepEqual(await resultsOf("describe('a', () => { test('b', () => {}) })"), [{ name: 'a › b', ok: true, why: '' }])
})

test('a failing test counts once, with what was thrown, however deep it lies', async () => {
  await failing("test('a', async (t) => { await t.test('b', () => { throw new Error('no bread') }) })", 'a › b', /no bread/)
})

test('skipped and todo tests count as failed', async () => {
  await failing("test('a', { skip: true }, () => {})", 'a', /skipped/)
  await failing("test.todo('a')", 'a', /todo/)
})

test('a hook that throws, a crash at load, an early exit and an empty file count as failed', async () => {
  const hook = await resultsOf("describe('a', () => { before(() => { throw new Error('hook') }); test('b', () => {}) })")
  assert.ok(hook.length > 0 && hook.every(({ ok }) => !ok))
  await failing("throw new Error('at load')", 'the file', /at load/)
  await failing("test('a', () => { process.exit(0) })", 'the file', /ended before its tests did/)
  await failing('', 'the file', /ended before its tests did|holds no test/)
})

test('an exit code other than 0 fails a file whose tests all passed', async () => {
  await failing("test('a', () => {}); process.on('exit', () => { process.exitCode = 3 })", 'the file', /code 3/)
})

test('a file that leaves something running is ended and fails', async () => {
  await failing("test('a', () => { setInterval(() => {}, 1000) })", 'the file', /did not end within 2 s; the test started last: a/, { seconds: 2 })
  await failing("test('a', () => { setInterval(() => {}, 1000) })", 'the file', /nothing happened for 1 s/, { limits: { running: 9, idle: 1 } })
})

test('a test that works for long is not taken for something left open: the first and the last of a file too', async () => {
  const long = "await new Promise((done) => { setTimeout(done, 6000) })"
  assert.deepEqual(await resultsOf(`describe('a', () => { test('b', async () => { ${long} }) })`, { limits: { running: 15, idle: 3 } }), [{ name: 'a › b', ok: true, why: '' }])
  await failing(`test('a', async () => { ${long} })`, 'the file', /nothing happened for 3 s; the test started last: a/, { limits: { running: 3, idle: 15 } })
})

test('rows are read from names, one or several', () => {
  assert.deepEqual(rowsIn('no subject yet: fault F93, F94, F95 and F105: nothing opens a window'), [])
  assert.deepEqual(rowsIn('group › threat T07, T09 and T10: nothing leaks (api F12)'),
    ['threat T07', 'threat T09', 'threat T10', 'api F12'])
  assert.deepEqual(byList(['threat T10', 'api F9', 'threat T02', 'threat T10']), { api: ['F9'], threat: ['T02', 'T10'] })
})
