import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Capabilities } from '@mail-gateway/contract'
import { modes } from './index.ts'
import { viewOf } from './view.ts'

const node: Capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
const view = viewOf(modes[0]!, node)
const field = (name: string) => view.fields.find((one) => one.name === name)!

test('a mode is data: nothing of it is lost on the way through JSON', () => assert.deepEqual(JSON.parse(JSON.stringify(view)), view))

test('what is needed, what is default and what depends on what', () => {
  assert.deepEqual(view.fields.filter(({ required }) => required).map(({ name }) => name), ['host', 'username', 'password', 'from'])
  assert.deepEqual(Object.fromEntries(view.fields.flatMap((one) => (one.default === undefined ? [] : [[one.name, one.default]]))), { port: 587, security: 'starttls', authentication: 'password', tlsVersion: '1.2', timeout: 30 })
  assert.deepEqual([field('username').when, field('password').when], [{ authentication: 'password' }, { authentication: 'password' }])
})

test('kinds, bounds and options are those of the schema', () => {
  assert.deepEqual([field('port').min, field('port').max, field('timeout').min, field('timeout').max], [1, 65_535, 5, 300])
  assert.deepEqual(field('security').options?.map(({ value, sets }) => [value, sets?.port]), [['starttls', 587], ['tls', 465], ['none', 25]])
  assert.equal(field('password').kind, 'secret')
  assert.equal('pattern' in field('ca'), false)
})

test('threat T07: the view of a secret says nothing about any value', () => {
  assert.equal('default' in field('password'), false)
  assert.equal('pattern' in field('password'), false)
})

test('every group that fields name exists, and every destination and target is a field', () => {
  const groups = new Set(view.groups.map(({ id }) => id))
  for (const { group, name } of view.fields) assert.ok(groups.has(group), name)
  for (const name of [...view.destination, ...view.target]) assert.ok(field(name), name)
})

test('what the deployment cannot do is said beside the field', () => {
  const workers = viewOf(modes[0]!, { ...node, customCa: false, tlsVersion: false })
  assert.deepEqual(workers.fields.filter(({ unavailable }) => unavailable).map(({ name }) => name), ['tlsVersion', 'ca'])
  assert.deepEqual(view.fields.filter(({ unavailable }) => unavailable), [])
})

test('fault F07: the form says at port and host what this deployment cannot do, and sets no port that it refuses', () => {
  const edge = viewOf(modes[0]!, { port25: false, privateNetwork: false, tlsDetail: false, customCa: false, tlsVersion: false })
  const hint = (name: string) => edge.fields.find((one) => one.name === name)?.hint ?? ''
  assert.match(hint('port'), /Port 25 cannot be used from this deployment/)
  assert.match(hint('host'), /internal network cannot be reached/)
  assert.match(edge.aside!.facts.find(({ term }) => term === '25')!.text, /Not from this deployment/)
  assert.deepEqual(edge.fields.find(({ name }) => name === 'security')?.options?.map(({ sets }) => sets?.port), [587, 465, undefined])
  assert.doesNotMatch(JSON.stringify(view), /this deployment/)
  assert.equal(JSON.stringify(edge).includes('"without"'), false)
})
