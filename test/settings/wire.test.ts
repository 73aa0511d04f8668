// Each setting changes what crosses the wire, and each passed row says what only its own step can know.
import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import type { Network } from '../../packages/bff/src/ports/ports.ts'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Mail, Sandbox } from '../../demo/sandbox/index.ts'
import { Inbox } from '../../demo/sandbox/inbox.ts'
import { check, smtp } from '../peers/check.ts'
import type { Answer } from '../peers/check.ts'
import { issue, makeAuthority } from '../peers/certificates.ts'
import type { Authority, Certificate } from '../peers/certificates.ts'
import { account, startPeer, startRecorder, wellBehaved } from '../peers/peer.ts'
import type { Good, Peer } from '../peers/peer.ts'
import { withinTime } from '../within-time.ts'

let box: Sandbox
let authority: Authority
let certificate: Certificate
const open: { close(): Promise<void> }[] = []
before(async () => {
  [box, authority] = await Promise.all([startSandbox(), makeAuthority()])
  certificate = await issue(authority)
})
after(() => Promise.all([box.close(), ...open.map((one) => one.close())]))

const kept = <T extends { close(): Promise<void> }>(one: T): T => { open.push(one); return one }
const pinned: Network = { lookup: async () => [{ address: '127.0.0.1', family: 4 }], connect: nodeNetwork.connect, request: nodeNetwork.request }

interface Seen {
  readonly answer: Answer
  /** Bytes of the client as somebody in between sees them. */
  readonly bytes: string
  /** Lines as the server reads them. */
  readonly lines: readonly string[]
  readonly mail: Mail | undefined
}

/** One run against a fresh server: everything that crossed. */
const run = async (values: Record<string, unknown>, good: Good = {}, until: 'network' | 'identity' | 'delivery' = 'delivery'): Promise<Seen> => {
  const inbox = new Inbox()
  const peer = kept(await startPeer(wellBehaved({ certificate, inbox, ...good })))
  const recorder = kept(await startRecorder(peer.port))
  const answer = await check({
    host: 'mail.demo.test', port: recorder.port, security: 'starttls', authentication: 'password', username: account.username, password: account.password, from: 'noreply@acme.example', ca: authority.pem, ...values,
  }, { network: pinned, until })
  return { answer, bytes: recorder.sent(), lines: peer.heard, mail: inbox.list()[0] }
}
const plain = { security: 'none', authentication: 'none', username: '', password: '', ca: '' }
const offersNothing: Good = { plain: ['PIPELINING'] }
const header = (mail: Mail | undefined, name: string): string | undefined => new RegExp(`^${name}: (.*(?:\\r?\\n[ \\t].*)*)$`, 'mi').exec(mail?.source ?? '')?.[1]?.replace(/\r?\n\s*/g, ' ')
const line = ({ lines }: Seen, verb: string): string | undefined => lines.find((said) => said.startsWith(verb))

/** The TLS versions a ClientHello offers (RFC 8446 section 4.2.1). */
const offered = ({ bytes }: Seen): string[] => {
  const hello = Buffer.from(bytes.slice(bytes.indexOf('\x16\x03')), 'latin1')
  for (let at = 0; at < hello.length - 6; at++) {
    const count = hello[at + 4]!
    if (hello.readUInt16BE(at) === 43 && hello.readUInt16BE(at + 2) === count + 1 && count % 2 === 0 && hello[at + 5] === 3) {
      return Array.from({ length: count / 2 }, (_, n) => `1.${hello[at + 6 + 2 * n]! - 1}`)
    }
  }
  return []
}

