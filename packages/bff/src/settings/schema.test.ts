import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { modes } from '../modes/index.ts'
import { destinationOf, field, metaOf, secret, secretsOf } from './schema.ts'

test('marks survive whatever is wrapped around a type, and the outer ones win', () => {
  const marked = field(z.string(), { kind: 'host', group: 'server', destination: true })
  assert.deepEqual(metaOf(marked.optional()), metaOf(marked))
  assert.deepEqual(metaOf(marked.default('x').optional()), metaOf(marked))
  assert.equal(metaOf(field(marked.optional(), { group: 'advanced' })).group, 'advanced')
  assert.equal(metaOf(field(marked.optional(), { group: 'advanced' })).kind, 'host')
})

test('a type without marks has none, and two fields of one type do not share theirs', () => {
  assert.deepEqual(metaOf(z.string()), {})
  const base = z.string()
  assert.notEqual(metaOf(field(base, { group: 'a' })).group, metaOf(field(base, { group: 'b' })).group)
})

test('a secret is one whatever else is said about it', () => {
  const schema = z.strictObject({ token: secret({ group: 'x' }).optional(), name: z.string() })
  assert.deepEqual(secretsOf(schema), ['token'])
  assert.equal(secret().safeParse('').success, false)
  assert.equal(secret().safeParse('x'.repeat(4097)).success, false)
})

test('what a secret of the SMTP mode is sealed with is what the contract lists', () => {
  const { settings } = modes[0]!
  assert.deepEqual(destinationOf(settings).toSorted(), ['ca', 'host', 'port', 'security', 'tlsVersion', 'username'])
  assert.deepEqual(secretsOf(settings), ['password'])
})
