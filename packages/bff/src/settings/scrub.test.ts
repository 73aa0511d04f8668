import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createScrubber, mask } from './scrub.ts'
import { withinTime } from '../../../../test/within-time.ts'

const secret = 'Zq7-canary%/ö"K93vT'
const scrubber = createScrubber([secret])

const forms: [what: string, form: string][] = [
  ['plain', secret], ['JSON-escaped', JSON.stringify(secret).slice(1, -1)], ['percent-encoded', encodeURIComponent(secret)],
  ['percent-encoded in small letters', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
  ['hex', Buffer.from(secret).toString('hex')], ['HEX', Buffer.from(secret).toString('hex').toUpperCase()],
]

for (const [what, form] of forms) {
  test(`threat T10: ${what} is masked, the text around it stays`, () => {
    assert.equal(scrubber.foreign(`before ${form} after`), `before ${mask} after`)
    assert.equal(scrubber.words(`before ${form} after`), `before ${mask} after`)
  })
}

test('threat T10: base64 at every alignment leaves nothing that decodes to a piece of the secret', () => {
  for (const before of ['', 'a', 'ab', '\0ada\0', '\0somebody@acme.example\0']) for (const after of ['', 'z', 'zz']) for (const encoding of ['base64', 'base64url'] as const) {
    const clean = scrubber.foreign(Buffer.from(before + secret + after).toString(encoding))
    const decoded = clean.split(mask).map((part) => Buffer.from(part, encoding).toString('latin1')).join('|')
    for (let at = 0; at + 4 <= secret.length; at++) assert.ok(!decoded.includes(secret.slice(at, at + 4)), `${before} ${after} ${encoding}: ${decoded}`)
  }
})

test('threat T10: the characters of base64 that carry a few bits of the secret go with it, and so does the padding', () => {
  for (const value of ['quiet-river-42', 'quiet-river-423', 'quiet-river-4234']) {
    const [plain, login] = [`\0mailer@demo.test\0${value}`, value].map((text) => Buffer.from(text).toString('base64'))
    const shown = createScrubber([value]).foreign(`AUTH PLAIN ${plain} and ${login}.`)
    assert.match(shown, /^AUTH PLAIN AG1haWxlckBkZW1vLnRlc3[QA]*••• and •••\.$/)
  }
})

test('threat T10: any piece of eight characters is masked, shorter ones are ordinary text', () => {
  assert.equal(scrubber.foreign(`it ends in ${secret.slice(-8)}`), `it ends in ${mask}`)
  assert.equal(scrubber.foreign(`it begins with ${secret.slice(0, 7)}`), `it begins with ${secret.slice(0, 7)}`)
})

test('threat T10: property: whatever the secret and the text around it, no piece of eight characters comes through', () => {
  fc.assert(fc.property(fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme' }), fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (value, before, after) => {
    const clean = createScrubber([value]).foreign(before + value + after)
    for (let at = 0; at + 8 <= value.length; at++) assert.ok(!clean.includes(value.slice(at, at + 8)))
  }), { numRuns: 500 })
})

test('a text without the secret is handed back as it was, also beside other secrets', () => {
  const text = 'The server refused the user name or password (535 5.7.8).'
  assert.equal(createScrubber([secret, 'another-long-one', '']).foreign(text), text)
  assert.equal(createScrubber([]).foreign(text), text)
})

test('a secret made of ordinary words does not blank those words out of our sentences', () => {
  const ordinary = createScrubber(['my-password-42'])
  assert.equal(ordinary.words('Enter the password again'), 'Enter the password again')
  assert.equal(ordinary.words('The server said my-password-42'), `The server said ${mask}`)
  assert.equal(ordinary.foreign('535 password wrong'), `535 ${mask} wrong`)
})

test('very short secrets leave texts readable, and are masked where AUTH carries them', () => {
  const short = createScrubber(['ab'])
  assert.equal(short.foreign('a cab is about'), 'a cab is about')
  const four = createScrubber(['abcd'])
  assert.equal(four.foreign('abcd and xabcdy'), `${mask} and x${mask}y`)
})

test('a secret that is no well-formed text does not stop anything', () => {
  assert.equal(createScrubber(['\uD800-broken-\uDC00']).foreign('hello'), 'hello')
})

test('threat T10: a text of any length can be hidden', () => {
  const long = 'canary-0123456789'.repeat(20_000)
  const { conceal, foreign } = createScrubber([])
  conceal(long)
  assert.equal(foreign(`before ${long.slice(100, 200)} after`), `before ${mask} after`)
})

test('threat T55: a secret of thousands of characters costs little to keep to oneself, and is masked as a whole, in every form', () => {
  const long = randomBytes(30_000).toString('base64').slice(0, 40_000)
  const before = process.cpuUsage()
  const { foreign } = createScrubber([long])
  withinTime(process.cpuUsage(before).user / 1000, { to: 250 })
  const hex = Buffer.from(long).toString('hex')
  const forms = [long, Buffer.from(long).toString('base64'), Buffer.from(`\0ada\0${long}`).toString('base64').slice(10), hex, encodeURIComponent(long), JSON.stringify(long).slice(1, -1)]
  for (const form of forms) for (const at of [0, 1, 777, form.length - 200]) {
    assert.equal(foreign(`said [${form.slice(at, at + 200)}]`), `said [${mask}]`)
  }
  assert.equal(foreign(`said [${hex.slice(101, 161)}] and [${long.slice(0, 64)}]`), `said [${mask}] and [${mask}]`)
})