const proofs: Readonly<Record<string, () => Promise<void>>> = {
  async host() {
    const [one, other] = await Promise.all([run({ host: 'mail.demo.test' }), run({ host: 'localhost' })])
    assert.ok(one.bytes.includes('mail.demo.test') && !one.bytes.includes('localhost'), 'the name stands in the ClientHello')
    assert.ok(other.bytes.includes('localhost') && !other.bytes.includes('mail.demo.test'))
    assert.deepEqual([one.answer.verdict, other.answer.verdict], ['passed', 'passed'])
  },
  async port() {
    const [one, other] = [kept(await startPeer(wellBehaved({ certificate }))), kept(await startPeer(wellBehaved({ certificate })))]
    await check({ ...plain, host: 'localhost', port: other.port, from: 'a@acme.example' })
    assert.deepEqual([one.connections, other.connections], [0, 1])
  },
  async security() {
    const [none, starttls, tls] = await Promise.all([run(plain, offersNothing), run({ security: 'starttls' }), run({ security: 'tls' }, { tlsAtOnce: true })])
    assert.match(none.bytes, /^EHLO [^\r]+\r\nMAIL FROM/)
    assert.match(starttls.bytes, /^EHLO [^\r]+\r\nSTARTTLS\r\n\x16\x03/)
    assert.match(tls.bytes, /^\x16\x03/)
    assert.deepEqual([none, starttls, tls].map(({ answer }) => answer.verdict), ['passed', 'passed', 'passed'])
  },
  async tlsVersion() {
    // With an own authority and without: the two are set up in different ways.
    for (const own of [{}, { ca: '' }]) {
      const [two, three] = await Promise.all([run({ tlsVersion: '1.2', ...own }), run({ tlsVersion: '1.3', ...own })])
      assert.deepEqual(offered(two).sort(), ['1.2', '1.3'])
      assert.deepEqual(offered(three), ['1.3'])
    }
  },
  async ca() {
    const other = await makeAuthority('Another')
    const [own, foreign, none] = await Promise.all([run({}), run({ ca: other.pem }), run({ ca: '' })])
    assert.equal(own.answer.verdict, 'passed')
    assert.deepEqual([foreign.answer.code, none.answer.code], ['tls.certificate.chain', 'tls.certificate.chain'])
    assert.deepEqual([own, foreign, none].map((seen) => line(seen, 'AUTH') !== undefined), [true, false, false])
  },
  async ehloName() {
    const names = [['app.acme.example', 'app.acme.example'], ['10.1.2.3', '[10.1.2.3]'], ['[10.1.2.3]', '[10.1.2.3]'], ['2001:db8::1', '[IPv6:2001:db8::1]']] as const
    for (const [typed, said] of names) {
      const { lines } = await run({ ehloName: typed })
      assert.deepEqual(lines.filter((one) => one.startsWith('EHLO')), [`EHLO ${said}`, `EHLO ${said}`], 'before and inside the encryption')
    }
    const usual = await run({})
    assert.match(line(usual, 'EHLO')!, /^EHLO (\[127\.0\.0\.1\]|[\w-]+\.[\w.-]+)$/)
  },
  async authentication() {
    const [none, password] = await Promise.all([run({ authentication: 'none' }, { secure: ['PIPELINING'] }), run({ authentication: 'password' })])
    assert.deepEqual([line(none, 'AUTH'), line(password, 'AUTH') === undefined], [undefined, false])
    assert.deepEqual([none.answer.verdict, none.answer.rows['sign-in']?.reason], ['passed', 'not-needed'])
  },
  async username() {
    const [one, other] = await Promise.all([run({}), run({ username: 'someone@else.test' })])
    assert.equal(line(one, 'AUTH'), `AUTH PLAIN ${Buffer.from(`\0${account.username}\0${account.password}`).toString('base64')}`)
    assert.equal(line(other, 'AUTH'), `AUTH PLAIN ${Buffer.from(`\0someone@else.test\0${account.password}`).toString('base64')}`)
    assert.equal(other.answer.code, 'smtp.auth.refused')
  },
  async password() {
    const other = await run({ password: ' two  spaces and ümläuts ' })
    assert.equal(line(other, 'AUTH'), `AUTH PLAIN ${Buffer.from(`\0${account.username}\0 two  spaces and ümläuts `).toString('base64')}`)
    const login = await run({}, { secure: ['AUTH LOGIN'] })
    assert.deepEqual(login.lines.filter((one) => [account.username, account.password].some((text) => one === Buffer.from(text).toString('base64'))).length, 2)
    assert.equal(login.answer.verdict, 'passed')
  },
  async from() {
    const { mail, lines } = await run({ from: 'news@ACME.example' })
    assert.ok(lines.some((one) => one.startsWith('MAIL FROM:<news@acme.example>')))
    assert.equal(header(mail, 'From'), 'news@acme.example')
  },
  async fromName() {
    const [ascii, wide] = await Promise.all([run({ fromName: 'Acme, Mail "Team"' }), run({ fromName: 'Ächme 邮件 ❤️' })])
    assert.equal(header(ascii.mail, 'From'), '"Acme, Mail \\"Team\\"" <noreply@acme.example>')
    assert.match(header(wide.mail, 'From')!, /^=\?UTF-8\?/i)
    assert.equal(wide.mail?.from, 'Ächme 邮件 ❤️ <noreply@acme.example>')
  },
  async envelopeFrom() {
    const { mail, lines, answer } = await run({ envelopeFrom: 'bounces@acme.example' })
    assert.ok(lines.some((one) => one.startsWith('MAIL FROM:<bounces@acme.example>')))
    assert.equal(mail?.envelope.from, 'bounces@acme.example')
    assert.equal(header(mail, 'From'), 'noreply@acme.example')
    assert.equal(answer.rows.sender?.evidence?.address, 'bounces@acme.example')
  },
  async replyTo() {
    const [none, some] = await Promise.all([run({}), run({ replyTo: 'help@acme.example' })])
    assert.deepEqual([header(none.mail, 'Reply-To'), header(some.mail, 'Reply-To')], [undefined, 'help@acme.example'])
  },
  async signature() {
    const [none, some] = await Promise.all([run({}), run({ signature: 'Acme\r\n.IT, Zürich\n\tsince 1999' })])
    assert.doesNotMatch(none.mail!.text, /^-- $/m)
    assert.match(some.mail!.text, /\n-- \nAcme\n\.IT, Zürich\n\tsince 1999\n*$/)
  },
  async timeout() {
    const ended = await Promise.all([5, 8].map((timeout) => run({ timeout }, { slow: 1500 })))
    for (const [n, { answer }] of ended.entries()) {
      const limit = [5, 8][n]! * 1000
      assert.equal(answer.code, 'run.deadline')
      withinTime(answer.took, { from: limit, to: limit + 500 })
    }
    assert.notEqual(ended[0]!.answer.ended?.id, ended[1]!.answer.ended?.id, 'the longer one comes further')
  },
}

