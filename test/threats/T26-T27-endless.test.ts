// Servers that never finish: the check does, in time, at little cost, and leaves nothing open.
import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Conversation } from '../../demo/sandbox/conversation.ts'
import { check, settled, timers, watchSockets } from '../peers/check.ts'
import { makeCertificates } from '../peers/certificates.ts'
import { account, answering, startPeer, wellBehaved } from '../peers/peer.ts'
import type { Peer, Script, Talk } from '../peers/peer.ts'
import { withinTime } from '../within-time.ts'

let certificates: Awaited<ReturnType<typeof makeCertificates>>
const open: Peer[] = []
before(async () => { certificates = await makeCertificates() })
after(() => Promise.all(open.map((peer) => peer.close())))

const serve = async (script: Script): Promise<Peer> => {
  const peer = await startPeer(script)
  open.push(peer)
  return peer
}
/** In clear with sign-in permitted: the conversation without the cost of a handshake. */
const policy = { allow: ['127.0.0.1'], ports: '1-65535', clearText: ['127.0.0.1'] }
const ask = (peer: { port: number }, more: Record<string, unknown> = {}, asked: Parameters<typeof check>[1] = {}) =>
  check({ host: '127.0.0.1', port: peer.port, security: 'none', authentication: 'password', ...account, from: 'a@acme.example', ...more }, { policy, ...asked })

const asks = (mechanism: string, challenge: string): Script => answering({
  EHLO: `250-peer.test\n250 AUTH ${mechanism}`,
  AUTH: async (talk: Talk) => { do await talk.say(challenge); while (await talk.line() !== null) },
})
const flood = (line: string, bytes: number) => async (talk: Conversation) => {
  for (let sent = 0; sent < bytes && !talk.ended.aborted; sent += line.length) await talk.send(line)
  await talk.silence()
}
/** Many words, each of which a catalogue of texts has to be compared with. */
const wordy = `${'535-5.7.8 authentication unsuccessful, the user credentials were incorrect or locked out for now \t'.repeat(12)}\r\n`

const endless: readonly [what: string, code: string, script: Script][] = [
  ['challenges to PLAIN', 'smtp.auth.endless', asks('PLAIN', '334 QW5kIG9uY2UgbW9yZTo=')],
  ['challenges to LOGIN', 'smtp.auth.endless', asks('LOGIN', '334 QW5kIG9uY2UgbW9yZTo=')],
  ['challenges to CRAM-MD5', 'smtp.auth.protocol', asks('CRAM-MD5', '334 QW5kIG9uY2UgbW9yZTo=')],
  ['empty challenges', 'smtp.auth.endless', asks('PLAIN', '334 ')],
  ['a challenge nobody can read', 'smtp.auth.protocol', asks('CRAM-MD5', '334')],
  ['lines of one reply', 'smtp.reply.too-large', answering({ EHLO: flood('250-AND-ANOTHER\r\n'.repeat(64), 8e6) })],
  ['one line', 'smtp.reply.too-large', answering({ EHLO: flood('2'.repeat(8192), 8e6) })],
  ['blank lines', 'smtp.reply.too-large', answering({ EHLO: flood('\r\n'.repeat(512), 8e6) })],
  ['replies nobody asked for', 'smtp.reply.too-large', answering({ EHLO: flood('250 Ok\r\n'.repeat(640), 8e6) })],
  ['two replies for one question', 'smtp.reply.protocol', answering({ EHLO: '250-peer.test\n250 AUTH PLAIN\n250 once more' })],
  ['a refusal of 190 long lines', 'smtp.auth.refused', answering({ EHLO: '250-peer.test\n250 AUTH PLAIN', AUTH: async (talk: Talk) => { await talk.send(wordy.repeat(190)); await talk.say('535 5.7.8 no') } })],
  ['4000 mechanisms', 'smtp.auth.mechanism', answering({ EHLO: `250-peer.test\n250 AUTH ${Array.from({ length: 4000 }, (_, n) => `X-${n}`).join(' ')}` })],
]

for (const [what, code, script] of endless) {
  test(`threat T26: endless ${what}: ${code}, under 200 ms of processor time, no socket and no timer left`, async () => {
    const peer = await serve(script)
    await ask(await serve(answering({})), {}, { until: 'network' })
    await settled()
    const [before, sockets] = [timers(), watchSockets()]
    const cpu = process.cpuUsage()
    const answer = await ask(peer)
    const { user, system } = process.cpuUsage(cpu)
    await settled()
    sockets.stop()
    assert.equal(answer.code, code)
    withinTime((user + system) / 1000, { to: 200 }, 'processor time, the server’s own share included')
    assert.deepEqual([sockets.opened.length, sockets.left().length, timers() - before], [1, 0, 0])
    assert.ok(JSON.stringify(answer.events).length < 32_768, 'what a server says is not handed on at length')
  })
}

