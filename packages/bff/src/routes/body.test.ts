import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { Refusal } from '../findings/problem.ts'
import { bodyLimit, readJson, shaped } from './body.ts'
import { worked } from '../../../../test/worked.ts'
import { withinTime } from '../../../../test/within-time.ts'

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request('http://localhost/', { method: 'POST', body, headers, ...(body instanceof ReadableStream && { duplex: 'half' }) } as RequestInit)

const codeFor = async (request: Request): Promise<string> => {
  try {
    await readJson(request)
    return 'read'
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error))
    return error.code
  }
}

const deep = (levels: number, open = '[', close = ']', inner = '1') => open.repeat(levels) + inner + close.repeat(levels)

test('threat T49: 300 hostile bodies are refused, ordinary ones are read, and no prototype is touched', async () => {
  const names = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__', '__pr\\u006fto__', 'constr\\u0075ctor']
  const wrappers: ((inner: string) => string)[] = [(x) => x, (x) => `{"settings":${x}}`, (x) => `[${x}]`, (x) => `{"a":[{"b":${x}}]}`, (x) => ` {"a" : 1 , "b" : ${x} } `]
  const hostile = [
    ...names.flatMap((name) => wrappers.flatMap((wrap) => [`{"${name}":{"polluted":1}}`, `{"a":1,"${name}":1}`, `{"${name}" : null}`, `{"a":{},"${name}":[]}`].map(wrap))),
    ...wrappers.flatMap((wrap) => ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a":{"b":1},"a":{}}', '{"b":[],"a":1,"c":2,"a":3}', '{"":1,"":2}'].map(wrap)),
    ...[9, 10, 50, 100, 1_000, 10_000].flatMap((levels) => [deep(levels), deep(levels, '{"a":', '}'), deep(levels, '[{"a":', '}]').slice(0, bodyLimit - 1)]),
    ...['', ' ', '{', '}', '{"a"}', '{a:1}', "{'a':1}", '{"a":1,}', '[1,]', 'undefined', 'NaN', '01', '"a', '{"a":1}x', '\u0000', '/*x*/{}', '{"a":"\n"}', '\uFEFF\uFEFF{}', 'true false', '{"a":1}{"b":2}'],
    ...Array.from({ length: 132 }, (_, n) => `{"settings":{"host":"h${n}"`.slice(0, 5 + (n % 22)) + '"'.repeat(n % 3)),
  ]
  assert.ok(hostile.length >= 300, String(hostile.length))
  for (const body of hostile) assert.equal(await codeFor(post(body)), 'request.malformed', body.slice(0, 80))
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  assert.deepEqual(Object.keys(Object.prototype), [])

  for (const body of ['{}', '[]', 'null', '"text"', deep(8), deep(8, '{"a":', '}'), '{"a":"__proto__","b":["constructor"]}', '{"a":{"b":1},"c":{"b":1}}', '{"a":"{\\"x\\":1,\\"x\\":2}"}', '[{"a":1},{"a":1}]', '{"a:b":"c,d","[":"]"}']) {
    assert.equal(await codeFor(post(body)), 'read', body)
  }
})

test('threat T49: bytes are counted as they come, whatever the header says', async () => {
  const big = JSON.stringify('x'.repeat(64 * 1024))
  assert.equal(await codeFor(post(big)), 'request.too-large')
  assert.equal(await codeFor(post('{}', { 'content-length': String(bodyLimit + 1) })), 'request.too-large')
  const full = JSON.stringify('x'.repeat(64 * 1024 - 2))
  assert.deepEqual([await codeFor(post(full)), await codeFor(post(full, { 'content-length': String(64 * 1024) }))], ['read', 'read'])

  let sent = 0
  let stopped = false
  const endless = new ReadableStream({
    pull(controller) { sent += 1024; controller.enqueue(new Uint8Array(1024).fill(32)) },
    cancel() { stopped = true },
  })
  assert.equal(await codeFor(post(endless, { 'content-length': '2' })), 'request.too-large')
  assert.ok(sent <= bodyLimit + 8 * 1024, `${sent} bytes were read`)
  assert.ok(stopped)
})

test('what comes in many pieces, cut in the middle of a letter too, is read as it was sent, and a mark before it is none of it', async () => {
  const sent = { name: 'Zoë \u{1F4E7}', ca: 'abc\n'.repeat(50) }
  const bytes = new TextEncoder().encode(`\uFEFF${JSON.stringify(sent)}`)
  const pieces = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7))
      controller.close()
    },
  })
  assert.deepEqual(await readJson(post(pieces)), sent)
})

test('threat T10: a body that is no JSON is refused without a word of it, since a secret may be among them', async () => {
  await assert.rejects(readJson(post('{"password":canary-secret}')), (error) => error instanceof Refusal && !JSON.stringify([error.message, error.particulars]).includes('canary'))
})

test('threat T49: bytes that are no UTF-8 are refused', async () => {
  assert.equal(await codeFor(post(Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))), 'request.malformed')
})

test('threat T50: a body of 64 KiB of anything is judged in little time', async () => {
  const attacks = ['"\\'.repeat(30_000), '"'.repeat(60_000), '{"a":'.repeat(12_000), '['.repeat(64_000), ' '.repeat(64_000), `"${'\\"'.repeat(30_000)}`, '[1,'.repeat(20_000), ':'.repeat(64_000)]
  for (const body of attacks) {
    const began = worked()
    assert.equal(await codeFor(post(body)), 'request.malformed')
    withinTime(worked() - began, { to: 200 }, body.slice(0, 5))
  }
})

test('a shape that does not fit names every part by its pointer', () => {
  const schema = z.strictObject({ 'a/b': z.string('Give a text.'), list: z.array(z.int('Give a whole number.')) }, 'Send one object.')
  const errorsFor = (body: unknown) => {
    try {
      shaped(schema, body)
      return []
    } catch (error) {
      return (error as Refusal).particulars.errors?.map(({ pointer, code }) => [pointer, code])
    }
  }
  assert.deepEqual(errorsFor({ 'a/b': 'x', list: [1] }), [])
  assert.deepEqual(errorsFor({ 'a/b': 1, list: [1, 'x'], 'x~y': 1 }), [['/a~1b', 'type'], ['/list/1', 'type'], ['/x~0y', 'unknown']])
  assert.deepEqual(errorsFor('text'), [['', 'type']])
  assert.equal(errorsFor({ 'a/b': 'x', list: [], ['n'.repeat(500)]: 1 })?.[0]?.[0]?.length, 65)
})
