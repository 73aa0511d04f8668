import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotProven } from '../../checks/step.ts'
import { Dialogue } from './dialogue.ts'
import { SmtpFault } from './fault.ts'
import { since, withinTime } from '../../../../../test/within-time.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const start = (deadlines = { reply: 5000, final: 10_000 }) => {
  const dialogue = new Dialogue(deadlines)
  const faults: Error[] = []
  dialogue.onFault = (fault) => faults.push(fault)
  const say = (text: string) => dialogue.sent(bytes(text))
  const hear = (text: string) => dialogue.received(bytes(text))
  return { dialogue, faults, say, hear }
}
/** Replies come in turns of the loop, as from a socket. */
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => 'answered', (error: unknown) => (error instanceof SmtpFault ? error.code : error instanceof NotProven ? 'unproven' : String(error)))

test('each command gets the next reply, several in one segment too', async () => {
  const { dialogue, say, hear } = start()
  const [sender, one, other, data] = [dialogue.reply('sender'), dialogue.reply('recipient'), dialogue.reply('recipient'), dialogue.reply('message')]
  say('MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@f.example>\r\nDATA\r\n')
  hear('250 sender\r\n250 one\r\n550 other\r\n354 go\r\n')
  assert.deepEqual((await Promise.all([sender, one, other, data])).map(({ text }) => text), ['250 sender', '250 one', '550 other', '354 go'])
  dialogue.close()
})

test('lines of the message that look like commands are content, however it is cut', async () => {
  const { dialogue, say, hear } = start()
  const end = dialogue.reply('end')
  say('DATA\r\n')
  hear('354 go\r\n')
  for (const piece of ['MAIL FROM:<x@y.example>\r\nQUIT\r\n.', '.\r\n\r', '\n', '.', '\r\n']) say(piece)
  hear('250 queued\r\n')
  assert.equal((await end).text, '250 queued')
  dialogue.close()
})

test('a message of nothing but the final dot ends too', async () => {
  const { dialogue, say, hear } = start()
  const end = dialogue.reply('end')
  say('DATA\r\n')
  hear('354 go\r\n')
  say('.\r\n')
  hear('554 empty\r\n')
  assert.equal((await end).code, 554)
  dialogue.close()
})

test('answers to challenges are part of the sign-in, whatever they look like', async () => {
  const { dialogue, say, hear } = start()
  const signedIn = dialogue.signIn()
  say('AUTH LOGIN\r\n')
  hear('334 VXNlcm5hbWU6\r\n')
  await turn()
  say('MAIL\r\n')
  hear('334 UGFzc3dvcmQ6\r\n')
  await turn()
  say('QUIT\r\n')
  hear('235 ok\r\n')
  assert.equal((await signedIn).code, 235)
  assert.equal(dialogue.lastChallenge(), undefined)
  dialogue.close()
})

test('fault F43: the fourth challenge is one too many', async () => {
  const { dialogue, say, hear } = start()
  const signedIn = codeOf(dialogue.signIn())
  say('AUTH PLAIN x\r\n')
  for (let n = 0; n < 3; n++) { hear('334 more\r\n'); await turn(); say('\r\n') }
  assert.throws(() => hear('334 more\r\n'), SmtpFault)
  assert.equal(await signedIn, 'smtp.auth.endless')
})

const misfits: readonly [command: string, turn: 'ehlo' | 'auth' | 'sender' | 'recipient' | 'message', reply: string][] = [
  ['EHLO x', 'ehlo', '354 go'], ['AUTH PLAIN x', 'auth', '354 go'], ['AUTH PLAIN x', 'auth', '300 go'], ['MAIL FROM:<>', 'sender', '334 more'], ['RCPT TO:<a@b.example>', 'recipient', '354 go'], ['DATA', 'message', '250 ok'], ['DATA', 'message', '334 go'], ['DATA', 'message', '399 go'],
]
for (const [command, turn, reply] of misfits) {
  test(`fault F23: ${reply} may not answer ${command}`, async () => {
    const { dialogue, say, hear } = start()
    const answer = codeOf(dialogue.reply(turn))
    say(`${command}\r\n`)
    assert.throws(() => hear(`${reply}\r\n`), { code: 'smtp.reply.protocol' })
    assert.equal(await answer, 'smtp.reply.protocol')
  })
}

