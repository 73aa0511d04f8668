import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RawSocket, TlsFacts } from '../../ports/ports.ts'
import { SmtpFault } from './fault.ts'
import { Line } from './line.ts'

/** A socket that is a script: chunks to read in order, then the end; what is written is kept. */
const scripted = (chunks: readonly (string | Error)[], secure: () => Promise<{ socket: RawSocket; facts: TlsFacts }> = () => Promise.reject(new Error('not here'))) => {
  const written: string[] = []
  const waiting = [...chunks]
  const socket: RawSocket = {
    async read() {
      const next = waiting.shift()
      if (next instanceof Error) throw next
      return next === undefined ? null : Buffer.from(next, 'latin1')
    },
    async write(bytes) { written.push(Buffer.from(bytes).toString()) },
    startTls: secure,
    destroy() {},
  }
  return { line: new Line(socket, new AbortController().signal), socket, written }
}
const codeOf = (work: Promise<unknown>) => work.then(() => 'done', (error: unknown) => (error instanceof SmtpFault ? error.code : String(error)))
const failing = (code: string) => () => Promise.reject(Object.assign(new Error('x'), { code }))

test('a greeting, EHLO and STARTTLS, one step at a time', async () => {
  const { line, written } = scripted(['220-hello\r\n', '220 there\r\n', '250-peer\r\n250 STARTTLS\r\n', '220 go\r\n'])
  assert.equal((await line.greeting()).text, '220-hello\n220 there')
  assert.equal((await line.ehlo('app.acme.example')).code, 250)
  await line.startTls()
  assert.deepEqual(written, ['EHLO app.acme.example\r\n', 'STARTTLS\r\n'])
})

const greetings: readonly [what: string, chunks: (string | Error)[], code: string][] = [
  ['554', ['554 no\r\n'], 'smtp.greeting.refused'], ['421', ['421 later\r\n'], 'smtp.greeting.busy'], ['250 is none', ['250 hi\r\n'], 'smtp.greeting.refused'], ['nothing, then the end', [], 'smtp.greeting.closed'],
  ['a reset', [new Error('read ECONNRESET')], 'smtp.greeting.closed'], ['HTTP', ['HTTP/1.1 400 Bad\r\n'], 'smtp.greeting.not-smtp'], ['binary, then the end', ['\x4a\x00\x01'], 'smtp.greeting.not-smtp'], ['half a greeting, then the end', ['220 he'], 'smtp.greeting.closed'],
  ['a TLS alert', ['\x15\x03\x01\x00\x02\x02\x46'], 'smtp.greeting.tls-first'],
]
for (const [what, chunks, code] of greetings) {
  test(`greeting: ${what}: ${code}`, async () => assert.equal(await codeOf(scripted(chunks).line.greeting()), code))
}

test('fault F14 to F16: what EHLO and STARTTLS may run into', async () => {
  assert.equal(await codeOf(scripted(['421 later\r\n']).line.ehlo('x')), 'smtp.ehlo.busy')
  assert.equal(await codeOf(scripted(['354 go\r\n']).line.ehlo('x')), 'smtp.reply.protocol')
  assert.equal(await codeOf(scripted([]).line.ehlo('x')), 'smtp.ehlo.closed')
  assert.equal((await scripted(['502 what\r\n']).line.ehlo('x')).code, 502)
  assert.equal(await codeOf(scripted(['454 no\r\n']).line.startTls()), 'tls.refused')
  assert.equal(await codeOf(scripted([]).line.startTls()), 'tls.closed')
})

test('threat T24: anything behind the 220, and anything before STARTTLS was said', async () => {
  for (const chunk of ['220 go\r\n250 fake\r\n', '220 go\r\n2']) assert.equal(await codeOf(scripted([chunk]).line.startTls()), 'tls.injection')
  const { line, written } = scripted(['250 STARTTLS\r\n220 go\r\n'])
  await line.ehlo('x')
  assert.equal(await codeOf(line.startTls()), 'tls.injection')
  assert.deepEqual(written, ['EHLO x\r\n'])
})

test('threat T24: clear text where the handshake should be is another port’s habit, or after a granted STARTTLS an attack', async () => {
  const options = { host: 'mail.acme.example', minVersion: '1.2' } as const
  assert.equal(await codeOf(scripted([], failing('ERR_SSL_WRONG_VERSION_NUMBER')).line.handshake(options)), 'tls.plain-port')
  const { line } = scripted(['220 go\r\n'], failing('ERR_SSL_WRONG_VERSION_NUMBER'))
  await line.startTls()
  assert.equal(await codeOf(line.handshake(options)), 'tls.injection')
})

test('the socket is handed on only when nothing was said out of turn', async () => {
  const quiet = scripted(['220 hi\r\n'])
  await quiet.line.greeting()
  assert.equal(quiet.line.release(), quiet.socket)
  for (const chunk of ['220 hi\r\n250 more\r\n', '220 hi\r\n25']) {
    const { line } = scripted([chunk])
    await line.greeting()
    assert.throws(() => line.release(), { code: 'smtp.reply.protocol' })
  }
})

test('after the handshake nothing said before it is remembered, and the new socket is used', async () => {
  const inner = scripted(['220 inside\r\n'])
  const { line } = scripted([], async () => ({ socket: inner.socket, facts: { verified: true } }))
  await line.handshake({ host: 'mail.acme.example', minVersion: '1.2' })
  assert.equal((await line.greeting()).text, '220 inside')
  assert.equal(line.release(), inner.socket)
})
