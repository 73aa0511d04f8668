import assert from 'node:assert/strict'
import { test } from 'node:test'
import { address, canonicalMessage, host, line, lines } from './common.ts'

const takes = (type: { safeParse(value: unknown): { success: boolean } }, value: unknown) => type.safeParse(value).success

test('one line has no break, several lines have breaks and tabs and nothing else', () => {
  assert.deepEqual(['Acme', 'a\nb', 'a\tb', 'a'.repeat(129)].map((text) => takes(line(), text)), [true, false, false, false])
  assert.deepEqual(['a\nb\r\nc\td', 'a\rb', 'a\0b', 'a\u202eb', 'x'.repeat(4001)].map((text) => takes(lines(), text)), [true, false, false, false, false])
})

test('hosts and addresses are taken where they have a canonical form', () => {
  assert.deepEqual(['a.example', 'a b', 5].map((text) => takes(host(), text)), [true, false, false])
  assert.deepEqual(['a@b.example', 'a@b.example, c@d.example', ''].map((text) => takes(address(), text)), [true, false, false])
})

test('the message settings become canonical, and what is absent stays absent', () => {
  assert.deepEqual(canonicalMessage({ from: 'A@B.Example' }), { from: 'A@b.example' })
  assert.deepEqual(canonicalMessage({ from: 'a@b.example', replyTo: 'c@D.example', envelopeFrom: 'e@F.example' }), { from: 'a@b.example', replyTo: 'c@d.example', envelopeFrom: 'e@f.example' })
})
