// Why: a host names its tenants as it likes, perhaps as its customers like; two names must never be one in the store.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { anyDraft, openLab } from '../wire/lab.ts'

const alike = [
  ['acme', 'ACME'], ['acme', 'acme '], ['acme', 'acme\0'], ['acme', 'acme\0x'], ['acme', 'acme%'], ['acme', '_cme'], ['é', 'e\u0301'], ['K', '\u212A'], ['1', '01'], ['1', '1.0'], ['', 'null'], ['acme', 'acme","x'],
  ['x\uD800', 'x\uD801'], ['x\uFFFD', 'x\uD800'], ['x\uDC00', 'x\uFFFD'],
] as const

for (const [one, other] of alike) {
  test(`threat T43: a tenant called ${JSON.stringify(other)} sees nothing of ${JSON.stringify(one)}`, async (t) => {
    let tenant: string = one
    const lab = await openLab(t, { authorize: () => ({ subject: 'u-1', tenant, rights: ['read', 'write', 'test'] }) })
    const made = await lab.request('POST', '/gateways', { body: anyDraft() })
    const id = made.status === 201 ? ((await made.json()) as GatewayView).id : 'none'
    assert.equal(made.status, one && one.isWellFormed() ? 201 : 500, 'a name no store can keep is nobody’s')
    tenant = other
    const answers = await Promise.all([['GET', `/gateways/${id}`], ['GET', '/gateways'], ['POST', '/checks', { gatewayId: id }]].map(([method, path, body]) => lab.request(String(method), String(path), { body })))
    assert.deepEqual(answers.map(({ status }) => status), other.isWellFormed() ? [404, 200, 404] : [500, 500, 500])
    if (other.isWellFormed()) assert.deepEqual(await answers[1]!.json(), { gateways: [] })
  })
}
