import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RawSocket, Tap } from '../../ports/ports.ts'
import { NodemailerDriver } from './driver.ts'

const greeting = { code: 220, text: '220 peer.test' }

/** A socket that is a script: what is written is kept, what is read is what the script says next. */
const scripted = () => {
  const written: string[] = []
  const queue: (string | null)[] = []
  let wake: (() => void) | undefined
  let destroyed = false
  const socket: RawSocket = {
    async read() {
      while (queue.length === 0 && !destroyed) await new Promise<void>((resolve) => { wake = resolve })
      const next = queue.shift()
      return typeof next === 'string' ? Buffer.from(next) : null
    },
    async write(bytes) { written.push(Buffer.from(bytes).toString()) },
    startTls: () => Promise.reject(new Error('not here')),
    destroy() { destroyed = true; wake?.() },
  }
  const say = (text: string | null) => { queue.push(text); wake?.() }
  return { socket, written, say, destroyed: () => destroyed }
}
const listener = () => {
  const [sent, received, ended]: [string[], string[], (string | null)[]] = [[], [], []]
  const tap: Tap = { sent: (bytes) => sent.push(Buffer.from(bytes).toString()), received: (bytes) => received.push(Buffer.from(bytes).toString()), ended: (error) => ended.push(error?.message ?? null) }
  return { tap, sent, received, ended }
}
const turn = () => new Promise<void>((resolve) => { setTimeout(resolve, 15) })
const start = async (ehlo = '250-peer.test\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n') => {
  const [wire, heard] = [scripted(), listener()]
  const driver = new NodemailerDriver(wire.socket, greeting, 'app.acme.example', heard.tap)
  driver.hello()
  await turn()
  wire.say(ehlo)
  await turn()
  return { ...wire, ...heard, driver }
}

test('it introduces itself by the given name and tells the tap everything', async () => {
  const { written, sent, received, driver } = await start()
  assert.deepEqual(written, ['EHLO app.acme.example\r\n'])
  assert.deepEqual(sent, written)
  assert.match(received.join(''), /^250-peer\.test/)
  driver.destroy()
})

test('where the server offers PIPELINING, sender, recipients and DATA leave in one segment', async () => {
  const { written, driver } = await start()
  driver.send({ bytes: Buffer.from('x'), messageId: '<1@x>', envelope: { from: 'a@acme.example', to: ['b@acme.example', 'c@acme.example'] } })
  await turn()
  assert.deepEqual(written.slice(1), ['MAIL FROM:<a@acme.example>\r\nRCPT TO:<b@acme.example>\r\nRCPT TO:<c@acme.example>\r\nDATA\r\n'])
  driver.destroy()
})

test('dots at the beginning of lines are doubled, and the message ends in one dot', async () => {
  const { written, say, driver } = await start()
  driver.send({ bytes: Buffer.from('.one\r\n..two\r\nRSET\r\n.'), messageId: '<1@x>', envelope: { from: 'a@acme.example', to: ['b@acme.example'] } })
  await turn()
  say('250 a\r\n250 b\r\n354 go\r\n')
  await turn()
  assert.equal(written.slice(2).join(''), '..one\r\n...two\r\nRSET\r\n..\r\n.\r\n')
  driver.destroy()
})

test('threat T29: an envelope with a line break puts nothing on the wire, and whoever waits is told', async () => {
  for (const to of ['b@acme.example\r\nRCPT TO:<evil@evil.test>', 'b@acme.example>\r\nDATA', '']) {
    const { written, ended, driver } = await start()
    driver.send({ bytes: Buffer.from('x'), messageId: '<1@x>', envelope: { from: 'a@acme.example', to: [to] } })
    await turn()
    assert.equal(written.length, 1)
    assert.equal(ended.length, 1)
    driver.destroy()
  }
})

test('a sign-in without a secret is told, not waited for', async () => {
  const { written, ended, driver } = await start()
  await driver.signIn({ mechanism: 'PLAIN', user: 'ada', secret: '' })
  assert.deepEqual([written.length, ended.length], [1, 1])
  driver.destroy()
})

test('the library reads no challenge: it gives up, and the sign-in’s promise settles', async () => {
  const { say, driver } = await start('250-peer.test\r\n250 AUTH CRAM-MD5\r\n')
  const done = driver.signIn({ mechanism: 'CRAM-MD5', user: 'ada', secret: 'quiet-river' })
  await turn()
  say('334\r\n')
  await done
  driver.destroy()
})

test('the peer’s end is told once with nothing, a tap that throws ends the connection', async () => {
  const one = await start()
  one.say(null)
  await turn()
  assert.equal(one.ended[0], null)
  const wire = scripted()
  const driver = new NodemailerDriver(wire.socket, greeting, undefined, { sent() {}, ended() {}, received() { throw new Error('enough') } })
  driver.hello()
  await turn()
  wire.say('250 x\r\n')
  await turn()
  assert.equal(wire.destroyed(), true)
})

test('QUIT leaves before the socket is freed; freeing twice is freeing once', async () => {
  const { written, driver, destroyed } = await start()
  driver.quit()
  await turn()
  assert.equal(written.at(-1), 'QUIT\r\n')
  assert.equal(destroyed(), true)
  driver.destroy()
})

test('threat T26: a driver that is destroyed leaves no clock', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const { driver } = await start()
  driver.destroy()
  await turn()
  assert.ok(timers() <= before)
})

const bearer = 'AUTH XOAUTH2 dXNlcj1nYXRld2F5QGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIFRPS0VOAQE=\r\n'
for (const offer of ['XOAUTH2', 'LOGIN XOAUTH2', 'PLAIN LOGIN CRAM-MD5 XOAUTH2', 'PLAIN LOGIN']) {
  test(`a token is sent once and as nothing but a token, where ${offer} is offered`, async () => {
    const { written, say, driver } = await start(`250-peer.test\r\n250 AUTH ${offer}\r\n`)
    const done = driver.signIn({ mechanism: 'XOAUTH2', user: 'gateway@example.com', secret: 'TOKEN' })
    await turn()
    assert.deepEqual(written.slice(1), [bearer])
    say('334 eyJzdGF0dXMiOiI0MDAifQ==\r\n')
    await turn()
    assert.deepEqual(written.slice(1), [bearer, '\r\n'], 'an empty line lets the server go on')
    say('535 5.7.3 no\r\n')
    await done
    await turn()
    assert.equal(written.length, 3, 'no second attempt')
    driver.destroy()
  })
}
