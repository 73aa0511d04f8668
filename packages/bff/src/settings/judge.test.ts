import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Capabilities } from '@mail-gateway/contract'
import { modes } from '../modes/index.ts'
import { defaultOf, judgeSettings, malformed, unknownNames } from './judge.ts'

const smtp = modes[0]!
const node: Capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
const good = { host: 'smtp.acme.example', port: 587, security: 'starttls', authentication: 'password', username: 'ada', password: 'quiet-river', from: 'ada@acme.example' }
const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'

const errorsFor = (values: Record<string, unknown>, capabilities = node) => {
  const judged = judgeSettings(smtp, values, capabilities)
  return judged.ok ? [] : judged.errors.map(({ pointer, code }) => `${pointer} ${code}`)
}

test('complete settings come back in canonical form, defaults included', () => {
  const judged = judgeSettings(smtp, { ...good, host: 'SMTP.acme.example.', port: undefined, replyTo: '' }, node)
  assert.deepEqual(judged, { ok: true, values: { ...good, port: 587, tlsVersion: '1.2', timeout: 30 }, remarks: [] })
})

const wrong: readonly [what: string, change: Record<string, unknown>, errors: string[]][] = [
  ['nothing at all', Object.fromEntries(Object.keys(good).map((name) => [name, undefined])), ['/settings/host required', '/settings/from required']],
  ['an empty host', { host: '' }, ['/settings/host required']],
  ['null counts as empty', { from: null }, ['/settings/from required']],
  ['a host with a port', { host: 'smtp.acme.example:587' }, ['/settings/host format']],
  ['a control character', { fromName: 'a\nb' }, ['/settings/fromName control']],
  ['a tab in a signature is no control character', { signature: 'a\tb' }, []],
  ['a NUL in a signature is one', { signature: 'a\0b' }, ['/settings/signature control']],
  ['a number as text', { port: '587' }, ['/settings/port type']],
  ['a port of zero', { port: 0 }, ['/settings/port range']],
  ['half a port', { port: 25.5 }, ['/settings/port format']],
  ['a timeout too short', { timeout: 4 }, ['/settings/timeout range']],
  ['another encryption', { security: 'ssl' }, ['/settings/security format']],
  ['a type of its own', { host: ['smtp.acme.example'] }, ['/settings/host type']],
  ['no user name', { username: '' }, ['/settings/username required']],
  ['no password', { password: '' }, ['/secrets/password required']],
  ['neither is needed without sign-in', { authentication: 'none', username: '', password: '' }, []],
  ['unknown names', { hostname: 'x' }, ['/settings/hostname unknown']],
  ['several at once, each once', { host: '', port: 0, from: 'x', fromName: 'a\0' }, ['/settings/host required', '/settings/port range', '/settings/from format', '/settings/fromName control']],
  ['something that is no certificate', { ca: 'hello' }, ['/settings/ca format']],
]
for (const [what, change, errors] of wrong) {
  test(`${what}: ${errors.join(', ') || 'nothing to say'}`, () => assert.deepEqual(errorsFor({ ...good, ...change }).sort(), errors.sort()))
}

test('every error says what to do, never that something is invalid', () => {
  const judged = judgeSettings(smtp, { host: '', port: 0, security: 'x', from: '', fromName: 'a\0', timeout: 1, ca: 'x', tlsVersion: '2', username: 5, replyTo: 'x', envelopeFrom: 'x', signature: 5, ehloName: 'a b', authentication: 'x', password: 5, other: 1 }, node)
  assert.ok(!judged.ok)
  for (const { pointer, detail } of judged.errors) {
    assert.match(detail, /^(Enter|Choose|Use|Paste|Remove) /, pointer)
    assert.doesNotMatch(detail, /invalid|please|sorry/i)
  }
  assert.equal(new Set(judged.errors.map(({ pointer }) => pointer)).size, judged.errors.length)
})

test('what the deployment cannot honour is refused with the reason; what equals the default is not', () => {
  const workers = { ...node, customCa: false, tlsVersion: false }
  assert.deepEqual(errorsFor({ ...good, ca: pem, tlsVersion: '1.3' }, workers).sort(), ['/settings/ca unavailable', '/settings/tlsVersion unavailable'])
  assert.deepEqual(errorsFor({ ...good, tlsVersion: '1.2' }, workers), [])
  assert.deepEqual(errorsFor({ ...good, ca: pem, tlsVersion: '1.3' }), [])
})

const edge: Capabilities = { port25: false, privateNetwork: false, tlsDetail: false, customCa: false, tlsVersion: false }

test('fault F07: port 25 is refused before anything is tried where the platform lets nothing out there, the port nobody typed included', () => {
  assert.deepEqual(errorsFor({ ...good, port: 25 }, edge), ['/settings/port unavailable'])
  assert.deepEqual(errorsFor({ ...good, port: undefined, security: 'none', authentication: 'none' }, edge), ['/settings/port unavailable'])
  assert.deepEqual(errorsFor({ ...good, port: 25 }), [])
})

test('a server of an internal network is refused by how it is written where the platform reaches none', () => {
  const inside = ['10.0.0.1', '192.168.7.7', '127.0.0.1', '0x7f000001', '[::1]', 'fd00::1', '::ffff:10.0.0.1', '169.254.169.254', 'localhost', 'relay', 'mail.localhost', 'mail.acme.internal', 'MAIL.ACME.LOCAL.', 'mail.home.arpa', 'mail.corp', 'nas.lan', 'nas.home', 'mail.intranet', 'mail.private']
  for (const host of inside) {
    assert.deepEqual(errorsFor({ ...good, host }, edge), ['/settings/host unavailable'], host)
    assert.deepEqual(errorsFor({ ...good, host }), [], host)
  }
  for (const host of ['smtp.acme.example', '8.8.8.8', '2606:4700::1111', 'local.acme.example', 'internal.example', 'mail.corp.example']) assert.deepEqual(errorsFor({ ...good, host }, edge), [], host)
})

test('unknown names are told by part, a secret among the settings included, with a bounded pointer', () => {
  assert.deepEqual(unknownNames(smtp, { hostname: 1, password: 'x' }, { token: 'y' }).map(({ pointer }) => pointer), ['/settings/hostname', '/settings/password', '/secrets/token'])
  const [long] = unknownNames(smtp, { [`${'a/'.repeat(100)}~`]: 1 })
  assert.ok(long!.pointer.length < 150 && long!.pointer.startsWith('/settings/a~1a~1'))
  assert.deepEqual(unknownNames(smtp, JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}') as Record<string, unknown>).map(({ pointer }) => pointer), ['/settings/__proto__', '/settings/constructor', '/settings/toString'])
})

test('a draft may be incomplete, but not malformed', () => {
  assert.deepEqual(malformed(smtp, { host: 'half a host', from: '' }), [])
  assert.deepEqual(malformed(smtp, { host: 5, fromName: 'a\r\nb', hostname: 'x' }).map(({ pointer, code }) => `${pointer} ${code}`), ['/settings/hostname unknown', '/settings/host type', '/settings/fromName control'])
})

test('the default of a setting is read from its schema', () => {
  assert.deepEqual(['security', 'timeout', 'host', 'ca'].map((name) => defaultOf(smtp.settings.shape[name])), ['starttls', 30, undefined, undefined])
})
