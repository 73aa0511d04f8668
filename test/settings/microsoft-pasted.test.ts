// What is pasted for the Microsoft modes, over HTTP and in a file: read as meant, or refused with what it is. Nothing here asks a network.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckEvent, FieldError, GatewayView } from '@mail-gateway/contract'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import { placeOf } from '../../packages/bff/src/settings/complete.ts'
import { readKeyring } from '../../packages/bff/src/settings/keyring.ts'
import { open } from '../../packages/bff/src/settings/seal.ts'
import { modes } from '../../packages/bff/src/modes/index.ts'
import { command } from '../peers/command.ts'
import { keys, openLab } from '../wire/lab.ts'

const [tenant, client] = ['8f1c2a60-94d7-4b5e-a3c8-5d20e7b961f4', 'a31c84d2-6e5b-4f90-8b17-2c9d05e7f3aa']
const secret = 'Q~8Zt-canary~value.0123456789abcdefghijk'
const tidy = { from: 'noreply@acme.example', tenantId: tenant, clientId: client }
const messy = { ...tidy, tenantId: ` “{${tenant.toUpperCase()}}”\n`, clientId: `(${client})\u200b`, scope: 'https://graphmicrosoftcom/default' }
const draft = (settings: Record<string, unknown>, value = secret, more: Record<string, unknown> = {}) => ({ mode: 'graph', settings, secrets: { clientSecret: { value } }, ...more })
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const inputs = (events: readonly CheckEvent[]) => events.flatMap((event) => (event.event === 'result' && event.id === 'inputs' ? [event] : []))[0]!

test('api F9: what was typed with braces, quotes and spaces is stored and sealed as it is meant', async (t) => {
  const lab = await openLab(t)
  const view = await lab.json<GatewayView>('POST', '/gateways', 201, { body: draft(messy, ` "${secret}"\n`) })
  const { tenantId, clientId, scope } = view.settings
  assert.deepEqual({ tenantId, clientId, scope }, { tenantId: tenant, clientId: client, scope: 'https://graph.microsoft.com/.default' })
  const store = sqliteStore(`${lab.folder}/store/settings.db`)
  t.after(() => store.close())
  const stored = (await store.getGateway('acme', view.id))!
  const reading = readKeyring(keys.one)
  assert.ok(reading.ok)
  const mode = modes.find(({ id }) => id === 'graph')!
  assert.equal(await open(stored.secrets['clientSecret']!.sealed, placeOf(mode, view.settings, 'acme', view.id, 'clientSecret'), reading.keyring), secret)
})

test('api F9: the same settings typed tidily and untidily keep the stored secret', async (t) => {
  const lab = await openLab(t)
  const view = await lab.json<GatewayView>('POST', '/gateways', 201, { body: draft(tidy) })
  const { clientSecret: _, ...none } = draft(messy).secrets
  const saved = await lab.json<GatewayView>('PUT', `/gateways/${view.id}`, 200, { body: { ...draft(messy), secrets: none }, headers: { 'if-match': '"1"' } })
  assert.equal(saved.secrets['clientSecret']?.set, true)
})

const mistakes: readonly [what: string, settings: Record<string, unknown>, value: string, pointer: string, words: RegExp][] = [
  ['the Secret ID', tidy, client, '/secrets/clientSecret', /Secret ID/],
  ['the Secret ID in quotes', tidy, `"${client}"`, '/secrets/clientSecret', /Secret ID/],
  ['a placeholder tenant', { ...tidy, tenantId: 'common' }, secret, '/settings/tenantId', /placeholder/i],
  ['the address of a page without a tenant', { ...tidy, tenantId: 'https://entra.microsoft.com/' }, secret, '/settings/tenantId', /address/],
  ['a scope for several things', { ...tidy, scope: 'https://graph.microsoft.com/.default offline_access' }, secret, '/settings/scope', /./],
  ['a permission in place of a scope', { ...tidy, scope: 'Mail.Send' }, secret, '/settings/scope', /./],
]
for (const [what, settings, value, pointer, words] of mistakes) {
  test(`api F10: ${what} is recognised on save and in a check, and told at its field`, async (t) => {
    const lab = await openLab(t)
    const { errors = [] } = await lab.problem('POST', '/gateways', 422, { body: draft(settings, value) })
    const told = (all: readonly FieldError[]) => all.map((error) => [error.pointer, error.code])
    assert.deepEqual(told(errors), [[pointer, 'mistaken']])
    assert.match(errors[0]!.detail, words)
    assert.doesNotMatch(errors[0]!.detail, /invalid|please|sorry/i)
    const { status, finding } = inputs(await lab.check({ ...draft(settings, value), until: 'input' }))
    assert.deepEqual([status, finding?.code, finding?.field, told(finding?.errors ?? [])], ['fail', 'settings.incomplete', pointer.split('/').at(-1), [[pointer, 'mistaken']]])
  })
}

const file = (settings: Record<string, unknown>, value: string) => command(['check', '-', '--until', 'input', '--json'], { input: JSON.stringify({ mode: 'graph', settings, secrets: { clientSecret: value } }) })
const rows = (stdout: string): CheckEvent[] => stdout.trim().split('\n').map((line) => JSON.parse(line) as CheckEvent)

test('api F10: a file is read as the form reads, and the row says what was read otherwise', async () => {
  const { code, stdout } = await file({ ...messy, tenantId: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token` }, `"${secret}"`)
  const { status, finding } = inputs(rows(stdout))
  assert.deepEqual([code, status, finding?.code], [0, 'warn', 'settings.repaired'])
  assert.match(finding!.cause, /Directory \(tenant\) ID: The tenant was taken out of the address\./)
  assert.match(finding!.cause, /Client secret \(Value\): The quotation marks/)
  assert.doesNotMatch(stdout, /canary/)
})

test('api F10: a mistaken secret in a file fails its row and is not printed', async () => {
  const { code, stdout } = await file(tidy, client.replaceAll('a', 'b'))
  assert.equal(code, 1)
  assert.deepEqual(inputs(rows(stdout)).finding?.errors?.map((error) => [error.pointer, error.code]), [['/secrets/clientSecret', 'mistaken']])
  assert.doesNotMatch(stdout, new RegExp(client.replaceAll('a', 'b')))
})

test('req A129: a secret that ends soon is told by the check with its days, and shown by the list with its date', async (t) => {
  const lab = await openLab(t)
  const soon = { ...tidy, clientSecretExpires: inDays(12) }
  const view = await lab.json<GatewayView>('POST', '/gateways', 201, { body: draft(soon) })
  assert.deepEqual([view.secrets['clientSecret']?.expires, view.status.state], [inDays(12), 'unverified'])
  const { status, finding } = inputs(await lab.check({ gatewayId: view.id, until: 'input' }))
  assert.deepEqual([status, finding?.code, finding?.id, finding?.field], ['warn', 'settings.secret-expiring', 'local-secret-expiring', 'clientSecret'])
  assert.match(finding!.title, /^The secret ends in 12 days, on \d+ \w+ \d{4}$/)
  const ended = await lab.json<GatewayView>('PUT', `/gateways/${view.id}`, 200, { body: { mode: 'graph', settings: { ...tidy, clientSecretExpires: inDays(-3) } }, headers: { 'if-match': '"1"' } })
  assert.equal(ended.status.state, 'expiring')
  assert.match(String(ended.status.evidence?.['title']), /^The secret ended 3 days ago/)
  const { gateways: [listed] } = await lab.json<{ gateways: GatewayView[] }>('GET', '/gateways', 200)
  assert.deepEqual(listed, ended)
})
