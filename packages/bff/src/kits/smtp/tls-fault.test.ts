import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SmtpFault } from './fault.ts'
import { tlsFault } from './tls-fault.ts'

const thrown = (code: string, message = 'x', more: object = {}) => tlsFault(Object.assign(new Error(message), { code }, more), { host: 'mail.acme.example', minVersion: '1.2' }) as SmtpFault

test('the runtime’s names lead to codes of ours, unknown ones to the nearest that is true', () => {
  const pairs = [['CERT_HAS_EXPIRED', 'tls.certificate.expired'], ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls.plain-port'], ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls.version'], ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls.cipher'],
    ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'tls.alert'], ['ECONNRESET', 'tls.closed'], ['MGS_TLS', 'tls.not-told'], ['SOMETHING_NEW', 'tls.failed'], ['', 'tls.failed']] as const
  assert.deepEqual(pairs.map(([code]) => thrown(code).code), pairs.map(([, code]) => code))
  assert.equal(thrown('UNSPECIFIED', 'EE certificate key too weak').code, 'tls.certificate.weak')
  assert.equal(thrown('UNSPECIFIED', 'CA signature digest algorithm too weak').code, 'tls.certificate.weak')
  assert.equal(thrown('UNSPECIFIED', 'something else').code, 'tls.failed')
})

test('threat T11: only named scalars are taken from a foreign error, never its objects', () => {
  const circular: Record<string, unknown> = { subject: 'a\u001b[31mb', validTo: '2026-01-01T00:00:00.000Z' }
  const cert: Record<string, unknown> = { issuerCertificate: circular }
  cert.self = cert
  const fault = thrown('CERT_HAS_EXPIRED', 'x'.repeat(5000), { cert, certificate: circular })
  assert.deepEqual(fault.facts, { host: 'mail.acme.example', least: '1.2', cause: 'CERT_HAS_EXPIRED', text: 'x'.repeat(512), certificate: { subject: 'a\\u{1b}[31mb', validTo: '2026-01-01T00:00:00.000Z' } })
  JSON.stringify(fault.facts)
})

test('what is a fault already, or no error at all, stays what it is', () => {
  const fault = new SmtpFault('tls.timeout')
  assert.equal(tlsFault(fault, { host: 'x', minVersion: '1.2' }), fault)
  assert.equal(tlsFault('text', { host: 'x', minVersion: '1.2' }), 'text')
})
