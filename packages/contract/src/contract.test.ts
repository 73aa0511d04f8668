import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fold, lines, pathOf } from './index.ts'
import type { CheckEvent, RunRow } from './index.ts'

async function* chunks(...parts: string[]) { yield* parts }
const read = async (...parts: string[]) => { const out = []; for await (const value of lines(chunks(...parts))) out.push(value); return out }

test('lines: values split anywhere arrive whole, the last one without a line break too', async () => {
  assert.deepEqual(await read('{"a":', '1}\n{"b"', ':2}'), [{ a: 1 }, { b: 2 }])
  assert.deepEqual(await read('\n\n{"a":1}\r\n', '\n'), [{ a: 1 }])
})

test('lines: a line that is no JSON throws', async () => {
  await assert.rejects(read('<html>\n'), SyntaxError)
})

test('pathOf fills in and escapes the id', () => {
  assert.equal(pathOf('saveGateway', { id: 'a/b' }), '/gateways/a%2Fb')
})

test('fold: a plan, a start and a result make one row', () => {
  const events: CheckEvent[] = [
    { event: 'plan', runId: 'r', rows: [{ id: 'name', stage: 'network', label: 'The server has an address' }] },
    { event: 'start', id: 'name' },
    { event: 'result', id: 'name', status: 'pass', ms: 3, evidence: { addresses: ['192.0.2.1'] } },
  ]
  const states = events.map((_, n) => events.slice(0, n + 1).reduce(fold, [] as readonly RunRow[])[0]?.status)
  assert.deepEqual(states, ['waiting', 'running', 'pass'])
})
