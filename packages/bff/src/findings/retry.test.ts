import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue } from './catalogue.ts'
import { retries, retryOf } from './retry.ts'

test('advice that nothing changes by itself is said in one way', () => {
  assert.deepEqual(retryOf({ class: 'after-change', text: 'no: fails the same way until something is changed' }), retries.change)
})

test('a catalogue’s advice becomes a sentence, with its seconds', () => {
  assert.deepEqual(retryOf({ class: 'wait', text: 'yes: after a pause', waitSeconds: [60, 300] }), { class: 'wait', text: 'Yes, after a pause', seconds: 60 })
  assert.deepEqual(retryOf({ class: 'depends', text: 'depends on the sentence' }), { class: 'depends', text: 'Depends on the sentence' })
})

for (const { id, retry } of catalogue) {
  test(`the advice of ${id} reads as a sentence`, () => assert.match(retryOf(retry).text, /^[A-Z].{2,}/))
}
