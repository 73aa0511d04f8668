import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonLines } from './json-lines.ts'

const collect = (level?: 'debug' | 'info' | 'warn' | 'error') => {
  const lines: string[] = []
  return { lines, log: jsonLines({ write: (text) => lines.push(text) }, level) }
}

test('api S12: one JSON line for each event, from the level upwards', () => {
  const { lines, log } = collect('warn')
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log({ level, event: `e-${level}`, requestId: 'r', tenant: 't', fields: { status: 200 } })
  assert.equal(lines.length, 2)
  for (const line of lines) assert.match(line, /^\{.*\}\n$/)
  const { time, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>
  assert.ok(!Number.isNaN(Date.parse(String(time))))
  assert.deepEqual(rest, { level: 'warn', event: 'e-warn', requestId: 'r', tenant: 't', status: 200 })
})

test('threat T11: a circular error object among the fields neither throws nor appears', () => {
  const { lines, log } = collect()
  const error = Object.assign(new Error('x'), { self: {} as unknown })
  error.self = error
  log({ level: 'error', event: 'tls', fields: { error: error as never, fine: 'yes' } })
  const line = JSON.parse(lines[0]!) as Record<string, unknown>
  assert.equal(line['fine'], 'yes')
  assert.ok(!('error' in line))
})

test('a line break in a value stays inside its line', () => {
  const { lines, log } = collect()
  log({ level: 'info', event: 'x', fields: { text: 'a\n{"level":"error"}' } })
  assert.equal(lines.join('').split('\n').length, 2)
})
