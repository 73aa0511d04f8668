import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Passage } from './link.ts'
import { roundTrips, written } from './transcript.ts'

const passages = (...said: readonly (readonly [number, 'client' | 'server', string])[]): Passage[] =>
  said.map(([at, from, text]) => ({ connection: 1, at, from, bytes: Buffer.from(text, 'latin1') }))

const opened = [{ connection: 1, at: 0 }]

test('one round trip for the handshake, one for every wait, however many segments each side took', () => {
  const recording = { opened, passages: passages([100, 'server', '220 hi\r\n'], [101, 'client', 'EHLO a\r\n'], [151, 'server', '250-hi\r\n'], [152, 'server', '250 x\r\n'], [153, 'client', 'MAIL\r\n'], [154, 'client', 'RCPT\r\n'], [204, 'server', '250 ok\r\n']) }
  assert.equal(roundTrips(recording, [205]), 4)
})

test('a goodbye that nobody waited for does not count', () => {
  const recording = { opened, passages: passages([100, 'server', '220 hi\r\n'], [101, 'client', 'QUIT\r\n'], [151, 'server', '221 bye\r\n']) }
  assert.equal(roundTrips(recording, [102]), 2)
})

test('connections are counted each and added up', () => {
  const twice = [...passages([100, 'server', '220 hi\r\n']), ...passages([300, 'server', '220 hi\r\n']).map((one) => ({ ...one, connection: 2 }))]
  assert.equal(roundTrips({ opened: [...opened, { connection: 2, at: 200 }], passages: twice }, [110, 310]), 4)
})

test('a transcript shows text in clear and only the lengths of what was encrypted, also of a record in two parts', () => {
  const hello = `\x16\x03\x01\x00\x04abcd\x17\x03\x03\x00\x06se`
  const text = written({ opened, passages: passages([1, 'server', '220 hi\r\n'], [2, 'client', hello], [3, 'client', 'cret']) }, [4])
  assert.match(text, /<S {6}8 B {2}round trip 2 {2}220 hi\n/)
  assert.match(text, /TLS handshake 4\n/)
  assert.match(text, /TLS encrypted 6\n/)
  assert.doesNotMatch(text, /cret/)
})
