import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsOf } from './claims.ts'

const jwt = (payload: unknown): string => ['{"alg":"RS256","typ":"JWT"}', JSON.stringify(payload), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.')

test('the claims of a v1.0 token, as Graph and Exchange get them', () => {
  const claims = claimsOf(jwt({ aud: 'https://graph.microsoft.com', tid: 't-1', appid: 'a-1', roles: ['Mail.Send', 'User.Read.All'], exp: 1, oid: 'x' }))
  assert.deepEqual(claims, { audiences: ['https://graph.microsoft.com'], tenantId: 't-1', appId: 'a-1', roles: ['Mail.Send', 'User.Read.All'] })
})

test('the claims of a v2.0 token, and of RFC 9068', () => {
  assert.deepEqual(claimsOf(jwt({ aud: 'guid', tid: 't', azp: 'a' })), { audiences: ['guid'], tenantId: 't', appId: 'a', roles: [] })
  assert.deepEqual(claimsOf(jwt({ aud: ['first', 'second'], client_id: 'c' })), { audiences: ['first', 'second'], appId: 'c', roles: [] })
})

test('no roles is an empty list, which proves nothing; roles of another form are none', () => {
  assert.deepEqual(claimsOf(jwt({})), { roles: [], audiences: [] })
  for (const roles of ['Mail.Send', null, 7, {}, [7, null]]) assert.deepEqual(claimsOf(jwt({ roles })), { roles: [], audiences: [] })
  assert.deepEqual(claimsOf(jwt({ roles: [1, 'Mail.Send'], aud: 7, tid: '', appid: {} })), { roles: ['Mail.Send'], audiences: [] })
})

test('a token that is no JWT has no claims', () => {
  for (const token of ['opaque', '', 'a.b.c', 'EwBwA8l6BAAU', jwt([]), jwt('text'), jwt(null), `${'x'.repeat(5)}.${'!'.repeat(5)}.z`, 'a.b.c.d.e']) assert.equal(claimsOf(token), undefined, token)
})
