// The mail library: what it composes, and how it speaks to a real mail server over a real socket of the same adapter.
import type { ComposedMessage, Driver, Message, RawSocket, Reply, Tap } from '../../packages/bff/src/ports/ports.ts'
import { gone, open, read } from './socket.suite.ts'
import type { Subject } from './subject.ts'
import { eventually, holds, matches, same, within } from './suite.ts'
import type { Suite } from './suite.ts'
import type { Peer, World } from './world.ts'

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
const message: Message = {
  from: { name: 'Zoë, Müller', address: 'noreply@acme.example' }, to: ['ada@acme.example'], subject: 'Grüße \u{1F4E7} and a subject that is long enough to be folded somewhere in the middle of it',
  text: 'First line\n.\n..two dots\nZoë\n', replyTo: 'help@acme.example',
}

/** Everything that crosses the wire, and a way to wait for it. */
class Ear implements Tap {
  readonly said: string[] = []
  heard = ''
  over: Error | null | undefined
  sent(bytes: Uint8Array): void { this.said.push(latin1(bytes)) }
  received(bytes: Uint8Array): void { this.heard += latin1(bytes) }
  ended(error: Error | null): void { this.over = error }

  /** The last complete reply, once this many characters more are there than before. */
  async reply(pattern: RegExp): Promise<string> {
    return eventually(async () => this.heard, (heard) => pattern.test(heard), `a reply like ${pattern}`)
  }
}

interface Talk { readonly driver: Driver; readonly ear: Ear; readonly socket: RawSocket; readonly greeting: Reply }

const talk = async (subject: Subject, peer: Peer, tap: Ear = new Ear()): Promise<Talk> => {
  const socket = await open(subject, peer)
  let text = ''
  while (!text.includes('\r\n')) text += await read(socket, 1)
  const greeting = { code: Number(text.slice(0, 3)), text: text.trimEnd() }
  return { socket, greeting, ear: tap, driver: subject.ports.mail.drive(socket, greeting, 'client.acme.example', tap) }
}

const greeted = async (subject: Subject, peer: Peer, tap?: Ear): Promise<Talk> => {
  const talking = await talk(subject, peer, tap)
  talking.driver.hello()
  await talking.ear.reply(/^250 .*\r\n$/m)
  return talking
}

const signsIn = async (subject: Subject, world: World, mechanism: string): Promise<void> => {
  const peer = await world.mailServer()
  const { username: user, password: secret } = world.facts.account
  const { driver, ear } = await greeted(subject, peer)
  await within(driver.signIn({ mechanism, user, secret }), `a sign-in by ${mechanism}`)
  await ear.reply(/^235 /m)
  matches(ear.said.join(''), new RegExp(`^AUTH ${mechanism}\\b`, 'm'), 'what was said')
  same(ear.said.join('').split('AUTH ').length - 1, 1, 'attempts')
  driver.destroy()
  same((await gone(peer)).heard, ear.said.join(''))
}

const refused = async (subject: Subject, world: World, mechanism: string): Promise<void> => {
  const peer = await world.mailServer()
  const { driver, ear } = await greeted(subject, peer)
  await within(driver.signIn({ mechanism, user: world.facts.account.username, secret: 'not-this-one' }), 'a sign-in that is refused')
  await ear.reply(/^535 /m)
  same(ear.said.join('').split('AUTH ').length - 1, 1, `attempts by ${mechanism}`)
  driver.destroy()
  await gone(peer)
}

const headersOf = ({ bytes }: ComposedMessage): string => latin1(bytes).split('\r\n\r\n')[0]!.replace(/\r\n[ \t]+/g, ' ')

