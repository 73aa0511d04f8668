import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatewayState } from '@mail-gateway/contract'
import { modes } from '../modes/index.ts'
import type { StoredGateway } from '../ports/store.ts'
import { viewOfGateway } from './view.ts'

const now = Date.UTC(2026, 10, 21, 12)
const shown = { modes, clock: { now: () => now, elapsed: () => 0 } }
const stored = (state: GatewayState, ends?: string, more: Partial<StoredGateway> = {}): StoredGateway => ({
  tenant: 'acme', id: 'g1', name: 'Reports', mode: 'graph', revision: 1, updatedAt: '2026-11-01T00:00:00.000Z', updatedBy: 'Ada',
  settings: { tenantId: 'acme.example', ...(ends !== undefined && { clientSecretExpires: ends }) },
  secrets: { clientSecret: { sealed: 'a..b.c.d', setAt: '2026-11-01T00:00:00.000Z', setBy: 'Ada' } },
  status: { state, since: '2026-11-02T00:00:00.000Z', by: 'Ada', runId: 'r1', evidence: { row: 'message' } }, ...more,
})
const view = (...given: Parameters<typeof stored>) => viewOfGateway(stored(...given), false, shown)

test('a stored secret shows its last day, one that is not stored shows none', () => {
  assert.deepEqual(view('verified', '2027-05-01').secrets, { clientSecret: { set: true, setAt: '2026-11-01T00:00:00.000Z', setBy: 'Ada', expires: '2027-05-01' } })
  assert.deepEqual(view('verified', '2027-05-01', { secrets: {} }).secrets, { clientSecret: { set: false } })
  assert.equal(view('verified').secrets['clientSecret']?.expires, undefined)
})

const near: readonly [ends: string | undefined, states: Partial<Record<GatewayState, GatewayState>>][] = [
  [undefined, {}], ['2026-12-22', {}],
  ['2026-12-21', { verified: 'expiring', checked: 'expiring' }], ['2026-11-21', { verified: 'expiring', checked: 'expiring' }],
  ['2026-11-20', { verified: 'expiring', checked: 'expiring', changed: 'expiring', unverified: 'expiring' }],
]
for (const [ends, states] of near) {
  test(`a secret that ends ${ends ?? 'on an unknown day'}: ${JSON.stringify(states)}`, () => {
    for (const state of ['verified', 'checked', 'changed', 'unverified', 'failing', 'disconnected'] as const) assert.equal(view(state, ends).status.state, states[state] ?? state, state)
  })
}

test('the state says which secret and when, and keeps who proved what', () => {
  assert.deepEqual(view('verified', '2026-11-25').status, {
    state: 'expiring', since: '2026-11-02T00:00:00.000Z', by: 'Ada', runId: 'r1',
    evidence: { title: 'The secret ends in 4 days, on 25 Nov 2026', secret: 'clientSecret', ends: '2026-11-25', days: 4 },
  })
  assert.equal(view('checked', '2026-11-19').status.evidence?.['title'], 'The secret ended 2 days ago, on 19 Nov 2026')
})

test('it is seen when it is looked at: the same record a month later', () => {
  const gateway = stored('verified', '2027-01-15')
  const states = [0, 24, 25, 60].map((days) => viewOfGateway(gateway, false, { modes, clock: { now: () => now + days * 86_400_000, elapsed: () => 0 } }).status.state)
  assert.deepEqual(states, ['verified', 'verified', 'expiring', 'expiring'])
  assert.equal(gateway.status.state, 'verified')
})

test('without its secret, or in a mode that is not on offer, nothing ends', () => {
  assert.equal(view('verified', '2026-11-25', { secrets: {} }).status.state, 'verified')
  assert.deepEqual(viewOfGateway(stored('verified', '2026-11-25'), false, { ...shown, modes: [modes[0]!] }).status, { state: 'disabled', since: '2026-11-02T00:00:00.000Z' })
})
