import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modes } from './index.ts'
import { planOf } from './mode.ts'

for (const mode of modes) {
  test(`${mode.id}: the plan begins with inputs and goes through the stages in order`, () => {
    const stages = ['input', 'network', 'identity', 'delivery']
    const at = planOf(mode).map(({ stage }) => stages.indexOf(stage))
    assert.equal(planOf(mode)[0]?.id, 'inputs')
    assert.deepEqual(at, at.toSorted((a, b) => a - b))
  })
  test(`${mode.id}: every setting and every row has its words, and no words are left over`, () => {
    const { fields, checks, groups } = mode.words.en
    assert.deepEqual(Object.keys(fields).sort(), Object.keys(mode.settings.shape).sort())
    assert.deepEqual(Object.keys(checks).sort(), Object.keys(mode.plan).sort())
    assert.ok(Object.keys(groups).length > 0)
    for (const { label, hint, required, format, range } of Object.values(fields)) for (const text of [label, hint, required, format, range]) assert.doesNotMatch(text ?? '', /invalid|please|sorry|oops/i)
  })
}

test('smtp: with TLS from the start the server greets inside the encrypted line, and every row is there once', () => {
  const ids = (security: string) => planOf(modes[0]!, { security }).map(({ id }) => id)
  assert.ok(ids('tls').indexOf('encryption') < ids('tls').indexOf('greeting'))
  assert.ok(ids('starttls').indexOf('greeting') < ids('starttls').indexOf('encryption'))
  assert.deepEqual(ids('tls').toSorted(), Object.keys(modes[0]!.plan).sort())
})
