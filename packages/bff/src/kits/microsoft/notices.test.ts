import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modes } from '../../modes/index.ts'
import { viewOf } from '../../modes/view.ts'
import { entryOf } from '../../findings/catalogue.ts'
import { builtInClouds } from './clouds.ts'
import { passwordRetiring } from './notices.ts'

const capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
const smtp = modes.find(({ id }) => id === 'smtp')!
const shown = (values: Readonly<Record<string, string>>): boolean =>
  Object.entries(passwordRetiring.when).every(([name, pattern]) => new RegExp(pattern, 'i').test(values[name] ?? ''))

test('req D12: a password at any of Microsoft’s servers gets the dated fact, and nothing else does', () => {
  const hosts = [...builtInClouds.flatMap(({ smtpHost }) => smtpHost ?? []), 'smtp-mail.outlook.com', 'smtp-legacy.office365.com', 'outlook.office365.com', 'SMTP.Office365.com']
  for (const host of hosts) assert.ok(shown({ host, authentication: 'password' }), host)
  for (const host of ['smtp.acme.example', 'smtp.office365.com.evil.example', 'notsmtp-mail.outlook.com', 'smtp.gmail.com', '']) assert.equal(shown({ host, authentication: 'password' }), false, host)
  assert.equal(shown({ host: 'smtp.office365.com', authentication: 'none' }), false)
})

test('req D12: the words are the catalogue’s, with their source, and both ways out keep what is there', () => {
  const { title, cause } = entryOf('local-m365-basic-retiring')!
  assert.deepEqual([passwordRetiring.title, passwordRetiring.text], [title, cause])
  assert.match(passwordRetiring.text, /December 2026.*second half of 2027/)
  assert.match(passwordRetiring.link ?? '', /^https:\/\/techcommunity\.microsoft\.com\//)
  assert.deepEqual(passwordRetiring.moves.map(({ mode, carry }) => [mode, carry]), [['graph', undefined], ['smtp-office365', { account: 'username' }]])
  for (const { mode, carry = {} } of passwordRetiring.moves) {
    const { shape } = modes.find(({ id }) => id === mode)!.settings
    for (const [to, from] of Object.entries(carry)) assert.ok(to in shape && from in smtp.settings.shape)
    for (const name of ['from', 'fromName', 'replyTo', 'signature']) assert.ok(name in shape, 'kept, as it has the same name')
  }
})

test('req D12: the form of mode smtp shows it once, and only ways that are on offer', () => {
  const notices = viewOf(smtp, capabilities, modes).notices ?? []
  assert.deepEqual(notices.map(({ id, moves }) => [id, moves.map(({ mode }) => mode)]), [['m365-password', ['graph', 'smtp-office365']]])
  assert.deepEqual(viewOf(smtp, capabilities, [smtp, modes.find(({ id }) => id === 'graph')!]).notices?.[0]?.moves.map(({ mode }) => mode), ['graph'])
  assert.equal(viewOf(smtp, capabilities, [smtp]).notices, undefined)
})
