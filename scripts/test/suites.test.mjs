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

const late = "const { Untimely } = await import(`${process.cwd()}/test/within-time.ts`)"
const once = (file, first) => `${late}; const { existsSync, writeFileSync } = await import('node:fs'); const again = existsSync('${file}'); writeFileSync('${file}', ''); test('a', () => { if (!again) { ${first} } })`

test('a file in which only a time was missed is tried once more, and what it says then counts', async () => {
  assert.deepEqual(await resultsOf(once(join(folder, 'slow'), "throw new Untimely('9 s')")), [{ name: 'a', ok: true, why: '' }])
  assert.deepEqual(await resultsOf(once(join(folder, 'library'), "throw Object.assign(new Error('no such button'), { name: 'TimeoutError' })")), [{ name: 'a', ok: true, why: '' }])
  assert.deepEqual(await resultsOf(once(join(folder, 'open'), "setInterval(() => {}, 1000); throw new Untimely('9 s')"), { limits: { running: 9, idle: 1 } }), [{ name: 'a', ok: true, why: '' }])
  await failing(`${late}; test('a', () => { throw new Untimely('9 s') })`, 'a', /9 s/)
})

test('nothing else is tried again: what failed beside a missed time counts, and so does what only looks like one', async () => {
  const both = await resultsOf(`${once(join(folder, 'both'), "throw new Untimely('9 s')")}; test('b', () => { if (!again) throw new Error('no bread') })`)
  assert.deepEqual(both.map(({ name, ok }) => [name, ok]), [['a', false], ['b', false]])
  await failing(once(join(folder, 'wrong'), "throw new Error('Untimely: no bread')"), 'a', /no bread/)
})

test('rows are read from names, one or several', () => {
  assert.deepEqual(rowsIn('no subject yet: fault F93, F94, F95 and F105: nothing opens a window'), [])
  assert.deepEqual(rowsIn('group › threat T07, T09 and T10: nothing leaks (api F12)'),
    ['threat T07', 'threat T09', 'threat T10', 'api F12'])
  assert.deepEqual(byList(['threat T10', 'api F9', 'threat T02', 'threat T10']), { api: ['F9'], threat: ['T02', 'T10'] })
})