const drip = (text: string, pause: number) => async (talk: Conversation) => {
  for (const byte of Buffer.from(text)) { await talk.send(Uint8Array.of(byte)); await talk.wait(pause) }
  await talk.silence()
}
const linesOf = (line: string, pause: number) => async (talk: Conversation) => {
  while (!talk.ended.aborted) { await talk.say(line); await talk.wait(pause) }
}

/** Lets the server's bytes through one at a time: TLS records arrive in crumbs. */
const startThrottle = async (target: number, pause: number) => {
  const server = net.createServer((client) => {
    const onward = net.connect({ host: '127.0.0.1', port: target })
    let queue = Buffer.alloc(0)
    let secret = false
    const timer = setInterval(() => { if (queue.length) { client.write(queue.subarray(0, 1)); queue = queue.subarray(1) } }, pause)
    client.on('data', (bytes: Buffer) => { secret ||= bytes[0] === 0x16; onward.write(bytes) })
    onward.on('data', (bytes: Buffer) => { if (secret) queue = Buffer.concat([queue, bytes]); else client.write(bytes) })
    client.on('close', () => { clearInterval(timer); onward.destroy() }).on('error', () => {})
    onward.on('close', () => client.destroy()).on('error', () => {})
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => { server.once('listening', resolve) })
  return { port: (server.address() as net.AddressInfo).port, close: () => new Promise((resolve) => { server.close(resolve) }) }
}

describe('slow servers', { concurrency: true }, () => {
  const within = async (limit: number, code: string, work: () => ReturnType<typeof check>) => {
    const { code: seen, took, verdict } = await work()
    assert.equal(seen, code)
    assert.equal(verdict, 'failed')
    withinTime(took, { from: limit, to: limit + 500 })
  }

  const drips: readonly [what: string, code: string, script: Script][] = [
    ['greeting, one byte a second', 'smtp.reply.unfinished', drip('220 peer.test still talking and talking', 1000)],
    ['greeting, one byte every 4.9 s', 'smtp.reply.unfinished', drip('220 peer.test', 4900)],
    ['EHLO reply, one line a second', 'smtp.reply.unfinished', answering({ EHLO: linesOf('250-ANOTHER', 1000) })],
    ['EHLO reply, one byte every 4.9 s', 'smtp.reply.unfinished', answering({ EHLO: drip('250-peer', 4900) })],
    ['AUTH reply, one byte a second', 'smtp.reply.unfinished', answering({ EHLO: '250-peer.test\n250 AUTH PLAIN', AUTH: drip('235 2.7.0 nearly there', 1000) })],
    ['blank lines for a greeting', 'smtp.greeting.timeout', linesOf('', 300)],
  ]
  for (const [what, code, script] of drips) {
    test(`threat T27: ${what}: ended at the reply's deadline of 5 s`, async () => {
      const peer = await serve(script)
      await within(5000, code, () => ask(peer))
    })
  }

  test('threat T27: TLS records in crumbs: ended at the handshake’s deadline of 5 s', async () => {
    const peer = await serve(wellBehaved({ certificate: certificates.good }))
    const throttle = await startThrottle(peer.port, 40)
    await within(5000, 'tls.timeout', () => ask(throttle, { host: 'localhost', security: 'starttls', ca: certificates.ca }))
    await throttle.close()
  })

  test('threat T27: every reply just in time: the whole check ends at 20 s all the same', async () => {
    const peer = await serve(wellBehaved({ certificate: certificates.good, slow: 4800 }))
    await within(20_000, 'run.deadline', () => ask(peer, { host: 'localhost', security: 'starttls', ca: certificates.ca }))
    assert.equal(peer.heard.some((line) => /^DATA/.test(line)), false)
  })

  test('threat T27: the final reply dripped: unproven at 10 s, never failed, never passed', async () => {
    const peer = await serve(wellBehaved({ plain: ['AUTH PLAIN'], on: { message: drip('250 2.0.0 Ok: queued as 123456789', 1000) } }))
    const { code, verdict, took, rows } = await ask(peer, { authentication: 'none', username: '', password: '' , security: 'none' }, { until: 'delivery' })
    assert.equal(rows.sender?.status, 'fail', 'this peer wants a sign-in')
    assert.ok(code === 'smtp.sender.refused' && verdict === 'failed')
    withinTime(took, { to: 1000 })
    const again = await serve(wellBehaved({ plain: ['PIPELINING'], on: { message: drip('250 2.0.0 Ok: queued as 123456789', 1000) } }))
    const answer = await ask(again, { authentication: 'none', username: '', password: '' })
    assert.equal(answer.code, 'smtp.message.unproven')
    assert.equal(answer.verdict, 'unproven')
    withinTime(answer.took, { from: 10_000, to: 10_600 })
  })
})
