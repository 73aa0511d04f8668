// Somebody on the line: what they can read, take out, or slip in.
import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { createEgress } from '../../packages/bff/src/ports/egress-gate.ts'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import { makeCertificates } from '../peers/certificates.ts'
import { check, loopback, sixForms } from '../peers/check.ts'
import { answering, startPeer, startRecorder, wellBehaved } from '../peers/peer.ts'
import type { Script, Talk } from '../peers/peer.ts'

let box: Sandbox
let certificates: Awaited<ReturnType<typeof makeCertificates>>
before(async () => { [box, certificates] = await Promise.all([startSandbox(), makeCertificates()]) })
after(() => box.close())

/** Long enough that none of its forms appears by accident. */
const password = 'Gl4cier!näve quarry-77'
const username = 'mailer@demo.test'
/** The secret alone and as the mechanisms carry it. */
const needles = () => [...sixForms(password), ...sixForms(`\0${username}\0${password}`)]
const leaks = (bytes: string): string[] => needles().filter((form) => bytes.includes(form))

const ask = (port: number, more: Record<string, unknown> = {}, policy = loopback) =>
  check({ host: 'localhost', port, security: 'starttls', authentication: 'password', username, password, from: 'a@acme.example', ca: box.ca, ...more }, { policy })

describe('what crosses in clear', { concurrency: true }, () => {
  for (const kind of ['relay', 'starttls', 'tls'] as const) for (const security of ['none', 'starttls', 'tls']) {
    test(`threat T03: encryption ${security} typed for the port of ${kind}: what crosses in clear holds the secret in no form`, async () => {
      const recorder = await startRecorder(box.ports[kind])
      const { verdict } = await ask(recorder.port, { security })
      await recorder.close()
      assert.notEqual(verdict, 'passed', 'the sandbox knows another password')
      assert.ok(recorder.sent().length > 0 || kind === 'tls' || security === 'none')
      assert.deepEqual(leaks(recorder.sent()), [])
      assert.doesNotMatch(recorder.sent(), /AUTH (PLAIN|LOGIN|CRAM)/i)
    })
  }
})

const offersAll = answering({ EHLO: '250-peer.test\n250-AUTH PLAIN LOGIN CRAM-MD5\n250 SIZE 1000000', AUTH: '235 Ok', DATA: '354 Go' })

test('threat T03: without encryption and with sign-in nothing is asked of the server, however much it offers', async () => {
  const peer = await startPeer(offersAll)
  const { code, finding } = await ask(peer.port, { security: 'none' })
  await peer.close()
  assert.equal(code, 'tls.clear-text')
  assert.equal(finding!.field, 'security')
  assert.deepEqual(peer.heard, [])
})

test('threat T03: where the operator permits it for the address, the mechanism that shows least is taken', async () => {
  const challenge: Script = answering({ EHLO: '250-peer.test\n250 AUTH PLAIN LOGIN CRAM-MD5', AUTH: async (talk: Talk) => { await talk.say(`334 ${btoa('<1.2@peer.test>')}`); await talk.line(); await talk.say('235 Ok') } })
  const peer = await startPeer(challenge)
  const recorder = await startRecorder(peer.port)
  const { rows } = await ask(recorder.port, { security: 'none' }, { ...loopback, clearText: ['127.0.0.1', '::1'] })
  await Promise.all([recorder.close(), peer.close()])
  assert.equal(rows['sign-in']?.evidence?.mechanism, 'CRAM-MD5')
  assert.deepEqual(leaks(recorder.sent()), [])
})

test('threat T03: a public address is never permitted, even where the operator lists it', () => {
  const { clearTextAllowed } = createEgress(nodeNetwork, { allow: [], ports: '', clearText: ['0.0.0.0/0', '::/0', '93.184.216.34'] })
  assert.deepEqual(['93.184.216.34', '2606:4700::1', '::ffff:93.184.216.34', '10.0.0.1', '::ffff:10.0.0.1', 'fd00::1', '127.0.0.1'].map(clearTextAllowed), [false, false, false, true, true, true, true])
})

