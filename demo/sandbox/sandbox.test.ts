import assert from 'node:assert/strict'
import net from 'node:net'
import os from 'node:os'
import { after, before, test } from 'node:test'
import nodemailer from 'nodemailer'
import { startSandbox, trust } from './index.ts'
import type { Sandbox } from './index.ts'
import { Wire } from './wire.testing.ts'

let sandbox: Sandbox

before(async () => {
  sandbox = await startSandbox()
  trust(sandbox.ca)
})
after(() => sandbox.close())

const send = (id: string, subject: string, change: { pass?: string } = {}) => {
  const { settings, password } = sandbox.typed(id)
  const transport = nodemailer.createTransport({
    host: settings.host, port: settings.port, secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls', ignoreTLS: settings.security === 'none',
    ...(settings.username && { auth: { user: settings.username, pass: change.pass ?? password! } }),
  })
  return transport.sendMail({
    from: { name: 'Plumline', address: settings.from }, to: 'ada@acme.example', replyTo: 'help@acme.example',
    subject, text: 'Hello.\n.leading dot\n-- \nSignature', envelope: { from: 'bounces@acme.example', to: 'ada@acme.example' },
  })
}

for (const [id, protocol] of [['starttls', 'TLSv1.3'], ['tls', 'TLSv1.3'], ['relay', undefined]] as const) {
  test(`decision 24: a mail library nobody here wrote sends through ${id} and the mail lies in the inbox`, async () => {
    const sent = await send(id, `through ${id}`)
    const mail = await sandbox.inbox.next((one) => one.subject === `through ${id}`)
    assert.equal(mail.messageId, sent.messageId)
    assert.equal(mail.from, 'Plumline <noreply@acme.example>')
    assert.equal(mail.replyTo, 'help@acme.example')
    assert.deepEqual(mail.envelope, { from: 'bounces@acme.example', to: ['ada@acme.example'] })
    assert.equal(mail.session.protocol, protocol)
    assert.equal(mail.session.user, id === 'relay' ? undefined : 'mailer@demo.test')
    assert.match(mail.text, /^Hello\.\n\.leading dot\n-- \nSignature/)
    assert.match(mail.source, /^Subject: through /m)
  })
}

test('a wrong password is refused with 535 and nothing is delivered', async () => {
  await assert.rejects(send('starttls', 'never', { pass: 'wrong' }), { responseCode: 535 })
  assert.equal(sandbox.inbox.list().some((mail) => mail.subject === 'never'), false)
})

test('the relay offers neither encryption nor sign-in', async () => {
  const wire = await Wire.plain(sandbox.ports.relay)
  await wire.reply()
  assert.doesNotMatch(await wire.ask('EHLO test'), /STARTTLS|AUTH/)
  wire.end()
})

test('the inbox keeps the newest 200', async () => {
  const envelope = { from: 'a@acme.example', to: ['b@acme.example'] }
  for (let n = 0; n < 205; n++) await sandbox.inbox.receive({ bytes: Buffer.from(`Subject: number ${n}\r\n\r\n`), envelope, session: { server: 'test', ehlo: 'test' } })
  assert.equal(sandbox.inbox.list().length, 200)
  assert.equal(sandbox.inbox.list()[0]?.subject, 'number 204')
  sandbox.inbox.clear()
  assert.deepEqual(sandbox.inbox.list(), [])
})

test('the inbox says so when no mail comes', async () => {
  await assert.rejects(sandbox.inbox.next(() => false, 50), /no such mail within 50 ms/)
})

const everyPort = () => [sandbox.ports.relay, sandbox.ports.starttls, sandbox.ports.tls, ...Object.values(sandbox.ports.scenarios)]

const listens = (host: string, port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = net.connect({ host, port, timeout: 1000 })
  const done = (answer: boolean) => { socket.destroy(); resolve(answer) }
  socket.on('connect', () => done(true)).on('error', () => done(false)).on('timeout', () => done(false))
})

test('loopback only: no port answers on any other address of this machine', async () => {
  const outside = Object.values(os.networkInterfaces()).flat().filter((one) => one && !one.internal).map((one) => one!.address)
  for (const host of process.platform === 'linux' ? [...outside, '127.0.0.2'] : outside) {
    const open = await Promise.all(everyPort().map((port) => listens(host, port)))
    assert.equal(open.includes(true), false, host)
  }
})

test('every port answers on 127.0.0.1, and on ::1 where the machine has it', async () => {
  assert.equal((await Promise.all(everyPort().map((port) => listens('127.0.0.1', port)))).includes(false), false)
  const six = Object.values(os.networkInterfaces()).flat().some((one) => one?.address === '::1')
  if (six) assert.equal(await listens('::1', sandbox.ports.starttls), true)
})

test('a wished port is taken where it is free, another where it is not', async () => {
  const taken = await startSandbox({ ports: { relay: sandbox.ports.relay } })
  assert.notEqual(taken.ports.relay, sandbox.ports.relay)
  await taken.close()
  const again = await startSandbox({ ports: { relay: taken.ports.relay } })
  assert.equal(again.ports.relay, taken.ports.relay)
  await again.close()
})
