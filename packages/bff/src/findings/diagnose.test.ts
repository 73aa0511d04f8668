import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue, entryOf } from './catalogue.ts'
import samples from './catalogue.samples.json' with { type: 'json' }
import { diagnose, replyRecord } from './diagnose.ts'
import type { FailureRecord } from './diagnose.ts'

interface Caught {
  readonly code?: string
  readonly originalCode?: string
  readonly message?: string
  readonly response?: string
  readonly responseCode?: number
}

/** What a program caught from a mail server or a mail library, as the record entries are compared with. */
const recordOf = (raw: unknown, mode: string): FailureRecord => {
  if (typeof raw === 'string') return { mode, text: raw, smtp: replyRecord(raw) }
  const { code, originalCode, message = '', response, responseCode } = raw as Caught
  return { mode, text: message, node: { code, originalCode, text: message }, smtp: response || responseCode ? replyRecord(response ?? `${responseCode} `) : undefined }
}

const ours = samples.samples.filter(({ context }) => context.where === 'smtp' || context.where === 'nodemailer')

for (const { name, raw, context, expect } of ours) {
  test(`the sample «${name}» leads to ${expect}`, () => {
    assert.equal(diagnose(recordOf(raw, (context as { mode?: string }).mode ?? 'smtp'))[0]?.id, expect)
  })
}

test('the samples of this kind are all there', () => assert.ok(ours.length >= 45, String(ours.length)))

test('a reply of several lines gives its enhanced code from any of them', () => {
  assert.deepEqual(replyRecord('550-no\r\n550 5.1.1 not here'), { code: 550, enhanced: '5.1.1', text: ' no not here' })
  assert.deepEqual(replyRecord('550'), { code: 550, enhanced: undefined, text: '550' })
  assert.deepEqual(replyRecord('no code at all'), { code: undefined, enhanced: undefined, text: 'no code at all' })
})

test('texts are compared without regard to case and white space', () => {
  assert.equal(diagnose({ mode: 'smtp', smtp: replyRecord('535 5.7.139 authentication   UNSUCCESSFUL,\tSmtpClientAuthentication is disabled\n for the TENANT.') })[0]?.id, 'smtp-5.7.139-tenant')
})

test('what fits no entry of this mode is looked up once more without it', () => {
  const id = 'smtp-5.7.60'
  assert.equal(entryOf(id)?.modes.includes('*'), false)
  assert.equal(diagnose({ mode: 'a-mode-of-tomorrow', smtp: replyRecord('550 5.7.60 SMTP; Client does not have permissions to send as this sender') })[0]?.id, id)
})

test('the same failure always gets the same order, whatever the order of the catalogue', () => {
  const failure = { mode: 'smtp', smtp: replyRecord('550 5.7.1 Relay access denied, blocked, spam, quota') }
  const found = diagnose(failure).map(({ priority }) => priority)
  assert.deepEqual(found, found.toSorted((a, b) => b - a))
  assert.deepEqual(diagnose(failure), diagnose(failure))
})

test('threat T26: a refusal of a quarter of a megabyte is compared in a few milliseconds', () => {
  const reply = Array.from({ length: 190 }, () => `535-5.7.8 ${'authentication unsuccessful \t '.repeat(45)}`).join('\n')
  const began = performance.now()
  diagnose({ mode: 'smtp', smtp: replyRecord(`${reply}\n535 5.7.8 no`) })
  assert.ok(performance.now() - began < 100)
})

test('every pattern of the catalogue is a regular expression, and none can be made to run long', () => {
  const patterns = catalogue.flatMap(({ match }) => [match.smtp?.regex, match.local?.regex]).filter((regex) => regex !== undefined)
  const attacks = ['a'.repeat(65_536), '5.7.'.repeat(16_384), `${'1'.repeat(65_535)}!`, `${' '.repeat(65_535)}x`, `${'a.'.repeat(32_000)}onmicrosoft.com!`, '@'.repeat(65_536)]
  assert.ok(patterns.length > 3)
  for (const pattern of patterns) for (const attack of attacks) {
    const began = performance.now()
    new RegExp(pattern, 'i').test(attack)
    assert.ok(performance.now() - began < 50, `${pattern} over ${attack.slice(0, 8)}`)
  }
})
