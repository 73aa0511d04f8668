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

test('threat T28: whatever somebody is called, a line is one line, and whoever reads it on a terminal is not written to', () => {
  const { lines, log } = collect()
  const name = 'Ada\r\n{"level":"info"}\u001b[2J\u009b2J\u007f\u2028\u2029\u0085\u202egro\u2066x\u{1F600}é'
  log({ level: 'error', event: 'x', tenant: name, fields: { by: name } })
  assert.equal(lines.length, 1)
  assert.doesNotMatch(lines[0]!.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  const { tenant, by } = JSON.parse(lines[0]!) as Record<string, string>
  assert.deepEqual([tenant, by], [name, name])
})
