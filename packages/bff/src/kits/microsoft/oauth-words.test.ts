import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainMicrosoft } from './explain.ts'
import { MicrosoftFault } from './fault.ts'

const told = (body: unknown, service: 'token' | 'graph' = 'token') => explainMicrosoft('graph', {})(new MicrosoftFault('service.refused', { service, http: 400, body }), 'token').finding

test('an error with the standard’s name alone points at the setting, with a code of its own', () => {
  const pairs = [['invalid_client', 'clientSecret'], ['unauthorized_client', 'clientId'], ['invalid_scope', 'scope'], ['invalid_target', 'scope']] as const
  for (const [error, field] of pairs) {
    const finding = told({ error, error_description: 'said by a server' })
    assert.deepEqual([finding.code, finding.field, finding.id], [`oauth.${error.replace('_', '-')}`, field, null])
    assert.match(finding.said!, /said by a server/)
    assert.ok(finding.fixes.length > 0)
  }
})

test('Entra’s own number says more, and a name nobody listed says nothing', () => {
  assert.equal(told({ error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.', error_codes: [7000215] }).code, 'entra.aadsts-7000215')
  for (const error of ['toString', '__proto__', 'something_new']) assert.equal(told({ error }).code, 'service.refused', error)
})
