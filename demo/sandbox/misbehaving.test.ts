import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startSandbox } from './index.ts'
import type { Sandbox } from './index.ts'
import { scenarios } from './scenarios.ts'
import { Wire } from './wire.testing.ts'
import { since, withinTime } from '../../test/within-time.ts'

let sandbox: Sandbox
before(async () => { sandbox = await startSandbox() })
after(() => sandbox.close())

const portOf = (id: string): number => sandbox.ports.scenarios[id]!
const auth = (): string => {
  const { username, password } = sandbox.account
  return `AUTH PLAIN ${Buffer.from(`\0${username}\0${password}`).toString('base64')}`
}

/** Connected and greeted. */
const greeted = async (id: string): Promise<Wire> => {
  const wire = await Wire.plain(portOf(id))
  assert.match(await wire.reply(), /^220 /)
  return wire
}

/** Up to the agreement to encrypt. */
const agreed = async (id: string): Promise<Wire> => {
  const wire = await greeted(id)
  assert.match(await wire.ask('EHLO test'), /STARTTLS/)
  assert.match(await wire.ask('STARTTLS'), /^220 /)
  return wire
}

/** Encrypted, with the second EHLO answered. */
const encrypted = async (id: string): Promise<{ wire: Wire; extensions: string }> => {
  const wire = await agreed(id)
  await wire.encrypt({ ca: sandbox.ca })
  return { wire, extensions: await wire.ask('EHLO test') }
}

const signedIn = async (id: string): Promise<Wire> => {
  const { wire } = await encrypted(id)
  assert.match(await wire.ask(auth()), /^235 /)
  return wire
}

const asked = async (wire: Wire, lines: readonly string[]): Promise<string[]> => {
  const replies: string[] = []
  for (const line of lines) replies.push(await wire.ask(line))
  return replies
}

const envelope = ['MAIL FROM:<noreply@acme.example>', 'RCPT TO:<ada@acme.example>', 'DATA']
const message = 'Subject: from a scenario\r\n\r\n..dot\r\n.'
const handshakeFails = (id: string, code: string) => async () => {
  const wire = await agreed(id)
  await assert.rejects(wire.encrypt({ ca: sandbox.ca }), { code })
}

