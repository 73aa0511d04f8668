import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Reply } from '../../ports/ports.ts'
import { SmtpFault } from './fault.ts'
import { ReplyReader } from './replies.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (...chunks: (string | Uint8Array)[]): Reply[] => {
  const reader = new ReplyReader()
  return chunks.flatMap((chunk) => reader.push(typeof chunk === 'string' ? bytes(chunk) : chunk))
}
const fault = (...chunks: (string | Uint8Array)[]): string => {
  try { return `read ${read(...chunks).length}` } catch (error) { return (error as SmtpFault).code }
}

test('replies of one line and of several, with CRLF and with a bare line feed', () => {
  assert.deepEqual(read('220 hi\r\n250-a\n250-b\n250 c\n'), [{ code: 220, text: '220 hi' }, { code: 250, text: '250-a\n250-b\n250 c' }])
  assert.deepEqual(read('250\r\n'), [{ code: 250, text: '250' }])
})

test('fault F21: however the bytes are split, the replies are the same', () => {
  const stream = bytes('220 peer ESMTP ä邮\r\n250-one\r\n250-two 😀\r\n250 SIZE 1\r\n334 \r\n\r\n550-5.1.1 no\r\n550 5.1.1 such\r\n')
  const whole = read(stream)
  assert.equal(whole.length, 4)
  fc.assert(fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
    const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length]
    assert.deepEqual(read(...at.slice(1).map((end, n) => stream.subarray(at[n], end))), whole)
  }), { numRuns: 500 })
  assert.deepEqual(read(...Array.from(stream, (byte) => Uint8Array.of(byte))), whole)
})

test('text is UTF-8 where it is, and bytes as they are otherwise', () => {
  assert.equal(read(Uint8Array.of(0x32, 0x35, 0x30, 0x20, 0xe4, 0x0a))[0]?.text, '250 ä')
  assert.equal(read('250 ä\n')[0]?.text, '250 ä')
})

for (const line of ['150 x', '650 x', '99 x', '2500 x', 'hello', '25x', ' 250 x', '250\tx', '-250', '٢٥٠ x']) {
  test(`fault F23: ${JSON.stringify(line)} is no reply`, () => assert.equal(fault(`${line}\r\n`), 'smtp.reply.protocol'))
}

test('a code may not change within a reply, and no blank line may stand in one', () => {
  assert.equal(fault('250-a\r\n251 b\r\n'), 'smtp.reply.protocol')
  assert.equal(fault('250-a\r\n\r\n250 b\r\n'), 'smtp.reply.protocol')
})

test('threat T26: 256 KiB and 200 lines in all, then the connection is over', () => {
  assert.equal(fault('250 x\r\n'.repeat(200)), 'read 200')
  assert.equal(fault('250 x\r\n'.repeat(201)), 'smtp.reply.too-large')
  assert.equal(fault(`250 ${'x'.repeat(256 * 1024 - 6)}\r\n`), 'read 1')
  assert.equal(fault(`250 ${'x'.repeat(256 * 1024 - 5)}\r\n`), 'smtp.reply.too-large')
  assert.equal(fault(...Array.from({ length: 33 }, () => 'x'.repeat(8192))), 'smtp.reply.too-large')
})

test('what is unfinished is known: pending, its first bytes, its beginning', () => {
  const reader = new ReplyReader()
  assert.equal(reader.pending, false)
  reader.push(Uint8Array.of(0x15, 0x03, 0x01))
  assert.deepEqual([reader.pending, reader.start[0], reader.unfinished.length], [true, 0x15, 3])
  const other = new ReplyReader()
  other.push(bytes('250-first\r\n25'))
  assert.deepEqual([other.pending, other.unfinished], [true, '250-first'])
})
