import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPlainAnswer } from './answer.testing.ts'
import { catalogue, entryOf } from './catalogue.ts'
import { retries, retryOf } from './retry.ts'
import { answers } from './retry-words.ts'

/** The catalogue's texts that were read and are plain as they stand. */
const plain: ReadonlySet<string> = new Set([
  'yes: once', 'yes: once, on a new connection', 'yes: only after the cause is removed', 'yes: in smaller groups',
  'yes: after approval', 'yes: after the browser sign-in', 'yes: after the clock is right',
  'yes: after 5-15 minutes', 'yes: after 15-60 minutes', 'yes: after an hour', 'yes: after 24 hours',
])

test('advice that nothing changes by itself is said in one way', () => {
  assert.deepEqual(retryOf({ class: 'after-change', text: 'no: fails the same way until something is changed' }), retries.change)
})

test('a catalogue’s advice becomes an answer, with its kind and its seconds as they are', () => {
  assert.deepEqual(retryOf({ class: 'wait', text: 'yes: after 5-15 minutes', waitSeconds: [300, 900] }), { class: 'wait', text: 'Yes, after 5-15 minutes', seconds: 300 })
  assert.deepEqual(retryOf(entryOf('net-enotfound')!.retry), { class: 'depends', text: 'Perhaps. If the name is right, in a few minutes; if it is wrong, correct it first.' })
  assert.deepEqual(retryOf(entryOf('graph-202-no-mail')!.retry), { class: 'not-applicable', text: 'No, first do the first step above' })
})

for (const { id, retry } of catalogue) {
  test(`“Try again?” of ${id} is answered in plain words, its kind and seconds as the catalogue has them`, () => {
    const { class: kind, text, seconds } = retryOf(retry)
    assert.ok(Object.hasOwn(answers, retry.text) !== plain.has(retry.text), `“${retry.text}” has no plain words in retry-words.ts, or is there for nothing`)
    assert.ok(isPlainAnswer(text), text)
    assert.deepEqual([kind, seconds], [retry.class, retry.waitSeconds?.[0]])
  })
}

test('every answer is one the catalogue asks for, and those of our own are as plain', () => {
  const asked = new Set(catalogue.map(({ retry }) => retry.text))
  assert.deepEqual([...Object.keys(answers), ...plain].filter((text) => !asked.has(text)), [])
  assert.deepEqual(Object.values(retries).map(({ text }) => text).filter((text) => !isPlainAnswer(text)), [])
})

test('a catalogue’s own words would not pass for an answer, and neither would half of one', () => {
  const own = new Set(catalogue.map(({ retry }) => retry.text))
  const others = ['', 'N/a', 'Depends on the first digit', 'Yes, with back-off', 'Yes, honour Retry-After', 'Yes, once with claims', 'No, while it says ENOTFOUND', 'Yes, with the other TLS setting', 'Yes, after 30-60 s', 'Yes, on 4xx', 'Yes, once. If it fails again, no', 'Notify us']
  assert.deepEqual([...own, ...others].filter(isPlainAnswer), [])
})