const handedOver = () => {
  const all = start({ reply: 40, final: 60 })
  const end = codeOf(all.dialogue.reply('end'))
  all.say('DATA\r\n')
  all.hear('354 go\r\n')
  all.say('text\r\n.\r\n')
  return { ...all, end }
}
const endings: Readonly<Record<string, (all: ReturnType<typeof handedOver>) => void>> = {
  'silence': () => {},
  'the connection ends': ({ dialogue }) => dialogue.ended(null),
  'the connection breaks': ({ dialogue }) => dialogue.ended(new Error('read ECONNRESET')),
  'words that are no reply': ({ hear }) => { try { hear('what?\r\n') } catch { /* the tap ends the connection */ } },
  'another 354': ({ hear }) => { try { hear('354 go on\r\n') } catch { /* likewise */ } },
  'the run’s own end': ({ dialogue }) => dialogue.fail(new Error('deadline')),
}
for (const [what, how] of Object.entries(endings)) {
  test(`fault F53: after the final dot, ${what}: unproven`, async () => {
    const all = handedOver()
    how(all)
    assert.equal(await all.end, 'unproven')
    assert.ok(all.faults[0] instanceof NotProven)
  })
}

test('before the final dot the same things are failures', async () => {
  const { dialogue, say, hear } = start()
  const end = codeOf(dialogue.reply('end'))
  say('DATA\r\n')
  hear('354 go\r\n')
  say('half a mess')
  dialogue.ended(null)
  assert.equal(await end, 'smtp.message.closed')
})

test('a server that takes the content and says nothing for the length of a reply is silent', async () => {
  const { dialogue, say, hear } = start({ reply: 30, final: 1000 })
  const end = codeOf(dialogue.reply('end'))
  say('DATA\r\n')
  hear('354 go\r\n')
  say('half a message\r\n')
  assert.equal(await end, 'smtp.message.timeout')
})

test('a refusal in the middle of the content is the message’s; anything else there is out of turn', async () => {
  for (const [reply, code] of [['552 too big', 'smtp.message.refused'], ['451 later', 'smtp.message.busy'], ['250 ok', 'smtp.reply.protocol']] as const) {
    const { dialogue, say, hear } = start()
    const end = codeOf(dialogue.reply('end'))
    say('DATA\r\n')
    hear('354 go\r\n')
    say('half')
    assert.throws(() => hear(`${reply}\r\n`))
    assert.equal(await end, code)
  }
})

test('fault F15: who leaves while nothing is asked is missed at the next step, under that step’s name', async () => {
  for (const [turn, code] of [['auth', 'smtp.auth.closed'], ['sender', 'smtp.sender.closed'], ['ehlo', 'smtp.ehlo.closed'], ['end', 'smtp.message.closed']] as const) {
    const { dialogue } = start()
    dialogue.ended(null)
    assert.equal(await codeOf(dialogue.reply(turn)), code)
  }
  const { dialogue, hear } = start()
  assert.throws(() => hear('421 4.3.2 going down\r\n'))
  assert.equal(await codeOf(dialogue.reply('auth')), 'smtp.auth.busy')
})

test('every reply has a deadline of its own, and bytes that are no reply do not extend it', async () => {
  const { dialogue, say, hear } = start({ reply: 60, final: 60 })
  const answer = codeOf(dialogue.reply('ehlo'))
  say('EHLO x\r\n')
  const drip = setInterval(() => hear('2'), 15).unref()
  const began = performance.now()
  assert.equal(await answer, 'smtp.reply.unfinished')
  clearInterval(drip)
  withinTime(since(began), { to: 200 })
})

test('one fault ends it: everybody who waits hears of it, once, and nothing is armed any more', async () => {
  const { dialogue, faults, say, hear } = start()
  const waiting = [dialogue.reply('sender'), dialogue.reply('recipient'), dialogue.reply('message')].map(codeOf)
  say('MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n')
  dialogue.ended(null)
  dialogue.fail(new Error('again'))
  assert.deepEqual(await Promise.all(waiting), ['smtp.sender.closed', 'smtp.sender.closed', 'smtp.sender.closed'])
  assert.equal(faults.length, 1)
  assert.equal(dialogue.over, true)
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  hear('550 no\r\n')
  assert.equal(timers(), before, 'a late reply starts no clock')
})

test('closed in peace, late replies to what was pipelined start no clock', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const { dialogue, say, hear } = start()
  say('MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n')
  hear('550 no\r\n')
  dialogue.close()
  say('QUIT\r\n')
  hear('503 no\r\n503 no\r\n')
  assert.equal(timers(), before)
})
