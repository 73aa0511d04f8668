import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cut, said } from './said.ts'

test('lines are joined, marks become escapes, everything else stays as it was', () => {
  assert.equal(said('550-5.1.1 no\r\n550 5.1.1 such\tbox\u001b[31m'), '550-5.1.1 no 550 5.1.1 such\\u{9}box\\u{1b}[31m')
  assert.equal(said('<b>\u202Egnp.exe\u202C</b> ä 邮件 😀 ❤️'), '<b>\\u{202e}gnp.exe\\u{202c}</b> ä 邮件 😀 ❤️')
  assert.equal(said('soft\u00adhyphen \u061c \u{e0041} \ufffb \u3164'), 'soft\\u{ad}hyphen \\u{61c} \\u{e0041} \\ufffb \\u{3164}'.replace('\\ufffb', '\\u{fffb}'))
})

test('threat T28: any text ends within 512 characters, whole characters only, nothing invisible left', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 700 }), fc.string({ unit: 'grapheme', maxLength: 700 })), (text) => {
    const shown = said(text)
    assert.ok(shown.length <= 512)
    assert.ok(shown.isWellFormed())
    assert.doesNotMatch(shown, /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/u)
  }), { numRuns: 2000 })
})

test('a cut leaves neither half a character nor half an escape', () => {
  assert.equal(cut('ab😀', 3), 'ab')
  assert.equal(cut('ab\\u{1b}cd', 4), 'ab')
  assert.equal(cut('ab\\u{1b}cd', 7), 'ab')
  assert.equal(cut('ab\\u{1b}cd', 8), 'ab\\u{1b}')
  assert.equal(cut('short', 512), 'short')
})
