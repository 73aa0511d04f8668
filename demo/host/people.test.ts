import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountHeader, people, Sessions, workspaceHeader, workspaceOf } from './people.ts'

const cookieOf = (set: string | undefined): string => set!.split(';')[0]!
const asked = (cookie: string, account?: string) => new Headers({ cookie, ...(account && { [accountHeader]: account }) })

test('nobody without the cookie, whatever a header says', () => {
  const sessions = new Sessions()
  sessions.enter(null, 'ada')
  assert.equal(sessions.personOf(new Headers({ [accountHeader]: 'ada' })), undefined)
  assert.equal(sessions.personOf(asked('plumline_session=guessed', 'ada')), undefined)
})

test('a header chooses among the people a browser is signed in as, and nobody else', () => {
  const sessions = new Sessions()
  const cookie = cookieOf(sessions.enter(null, 'ada'))
  assert.equal(sessions.personOf(asked(cookie, 'grace')), undefined)
  assert.equal(sessions.enter(cookie, 'grace'), undefined)
  assert.equal(sessions.personOf(asked(cookie, 'grace'))?.id, 'grace')
  assert.equal(sessions.personOf(asked(cookie, 'ada'))?.id, 'ada')
  assert.equal(sessions.personOf(asked(cookie))?.id, 'ada')
})

test('the cookie is out of reach of scripts and of other sites', () => {
  assert.match(new Sessions().enter(null, 'ada')!, /^plumline_session=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax$/)
})

test('two browsers are two sessions', () => {
  const sessions = new Sessions()
  const [one, two] = [cookieOf(sessions.enter(null, 'ada')), cookieOf(sessions.enter(null, 'noor'))]
  assert.notEqual(one, two)
  assert.equal(sessions.personOf(asked(two, 'ada')), undefined)
})

test('two administrators and a reader who may only look', () => {
  assert.deepEqual(people.map(({ id, rights }) => [id, rights.includes('write')]), [['ada', true], ['grace', true], ['noor', false]])
})

test('a customer name is a plain word', () => {
  const of = (name: string) => workspaceOf(new Headers({ [workspaceHeader]: name }))
  assert.deepEqual([of('north'), of('../x'), of('a b'), workspaceOf(new Headers())], ['north', undefined, undefined, 'acme'])
})
