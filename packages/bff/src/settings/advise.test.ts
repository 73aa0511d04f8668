import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf } from '../findings/catalogue.ts'
import { adviceOn } from './advise.ts'

const good = { host: 'smtp.acme.example', port: 587, security: 'starttls', authentication: 'password', username: 'ada', from: 'ada@acme.example' }

const cases: readonly [what: string, change: Record<string, unknown>, id: string | undefined][] = [
  ['nothing to remark', {}, undefined],
  ['465 with STARTTLS', { port: 465 }, 'local-port-tls-mismatch'],
  ['587 with TLS from the start', { security: 'tls' }, 'local-port-tls-mismatch'],
  ['465 with TLS from the start', { port: 465, security: 'tls' }, undefined],
  ['2525 with STARTTLS', { port: 2525 }, undefined],
  ['Microsoft 365 on 465', { host: 'smtp.office365.com', port: 465, security: 'tls' }, 'local-m365-465'],
  ['Microsoft 365 with a password', { host: 'smtp.office365.com' }, 'local-m365-basic-retiring'],
]
for (const [what, change, id] of cases) {
  test(`advice on settings: ${what}: ${id ?? 'none'}`, () => {
    const advice = adviceOn('smtp', { ...good, ...change })
    assert.equal(advice?.id, id)
    if (!advice) return
    const entry = entryOf(id!)!
    assert.deepEqual([advice.title, advice.cause, advice.fixes.map(({ text }) => text)], [entry.title, entry.cause, entry.fix])
    assert.match(advice.code, /^settings\.[a-z0-9-]+$/)
  })
}
