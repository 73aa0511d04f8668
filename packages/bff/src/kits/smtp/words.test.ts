import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modes } from '../../modes/index.ts'
import type { FaultCode } from './fault.ts'
import { words } from './words.ts'

const fields = new Set([...Object.keys(modes[0]!.settings.shape), 'to'])
const full = { host: 'mail.acme.example', port: 587, seconds: 5, cause: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', text: '5000 bytes, at most 1000', least: '1.3', offered: ['GSSAPI'], certificate: { subject: 'other.example', names: 'other.example', issuer: 'Somebody', validTo: '2026-01-02T00:00:00.000Z', validFrom: '2027-01-02T00:00:00.000Z' } }

for (const [code, say] of Object.entries(words)) {
  test(`${code} says what is true, then what to do`, () => {
    // A size is always known where a message is too large.
    for (const facts of [full, { ...(code === 'smtp.message.too-large' && { text: '9 bytes, at most 1' }), host: 'mail.acme.example', port: 25 }]) {
      const { title, cause, fixes, field } = say(facts)
      const all = [title, cause, ...fixes]
      assert.match(title, /^[A-Z].*[^.]$/)
      for (const text of [cause, ...fixes]) assert.match(text, /^([A-Z0-9]|mail\.acme\.example ).*\.$/, text)
      assert.ok(fixes.length >= 1)
      if (field) assert.ok(fields.has(field), field)
      for (const text of all) assert.doesNotMatch(text, /undefined|null|NaN|\binvalid\b|please|sorry|oops|successfully|\[object/i, text)
    }
  })
}

test('facts of the wire stand in the sentences that need them', () => {
  const title = (code: FaultCode) => words[code](full).title
  assert.match(title('tls.certificate.expired'), /2 Jan 2026/)
  assert.match(title('tls.certificate.not-yet-valid'), /2 Jan 2027/)
  assert.match(words['tls.certificate.name'](full).cause, /other\.example/)
  assert.match(words['tls.alert'](full).cause, /internal error/)
  assert.match(title('tls.version'), /1\.3/)
  assert.match(words['smtp.auth.mechanism'](full).cause, /GSSAPI/)
})

test('the port that failed is not the one advised', () => {
  assert.doesNotMatch(words['connect.refused'](full).fixes[0]!, /587/)
  assert.match(words['connect.timeout']({ ...full, port: 25 }).fixes[0]!, /587/)
})
