import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInClouds } from './clouds.ts'
import { scopeFits, scopeFor, scopeRepairs } from './scope.ts'
import { worked } from '../../../../../test/worked.ts'
import { withinTime } from '../../../../../test/within-time.ts'

const cloud = (id: string) => builtInClouds.find((one) => one.id === id)!
const [global, high, dod, china] = ['global', 'usgov-gcc-high', 'usgov-dod', 'china-21vianet'].map(cloud) as [ReturnType<typeof cloud>, ReturnType<typeof cloud>, ReturnType<typeof cloud>, ReturnType<typeof cloud>]

/** What a form and the server do with repairs: the first that matches, without regard to case. */
const repaired = (typed: string): string | undefined => {
  const found = scopeRepairs().find(({ pattern }) => new RegExp(pattern, 'i').test(typed))
  return found ? found.to === undefined ? 'refused' : typed.replace(new RegExp(found.pattern, 'i'), found.to) : undefined
}

test('a scope is the cloud’s own unless another was typed', () => {
  assert.equal(scopeFor(global, 'graph'), 'https://graph.microsoft.com/.default')
  assert.equal(scopeFor(global, 'smtp', ''), 'https://outlook.office365.com/.default')
  assert.equal(scopeFor(china, 'smtp', '  '), 'https://partner.outlook.cn/.default')
  assert.equal(scopeFor(dod, 'graph'), 'https://dod-graph.microsoft.us/.default')
  assert.equal(scopeFor(global, 'smtp', ' https://outlook.office.com/.default '), 'https://outlook.office.com/.default')
})

test('every cloud’s own scopes fit it, for their purpose alone', () => {
  for (const one of builtInClouds) for (const purpose of ['graph', 'smtp'] as const) {
    assert.ok(scopeFits(one, purpose, scopeFor(one, purpose)), `${one.id} ${purpose}`)
    assert.ok(!scopeFits(one, purpose, scopeFor(one, purpose === 'graph' ? 'smtp' : 'graph')), `${one.id} ${purpose}`)
  }
})

test('both names of Exchange fit worldwide, neither elsewhere', () => {
  for (const name of ['https://outlook.office365.com/.default', 'https://outlook.office.com/.default', 'HTTPS://Outlook.Office.com/.default']) {
    assert.ok(scopeFits(global, 'smtp', name), name)
    assert.ok(!scopeFits(high, 'smtp', name), name)
    assert.ok(!scopeFits(global, 'graph', name), name)
  }
})

test('another cloud’s scope, several scopes, a permission or another resource does not fit', () => {
  for (const scope of ['https://graph.microsoft.us/.default', 'https://graph.microsoft.com/.default https://outlook.office365.com/.default', 'https://graph.microsoft.com/.default offline_access', 'https://graph.microsoft.com/Mail.Send', 'Mail.Send', 'https://vault.azure.net/.default', 'https://graph.microsoft.com', 'https://graph.microsoft.com/.default/', 'https://graph.microsoft.com.evil.example/.default', '']) {
    assert.ok(!scopeFits(global, 'graph', scope), scope)
  }
})

test('scopes that lost their dots get them back', () => {
  const pairs = [
    ['https://graphmicrosoftus/default', 'https://graph.microsoft.us/.default'], ['https://graphmicrosoftde/default', 'https://graph.microsoft.de/.default'],
    ['https://graph.microsoft.com/default', 'https://graph.microsoft.com/.default'], ['graph.microsoft.com/.default', 'https://graph.microsoft.com/.default'],
    ['http://graph.microsoft.com/.default', 'https://graph.microsoft.com/.default'], ['https://dodgraphmicrosoftus/default', 'https://dod-graph.microsoft.us/.default'],
    ['https://microsoftgraphchinacloudapicn/default', 'https://microsoftgraph.chinacloudapi.cn/.default'], ['https://outlookoffice365com/default', 'https://outlook.office365.com/.default'],
    ['https://outlookofficecom/default', 'https://outlook.office365.com/.default'], ['HTTPS://GraphMicrosoftCom/Default', 'https://graph.microsoft.Com/.default'],
  ] as const
  for (const [typed, right] of pairs) assert.equal(repaired(typed), right, typed)
})

test('what is right is no find, and what is unknown is left alone', () => {
  for (const one of builtInClouds) for (const scope of [one.graphScope, one.smtpScope]) assert.equal(repaired(scope), undefined, scope)
  for (const scope of ['https://outlook.office.com/.default', 'https://relay.example/.default', 'anything', '']) assert.equal(repaired(scope), undefined, scope)
})

test('a single permission is refused with words of its own: an application asks for a whole resource', () => {
  for (const typed of ['Mail.Send', 'MailSend', 'SMTPSend', 'SMTP.Send', 'https://outlook.office.com/SMTP.Send', 'https://outlookofficecom/SMTPSend']) assert.equal(repaired(typed), 'refused', typed)
})

test('every pattern is anchored and quick on long text', () => {
  for (const { pattern, say } of scopeRepairs()) {
    assert.ok(pattern.startsWith('^') && pattern.endsWith('$') && say.endsWith('.'))
    const began = worked()
    new RegExp(pattern, 'i').test(`https://${'a-.'.repeat(20_000)}`)
    withinTime(worked() - began, { to: 200 }, pattern)
  }
})
