import assert from 'node:assert/strict'
import { test } from 'node:test'
import { challengeOf } from './challenge.ts'

const reply = (text: string) => ({ code: 334, text: `334 ${text}` })
const encoded = (text: string) => reply(btoa(text))

test('fault F45: Google’s and the standard’s form of a challenge are read', () => {
  assert.deepEqual(challengeOf(reply('eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==')),
    { text: '{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}', status: '400', scope: 'https://mail.google.com/' })
  assert.deepEqual(challengeOf(encoded('{"status":"invalid_token","scope":"a b"}')), { text: '{"status":"invalid_token","scope":"a b"}', status: 'invalid_token', scope: 'a b' })
})

test('fault F44: what is no challenge is none, and what is long is cut', () => {
  for (const one of [undefined, reply(''), reply('!!!'), { code: 334, text: '334' }, reply(btoa('\xff\xfe'))]) assert.equal(challengeOf(one), undefined)
  assert.deepEqual(challengeOf(encoded('go away')), { text: 'go away' })
  assert.deepEqual(challengeOf(encoded('{"status":7,"scope":["x"]}')), { text: '{"status":7,"scope":["x"]}' })
  assert.deepEqual(challengeOf(encoded('null')), { text: 'null' })
  const long = challengeOf(encoded(`{"status":"${'s'.repeat(100)}","scope":"${'x'.repeat(5000)}"}`))!
  assert.deepEqual([long.text.length, long.scope?.length, long.status?.length], [400, 200, 40])
})
