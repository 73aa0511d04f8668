import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, test } from 'node:test'
import { nodeNetwork } from '../../adapters/node/network.ts'
import { mailLibrary } from '../../adapters/nodemailer/library.ts'
import { SmtpFault } from '../../kits/smtp/fault.ts'
import { createEgress } from '../../ports/egress-gate.ts'
import { forgetful } from '../../settings/vault.ts'
import type { ModePorts } from '../mode.ts'
import { smtp } from './index.ts'
import { since, withinTime } from '../../../../../test/within-time.ts'

const servers: net.Server[] = []
const open = new Set<net.Socket>()
after(() => { for (const socket of open) socket.destroy(); for (const server of servers) server.close() })

/** Answers line by line in clear; `replies` by verb, the rest goes well. */
const serve = async (replies: Record<string, string> = {}): Promise<{ port: number; heard: string[] }> => {
  const heard: string[] = []
  const server = net.createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    let [rest, content] = ['', false]
    socket.write('220 peer.test\r\n')
    socket.on('data', (bytes: Buffer) => {
      rest += bytes.toString()
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        heard.push(line)
        if (content) { if (line === '.') { content = false; socket.write(`${replies['.'] ?? '250 2.0.0 queued as 4711'}\r\n`) } continue }
        const verb = line.slice(0, 4)
        const reply = replies[line] ?? replies[verb] ?? { EHLO: '250-peer.test\r\n250-PIPELINING\r\n250 AUTH PLAIN', DATA: '354 go', AUTH: '235 ok', QUIT: '221 bye' }[verb] ?? '250 ok'
        if (reply.startsWith('354')) content = true
        if (reply) socket.write(`${reply}\r\n`)
      }
    })
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { port: (server.address() as net.AddressInfo).port, heard }
}

const ports = (clearText: string[] = ['127.0.0.1']): ModePorts => ({
  egress: createEgress(nodeNetwork, { allow: ['127.0.0.1'], ports: '1-65535', clearText }), mail: mailLibrary,
  clock: { now: () => Date.now(), elapsed: () => performance.now() }, tokens: forgetful, conceal: () => {}, capabilities: { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true },
})
const settings = (port: number, change: Record<string, unknown> = {}) => smtp.canonical(smtp.settings.parse({ host: '127.0.0.1', port, security: 'none', authentication: 'password', username: 'ada', password: 'quiet-river', from: 'a@acme.example', timeout: 5, ...change }))
const way = (port: number, change?: Record<string, unknown>, more = ports()) => smtp.open(settings(port, change), more, new AbortController().signal)
const message = { from: { address: 'a@acme.example' }, to: ['b@acme.example', 'c@acme.example'], subject: 'Hello', text: 'Hello.\n' }
const code = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => (error instanceof SmtpFault ? error.code : String(error)))

test('mail of the product goes out with the queue’s words, several over one way', async () => {
  const { port, heard } = await serve()
  const mailer = await way(port)
  for (let n = 0; n < 2; n++) {
    const { messageId, reply, refused } = await mailer.send(message)
    assert.match(messageId, /^<.+@acme\.example>$/)
    assert.deepEqual([reply, refused], ['250 2.0.0 queued as 4711', []])
  }
  mailer.close()
  assert.equal(heard.filter((line) => line.startsWith('EHLO')).length, 1)
  assert.equal(heard.filter((line) => line.startsWith('DATA')).length, 2)
})

test('a recipient that is refused is named, the others get the mail', async () => {
  const { port } = await serve({ 'RCPT TO:<b@acme.example>': '550 5.1.1 unknown' })
  const mailer = await way(port)
  assert.deepEqual((await mailer.send(message)).refused, ['b@acme.example'])
  mailer.close()
})

test('when every recipient is refused nothing went out, and the first refusal is the reason', async () => {
  const { port } = await serve({ RCPT: '550 5.1.1 unknown', DATA: '503 no recipients' })
  const mailer = await way(port)
  assert.equal(await code(mailer.send(message)), 'smtp.recipient.refused')
  mailer.close()
})

test('threat T03: a password is not sent in clear where the operator has not permitted it', async () => {
  const { port, heard } = await serve()
  assert.equal(await code(way(port, {}, ports([]))), 'tls.clear-text')
  assert.equal(heard.some((line) => /^AUTH/.test(line)), false)
})

test('threat T23: encryption that is not offered is not given up', async () => {
  const { port, heard } = await serve()
  assert.equal(await code(way(port, { security: 'starttls' })), 'tls.unavailable')
  assert.equal(heard.some((line) => /^(AUTH|MAIL)/.test(line)), false)
})

test('fault F40: a server without sign-in, a refused password, a refused greeting: told as such, socket freed', async () => {
  for (const [replies, expected] of [[{ EHLO: '250 peer.test' }, 'smtp.auth.not-offered'], [{ AUTH: '535 no' }, 'smtp.auth.refused'], [{ EHLO: '421 busy' }, 'smtp.ehlo.busy']] as const) {
    const { port } = await serve(replies)
    assert.equal(await code(way(port)), expected)
    await new Promise((resolve) => { setTimeout(resolve, 30) })
    assert.equal([...open].some((socket) => socket.localPort === port), false)
  }
})

test('fault F53: silence after the final dot is no failure to send again', async () => {
  const { port } = await serve({ '.': '' })
  const began = performance.now()
  const mailer = await way(port)
  await assert.rejects(mailer.send(message), (error: Error) => !(error instanceof SmtpFault) && /handed over/.test(error.message))
  withinTime(since(began), { to: 5600 }, 'the gateway’s own timeout')
  mailer.close()
})
