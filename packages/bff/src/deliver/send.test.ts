import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { createMailGateway, Refusal, SendFailed } from '../index.ts'
import type { Call, Caller, MailGateway } from '../index.ts'
import { nodePorts } from '../node.ts'
import { since, withinTime } from '../../../../test/within-time.ts'

/** A real server that takes mail for one domain only, and stays silent after the message when asked to. */
const received: { from: string; to: string[]; text: string }[] = []
const server = new SMTPServer({
  authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'],
  onRcptTo: ({ address }, _session, done) => done(address.endsWith('@acme.example') ? null : Object.assign(new Error('5.7.1 Relay access denied'), { responseCode: 554 })),
  onData(stream, { envelope }, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      received.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address), text })
      if (!text.includes('never answer')) done(null, 'queued')
    })
  },
})

const caller: Caller = { subject: 'reports', tenant: 'acme', rights: ['read', 'write', 'send'] }
const call: Call = { caller, requestId: 'test' }
let gateway: MailGateway

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  gateway = createMailGateway({
    ports: nodePorts({ store: 'memory:', log: () => {} }), authorize: () => caller, baseURL: 'http://127.0.0.1:1',
    secrets: `1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`, egress: { allow: ['127.0.0.1'], ports: String(port) },
  })
  await gateway.api.createGateway(call, { mode: 'smtp', settings: { host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'reports@acme.example', replyTo: 'desk@acme.example', signature: 'Acme reports', timeout: 5 } })
})
after(async () => { await gateway?.close(); await new Promise<void>((resolve) => server.close(resolve)) })

test('req A001: the product sends its own mail through the default gateway, with its From, Reply-to and signature', async () => {
  const receipt = await gateway.api.send(call, { to: 'boss@acme.example', subject: 'Weekly report', text: 'All well.' })
  const mail = received.at(-1)!
  assert.deepEqual([mail.from, mail.to], ['reports@acme.example', ['boss@acme.example']])
  assert.match(mail.text, /Subject: Weekly report/)
  assert.match(mail.text, /Reply-To: desk@acme.example/)
  assert.match(mail.text, /All well\.\r\n\r\n-- \r\nAcme reports/)
  assert.match(receipt.reply, /^250 .*queued/)
  assert.ok(mail.text.includes(receipt.messageId))
})

test('a refused recipient is told, and the others get the message', async () => {
  const receipt = await gateway.api.send(call, { to: ['boss@acme.example', 'else@other.example'], subject: 'Two', text: 'x' })
  assert.deepEqual(receipt.refused, ['else@other.example'])
  assert.deepEqual(received.at(-1)!.to, ['boss@acme.example'])
})

test('nobody left to send to fails with the explanation a check would have given', async () => {
  const failed = gateway.api.send(call, { to: 'else@other.example', subject: 'None', text: 'x' })
  await assert.rejects(failed, (error: SendFailed) => error instanceof SendFailed && !error.unproven && error.finding.code === 'smtp.recipient.relay')
})

test('fault F53: silence after the message is not proven, and ends after the timeout of the settings', async () => {
  const began = performance.now()
  await assert.rejects(gateway.api.send(call, { to: 'boss@acme.example', subject: 'Hm', text: 'never answer' }), (error: SendFailed) => error.unproven && error.finding.code === 'smtp.message.unproven')
  withinTime(since(began), { from: 5_000, to: 5_500 })
})

test('threat T29: a line break in the subject or a second address in To is refused before anything is sent', async () => {
  const before = received.length
  for (const mail of [{ to: 'a@acme.example', subject: 'x\r\nBcc: b@acme.example', text: '' }, { to: 'a@acme.example, b@acme.example', subject: 'x', text: '' }]) {
    await assert.rejects(gateway.api.send(call, mail), Refusal)
  }
  assert.equal(received.length, before)
})

test('sending needs the right to send', async () => {
  const reader: Call = { caller: { ...caller, rights: ['read'] }, requestId: 'test' }
  await assert.rejects(gateway.api.send(reader, { to: 'a@acme.example', subject: 'x', text: 'x' }), (error: Refusal) => error.code === 'auth.right-missing')
})
