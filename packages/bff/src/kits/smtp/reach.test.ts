import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Egress } from '../../ports/egress.ts'
import type { RawSocket, Target } from '../../ports/ports.ts'
import { SmtpFault } from './fault.ts'
import { connect, introduction, mechanismFor, quoted, resolve } from './reach.ts'

const offer = (...auth: string[]) => ({ greeting: 'x', auth, starttls: false, pipelining: false })
const codeOf = (work: () => unknown): string => { try { return String(work()) } catch (error) { return (error as SmtpFault).code } }

test('the mechanism is the strongest both know; in clear the one that shows least', () => {
  assert.equal(mechanismFor(offer('CRAM-MD5', 'LOGIN', 'PLAIN'), true), 'PLAIN')
  assert.equal(mechanismFor(offer('XOAUTH2', 'LOGIN'), true), 'LOGIN')
  assert.equal(mechanismFor(offer('PLAIN', 'LOGIN', 'CRAM-MD5'), false), 'CRAM-MD5')
  assert.equal(codeOf(() => mechanismFor(offer(), true)), 'smtp.auth.not-offered')
  assert.equal(codeOf(() => mechanismFor(offer('GSSAPI'), true)), 'smtp.auth.mechanism')
})

test('a machine introduces itself by name, or by an address in brackets', () => {
  assert.deepEqual(['app.acme.example', '10.1.2.3', '2001:db8::1', '1.2.3.example'].map(introduction), ['app.acme.example', '[10.1.2.3]', '[IPv6:2001:db8::1]', '1.2.3.example'])
})

test('evidence is the last line of a reply, bounded', () => {
  assert.equal(quoted({ code: 250, text: '250-one\n250 two' }), '250 two')
  assert.equal(quoted({ code: 250, text: `250 ${'x'.repeat(500)}` }).length, 120)
})

const { signal } = new AbortController()
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))
const gate = (change: Partial<Egress>): Egress => ({ resolve: failing('X'), judge: () => [], connect: failing('X'), request: failing('X'), permitted: (all) => all, clearTextAllowed: () => false, ...change })
const targets = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address): Target => ({ host: 'mail.acme.example', address, port: 587 }))
const route = { host: 'mail.acme.example', port: 587, security: 'starttls', tlsVersion: '1.2' } as const

for (const [code, expected] of [['ENOTFOUND', 'dns.not-found'], ['ENODATA', 'dns.not-found'], ['ETIMEOUT', 'dns.timeout'], ['EAI_AGAIN', 'dns.failed'], ['ESOMETHING', 'dns.failed']] as const) {
  test(`a look-up that ends in ${code} is ${expected}`, async () => assert.rejects(resolve(route, gate({ resolve: failing(code) }), signal), { code: expected }))
}
for (const [code, expected] of [['ECONNREFUSED', 'connect.refused'], ['ETIMEDOUT', 'connect.timeout'], ['EHOSTUNREACH', 'connect.unreachable'], ['EACCES', 'connect.denied'], ['ERR_ACCESS_DENIED', 'connect.denied'], ['ECONNRESET', 'smtp.greeting.closed'], ['ENEW', 'connect.failed']] as const) {
  test(`a connection that ends in ${code} is ${expected}`, async () => assert.rejects(connect(targets, gate({ connect: failing(code) }), signal), { code: expected }))
}

test('the first that answers is taken, the others are not asked', async () => {
  const asked: string[] = []
  const socket = {} as RawSocket
  const reached = await connect(targets, gate({ connect: (target) => { asked.push(target.address); return asked.length === 2 ? Promise.resolve(socket) : failing('ECONNREFUSED')() } }), signal)
  assert.deepEqual([asked, reached.target.address], [['192.0.2.1', '192.0.2.2'], '192.0.2.2'])
})

test('when nobody listens any more no further address is asked, and the reason is the run’s own', async () => {
  const abort = new AbortController()
  const asked: string[] = []
  const attempt = connect(targets, gate({ connect: (target) => { asked.push(target.address); abort.abort(new Error('gone')); return new Promise(() => {}) } }), abort.signal)
  await assert.rejects(attempt, /gone/)
  assert.equal(asked.length, 1)
})

test('a mistake of ours is not dressed up as the network’s', async () => {
  await assert.rejects(connect(targets, gate({ connect: () => Promise.reject(new TypeError('only a judged target may be connected to')) }), signal), (error: Error) => error instanceof SmtpFault)
})
