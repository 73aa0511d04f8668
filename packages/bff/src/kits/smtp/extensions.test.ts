import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extensionsOf } from './extensions.ts'

const of = (...lines: string[]) => extensionsOf({ code: 250, text: lines.map((line, n) => `250${n === lines.length - 1 ? ' ' : '-'}${line}`).join('\n') })

test('what EHLO lists is read in any case and order', () => {
  assert.deepEqual(of('mail.acme.example at your service', 'size 1000', 'Auth plain LOGIN plain', 'StartTLS', 'pipelining'), { greeting: 'mail.acme.example', auth: ['PLAIN', 'LOGIN'], size: 1000, starttls: true, pipelining: true })
})

test('the old form of AUTH counts, a word that only begins alike does not', () => {
  assert.deepEqual(of('x', 'AUTH=LOGIN', 'AUTH PLAIN', 'AUTHENTICATE FOO', 'STARTTLSX', 'PIPELINING-2', 'XSIZE 5').auth, ['LOGIN', 'PLAIN'])
  assert.deepEqual(of('x', 'STARTTLSX').starttls, false)
})

test('HELO’s reply and an empty one name nothing', () => {
  assert.deepEqual(extensionsOf({ code: 250, text: '250 mail.acme.example STARTTLS AUTH PLAIN' }), { greeting: 'mail.acme.example', auth: [], starttls: false, pipelining: false })
  assert.deepEqual(extensionsOf({ code: 250, text: '250' }), { greeting: '', auth: [], starttls: false, pipelining: false })
})

test('a size that is none is no limit', () => {
  for (const size of ['SIZE', 'SIZE 0', 'SIZE x', 'SIZE -5']) assert.equal(of('x', size).size, undefined, size)
})

test('threat T28: what is no name of a mechanism is not shown as one', () => {
  assert.deepEqual(of('x', 'AUTH PLAIN <script> \u202eevil \u001b[31m X-OK a_b thisnameislongerthantwentyone').auth, ['PLAIN', 'X-OK', 'A_B'])
})
