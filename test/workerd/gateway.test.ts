// The seat the other suites of this runtime stand on.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { startGateway } from './gateway.ts'
import type { EdgeGateway } from './gateway.ts'
import { withinTime } from '../within-time.ts'

let sandbox: Sandbox
let gateway: EdgeGateway
before(async () => {
  sandbox = await startSandbox()
  gateway = await startGateway({ ca: sandbox.ca, bindings: { MAIL_GATEWAY_CLOUDS: JSON.stringify(sandbox.microsoft.clouds) } })
})
after(async () => { await Promise.all([gateway?.close(), sandbox?.close()]) })

test('req D1: a check to delivery in each mode runs in workerd and what the server kept is what was sent', async () => {
  const { settings, password } = sandbox.typed('starttls')
  const drafts = [{ mode: 'smtp', settings, secrets: { password: { value: password } } }, ...(['graph', 'smtp-office365'] as const).map((id) => {
    const { mode, settings, clientSecret } = sandbox.microsoft.prepared(id)!
    return { mode, settings, secrets: { clientSecret: { value: clientSecret } } }
  })]
  for (const draft of drafts) {
    const before = sandbox.inbox.list().length
    const { verdict, rows, ended } = await gateway.check({ ...draft, until: 'delivery', to: 'someone@acme.example' })
    assert.equal(verdict, 'passed', JSON.stringify(ended))
    assert.equal(sandbox.inbox.list().length, before + 1)
    assert.match(String(rows.find(({ id }) => id === 'message')?.evidence?.['messageId']), /^<.+@.+>$/)
  }
})

test('a gateway saved in D1 is there for the next call, and its status follows the check', async () => {
  const { settings, password } = sandbox.typed('tls')
  const saved = await gateway.call('POST', '/gateways', { mode: 'smtp', settings, secrets: { password: { value: password } } }, 'acme')
  assert.equal(saved.status, 201)
  const { id } = await saved.json() as { id: string }
  assert.equal((await gateway.check({ gatewayId: id, until: 'delivery', to: 'a@acme.example' }, 'acme')).verdict, 'passed')
  const { gateways } = await (await gateway.call('GET', '/gateways', undefined, 'acme')).json() as { gateways: { id: string; status: { state: string } }[] }
  assert.deepEqual(gateways.map((one) => [one.id, one.status.state]), [[id, 'verified']])
  await gateway.scheduled()
})

test('fault F92, F106: twenty-five checks at once in one isolate: the last wait for a place, one is joined by a second caller, and every caller is told to the end', async () => {
  const { settings, password } = sandbox.typed('sign-in-silent')
  const draft = { mode: 'smtp', settings, secrets: { password: { value: password } } }
  const saved = await gateway.call('POST', '/gateways', draft, 'joined')
  const { id } = await saved.json() as { id: string }
  const asked = [...Array.from({ length: 25 }, () => gateway.check(draft)), gateway.check({ gatewayId: id }, 'joined'), gateway.check({ gatewayId: id }, 'joined')]
  const told = await Promise.all(asked)
  assert.deepEqual([...new Set(told.map(({ verdict, ended }) => `${verdict} ${ended?.finding?.code}`))], ['failed smtp.auth.timeout'])
  const [first, second] = told.slice(-2).map(({ events }) => events[0])
  assert.deepEqual(first, second, 'one run, two callers')
  withinTime(Math.max(...told.slice(20, 25).map(({ ms }) => ms)), { from: 8_000, to: Infinity }, 'some waited for a place')
})
