// Line breaks and tricky addresses in every field: what reaches a real server is one recipient and the headers we wrote.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { domainToASCII } from 'node:url'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Mail, Sandbox } from '../../demo/sandbox/index.ts'
import { check, smtp } from '../peers/check.ts'
import type { Answer } from '../peers/check.ts'

let box: Sandbox
before(async () => { box = await startSandbox() })
after(() => box.close())

/** Eleven ways to write, or to make somebody read, a line break. */
const breaks: Readonly<Record<string, string>> = {
  CRLF: '\r\n', LF: '\n', CR: '\r', NUL: '\0', 'vertical tab': '\v', 'form feed': '\f', NEL: '\u0085', LS: '\u2028', PS: '\u2029', 'percent-encoded': '%0d%0a', 'encoded word': '=?utf-8?q?=0D=0A?=',
}
const tails = ['RCPT TO:<evil@evil.test>', 'Bcc: evil@evil.test', '.\r\nMAIL FROM:<evil@evil.test>']
const good = { host: 'localhost', security: 'none', authentication: 'none', from: 'noreply@acme.example' }

const fields = [...Object.keys(smtp.settings.shape), 'to']
/** What the field holds before the break, so that everything else about it is in order. */
const fair: Readonly<Record<string, string>> = {
  host: 'localhost', port: '25', security: 'none', tlsVersion: '1.2', ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', ehloName: 'app.acme.example', authentication: 'none', username: 'mailer', password: 'secret',
  from: 'noreply@acme.example', fromName: 'Acme', envelopeFrom: 'bounces@acme.example', replyTo: 'help@acme.example', signature: 'Acme IT', timeout: '30', to: 'you@demo.test',
}

const headersOf = ({ source }: Mail): string[] =>
  source.split(/\r?\n\r?\n/)[0]!.split(/\r?\n(?![ \t])/).map((line) => line.split(':')[0]!.toLowerCase()).sort()
const expected = ['content-transfer-encoding', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to']

const arrived = ({ rows }: Answer): Mail | undefined =>
  box.inbox.list().find(({ messageId }) => rows.message?.status === 'pass' && messageId === rows.message.evidence?.messageId)

/** Nothing but the one recipient and our own headers reached the server. */
const extras = (mail: Mail, { to, from }: { to: string; from: string }): string[] => {
  const headers = headersOf(mail)
  return [
    ...(mail.envelope.to.length === 1 && mail.envelope.to[0] === to ? [] : [`recipients ${JSON.stringify(mail.envelope.to)}`]),
    ...(mail.envelope.from === from ? [] : [`sender ${mail.envelope.from}`]),
    ...headers.filter((name) => !expected.includes(name) && name !== 'reply-to').map((name) => `header ${name}`),
    ...(new Set(headers).size === headers.length ? [] : ['a header twice']),
  ]
}

const ask = (values: Record<string, unknown>, to: string) => check({ ...good, port: box.ports.relay, ...values }, { to })

let inputs = 0
describe('line breaks', { concurrency: 4 }, () => {
  for (const field of fields) {
    test(`threat T29: ${field}: eleven line breaks bring no recipient and no header`, async () => {
      assert.equal(fields.length, 16)
      const found: string[] = []
      await Promise.all(Object.entries(breaks).map(async ([name, mark], n) => {
        const value = `${fair[field]}${mark}${tails[n % tails.length]}`
        const to = field === 'to' ? value : fair.to!
        const answer = await ask(field === 'to' ? {} : { [field]: value, ...(field === 'password' && { username: 'mailer' }) }, to)
        inputs += 1
        const mail = arrived(answer)
        if (mail) found.push(...extras(mail, { to: fair.to!, from: field === 'envelopeFrom' || field === 'from' ? mail.envelope.from : good.from }).map((what) => `${name}: ${what}`))
        else assert.notEqual(answer.verdict, 'passed')
        if (['CRLF', 'LF', 'CR', 'NUL'].includes(name) && field !== 'signature' && field !== 'password') assert.equal(answer.ended?.id, 'inputs', `${name} is refused before anything is tried`)
      }))
      assert.deepEqual(found, [])
    })
  }
})

test('threat T29: 176 inputs were tried', () => { assert.equal(inputs, 176) })

const tricky = [
  'a@b.example,evil@evil.test', 'a@b.example;evil@evil.test', 'a@b.example evil@evil.test', '<a@b.example>', 'Name <a@b.example>', '"a, b"@c.example', '"a>RCPT TO:<evil@evil.test"@c.example', 'a@b.example> SIZE=1', 'a@b.example>\tNOTIFY=SUCCESS',
  'a@[127.0.0.1]', 'a@[IPv6:::1]', 'a@b.example.', 'a@@b.example', '@b.example:a@c.example', 'a(comment)@b.example', 'a@b.example(comment)', 'group:a@b.example;', 'a@xn--80ak6aa92e.com', 'a@аррӏе.com', 'ä@b.example', 'a@B.EXAMPLE',
  'a%evil.test@b.example', 'evil.test!a@b.example', 'a\u200b@b.example', 'a@b.example\u202e', '=?utf-8?q?a=40b.example?=', 'a\\@b.example@c.example', `${'a'.repeat(65)}@b.example`, `a@${'b'.repeat(250)}.example`, '.a@b.example', 'a..b@b.example',
]

/** The server's package shows international domains decoded; on the wire they were ASCII. */
const ascii = (address: string): string => address.replace(/@.*/, (domain) => `@${domainToASCII(domain.slice(1))}`)

describe('tricky addresses', { concurrency: 4 }, () => {
  for (const field of ['to', 'from', 'replyTo', 'envelopeFrom']) {
    test(`threat T29: ${field}: ${tricky.length} tricky addresses: refused, or exactly one plain address reaches the server`, async () => {
      assert.ok(tricky.length >= 25)
      const taken: string[] = []
      await Promise.all(tricky.map(async (address) => {
        const answer = await ask(field === 'to' ? {} : { [field]: address }, field === 'to' ? address : fair.to!)
        const mail = arrived(answer)
        if (!mail) { assert.equal(answer.ended?.id, 'inputs', address); return }
        taken.push(address)
        const { envelope } = mail
        const seen = ascii({ to: envelope.to[0]!, from: envelope.from, replyTo: mail.replyTo, envelopeFrom: envelope.from }[field]!)
        assert.equal(envelope.to.length, 1)
        assert.match(seen, /^[\w.+%!-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/, address)
        assert.deepEqual(extras(mail, { to: envelope.to[0]!, from: envelope.from }), [])
        assert.doesNotMatch(mail.source, /evil\.test>|^bcc/im)
      }))
      assert.ok(taken.length >= 1 && taken.length <= 6, `taken: ${taken.join(' ')}`)
    })
  }
})