describe('each setting', { concurrency: 8 }, () => {
  for (const name of Object.keys(smtp.settings.shape)) {
    test(`must show 6: ${name} changes what crosses the wire`, async () => {
      assert.ok(proofs[name], `no proof for ${name}`)
      await proofs[name]()
    })
  }
})

const word = () => randomBytes(6).toString('hex')
const someDay = () => new Date(Math.floor((Date.now() + randomInt(20, 400) * 86_400_000) / 1000) * 1000 + randomInt(3600) * 1000)

interface Truth {
  readonly peer: Peer
  readonly inbox: Inbox
  readonly rows: Answer['rows']
  readonly facts: Readonly<Record<'address' | 'banner' | 'subject' | 'issuer' | 'validTo' | 'mechanism' | 'sender' | 'recipient' | 'queue', string>> & { readonly size: number; readonly given: number }
}

/** A server about which nothing is known beforehand: address, names, dates, words and limits are drawn by lot. */
const stranger = async (security: 'starttls' | 'tls'): Promise<Truth> => {
  const issuer = `Authority ${word()}`
  const own = await makeAuthority(issuer)
  const until = someDay()
  const address = `127.${randomInt(1, 250)}.${randomInt(1, 250)}.${randomInt(1, 250)}`
  const facts = { address, issuer, subject: `mail ${word()}`, validTo: until.toISOString(), banner: word(), mechanism: ['PLAIN', 'LOGIN'][randomInt(2)]!, size: randomInt(100_000, 9_000_000), sender: word(), recipient: word(), queue: word(), given: 8 + 2 }
  const inbox = new Inbox()
  const script = wellBehaved({
    certificate: await issue(own, { subject: `CN=${facts.subject}`, until }), tlsAtOnce: security === 'tls', inbox, secure: ['PIPELINING', `SIZE ${facts.size}`, `AUTH ${facts.mechanism}`],
    on: { greeting: `220 ${facts.banner}.test ESMTP`, MAIL: `250 2.1.0 ${facts.sender}`, RCPT: `250 2.1.5 ${facts.recipient}`, message: `250 2.0.0 queued as ${facts.queue}` },
  })
  const peer = kept(await startPeer(script, { host: address }))
  const network: Network = { lookup: async () => [{ address, family: 4 }], connect: nodeNetwork.connect, request: nodeNetwork.request }
  const values = { host: 'mail.demo.test', port: peer.port, security, authentication: 'password', username: account.username, password: account.password, from: 'noreply@acme.example', ca: own.pem }
  const { rows, verdict } = await check(values, { network, to: 'ada@acme.example' })
  assert.equal(verdict, 'passed')
  return { peer, inbox, rows, facts }
}

