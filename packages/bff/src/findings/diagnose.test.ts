import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { catalogue, entryOf } from './catalogue.ts'
import samples from './catalogue.samples.json' with { type: 'json' }
import { diagnose, replyRecord } from './diagnose.ts'
import { altered } from './formats.testing.ts'
import { normalise } from './normalise.ts'
import { worked } from '../../../../test/worked.ts'
import { withinTime } from '../../../../test/within-time.ts'

const { samples: all } = samples
const best = (raw: unknown, context: Parameters<typeof normalise>[1]) => diagnose(normalise(raw, context))[0]?.id

for (const { name, raw, context, expect } of all) {
  test(`must show 3: the sample «${name}» leads to ${expect}`, () => assert.equal(best(raw, context), expect))

  test(`must show 3: one character more or less in the format of «${name}» leads elsewhere`, () => {
    const others = altered(raw, entryOf(expect)!)
    assert.ok(others.length > 0, 'every sample has a format that can be altered')
    for (const other of others) {
      assert.notDeepEqual(other, raw)
      assert.notEqual(best(other, context), expect, JSON.stringify(other))
    }
  })
}

test('the samples are all there, of every kind', () => {
  assert.equal(all.length, 90)
  assert.deepEqual([...new Set(all.map(({ context }) => context.where))].sort(), ['entra', 'google', 'graph', 'imap', 'msal', 'nodemailer', 'smtp'])
})

test('must show 3: the catalogue and its samples are as they were researched, to the letter', () => {
  const digest = (name: string) => createHash('sha256').update(readFileSync(new URL(name, import.meta.url))).digest('hex')
  assert.equal(catalogue.length, 264)
  // Whoever corrects an entry knows its source, and says so by changing this line with it.
  assert.deepEqual(['./catalogue.json', './catalogue.samples.json'].map(digest), [
    'c1ee3b75c4da3b857553124ffc6d6a86a3a38eea58a7548d07bb8ebe72daab93', 'ab33323aeb257583fa2d491d4b26ddbe5edc78595f1c677d88eefdee74c2d0a6',
  ])
})

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
  const began = worked()
  diagnose({ mode: 'smtp', smtp: replyRecord(`${reply}\n535 5.7.8 no`) })
  withinTime(worked() - began, { to: 100 })
})

test('howToMatch 6: any code of the chain may fit, and the sentence decides between entries that share one', () => {
  const graph = (error: unknown, http: number) => best({ error }, { where: 'graph', mode: 'graph', http })
  assert.equal(graph({ code: 'BadRequest', message: 'x', innererror: { code: 'Other', innerError: { code: 'ErrorInvalidRecipients' } } }, 400), 'graph-invalid-recipients')
  assert.equal(graph({ code: 'InvalidAuthenticationToken', message: 'JWT is not well formed' }, 401), 'graph-token-malformed')
  assert.equal(graph({ code: 'InvalidAuthenticationToken', message: 'nothing known' }, 401), undefined)
  assert.equal(graph({ message: '' }, 401), 'graph-401-unknown')
  assert.equal(graph({ code: 'ErrorAccessDenied' }, 400), 'graph-400-generic')
})

test('what Graph answered is never read as an answer of the sign-in service', () => {
  assert.equal(best({ error: { code: 'x' } }, { where: 'graph', mode: 'graph', http: 429 }), undefined)
  assert.equal(best({ error: 'x' }, { where: 'entra', mode: 'graph', http: 429 }), 'entra-429')
})

test('a number nobody has listed is still known to be one', () => {
  assert.equal(best({ error: 'invalid_client', error_codes: [7999999] }, { where: 'entra', mode: 'graph', http: 401 }), 'entra-unknown')
})

test('checks on the form are no failures', () => {
  for (const { id, match } of catalogue) if (match.local) assert.ok(!diagnose({ text: id, aadsts: [1], http: 400, oauthError: 'invalid_client' }).some((entry) => entry.id === id), id)
})

test('every pattern of the catalogue is a regular expression, and none can be made to run long', () => {
  const patterns = catalogue.flatMap(({ match }) => [match.smtp?.regex, match.local?.regex]).filter((regex) => regex !== undefined)
  const attacks = ['a'.repeat(65_536), '5.7.'.repeat(16_384), `${'1'.repeat(65_535)}!`, `${' '.repeat(65_535)}x`, `${'a.'.repeat(32_000)}onmicrosoft.com!`, '@'.repeat(65_536)]
  assert.ok(patterns.length > 3)
  for (const pattern of patterns) for (const attack of attacks) {
    const began = worked()
    new RegExp(pattern, 'i').test(attack)
    withinTime(worked() - began, { to: 50 }, `${pattern} over ${attack.slice(0, 8)}`)
  }
})
