import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalAddress, canonicalHost, hasControl, isAddressLiteral } from './address.ts'

/** Spellings and the one form they end in; `undefined` where the text is no host. */
const hosts: readonly [typed: string, canonical: string | undefined][] = [
  ['smtp.acme.example', 'smtp.acme.example'], ['SMTP.Acme.EXAMPLE', 'smtp.acme.example'], ['smtp.acme.example.', 'smtp.acme.example'], [' smtp.acme.example\n', 'smtp.acme.example'],
  ['ｓｍｔｐ.acme.example', 'smtp.acme.example'], ['smtp。acme．example', 'smtp.acme.example'], ['bücher.example', 'xn--bcher-kva.example'], ['BÜCHER.example', 'xn--bcher-kva.example'], ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['faß.example', 'xn--fa-hia.example'], ['localhost', 'localhost'], ['mail_1.acme.example', 'mail_1.acme.example'],
  ['127.0.0.1', '127.0.0.1'], ['127.1', '127.0.0.1'], ['0x7f.1', '127.0.0.1'], ['0177.0.0.1', '127.0.0.1'], ['2130706433', '127.0.0.1'], ['１２７.0.0.1', '127.0.0.1'], ['127.0.0.1.', '127.0.0.1'], ['[127.0.0.1]', '127.0.0.1'],
  ['::1', '::1'], ['[::1]', '::1'], ['0:0:0:0:0:0:0:1', '::1'], ['[2001:DB8:0::1]', '2001:db8::1'], ['::ffff:127.0.0.1', '::ffff:7f00:1'], ['::FFFF:7F00:0001', '::ffff:7f00:1'],
  ['', undefined], [' ', undefined], ['smtp.acme.example:587', undefined], ['smtp://acme.example', undefined], ['acme.example/path', undefined], ['user@acme.example', undefined], ['acme.example?x', undefined], ['acme.example#x', undefined],
  ['fe80::1%eth0', undefined], ['%31%32%37.0.0.1', undefined], ['acme..example', undefined], ['-acme.example', undefined], ['acme-.example', undefined], ['a b.example', undefined], ['999.1.1.1', undefined], ['1.2.3.4.5', undefined], [':::1', undefined],
  ['acme\0.example', undefined], ['ac\u00adme.example', undefined], ['acme\u202e.example', undefined], ['acme.example\\x', undefined], [`${'a'.repeat(64)}.example`, undefined], [`${'a.'.repeat(130)}example`, undefined], ['<acme.example>', undefined], ['[acme', undefined],
]

for (const [typed, canonical] of hosts) {
  test(`threat T04: the host ${JSON.stringify(typed).slice(0, 50)} is ${canonical ?? 'refused'}`, () => assert.equal(canonicalHost(typed), canonical))
}

test('threat T04: at least 40 spellings are judged', () => assert.ok(hosts.length >= 40))

test('threat T04: the canonical form is its own canonical form, whatever was typed', () => {
  const typed = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.string({ unit: 'grapheme', maxLength: 40 }))
  fc.assert(fc.property(typed, (text) => {
    const host = canonicalHost(text)
    if (host !== undefined) assert.equal(canonicalHost(host), host)
  }), { numRuns: 3000 })
})

test('a name in ASCII stays within what SNI and EHLO can carry', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
    const host = canonicalHost(text)
    if (host !== undefined) assert.match(host, /^[a-z0-9._:-]{1,253}$/)
  }), { numRuns: 3000 })
})

const addresses: readonly [typed: string, canonical: string | undefined][] = [
  ['Ada@ACME.example', 'Ada@acme.example'], ['ada+tag@acme.example', 'ada+tag@acme.example'], ['ada@acme.example.', 'ada@acme.example'], ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['a@b', undefined], ['a@localhost', undefined], ['@acme.example', undefined], ['ada', undefined], ['ada@', undefined], ['a@b.example,c@d.example', undefined], ['Ada <ada@acme.example>', undefined], ['<ada@acme.example>', undefined],
  ['"a b"@acme.example', undefined], ['ada@acme.example\r\nBcc: x@y.example', undefined], ['ada\0@acme.example', undefined], ['ada@[127.0.0.1]', undefined], ['ada@127.0.0.1', undefined], ['ädä@acme.example', undefined], [`${'a'.repeat(250)}@acme.example`, undefined], ['a..b@acme.example', undefined],
]
for (const [typed, canonical] of addresses) {
  test(`the address ${JSON.stringify(typed).slice(0, 50)} is ${canonical ?? 'refused'}`, () => assert.equal(canonicalAddress(typed), canonical))
}

test('threat T29: whatever is taken as an address is one plain address in ASCII', () => {
  const typed = fc.oneof(fc.emailAddress(), fc.tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.domain()).map(([local, domain]) => `${local}@${domain}`), fc.string({ unit: 'grapheme', maxLength: 60 }))
  fc.assert(fc.property(typed, (text) => {
    const address = canonicalAddress(text)
    if (address === undefined) return
    assert.match(address, /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9_.-]+$/)
    assert.equal(canonicalAddress(address), address)
  }), { numRuns: 3000 })
})

test('what hides or breaks is found, what only looks unusual is not', () => {
  for (const mark of ['\r', '\n', '\0', '\u0085', '\u2028', '\u200b', '\u202e', '\u061c', '\u00ad', '\ufeff', '\u{e0041}']) assert.equal(hasControl(`a${mark}b`), true, JSON.stringify(mark))
  for (const text of ['Ächme GmbH & Co. KG', '邮件', 'عربي', '❤️', 'a b\u00a0c', '😀']) assert.equal(hasControl(text), false, text)
})

test('literals are told from names', () => {
  assert.deepEqual(['127.0.0.1', '::1', 'smtp.acme.example', '1.2.3.example'].map(isAddressLiteral), [true, true, false, false])
})
