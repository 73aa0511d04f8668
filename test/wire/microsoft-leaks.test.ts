// A client secret and the token it gets are looked for in all that leaves: answers, log lines, records, the database file.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { startSandbox, trust } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { tokenMark } from '../../demo/sandbox/microsoft/ids.ts'
import { Canary } from '../e2e/canary.ts'
import { openLab } from './lab.ts'
import type { Lab } from './lab.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await startSandbox()
  trust(sandbox.ca)
})
after(() => sandbox.close())

const mark = new Canary(tokenMark)
const tokens: readonly Canary[] = [mark, ...mark.forms.filter(({ form }) => form.startsWith('base64url')).map(({ text }) => new Canary(text))]

/** Every byte that was answered while a gateway of this kind was made, checked to its end, changed and asked for. */
const drive = async (lab: Lab, id: string, clientSecret?: string): Promise<{ heard: string; secret: string }> => {
  const { mode, settings, clientSecret: given } = sandbox.microsoft.prepared(id)!
  const secret = clientSecret ?? given
  const heard: string[] = []
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await lab.request(method, path, { body, headers })
    const text = await response.text()
    heard.push([...response.headers].join('\n'), text)
    return text
  }
  const draft = { mode, settings, secrets: { clientSecret: { value: secret } } }
  await ask('POST', '/checks', draft)
  const { id: gateway } = JSON.parse(await ask('POST', '/gateways', draft)) as { id: string }
  for (const until of ['network', 'identity', 'delivery', 'delivery']) {
    const { runId } = JSON.parse((await ask('POST', '/checks', { gatewayId: gateway, until, to: 'ada@acme.example' })).split('\n')[0]!) as { runId: string }
    await ask('GET', `/runs/${runId}`)
  }
  await ask('PUT', `/gateways/${gateway}`, { ...draft, settings: { ...settings, tenantId: 'elsewhere.example' }, secrets: { clientSecret: { keep: true } } }, { 'if-match': '"1"' })
  await ask('POST', '/gateways', { ...draft, settings: { ...settings, cloud: 'nowhere' } })
  for (const path of ['/modes', '/gateways', `/gateways/${gateway}`]) await ask('GET', path)
  return { heard: heard.join('\n'), secret }
}

const open = (t: TestContext): Promise<Lab> => openLab(t, { clouds: sandbox.microsoft.clouds, egress: { allow: ['127.0.0.1', '::1'], ports: '1024-65535' } })

const leaks = (lab: Lab, heard: string, canaries: readonly Canary[]): readonly string[] =>
  [heard, JSON.stringify(lab.log), JSON.stringify(lab.audit), lab.stored()].flatMap((place, n) => canaries.flatMap((one) => one.in(place).slice(0, 2).map((hit) => `place ${n}: ${hit}`)))

for (const id of ['graph', 'smtp-office365', 'graph-echo', 'exchange-echo']) {
  test(`threat T07, T09, T10, T14: ${id}: neither the client secret nor its token is in an answer, a log line, a record or a stored byte`, async (t) => {
    const lab = await open(t)
    const { heard, secret } = await drive(lab, id)
    assert.match(heard, /"id":"token","status":"pass"/)
    assert.deepEqual(leaks(lab, heard, [new Canary(secret), ...tokens]), [])
  })
}

test('threat T07, T10: a sign-in service that repeats the client secret, as typed and as it was sent, is shown with a mask', async (t) => {
  const lab = await open(t)
  const { heard, secret } = await drive(lab, 'token-echo', 'Kq7vT~echo-canary%/ö"\\xK93wP')
  assert.match(heard, /Invalid client secret provided: (?:•••|\[hidden\])/)
  assert.deepEqual(leaks(lab, heard, [new Canary(secret)]), [])
})

test('the same search finds what is planted', async (t) => {
  const lab = await open(t)
  const { secret } = await drive(lab, 'graph')
  assert.notDeepEqual(leaks(lab, `before ${Buffer.from(secret).toString('base64')} after`, [new Canary(secret)]), [])
})
