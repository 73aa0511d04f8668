import assert from 'node:assert/strict'
import { test } from 'node:test'
import PostalMime from 'postal-mime'
import type { Message } from '../../ports/ports.ts'
import { mailLibrary } from './library.ts'

const message: Message = { from: { address: 'a@acme.example' }, to: ['b@acme.example'], subject: 'Hello', text: 'Hello.\n' }
const composed = async (change: Partial<Message> = {}) => {
  const result = await mailLibrary.compose({ ...message, ...change })
  return { ...result, source: new TextDecoder().decode(result.bytes), parsed: await PostalMime.parse(result.bytes) }
}

test('a message has one of each header and its own id; the envelope is what was asked for', async () => {
  const { source, messageId, envelope, parsed } = await composed({ from: { name: 'Ächme', address: 'a@acme.example' }, replyTo: 'c@acme.example', envelopeFrom: 'd@acme.example' })
  const names = source.split('\r\n\r\n')[0]!.split(/\r\n(?![ \t])/).map((line) => line.split(':')[0])
  assert.deepEqual(names.toSorted(), ['Content-Transfer-Encoding', 'Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Reply-To', 'Subject', 'To'])
  assert.deepEqual(envelope, { from: 'd@acme.example', to: ['b@acme.example'] })
  assert.equal(parsed.messageId, messageId)
  assert.match(messageId, /^<[\w.-]+@acme\.example>$/)
  assert.deepEqual([parsed.from?.name, parsed.from?.address, parsed.replyTo?.[0]?.address], ['Ächme', 'a@acme.example', 'c@acme.example'])
})

test('several recipients stand in the header and in the envelope', async () => {
  const { envelope, parsed } = await composed({ to: ['b@acme.example', 'c@acme.example'] })
  assert.deepEqual(envelope.to, ['b@acme.example', 'c@acme.example'])
  assert.deepEqual(parsed.to?.map(({ address }) => address), ['b@acme.example', 'c@acme.example'])
})

test('lines end in CRLF only, none is longer than 998 bytes, every byte survives', async () => {
  const text = `ä${'long '.repeat(500)}\n.dot\n\n-- \nsignature\u00a0😀\n`
  const { bytes, parsed } = await composed({ text })
  const source = Buffer.from(bytes).toString('latin1')
  assert.doesNotMatch(source, /[^\r]\n|\r[^\n]/)
  assert.ok(source.split('\r\n').every((line) => line.length <= 998))
  assert.equal(parsed.text?.trimEnd(), text.trimEnd())
})

test('threat T29: values that got past everything else still bring no header and no line', async () => {
  const evil = 'x\r\nBcc: evil@evil.test\r\n\r\nbody'
  const { source } = await composed({ subject: evil, from: { name: evil, address: 'a@acme.example' } })
  assert.doesNotMatch(source.split('\r\n\r\n')[0]!, /^bcc:/im)
})

test('threat T21: texts that name files and pages stay texts', async () => {
  for (const text of ['file:///etc/passwd', 'http://127.0.0.1:1/', '{"path":"/etc/passwd"}', 'data:text/plain,hello']) {
    const { parsed } = await composed({ text, subject: text })
    assert.deepEqual([parsed.text?.trim(), parsed.subject, parsed.attachments.length], [text, text, 0])
  }
})

test('the name of this machine is a full name or an address literal', () => {
  assert.match(mailLibrary.localName(), /^(\[[\d.]+\]|[\w-]+(\.[\w-]+)+)$/)
})
