// Why: the page that says whether this is ready is open to everybody, and to compare keys everything that is stored is read.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { anyDraft, create, keys, openLab } from '../wire/lab.ts'

test('threat T55: with keys that open nothing, nobody makes the whole store be read by asking whether it is ready', async (t) => {
  const lab = await openLab(t)
  for (let n = 0; n < 120; n++) await create(lab, anyDraft())
  await lab.restart({ secrets: `1:${randomBytes(32).toString('base64')}` })
  const ask = async () => (await lab.request('GET', '/readyz', { as: 'nobody' })).status
  const cost = async (work: () => Promise<unknown>) => { const before = process.cpuUsage(); await work(); return process.cpuUsage(before).user / 1000 }
  const first = await cost(ask)
  const many = await cost(() => Promise.all(Array.from({ length: 50 }, ask)))
  assert.equal(await ask(), 503)
  assert.ok(many / 50 < first / 5, `the first ${Math.round(first)} ms, fifty more ${Math.round(many)} ms`)
  assert.ok(lab.log.filter(({ event }) => event === 'not-ready').every(({ fields }) => /opens none/.test(String(fields?.['message']))))
  await lab.restart({ secrets: keys.one })
  assert.equal(await ask(), 200)
})
