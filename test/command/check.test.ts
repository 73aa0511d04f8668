// `mail-gateway check` as an operator runs it: a process, files, an environment, exit codes.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { CheckEvent } from '@mail-gateway/contract'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { Inbox } from '../../demo/sandbox/inbox.ts'
import { makeCertificates } from '../peers/certificates.ts'
import { sixForms } from '../peers/check.ts'
import { command } from '../peers/command.ts'
import type { Ended } from '../peers/command.ts'
import { account, answering, startPeer, wellBehaved } from '../peers/peer.ts'
import type { Peer } from '../peers/peer.ts'
import { closedPort } from '../peers/closed-port.ts'
import { withinTime } from '../within-time.ts'

let box: Sandbox
let certificates: Awaited<ReturnType<typeof makeCertificates>>
let folder = ''
let files = 0
const open: Peer[] = []
before(async () => {
  [box, certificates, folder] = await Promise.all([startSandbox(), makeCertificates(), mkdtemp(join(tmpdir(), 'mail-gateway-'))])
  await writeFile(join(folder, 'ca.pem'), `${box.ca}\n${certificates.ca}\n`)
})
after(() => Promise.all([box.close(), rm(folder, { recursive: true }), ...open.map((peer) => peer.close())]))

const operator = (more: Record<string, string> = {}) => ({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1,::1', MAIL_GATEWAY_EGRESS_PORTS: '1024-65535', ...more })
const saved = async (content: unknown): Promise<string> => {
  const path = join(folder, `gateway-${files++}.json`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
interface Wish { readonly args?: readonly string[]; readonly env?: Record<string, string>; readonly password?: unknown; readonly settings?: Record<string, unknown>; readonly to?: string }

/** The file of one of the sandbox's servers, changed as wished, given to the command. */
const fileFor = (id: string, { password, settings, to }: Wish = {}) => {
  const typed = box.typed(id)
  const secret = password ?? typed.password
  return { mode: 'smtp', settings: { ...typed.settings, ...settings }, ...(secret !== undefined && { secrets: { password: secret } }), ...(to && { to }) }
}
const check = async (id: string, wish: Wish = {}): Promise<Ended> =>
  command(['check', await saved(fileFor(id, wish)), ...wish.args ?? []], { env: operator(wish.env) })

const events = ({ stdout }: Ended): CheckEvent[] => stdout.trimEnd().split('\n').map((text) => JSON.parse(text) as CheckEvent)
const codeOf = (ended: Ended): string | undefined => events(ended).flatMap((event) => (event.event === 'result' && ['fail', 'unproven'].includes(event.status) ? [event.finding?.code] : []))[0]
const statuses = (ended: Ended) => Object.fromEntries(events(ended).flatMap((event) => (event.event === 'result' ? [[event.id, event.reason ?? event.status]] : [])))

describe('good servers', { concurrency: 3 }, () => {
  for (const [id, facts] of [['starttls', [/protocol TLSv1\.3/, /mechanism PLAIN, user mailer@demo\.test/]], ['tls', [/protocol TLSv1\.3/, /mechanism PLAIN/]], ['relay', [/· The connection is encrypted +Not run/, /· The sign-in is accepted +Not run/]]] as const) {
    test(`must show 3: ${id}: exit 0, a row each with what was seen`, async () => {
      const ended = await check(id, { to: 'ada@acme.example' })
      assert.deepEqual([ended.code, ended.stderr], [0, ''], ended.stdout)
      const port = String(box.typed(id).settings.port)
      for (const fact of [/addresses 127\.0\.0\.1|addresses ::1/, new RegExp(`port ${port}`), /reply 220 mail\.demo\.test ESMTP/, /recipient is accepted.*ada@acme\.example/, /queued as [0-9a-f]{8}, messageId <.+@acme\.example>/, /\nPassed after (\d+ ms|\d+\.\d+ s)\n$/, ...facts]) assert.match(ended.stdout, fact)
      assert.equal(ended.stdout.split('\n').filter((line) => /^[✔·]/.test(line)).length, 11)
      const messageId = /messageId (<[^>]+>)/.exec(ended.stdout)![1]
      assert.deepEqual(box.inbox.list().find((mail) => mail.messageId === messageId)?.envelope.to, ['ada@acme.example'])
    })
  }

  test('must show 3: --json gives exactly the stream: plan first, end last, nothing else on standard output', async () => {
    const ended = await check('starttls', { args: ['--json'] })
    assert.deepEqual([ended.code, ended.stderr], [0, ''])
    const all = events(ended)
    assert.deepEqual([all[0]!.event, all.at(-1)!.event], ['plan', 'end'])
    assert.equal(ended.stdout, `${all.map((event) => JSON.stringify(event)).join('\n')}\n`)
    const plan = all[0]!.event === 'plan' ? all[0]!.rows.map(({ id }) => id) : []
    assert.deepEqual(Object.keys(statuses(ended)), plan)
    assert.equal(all.filter(({ event }) => event === 'plan' || event === 'end').length, 2)
  })

  test('the file may come on standard input, the secret from the environment, the recipient from the command line', async () => {
    const file = fileFor('starttls', { password: { env: 'THE_PASSWORD' }, to: 'file@acme.example' })
    const ended = await command(['check', '-', '--json', '--to', 'line@ACME.example'], { env: operator({ THE_PASSWORD: box.account.password }), input: JSON.stringify(file) })
    assert.equal(ended.code, 0, ended.stderr)
    const row = events(ended).find((event) => event.event === 'result' && event.id === 'recipient')
    assert.equal(row?.event === 'result' && row.evidence?.address, 'line@acme.example')
  })

  test('without a recipient the test goes to the From address; the product’s name comes from the environment', async () => {
    const ended = await check('relay', { args: ['--json'], settings: { from: 'self@acme.example' }, env: { MAIL_GATEWAY_PRODUCT_NAME: 'Plumline 3' } })
    assert.equal(ended.code, 0)
    const mail = box.inbox.list().find(({ envelope }) => envelope.to[0] === 'self@acme.example')
    assert.equal(mail?.subject, 'Test email from Plumline 3')
  })
})

/** Everything the issue names, and the finding of its own each one gets. */
const failures: readonly [what: string, code: string, how: () => Promise<Ended>][] = [
  ['wrong password', 'smtp.auth.refused', () => check('starttls', { args: ['--json'], password: 'not-this-one' })],
  ['wrong port', 'connect.refused', async () => check('starttls', { args: ['--json'], settings: { port: await closedPort() } })],
  ['expired certificate', 'tls.certificate.expired', () => check('certificate-expired', { args: ['--json'] })],
  ['wrong name in the certificate', 'tls.certificate.name', () => check('certificate-wrong-name', { args: ['--json'] })],
  ['TLS 1.0 only', 'tls.version', () => check('tls-1.0-only', { args: ['--json'] })],
  ['stripped STARTTLS', 'tls.unavailable', () => check('no-starttls', { args: ['--json'] })],
  ['no AUTH offered', 'smtp.auth.not-offered', () => check('no-auth', { args: ['--json'] })],
  ['sender refused', 'smtp.sender.refused', () => check('sender-refused', { args: ['--json'] })],
  ['recipient refused', 'smtp.recipient.refused', () => check('recipient-unknown', { args: ['--json'] })],
  ['greeting 554', 'smtp.greeting.refused', () => check('greeting-554', { args: ['--json'] })],
  ['hanging greeting', 'smtp.greeting.timeout', () => check('greeting-silent', { args: ['--json'] })],
  ['password over a line in clear', 'tls.clear-text', () => check('relay', { args: ['--json'], settings: { authentication: 'password', username: 'u' }, password: 'quiet-river' })],
  ['an address the operator has not opened', 'egress.address-refused', () => check('starttls', { args: ['--json'], env: { MAIL_GATEWAY_EGRESS_ALLOW: '' } })],
  ['a port the operator has not opened', 'egress.port-refused', () => check('starttls', { args: ['--json'], env: { MAIL_GATEWAY_EGRESS_PORTS: '' } })],
  ['a value that is missing', 'settings.incomplete', () => check('starttls', { args: ['--json'], settings: { host: '' } })],
]

describe('servers and settings that do not work', { concurrency: 3 }, () => {
  for (const [what, code, how] of failures) {
    test(`must show 3: ${what}: exit 1 and ${code}`, async () => {
      const ended = await how()
      assert.equal(codeOf(ended), code)
      assert.equal(ended.code, 1)
      const end = events(ended).at(-1)!
      assert.equal(end.event === 'end' && end.verdict, 'failed')
    })
  }
  test('must show 3: every one of them has a finding of its own', () => { assert.equal(new Set(failures.map(([, code]) => code)).size, failures.length) })

  test('the operator is told the exact line to add, on standard error', async () => {
    const ended = await check('starttls', { args: ['--json'], env: { MAIL_GATEWAY_EGRESS_ALLOW: '' } })
    assert.match(ended.stderr, /MAIL_GATEWAY_EGRESS_ALLOW=(127\.0\.0\.1|::1)\n$/)
    assert.ok(events(ended).length > 3)
  })

  test('fault F53: silence after the final dot: exit 2, never passed, never failed', async () => {
    const ended = await check('silent-after-message', { args: ['--json'] })
    assert.deepEqual([ended.code, codeOf(ended)], [2, 'smtp.message.unproven'])
    withinTime(ended.took, { to: 13_000 })
  })

  test('a finding for people has what is true, what to do, the code and the server’s words', async () => {
    const { stdout, code } = await check('recipient-unknown')
    assert.equal(code, 1)
    for (const part of [/✖ The recipient is accepted +Failed/, /\n {4}1\. /, /Try again\? No/, /code smtp\.recipient\.refused, catalogue smtp-5\.1\.1/, /the server said: 550 5\.1\.1 The email account/, /· The test email is accepted +Not run/, /\nFailed after/]) assert.match(stdout, part)
  })
})

describe('who leaves early', { concurrency: 3 }, () => {
  test('Ctrl-C ends the check at once: exit 2, the rows closed, nothing passed that was under way', async () => {
    const file = await saved(fileFor('greeting-silent'))
    const ended = await command(['check', file, '--json'], { env: operator(), interruptAt: '"start","id":"greeting"' })
    assert.equal(ended.code, 2, ended.stderr)
    withinTime(ended.took, { to: 4500 })
    assert.equal(codeOf(ended), 'run.cancelled')
    assert.equal(events(ended).at(-1)?.event, 'end')
  })

  test('a reader that goes away ends the check without a crash', async () => {
    const file = await saved(fileFor('greeting-silent'))
    const ended = await command(['check', file, '--json'], { env: operator(), leaveAfter: 1 })
    assert.equal(ended.stderr, '')
    assert.ok(ended.code === 1 || ended.code === 2, String(ended.code))
  })
})

describe('stages', { concurrency: 3 }, () => {
  const said: Readonly<Record<string, RegExp>> = { input: /^$/, network: /^EHLO [^ ]+ STARTTLS EHLO [^ ]+( QUIT)?$/, identity: /^EHLO [^ ]+ STARTTLS EHLO [^ ]+ AUTH( QUIT)?$/, delivery: /AUTH MAIL RCPT DATA/ }
  for (const [until, wanted] of Object.entries(said)) {
    test(`--until ${until} asks nothing beyond that stage`, async () => {
      const inbox = new Inbox()
      const peer = await startPeer(wellBehaved({ certificate: certificates.good, inbox }))
      open.push(peer)
      const { settings } = fileFor('starttls')
      const file = await saved({ mode: 'smtp', settings: { ...settings, port: peer.port, username: account.username }, secrets: { password: account.password } })
      const ended = await command(['check', file, '--until', until, '--json'], { env: operator() })
      assert.equal(ended.code, 0, ended.stdout)
      const verbs = peer.heard.map((line) => line.replace(/^(EHLO \S+|[A-Z]+).*$/, '$1')).join(' ')
      assert.match(verbs, wanted)
      assert.equal(peer.connections, until === 'input' ? 0 : 1)
      assert.equal(inbox.list().length, until === 'delivery' ? 1 : 0)
      const end = events(ended).at(-1)!
      assert.deepEqual(end.event === 'end' && [end.verdict, end.until], ['passed', until])
      if (until !== 'delivery') assert.equal(statuses(ended).message, 'later')
    })
  }
})

describe('wrong calls', { concurrency: 4 }, () => {
  const file = (content: unknown, ...more: string[]) => async () => ['check', await saved(content), ...more]
  const settings = { host: 'localhost', from: 'a@acme.example' }
  const calls: readonly [what: string, args: () => Promise<string[]> | string[], says: RegExp][] = [
    ['an unknown option', file({ mode: 'smtp', settings }, '--verbose'), /verbose/],
    ['an unknown stage', file({ mode: 'smtp', settings }, '--until', 'sign-in'), /input, network, identity, delivery/],
    ['no file', () => ['check'], /name one file/],
    ['two files', () => ['check', 'a.json', 'b.json'], /name one file/],
    ['a file that is not there', () => ['check', join(folder, 'nowhere.json')], /cannot read/],
    ['unreadable JSON', file('{"mode": "smtp", "secrets": {"password": "hush-hush-99"'), /not readable as JSON/],
    ['JSON that is no object', file('["smtp"]'), /one JSON object/],
    ['an unknown mode', file({ mode: 'carrier-pigeon', settings }), /"mode" must be one of smtp/],
    ['no mode', file({ settings }), /"mode" must be one of/],
    ['an unknown setting', file({ mode: 'smtp', settings: { ...settings, hostname: 'x' } }), /\/settings\/hostname/],
    ['a setting from an object’s own names', file(`{"mode":"smtp","settings":{"__proto__":{"host":"x"},"constructor":1}}`), /\/settings\/(__proto__|constructor)/],
    ['an unknown secret', file({ mode: 'smtp', settings, secrets: { token: 'hush-hush-99' } }), /\/secrets\/token/],
    ['a secret among the settings', file({ mode: 'smtp', settings: { ...settings, password: 'hush-hush-99' } }), /\/settings\/password/],
    ['a variable that is not set', file({ mode: 'smtp', settings, secrets: { password: { env: 'NOBODY_SET_THIS' } } }), /NOBODY_SET_THIS is not set/],
    ['a secret of another kind', file({ mode: 'smtp', settings, secrets: { password: 12_345 } }), /\/secrets\/password must be/],
    ['an unknown part of the file', file({ mode: 'smtp', settings, password: 'hush-hush-99' }), /unknown part: password/],
    ['settings that are no object', file({ mode: 'smtp', settings: [] }), /"settings" must be an object/],
    ['an unknown command', () => ['chek'], /no command chek/],
  ]
  for (const [what, args, says] of calls) {
    test(`${what}: exit 64, said on standard error, nothing on standard output, no secret repeated`, async () => {
      const ended = await command(await args(), { env: operator() })
      assert.deepEqual([ended.code, ended.stdout], [64, ''], ended.stderr)
      assert.match(ended.stderr, says)
      assert.doesNotMatch(ended.stderr, /hush-hush-99|\n\s+at /)
    })
  }

  for (const [name, value] of [['MAIL_GATEWAY_EGRESS_ALLOW', 'localhost'], ['MAIL_GATEWAY_EGRESS_PORTS', '70000'], ['MAIL_GATEWAY_CLEARTEXT_ALLOW', '10.0.0.0/99']] as const) {
    test(`${name}=${value}: refused before anything is tried, with a code of its own for the configuration`, async () => {
      const ended = await check('starttls', { env: { [name]: value } })
      assert.ok(ended.code === 78 || ended.code === 64, String(ended.code))
      assert.match(ended.stderr, new RegExp(name))
      assert.equal(ended.stdout, '')
    })
  }

  const wrongValues: readonly [string, Record<string, unknown>, string, string?][] = [
    ['a port beyond the range', { port: 70_000 }, 'port'], ['a port as text', { port: '587' }, 'port'], ['a From address that is two', { from: 'a@b.example, c@d.example' }, 'from'],
    ['a name with a line break', { fromName: 'a\r\nBcc: x@y.example' }, 'fromName'], ['no user name', { username: '' }, 'username'], ['a timeout of a day', { timeout: 86_400 }, 'timeout'],
    ['a recipient that is two', {}, 'to', 'a@b.example,c@d.example'], ['a recipient with a line break', {}, 'to', 'a@b.example\r\nRCPT TO:<x@y.example>'],
  ]
  for (const [what, settings, field, to] of wrongValues) {
    test(`${what}: a failed first row that names ${field}, exit 1, nothing tried`, async () => {
      const ended = await check('starttls', { args: ['--json', ...(to ? ['--to', to] : [])], settings })
      assert.equal(ended.code, 1, ended.stderr)
      const row = events(ended).find((event) => event.event === 'result')
      assert.ok(row?.event === 'result' && row.id === 'inputs' && row.status === 'fail')
      assert.deepEqual([row.finding?.code, row.finding?.field, row.finding?.errors?.length], ['settings.incomplete', field, 1])
      assert.equal(statuses(ended).name, 'blocked')
    })
  }
})

describe('secrets', { concurrency: 3 }, () => {
  const canary = 'Gl4cier!näve "quarry" 77&$'
  const forms = [...sixForms(canary), ...sixForms(`\0mailer@demo.test\0${canary}`)]
  const traces = ({ stdout, stderr }: Ended): string[] => forms.filter((form) => stdout.includes(form) || stderr.includes(form))
  const shows = (talk: { say(text: string): Promise<void> }, line: string) => {
    const clear = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString().split('\0').join(' ')
    return talk.say(`535-5.7.8 you said ${line}\n535-5.7.8 which is ${clear}\n535-5.7.8 hex ${Buffer.from(canary).toString('hex')} url ${encodeURIComponent(canary)}\n535 5.7.8 json ${JSON.stringify(canary)} base64url ${Buffer.from(canary).toString('base64url')}`)
  }

  for (const args of [['--json'], []]) for (const id of ['echoing', 'password-refused', 'silent', 'starttls']) {
    test(`threat T10: ${id} ${args.join(' ')}: the password is in no form on any stream`, async () => {
      const peer = await startPeer(answering({ EHLO: '250-peer.test\n250 AUTH PLAIN', AUTH: id === 'silent' ? (talk) => { talk.hangUp() } : shows }))
      open.push(peer)
      const inClear = { security: 'none', port: peer.port }
      const ended = await check(id === 'starttls' || id === 'password-refused' ? id : 'starttls', {
        args, password: canary, ...(id === 'echoing' || id === 'silent' ? { settings: inClear, env: { MAIL_GATEWAY_CLEARTEXT_ALLOW: '127.0.0.1' } } : {}),
      })
      assert.equal(ended.code, 1)
      if (id === 'echoing') assert.match(ended.stdout, /•••/)
      assert.deepEqual(traces(ended), [])
    })
  }

  test('threat T10: the search finds a planted leak', () => {
    assert.ok(traces({ code: 1, took: 0, stdout: '', stderr: `x${Buffer.from(`\0mailer@demo.test\0${canary}`).toString('base64')}y` }).length >= 1)
  })
})
