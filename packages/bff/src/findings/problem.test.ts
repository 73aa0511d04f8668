import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal, problemOf, problems } from './problem.ts'
import type { ProblemCode } from './problem.ts'

for (const [code, { status, title, detail }] of Object.entries(problems)) {
  test(`api S8, F7: ${code} says what is true, then what to do`, () => {
    assert.match(code, /^[a-z]+(\.[a-z-]+)?$/)
    assert.ok(status >= 400 && status < 600)
    assert.match(title, /^[A-Z].*[^.]$/)
    assert.match(detail, /\.$/)
    assert.doesNotMatch(`${title} ${detail}`, /\b(invalid|please|sorry|oops|successfully)\b/i)
  })
}

test('api S8: a problem has the members of RFC 9457, ours, and its particulars', () => {
  const refusal = new Refusal('settings.stale', { detail: 'Other words.', retryAfter: 3, allow: 'GET' })
  assert.equal(refusal.status, 412)
  assert.deepEqual(problemOf(refusal, { docs: 'https://a.example/docs', instance: '/x', requestId: 'r' }), {
    type: 'https://a.example/docs#settings.stale', title: problems['settings.stale'].title, status: 412, detail: 'Other words.',
    instance: '/x', code: 'settings.stale' satisfies ProblemCode, requestId: 'r', retryAfter: 3,
  })
})
