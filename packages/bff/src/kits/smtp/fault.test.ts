import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal, silence } from './fault.ts'
import type { Verb } from './fault.ts'

const said: readonly [verb: Verb, text: string, code: string][] = [
  ['auth', '535 5.7.8 no', 'smtp.auth.refused'],
  ['auth', '534 5.7.9 Application-specific password required', 'smtp.auth.disabled'],
  ['auth', '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.', 'smtp.auth.disabled'],
  ['auth', '535 5.7.139 Authentication unsuccessful, user is locked by your organization', 'smtp.auth.refused'],
  ['auth', '538 5.7.11 Encryption required', 'smtp.auth.encrypt-first'],
  ['auth', '454 4.7.0 later', 'smtp.auth.busy'],
  ['recipient', '550 5.1.1 unknown', 'smtp.recipient.refused'],
  ['recipient', '530 5.7.0 Authentication required', 'smtp.recipient.relay'],
  ['recipient', '554 5.7.1 <a@b.example>: Relay access denied', 'smtp.recipient.relay'],
  ['recipient', '550 5.7.54 Unable to relay recipient in non-accepted domain', 'smtp.recipient.relay'],
  ['recipient', '550 5.1.1 unknown here (smtp-relay.acme.example, relay-2.acme.example, relay.acme.example)', 'smtp.recipient.refused'],
  ['recipient', '550 5.7.1 Relaying denied.', 'smtp.recipient.relay'],
  ['recipient', '450 4.7.1 Relaying temporarily denied', 'smtp.recipient.busy'],
  ['message', '554 5.7.1 no relaying of spam', 'smtp.message.refused'],
]

for (const [verb, text, code] of said) {
  test(`${text} at ${verb} is ${code}`, () => assert.equal(refusal(verb, { code: Number(text.slice(0, 3)), text }).code, code))
}

test('fault F18, F20: silence after a part of a reply is another thing than silence', () => {
  assert.deepEqual([silence('ehlo', 5).code, silence('ehlo', 5, true).code, silence('ehlo', 5, true).facts.seconds], ['smtp.ehlo.timeout', 'smtp.reply.unfinished', 5])
})