export const mailSuite: Suite<Subject> = {
  'a message: lines end as mail’s do, none is too long, everything is ASCII, and the id is in it': async ({ ports: { mail } }) => {
    const composed = await mail.compose(message)
    const text = latin1(composed.bytes)
    same(/(^|[^\r])\n|\r([^\n]|$)/.test(text), false, 'a line break alone')
    holds(text.split('\r\n').every((line) => line.length <= 998), 'no line is above 998 characters (RFC 5322 section 2.1.1)')
    holds(!/[\x80-\xff]/.test(headersOf(composed)), 'the header is ASCII')
    matches(composed.messageId, /^<[^<>\s@]+@[^<>\s@]+>$/, 'the message id')
    holds(headersOf(composed).toLowerCase().includes(`message-id: ${composed.messageId.toLowerCase()}`), 'the id stands in the header')
    holds((await mail.compose(message)).messageId !== composed.messageId, 'every message has an id of its own')
  },
  'the envelope is the From address, unless another is wished for; the header keeps From': async ({ ports: { mail } }) => {
    same((await mail.compose(message)).envelope, { from: 'noreply@acme.example', to: ['ada@acme.example'] })
    const other = await mail.compose({ ...message, envelopeFrom: 'bounces@acme.example', to: ['a@acme.example', 'b@acme.example'] })
    same(other.envelope, { from: 'bounces@acme.example', to: ['a@acme.example', 'b@acme.example'] })
    matches(headersOf(other), /^From: .*<noreply@acme\.example>$/m, 'the header')
    holds(!headersOf(other).includes('bounces@'), 'the envelope’s sender is not in the header')
    matches(headersOf(other), /^Reply-To: .*help@acme\.example/m, 'the header')
  },
  'a line break in any text makes no header of its own': async ({ ports: { mail } }) => {
    const evil = 'x\r\nBcc: spy@evil.example\r\n\r\nanother body'
    const composed = await mail.compose({ ...message, subject: evil, from: { name: evil, address: 'noreply@acme.example' } })
    same(headersOf(composed).split('\r\n').filter((line) => /^bcc:/i.test(line)), [])
    same(composed.envelope.to, ['ada@acme.example'])
    same(headersOf(composed).split('\r\n').filter((line) => /^(from|to|subject):/i.test(line)).length, 3, 'From, To and Subject')
  },
  'EHLO carries the name that was given; without one there is a name all the same': async (subject, world) => {
    const peer = await world.mailServer()
    const { driver, ear } = await greeted(subject, peer)
    same(ear.said, ['EHLO client.acme.example\r\n'])
    matches(ear.heard, /^250[- ].*PIPELINING/m, 'what was heard')
    driver.destroy()
    matches(subject.ports.mail.localName(), /^(\[\d+(\.\d+){3}\]|[\w-]+(\.[\w-]+)+)$/, 'the name of this machine')
  },
  'sign-in by PLAIN': (subject, world) => signsIn(subject, world, 'PLAIN'),
  'sign-in by LOGIN': (subject, world) => signsIn(subject, world, 'LOGIN'),
  'sign-in by CRAM-MD5': (subject, world) => signsIn(subject, world, 'CRAM-MD5'),
  'sign-in by XOAUTH2': (subject, world) => signsIn(subject, world, 'XOAUTH2'),
  'a refused password is tried once, and the refusal is heard': async (subject, world) => {
    for (const mechanism of ['PLAIN', 'LOGIN', 'CRAM-MD5']) await refused(subject, world, mechanism)
  },
  'a refused token is tried once, and the challenge that says why is heard': async (subject, world) => {
    const peer = await world.peer({ say: '220 mail.demo.test ESMTP\r\n' }, { hear: '\r\n' }, { say: '250-mail.demo.test\r\n250 AUTH XOAUTH2\r\n' }, { hear: '\r\n' }, { say: '334 eyJzdGF0dXMiOiI0MDEifQ==\r\n' }, { hear: '\r\n' }, { say: '535 5.7.8 no\r\n' })
    const { driver, ear } = await greeted(subject, peer)
    await within(driver.signIn({ mechanism: 'XOAUTH2', user: 'a@acme.example', secret: 'token' }), 'a sign-in that is refused')
    matches(ear.heard, /^334 eyJzdGF0dXMiOiI0MDEifQ==\r\n535 /m, 'what was heard')
    same(ear.said.slice(1).map((line) => line.slice(0, 12)), ['AUTH XOAUTH2', '\r\n'])
    driver.destroy()
  },
  'a message arrives as it was composed, and the tap heard and saw every byte': async (subject, world) => {
    const peer = await world.mailServer()
    const { driver, ear } = await greeted(subject, peer)
    const composed = await subject.ports.mail.compose(message)
    driver.send(composed)
    await ear.reply(/^250 .*taken\r\n/m)
    driver.quit()
    const { heard } = await gone(peer)
    same(heard, ear.said.join(''), 'what the server read')
    const [mail] = await peer.mails()
    same([mail?.from, mail?.to], ['noreply@acme.example', ['ada@acme.example']])
    same(mail?.source === latin1(composed.bytes), true, 'the message is the same, byte for byte')
    same(ear.heard.split('\r\n').filter((line) => line.startsWith('220')), [], 'the greeting is handed over, not heard again')
  },
  'where the server offers PIPELINING, sender, recipients and DATA leave in one segment (RFC 2920)': async (subject, world) => {
    const peer = await world.mailServer({ pipelining: true })
    const { driver, ear } = await greeted(subject, peer)
    driver.send(await subject.ports.mail.compose({ ...message, to: ['a@acme.example', 'b@acme.example'] }))
    await ear.reply(/^250 .*taken\r\n/m)
    holds(ear.said.some((segment) => /^MAIL FROM:[^]*RCPT TO:<a@[^]*RCPT TO:<b@[^]*DATA\r\n$/.test(segment)), `one segment: ${JSON.stringify(ear.said.slice(1, 4))}`)
    driver.destroy()
  },
  'where it does not, each command waits for the reply to the one before': async (subject, world) => {
    const peer = await world.mailServer({ pipelining: false })
    const { driver, ear } = await greeted(subject, peer)
    driver.send(await subject.ports.mail.compose(message))
    await ear.reply(/^250 .*taken\r\n/m)
    same(ear.said.slice(1, 4).map((segment) => segment.split(/[ \r]/)[0]), ['MAIL', 'RCPT', 'DATA'])
    driver.destroy()
    same((await peer.mails()).length, 1)
  },
  'quit says QUIT, waits for nothing and leaves': async (subject, world) => {
    const peer = await world.peer({ say: '220 mail.demo.test ESMTP\r\n' }, { hear: '\r\n' }, { say: '250 mail.demo.test\r\n' })
    const { driver, ear } = await greeted(subject, peer)
    driver.quit()
    same((await gone(peer)).heard, 'EHLO client.acme.example\r\nQUIT\r\n')
    same(ear.said.at(-1), 'QUIT\r\n')
  },
  'destroy leaves without a word, twice too, and nothing throws': async (subject, world) => {
    const peer = await world.mailServer()
    const { driver } = await greeted(subject, peer)
    driver.destroy()
    driver.destroy()
    same((await gone(peer)).heard, 'EHLO client.acme.example\r\n')
  },
  'what the tap throws ends the connection': async (subject, world) => {
    const peer = await world.mailServer()
    const tap = new Ear()
    tap.received = () => { throw new Error('more than anybody has to say') }
    const { driver } = await talk(subject, peer, tap)
    driver.hello()
    await gone(peer)
  },
  'a server that hangs up is told to the tap': async (subject, world) => {
    const peer = await world.peer({ say: '220 mail.demo.test ESMTP\r\n' }, { hear: '\r\n' }, { reset: true })
    const { driver, ear } = await talk(subject, peer)
    driver.hello()
    await eventually(async () => ear.over, (over) => over !== undefined, 'the tap hears that it is over')
  },
  'an address the library will not send to is told to the tap, and nothing is said': async (subject, world) => {
    const peer = await world.mailServer()
    const { driver, ear } = await greeted(subject, peer)
    const composed = await subject.ports.mail.compose(message)
    driver.send({ ...composed, envelope: { from: 'a@acme.example', to: [] } })
    await eventually(async () => ear.over, (over) => over !== undefined, 'the tap hears that it is over')
    same(ear.said, ['EHLO client.acme.example\r\n'])
    driver.destroy()
  },
}