/** What each row must carry, taken from what the server really did. */
const truths: Readonly<Record<string, (truth: Truth) => unknown>> = {
  // Eight values typed, and the two that have a default: the least TLS version and the timeout.
  inputs: ({ facts }) => ({ settings: facts.given }),
  name: ({ facts }) => ({ addresses: [facts.address] }),
  address: ({ facts, peer }) => ({ address: facts.address, port: peer.port }),
  connect: ({ facts, peer }) => ({ address: facts.address, port: peer.port }),
  greeting: ({ facts }) => ({ reply: `220 ${facts.banner}.test ESMTP` }),
  encryption: ({ facts, inbox }) => ({
    protocol: inbox.list()[0]!.session.protocol, cipher: 'TLS_AES_256_GCM_SHA384', subject: facts.subject, issuer: facts.issuer, validTo: facts.validTo, daysLeft: Math.floor((Date.parse(facts.validTo) - Date.now()) / 86_400_000),
  }),
  capabilities: ({ facts }) => ({ auth: [facts.mechanism], size: facts.size, starttls: true, pipelining: true }),
  'sign-in': ({ facts, inbox }) => ({ mechanism: facts.mechanism, user: inbox.list()[0]!.session.user }),
  sender: ({ facts, inbox }) => ({ address: inbox.list()[0]!.envelope.from, reply: `250 2.1.0 ${facts.sender}` }),
  recipient: ({ facts, inbox }) => ({ address: inbox.list()[0]!.envelope.to[0], reply: `250 2.1.5 ${facts.recipient}` }),
  message: ({ facts, inbox }) => ({ reply: `250 2.0.0 queued as ${facts.queue}`, messageId: inbox.list()[0]!.messageId }),
}

for (const security of ['starttls', 'tls'] as const) {
  describe(`rows over ${security}`, () => {
    let truth: Truth
    before(async () => { truth = await stranger(security) })
    for (const row of Object.keys(smtp.plan)) {
      test(`must show 6: the row ${row} tells what the server really did`, () => {
        const expected = truths[row]!(truth) as Record<string, unknown>
        const { status, evidence } = truth.rows[row]!
        assert.equal(status, 'pass')
        // With TLS from the start there is nothing to upgrade.
        assert.deepEqual(evidence, row === 'capabilities' && security === 'tls' ? { ...expected, starttls: false } : expected)
      })
    }
    test('decision 24: the server took part in one connection only', () => { assert.equal(truth.peer.connections, 1) })
  })
}

for (const id of ['starttls', 'tls', 'relay']) {
  test(`decision 24: ${id}: a server nobody here wrote gives the queue id that the row shows`, async () => {
    const { settings, password } = box.typed(id)
    const { rows, verdict } = await check({ ...settings, ...(password && { password }), ca: box.ca })
    assert.equal(verdict, 'passed')
    const mail = box.inbox.list().find(({ messageId }) => messageId === rows.message?.evidence?.messageId)
    assert.equal(rows.message?.evidence?.reply, `250 2.0.0 Ok: queued as ${mail!.id.slice(0, 8)}`)
    assert.equal(rows['sign-in']?.evidence?.user, mail!.session.user)
    assert.equal(rows.encryption?.evidence?.protocol, mail!.session.protocol)
  })
}