/** Passes everything on and takes STARTTLS out of what the server offers. */
const startStripper = async (target: number) => {
  const sent: Buffer[] = []
  const server = net.createServer((client) => {
    const onward = net.connect({ host: '127.0.0.1', port: target })
    client.on('data', (bytes: Buffer) => { sent.push(bytes); onward.write(bytes) })
    onward.on('data', (bytes: Buffer) => client.write(bytes.toString('latin1').replace(/STARTTLS/g, 'XXXXXXXA'), 'latin1'))
    client.on('close', () => onward.destroy()).on('error', () => {})
    onward.on('close', () => client.destroy()).on('error', () => {})
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => { server.once('listening', resolve) })
  return { port: (server.address() as net.AddressInfo).port, sent: () => Buffer.concat(sent).toString('latin1'), close: () => new Promise((resolve) => { server.close(resolve) }) }
}

test('threat T23: STARTTLS taken out of the list: tls.unavailable, no sign-in, no mail', async () => {
  const strip = await startStripper(box.ports.starttls)
  const { code, ended, rows } = await ask(strip.port)
  await strip.close()
  assert.equal(code, 'tls.unavailable')
  assert.equal(ended?.id, 'encryption')
  assert.equal(rows['sign-in']?.status, 'skip')
  assert.doesNotMatch(strip.sent(), /AUTH|MAIL|RCPT|DATA/i)
  assert.deepEqual(leaks(strip.sent()), [])
})

test('threat T23: without sign-in too, encryption that is wanted is not given up', async () => {
  const strip = await startStripper(box.ports.starttls)
  const { code } = await ask(strip.port, { authentication: 'none', username: '', password: '' })
  await strip.close()
  assert.equal(code, 'tls.unavailable')
  assert.doesNotMatch(strip.sent(), /MAIL|RCPT|DATA/i)
})

const agrees = (after: (talk: Talk) => Promise<void>): Script => answering({ EHLO: '250-peer.test\n250 STARTTLS', STAR: after })
const fake = '250-peer.test\r\n250 AUTH PLAIN LOGIN\r\n'

const injections: readonly [what: string, script: Script][] = [
  ['in the same segment as the 220', agrees(async (talk) => { await talk.send(`220 Go\r\n${fake}`); await talk.silence() })],
  ['half a line in the same segment', agrees(async (talk) => { await talk.send('220 Go\r\n250-peer'); await talk.silence() })],
  ['one byte in the same segment', agrees(async (talk) => { await talk.send('220 Go\r\n2'); await talk.silence() })],
  ['in a segment of its own, at once', agrees(async (talk) => { await talk.send('220 Go\r\n'); await talk.send(fake); await talk.silence() })],
  ['50 ms later, into the handshake', agrees(async (talk) => { await talk.send('220 Go\r\n'); await talk.wait(50); await talk.send(fake); await talk.silence() })],
  ['a 220 before STARTTLS was asked for', answering({ EHLO: async (talk) => { await talk.send('250-peer.test\r\n250 STARTTLS\r\n220 Go\r\n'); await talk.silence() } })],
]

for (const [what, script] of injections) {
  test(`threat T24: bytes in clear after the server agreed to encrypt, ${what}: tls.injection, no sign-in`, async () => {
    const peer = await startPeer(script)
    const { code, ended } = await ask(peer.port)
    await peer.close()
    assert.equal(code, 'tls.injection')
    assert.equal(ended?.id, 'encryption')
    assert.deepEqual(peer.signIns(), [])
  })
}

test('threat T24: what was offered in clear is forgotten: EHLO is asked again inside', async () => {
  const peer = await startPeer(wellBehaved({ certificate: certificates.good, plain: ['STARTTLS', 'AUTH PLAIN LOGIN', 'SIZE 99'], secure: ['AUTH CRAM-MD5', 'SIZE 4242'] }))
  const { rows } = await ask(peer.port, { ca: certificates.ca })
  await peer.close()
  assert.deepEqual(rows.capabilities?.evidence, { auth: ['CRAM-MD5'], size: 4242, starttls: true, pipelining: false })
  assert.equal(peer.heard.filter((line) => line.startsWith('EHLO')).length, 2)
})

test('threat T24: a server that talks out of turn is not followed, without encryption either', async () => {
  const peer = await startPeer(async (talk) => { await talk.send(`220 peer.test\r\n${fake}`); await talk.silence() })
  const { code } = await ask(peer.port, { security: 'none', authentication: 'none', username: '', password: '' })
  await peer.close()
  assert.equal(code, 'smtp.reply.protocol')
  assert.deepEqual(peer.heard, [])
})
