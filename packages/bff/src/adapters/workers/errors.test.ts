import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coded, handshakeCode, platformFailure, requestCode } from './errors.ts'

const internal = new Error('internal error; reference = ko3s366aj459mclp3c6fnjnq')
const lost = new Error('Network connection lost.')

test('what the runtime does not say is not made up', () => {
  assert.deepEqual([internal, lost, 'text', undefined].map(handshakeCode), ['MGS_TLS', 'ECONNRESET', 'MGS_TLS', 'MGS_TLS'])
  assert.deepEqual([internal, lost, new Error('something new'), undefined].map(requestCode), ['MGS_TLS', 'ECONNRESET', 'ECONNRESET', 'ECONNRESET'])
})

test('an error keeps the code it has, and gets one where it has none', () => {
  assert.equal((coded(Object.assign(new Error('x'), { code: 'EPIPE' }), 'ECONNRESET') as Error & { code: string }).code, 'EPIPE')
  assert.deepEqual((({ message, code }: Error & { code?: unknown }) => [message, code])(coded('thrown text', 'EPIPE')), ['thrown text', 'EPIPE'])
})

const answered = (status: number, text = `error code: ${status}`, server = 'cloudflare') => platformFailure({ status, headers: { server }, text }) as (Error & { code: string; syscall?: string }) | undefined

test('fault F65 [workerd]: an answer of the platform in the server’s place becomes the failure it stands for', () => {
  const told = [520, 521, 522, 523, 524, 525, 526, 530].map((status) => { const failure = answered(status)!; return [status, failure.code, failure.syscall] })
  assert.deepEqual(told, [[520, 'ECONNRESET', undefined], [521, 'ECONNREFUSED', 'connect'], [522, 'ETIMEDOUT', undefined], [523, 'EHOSTUNREACH', 'connect'], [524, 'ETIMEDOUT', undefined], [525, 'EPROTO', 'connect'], [526, 'CERT_REJECTED', 'connect'], [530, 'EHOSTUNREACH', 'connect']])
  assert.deepEqual([answered(530, 'error code: 1016')?.code, answered(530, 'error code: 1016\n')?.code], ['ENOTFOUND', 'ENOTFOUND'])
})

test('an answer that is not evidently the platform’s stays the server’s own', () => {
  assert.deepEqual([answered(521, '{"error":"server_error"}'), answered(521, ''), answered(521, '<p>It says error code: 521.</p>'), answered(521, 'error code: 521 is what it says'), answered(521, 'error code: 521', 'nginx'), answered(503, 'error code: 503'), answered(200), platformFailure({ status: 522, headers: {}, text: 'error code: 522' })], Array.from({ length: 8 }, () => undefined))
})