const played: Record<string, () => Promise<void>> = {
  'certificate-expired': handshakeFails('certificate-expired', 'CERT_HAS_EXPIRED'),
  'certificate-not-yet-valid': handshakeFails('certificate-not-yet-valid', 'CERT_NOT_YET_VALID'),
  'certificate-wrong-name': handshakeFails('certificate-wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'),
  'certificate-self-signed': handshakeFails('certificate-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
  'certificate-unknown-authority': async () => {
    await handshakeFails('certificate-unknown-authority', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')()
    const wire = await agreed('certificate-unknown-authority')
    await wire.encrypt({ ca: sandbox.privateCa })
    assert.match(await wire.ask('EHLO test'), /AUTH PLAIN/)
    wire.end()
  },

  'tls-1.0-only': async () => {
    await handshakeFails('tls-1.0-only', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')()
    const wire = await agreed('tls-1.0-only')
    await wire.encrypt({ ca: sandbox.ca, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })
    assert.equal(wire.protocol, 'TLSv1')
    wire.end()
  },
  'no-starttls': async () => {
    const wire = await greeted('no-starttls')
    const extensions = await wire.ask('EHLO test')
    assert.doesNotMatch(extensions, /STARTTLS/)
    assert.match(extensions, /AUTH PLAIN LOGIN/)
    wire.end()
  },
  'starttls-refused': async () => {
    const wire = await greeted('starttls-refused')
    assert.match(await wire.ask('EHLO test'), /STARTTLS/)
    assert.match(await wire.ask('STARTTLS'), /^454 4\.7\.0/)
    assert.equal(await wire.ask('NOOP'), '250 2.0.0 Ok')
    wire.end()
  },
  'starttls-injected': async () => {
    const wire = await agreed('starttls-injected')
    assert.equal(await wire.reply(), '250-mail.demo.test\n250 AUTH PLAIN LOGIN')
    wire.end()
  },
  'handshake-hangs': async () => {
    const wire = await agreed('handshake-hangs')
    const shaken = wire.encrypt({ ca: sandbox.ca }).then(() => 'done', () => 'cut')
    assert.equal(await Promise.race([shaken, wire.silentFor(300)]), true)
    wire.end()
  },
  'tls-on-plain-port': async () => {
    const wire = await Wire.plain(portOf('tls-on-plain-port'))
    assert.equal(await wire.silentFor(300), true)
    await wire.encrypt({ ca: sandbox.ca })
    assert.match(await wire.reply(), /^220 /)
    wire.end()
  },
  'plain-on-tls-port': async () => {
    assert.equal(sandbox.typed('plain-on-tls-port').settings.security, 'tls')
    await assert.rejects(Wire.tls(portOf('plain-on-tls-port'), { ca: sandbox.ca }), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' })
  },

  'no-auth': async () => {
    const { wire, extensions } = await encrypted('no-auth')
    assert.doesNotMatch(extensions, /AUTH/)
    assert.match(await wire.ask(auth()), /^503 /)
    wire.end()
  },
  'unknown-mechanisms': async () => {
    const { wire, extensions } = await encrypted('unknown-mechanisms')
    assert.match(extensions, /AUTH GSSAPI$/m)
    assert.match(await wire.ask(auth()), /^504 /)
    wire.end()
  },
  'password-refused': () => refusesSignIn('password-refused', /^535 5\.7\.8 /),
  'sign-in-disabled': () => refusesSignIn('sign-in-disabled', /^535 5\.7\.139 .*SmtpClientAuthentication is disabled for the Tenant/),
  'sign-in-busy': () => refusesSignIn('sign-in-busy', /^454 4\.7\.0 /),
  'sign-in-endless': async () => {
    const { wire } = await encrypted('sign-in-endless')
    for (const line of [auth(), ...Array<string>(20).fill('YQ==')]) assert.match(await wire.ask(line), /^334 /)
    wire.end()
  },
  'sign-in-echo': async () => {
    const { wire } = await encrypted('sign-in-echo')
    const said = await wire.ask(auth())
    assert.match(said, /^535-5\.7\.8 /)
    assert.ok(said.includes(auth()) && said.includes(sandbox.account.password))
    wire.say('AUTH PLAIN')
    assert.equal(await wire.reply(), '334')
    wire.end()
  },
  'sign-in-silent': async () => {
    const { wire } = await encrypted('sign-in-silent')
    wire.say(auth())
    assert.equal(await wire.silentFor(300), true)
    wire.end()
  },

  'sender-refused': () => refusesEnvelope('sender-refused', [/^550 5\.7\.60 /, /^503 /, /^503 /]),
  'sender-later': () => refusesEnvelope('sender-later', [/^451 4\.3\.0 /, /^503 /, /^503 /]),
  'recipient-unknown': () => refusesEnvelope('recipient-unknown', [/^250 /, /^550 5\.1\.1 /, /^503 /]),
  greylisted: () => refusesEnvelope('greylisted', [/^250 /, /^450 4\.2\.0 /, /^503 /]),
  'relaying-denied': () => refusesEnvelope('relaying-denied', [/^250 /, /^554 5\.7\.1 /, /^503 /]),
  'data-refused': () => refusesEnvelope('data-refused', [/^250 /, /^250 /, /^554 5\.5\.1 /]),
  spam: async () => {
    const wire = await signedIn('spam')
    await asked(wire, envelope)
    assert.match(await wire.ask(message), /^554 5\.7\.1 .*spam/)
    assert.equal(sandbox.inbox.list().some((mail) => mail.session.server === 'Taken for spam'), false)
    wire.end()
  },
  'silent-after-message': async () => {
    const wire = await signedIn('silent-after-message')
    await asked(wire, envelope)
    wire.say(message)
    const mail = await sandbox.inbox.next((one) => one.session.server === 'Silence after the message')
    assert.deepEqual([mail.subject, mail.text.trim(), mail.session.user], ['from a scenario', '.dot', sandbox.account.username])
    assert.equal(await wire.silentFor(300), true)
    wire.end()
  },

  'greeting-554': () => greetsAndLeaves('greeting-554', /^554 5\.7\.1 /),
  'greeting-421': () => greetsAndLeaves('greeting-421', /^421 4\.3\.2 /),
  'greeting-silent': async () => {
    const wire = await Wire.plain(portOf('greeting-silent'))
    assert.equal(await wire.silentFor(300), true)
    wire.end()
  },
  'closes-at-once': async () => {
    const wire = await Wire.plain(portOf('closes-at-once'))
    await wire.hungUp()
    assert.equal(wire.heard, '')
  },
  'web-server': async () => {
    const wire = await Wire.plain(portOf('web-server'))
    await wire.hungUp()
    assert.match(wire.heard, /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/html/)
  },
  drip: async () => {
    const wire = await Wire.plain(portOf('drip'))
    await assert.rejects(wire.reply(1500), { name: /AbortError|TimeoutError/ })
    assert.ok(['2', '22'].includes(wire.heard), wire.heard)
    wire.end()
  },
  'endless-reply': async () => {
    const wire = await greeted('endless-reply')
    wire.say('EHLO test')
    await assert.rejects(wire.reply(600))
    assert.match(wire.heard, /^(250-AND-ANOTHER-EXTENSION\r\n){1000}/)
    wire.end()
  },
  'huge-line': async () => {
    const wire = await greeted('huge-line')
    wire.say('EHLO test')
    await assert.rejects(wire.reply(600))
    assert.ok(wire.heard.length > 262_144 && !wire.heard.includes('\n'))
    wire.end()
  },
  'hostile-text': async () => {
    const wire = await Wire.plain(portOf('hostile-text'))
    assert.match(await wire.reply(), /<script>.*\u001b\[31;1m.*\u202E/)
    wire.end()
  },
  slow: async () => {
    const began = performance.now()
    const wire = await signedIn('slow')
    withinTime(since(began), { from: 5 * 800, to: Infinity })
    await asked(wire, envelope)
    assert.match(await wire.ask(message), /^250 /)
    await sandbox.inbox.next((one) => one.session.server === 'Slow but correct')
    assert.match(await wire.ask('QUIT'), /^221 /)
    wire.end()
  },
}

const refusesSignIn = async (id: string, said: RegExp): Promise<void> => {
  const { wire, extensions } = await encrypted(id)
  assert.match(extensions, /AUTH PLAIN LOGIN/)
  assert.match(await wire.ask(auth()), said)
  wire.end()
}

const refusesEnvelope = async (id: string, said: readonly RegExp[]): Promise<void> => {
  const wire = await signedIn(id)
  const replies = await asked(wire, envelope)
  said.forEach((one, n) => assert.match(replies[n]!, one))
  wire.end()
}

const greetsAndLeaves = async (id: string, said: RegExp): Promise<void> => {
  const wire = await Wire.plain(portOf(id))
  assert.match(await wire.reply(), said)
  await wire.hungUp()
}

describe('on the wire', { concurrency: true }, () => {
  for (const { id, title } of scenarios) {
    test(`${id}: ${title}`, () => {
      const play = played[id]
      assert.ok(play, `no test plays ${id}`)
      return play()
    })
  }
})

test('every scenario has an id, words and values of its own', () => {
  assert.equal(new Set(scenarios.map(({ id }) => id)).size, scenarios.length)
  for (const { id, title, sees } of scenarios) {
    assert.ok(title && sees.endsWith('.'), id)
    assert.equal(sandbox.typed(id).settings.port, portOf(id))
  }
  assert.throws(() => sandbox.typed('nothing'), RangeError)
})

test('a scenario that hangs ends by itself, and only so many are served at a time', async () => {
  const small = await startSandbox({ limits: { holdMs: 400, connections: 2 } })
  const port = small.ports.scenarios['greeting-silent']!
  const first = await Promise.all([Wire.plain(port), Wire.plain(port)])
  const third = await Wire.plain(port)
  await third.hungUp(300)
  assert.deepEqual(first.map((wire) => wire.closed), [false, false])
  await Promise.all(first.map((wire) => wire.hungUp(1000)))
  const next = await Wire.plain(port)
  assert.equal(await next.silentFor(100), true)
  next.end()
  await small.close()
})

test('AUTH LOGIN and AUTH PLAIN without an initial response sign in too, a wrong password does not', async () => {
  const { wire } = await encrypted('sender-refused')
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  const { username, password } = sandbox.account
  assert.deepEqual(await asked(wire, ['AUTH LOGIN', encoded(username)]), ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6'])
  assert.match(await wire.ask(encoded('wrong')), /^535 /)
  assert.equal(await wire.ask('AUTH PLAIN'), '334')
  assert.match(await wire.ask(encoded(`\0${username}\0${password}`)), /^235 /)
  wire.end()
})
