import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ComposedMessage, Driver, MailLibrary, RawSocket, Tap } from '../../ports/ports.ts'
import { NotProven } from '../../checks/step.ts'
import { SmtpFault } from './fault.ts'
import { Session } from './session.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const message: ComposedMessage = { bytes: bytes('Subject: x\r\n\r\nx\r\n'), messageId: '<1@acme.example>', envelope: { from: 'a@acme.example', to: ['b@acme.example', 'c@acme.example'] } }

/** A mail library that says what it is told to, at the other end of the port. */
const scripted = (signal = new AbortController().signal) => {
  let tap: Tap | undefined
  const did: string[] = []
  const driver: Driver = {
    hello: () => { did.push('hello'); tap!.sent(bytes('EHLO x\r\n')) },
    signIn: async ({ mechanism }) => { did.push(mechanism); tap!.sent(bytes(`AUTH ${mechanism}\r\n`)); await new Promise(() => {}) },
    send: () => { did.push('send'); tap!.sent(bytes('MAIL FROM:<a@acme.example>\r\nRCPT TO:<b@acme.example>\r\nRCPT TO:<c@acme.example>\r\nDATA\r\n')) },
    quit: () => did.push('quit'),
    destroy: () => did.push('destroy'),
  }
  const mail: MailLibrary = { compose: () => Promise.reject(new Error('not here')), localName: () => 'x', drive: (_socket, _greeting, _name, listener) => { tap = listener; return driver } }
  const session = new Session(mail, {} as RawSocket, { code: 220, text: '220 x' }, undefined, { reply: 1000, final: 1000 }, signal)
  return { session, did, hear: (text: string) => tap!.received(bytes(text)), say: (text: string) => tap!.sent(bytes(text)) }
}
const codeOf = (work: Promise<unknown>) => work.then(() => 'done', (error: unknown) => (error instanceof SmtpFault ? error.code : error instanceof NotProven ? 'unproven' : String(error)))
const ready = async (offer = '250 PIPELINING') => {
  const all = scripted()
  const hello = all.session.hello()
  all.hear(`250-peer\r\n${offer}\r\n`)
  await hello
  return all
}

test('EHLO’s extensions come back; a refusal of EHLO is followed by HELO’s answer', async () => {
  const one = scripted()
  const hello = one.session.hello()
  one.hear('250-peer\r\n250 AUTH PLAIN\r\n')
  assert.deepEqual((await hello).auth, ['PLAIN'])
  one.session.close()
  const old = scripted()
  const second = old.session.hello()
  old.hear('500 what\r\n')
  await new Promise((resolve) => { setImmediate(resolve) })
  old.say('HELO x\r\n')
  old.hear('250 peer\r\n')
  assert.deepEqual((await second).auth, [])
  old.session.close()
})

test('each recipient has an answer of its own', async () => {
  const { session, hear, say } = await ready()
  const delivery = session.deliver(message)
  hear('250 sender\r\n250 one\r\n550 other\r\n354 go\r\n')
  say('x\r\n.\r\n')
  hear('250 queued\r\n')
  assert.equal((await delivery.sender).text, '250 sender')
  assert.deepEqual(await Promise.all(delivery.recipients.map(codeOf)), ['done', 'smtp.recipient.refused'])
  assert.equal((await delivery.message).text, '250 queued')
  session.close()
})

test('a message beyond the server’s limit is refused before a byte of it', async () => {
  const { session, did } = await ready('250 SIZE 10')
  assert.throws(() => session.deliver(message), { code: 'smtp.message.too-large' })
  assert.deepEqual(did, ['hello'])
  session.close()
})

test('a run that is cut off frees the socket; what was handed over by then stays unproven', async () => {
  const abort = new AbortController()
  const before = scripted(abort.signal)
  const hello = codeOf(before.session.hello())
  const after = scripted(abort.signal)
  const helloAfter = after.session.hello()
  after.hear('250 peer\r\n')
  await helloAfter
  const { message: end } = after.session.deliver(message)
  after.hear('250 a\r\n250 b\r\n250 c\r\n354 go\r\n')
  after.say('x\r\n.\r\n')
  await new Promise((resolve) => { setImmediate(resolve) })
  abort.abort(new Error('gone'))
  assert.equal(await hello, 'Error: gone')
  assert.equal(await codeOf(end), 'unproven')
  assert.ok(before.did.includes('destroy') && after.did.includes('destroy'))
})

test('closing says QUIT while the line is good, and only frees it when it is not', async () => {
  const good = await ready()
  good.session.close()
  assert.deepEqual(good.did, ['hello', 'quit'])
  const bad = await ready()
  assert.throws(() => bad.hear('nonsense\r\n'))
  bad.session.close()
  assert.equal(bad.did.includes('quit'), false)
})

test('a refused sign-in is a refusal, an unread challenge breaks the rules', async () => {
  const { session, hear } = await ready('250 AUTH PLAIN')
  const answer = codeOf(session.signIn({ mechanism: 'PLAIN', user: 'ada', secret: 'quiet-river' }))
  hear('535 5.7.8 no\r\n')
  assert.equal(await answer, 'smtp.auth.refused')
  session.close()
})

test('fault F45: a refused token is told as that; a sign-in that is switched off as that', async () => {
  for (const [said, code] of [['535 5.7.3 no', 'smtp.auth.token-refused'], ['535 5.7.139 SmtpClientAuthentication is disabled for the Tenant', 'smtp.auth.disabled'], ['454 later', 'smtp.auth.busy']] as const) {
    const { session, hear } = await ready('250 AUTH XOAUTH2')
    const answer = session.signIn({ mechanism: 'XOAUTH2', user: 'ada', secret: 'token' }).catch((error: unknown) => error)
    hear(`${said}\r\n`)
    const fault = await answer as SmtpFault
    assert.deepEqual([fault.code, fault.facts.reply?.text], [code, said])
    session.close()
  }
})
