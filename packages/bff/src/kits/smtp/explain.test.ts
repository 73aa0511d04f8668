import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotProven } from '../../checks/step.ts'
import { entryOf } from '../../findings/catalogue.ts'
import { EgressRefused } from '../../ports/egress.ts'
import { explainSmtp } from './explain.ts'
import { SmtpFault } from './fault.ts'
import type { FaultCode } from './fault.ts'

const explain = explainSmtp('smtp', { host: 'mail.acme.example', port: 587 })
const refused = (code: FaultCode, text: string) => new SmtpFault(code, { reply: { code: Number(text.slice(0, 3)), text } })

test('a text the catalogue knows gets its words, its link and its field', () => {
  const { status, finding } = explain(refused('smtp.auth.refused', '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.'), 'sign-in')
  const entry = entryOf('smtp-5.7.139-tenant')!
  assert.equal(status, 'fail')
  assert.deepEqual([finding.id, finding.title, finding.cause], [entry.id, entry.title, entry.cause])
  assert.equal(finding.fixes[0]?.link, entry.docs[0])
  assert.equal(finding.code, 'smtp.auth.refused')
})

test('a text nobody knows gets our own words and stands there itself', () => {
  const { finding } = explain(refused('smtp.recipient.refused', '550 odd local\u001b[31m policy'), 'recipient')
  assert.equal(finding.title, 'The server does not accept the recipient')
  assert.equal(finding.said, '550 odd local\\u{1b}[31m policy')
  assert.equal(finding.field, 'to')
})

test('a general entry is told by its id and leaves the words to the step', () => {
  const { finding } = explain(refused('smtp.auth.refused', '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6'), 'sign-in')
  assert.equal(finding.id, 'smtp-535-generic')
  assert.match(finding.title, /user name and password/)
})

test('the runtime’s own sentences are not shown as the server’s', () => {
  const { finding } = explain(new SmtpFault('tls.certificate.expired', { cause: 'CERT_HAS_EXPIRED', text: 'certificate has expired', certificate: { validTo: '2026-01-02T00:00:00.000Z' } }), 'encryption')
  assert.equal(finding.said, undefined)
  assert.equal(finding.id, 'net-cert-expired')
})

test('what came instead of a reply is shown', () => {
  assert.equal(explain(new SmtpFault('smtp.greeting.not-smtp', { text: 'SSH-2.0-x' }), 'greeting').finding.said, 'SSH-2.0-x')
})

test('threat T20: a refused target gets fixed words, whatever it was', () => {
  const all = ['10.0.0.1', '127.0.0.1'].map((address) => JSON.stringify(explain(new EgressRefused('address', address), 'address')))
  assert.equal(new Set(all).size, 1)
  assert.doesNotMatch(all[0]!, /127\.0\.0\.1|10\.0\.0\.1/)
  assert.equal(explain(new EgressRefused('port', '80'), 'address').finding.code, 'egress.port-refused')
  const beyond = ['10.0.0.1', '127.0.0.1'].map((address) => JSON.stringify(explain(new EgressRefused('address', address, false), 'address')))
  assert.equal(beyond[0], beyond[1])
  assert.ok(/egress\.address-refused/.test(beyond[0]!) && !/EGRESS_ALLOW|10\.0/.test(beyond[0]!))
})

test('threat T56: what nobody foresaw is never a pass and never the server’s fault', () => {
  for (const error of [new TypeError('x is not a function'), 'text', undefined, new NotProven('silence')]) assert.equal(explain(error, 'message').status, 'unproven')
  assert.equal(explain(new TypeError('secret detail'), 'connect').finding.code, 'internal')
  assert.doesNotMatch(JSON.stringify(explain(new TypeError('secret detail'), 'connect')), /secret detail/)
})
