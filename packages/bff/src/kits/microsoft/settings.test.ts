import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { builtInClouds } from './clouds.ts'
import { modes } from '../../modes/index.ts'
import type { Mode } from '../../modes/mode.ts'
import { viewOf } from '../../modes/view.ts'
import { judgeSettings } from '../../settings/judge.ts'
import { repair } from '../../settings/repair.ts'
import { destinationValues } from '../../settings/place.ts'
import { entryOf } from '../../findings/catalogue.ts'
import { worked } from '../../../../../test/worked.ts'
import { withinTime } from '../../../../../test/within-time.ts'

const capabilities = { port25: true, privateNetwork: true, tlsDetail: true, customCa: true, tlsVersion: true }
const [office, graph] = ['smtp-office365', 'graph'].map((id) => modes.find((mode) => mode.id === id)!) as [Mode, Mode]
const tenantId = '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b'
const clientId = 'a7c3f0e2-1111-4222-8333-944455556666'
const good = { tenantId, clientId, clientSecret: 'Zr8Q~kL3.fA_w-93nVbT', from: 'noreply@contoso.example' }
const read = (mode: Mode, change: Record<string, unknown> = {}) => judgeSettings(mode, { ...good, ...change }, capabilities)
const valuesOf = (mode: Mode, change: Record<string, unknown> = {}) => {
  const judged = read(mode, change)
  assert.ok(judged.ok, JSON.stringify(judged))
  return judged.values
}
const errorsOf = (mode: Mode, change: Record<string, unknown>) => {
  const judged = read(mode, change)
  return judged.ok ? [] : judged.errors.map(({ pointer, code, detail }) => [pointer, code, detail] as const)
}

/** Pasted, and what becomes of it; `undefined`: told, and left to be done again. */
const pasted: Readonly<Record<string, readonly (readonly [typed: string, value: string | undefined])[]>> = {
  tenantId: [
    [`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, tenantId],
    [`https://login.microsoftonline.com/${tenantId}`, tenantId],
    [`https://login.microsoftonline.us/contoso.onmicrosoft.us/v2.0/.well-known/openid-configuration`, 'contoso.onmicrosoft.us'],
    [`https://sts.windows.net/${tenantId}/`, tenantId],
    [`https://portal.azure.com/#@contoso.onmicrosoft.com/blade/Microsoft_AAD_IAM/ActiveDirectoryMenuBlade/Overview`, 'contoso.onmicrosoft.com'],
    [`https://portal.azure.com/#@${tenantId}/dashboard`, tenantId],
    [`https://entra.microsoft.com/?tenantId=${tenantId}#view/x`, tenantId],
    ['https://contoso.onmicrosoft.com/', 'contoso.onmicrosoft.com'],
    ['admin@contoso.example', 'contoso.example'],
    [`https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/appId/${clientId}/isMSAApp~/false`, undefined],
    ['https://login.microsoftonline.com/common/oauth2/v2.0/token', undefined],
    ['https://graph.microsoft.com/v1.0/organization', undefined],
    ['common', undefined], ['Organizations', undefined], ['consumers', undefined],
  ],
  clientId: [
    [`api://${clientId}`, clientId],
    [`https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/appId/${clientId}/isMSAApp~/false`, clientId],
    [`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/authorize?client_id=${clientId}&response_type=code`, clientId],
    ['Acme Console mail', undefined], ['api://acme-console', undefined],
  ],
  clientSecret: [
    ['“Zr8Q~kL3.fA_w-93nVbT”', 'Zr8Q~kL3.fA_w-93nVbT'], ['"Zr8Q~kL3.fA_w-93nVbT"', 'Zr8Q~kL3.fA_w-93nVbT'],
    ['0c8f9a54-7d0e-4a52-9f6b-0f2c5a6e0100', undefined],
  ],
  scope: [
    ['https://graphmicrosoftcom/default', 'https://graph.microsoft.com/.default'],
    ['https://graphmicrosoftus/default', 'https://graph.microsoft.us/.default'],
    ['https://graphmicrosoftde/default', undefined], ['https://graph.microsoft.de/.default', undefined],
    ['https://graph.microsoft.com/.default offline_access', undefined], ['https://graph.microsoft.com/Mail.Send', undefined], ['Mail.Send', undefined], ['MailSend', undefined],
  ],
}

for (const [name, cases] of Object.entries(pasted)) {
  describe(`api F10: ${name}`, () => {
    for (const [typed, value] of cases) {
      test(`${typed}: ${value === undefined ? 'recognised, and to be entered again' : 'taken out, and told'}`, () => {
        for (const mode of [graph, office]) {
          const { values, remarks, mistaken } = repair(mode.settings, { [name]: typed })
          if (value === undefined) assert.deepEqual([mistaken.map((one) => one.name), remarks], [[name], []])
          else assert.deepEqual([values[name], mistaken, remarks.map((one) => one.name)], [value, [], [name]])
          for (const { say } of [...remarks, ...mistaken]) assert.match(say, /^[A-Z].*\.$/)
        }
      })
    }
  })
}

test('api F9: brackets around an ID go without a word', () => {
  const { values, remarks } = repair(graph.settings, { tenantId: ` {${tenantId}} `, clientId: `(${clientId})` })
  assert.deepEqual([values, remarks], [{ tenantId, clientId }, []])
})

test('an ID in capital letters is right in the form too, which tries the pattern as it stands', () => {
  const { fields } = viewOf(graph, capabilities)
  const fits = (name: string, text: string) => new RegExp(fields.find((field) => field.name === name)!.pattern!, 'u').test(text)
  for (const name of ['tenantId', 'clientId']) assert.ok(fits(name, '69A9FAE1-6DE6-4A45-98A3-E22E05DAB7A0'), name)
  assert.deepEqual(['Contoso.onmicrosoft.com', 'common', 'no tenant'].map((text) => fits('tenantId', text)), [true, false, false])
  assert.equal(fits('clientId', 'contoso.onmicrosoft.com'), false)
})

test('what is right is left alone', () => {
  for (const mode of [graph, office]) {
    const { values, remarks, mistaken } = repair(mode.settings, { ...good, scope: mode === graph ? 'https://graph.microsoft.com/.default' : 'https://outlook.office365.com/.default' })
    assert.deepEqual([remarks, mistaken], [[], []])
    assert.deepEqual([values.tenantId, values.clientId, values.clientSecret], [tenantId, clientId, good.clientSecret])
    assert.deepEqual(repair(mode.settings, { tenantId: 'contoso.onmicrosoft.com' }).remarks, [])
  }
})

test('api F10: a Secret ID is refused in the words of the catalogue', () => {
  const { title } = entryOf('local-secret-is-guid')!
  const [[pointer, , detail] = []] = errorsOf(graph, { clientSecret: '0c8f9a54-7d0e-4a52-9f6b-0f2c5a6e0100' })
  assert.equal(pointer, '/secrets/clientSecret')
  assert.ok(detail?.startsWith(`${title}. `), detail)
})

test('threat T04: spellings of one application are one destination', () => {
  for (const mode of [graph, office]) {
    const place = (change: Record<string, unknown>) => destinationValues(mode, valuesOf(mode, change))
    assert.deepEqual(place({ tenantId: tenantId.toUpperCase(), clientId: clientId.toUpperCase() }), place({}))
    assert.deepEqual(place({ tenantId: 'Contoso.onMicrosoft.com' }), place({ tenantId: 'contoso.onmicrosoft.com' }))
  }
})

test('threat T05: the secret belongs to the hosts its cloud stands for', () => {
  const names = (mode: Mode) => Object.fromEntries(destinationValues(mode, valuesOf(mode)))
  assert.deepEqual(names(graph), { '@authority': 'https://login.microsoftonline.com', '@graph': 'https://graph.microsoft.com', clientId, cloud: 'global', tenantId })
  assert.deepEqual(names(office), { '@authority': 'https://login.microsoftonline.com', '@smtp': 'smtp.office365.com:587', clientId, cloud: 'global', tenantId })
})

test('a cloud moves every host at once, and SMTP only has those of which a server is known', () => {
  const ids = (mode: Mode) => viewOf(mode, capabilities).fields.find(({ name }) => name === 'cloud')!.options!.map(({ value }) => value)
  assert.deepEqual(ids(graph), builtInClouds.map(({ id }) => id))
  assert.deepEqual(ids(office), builtInClouds.filter(({ smtpHost }) => smtpHost).map(({ id }) => id))
  assert.ok(ids(office).length >= 4 && ids(graph).length > ids(office).length)
  for (const mode of [graph, office]) for (const { facts } of viewOf(mode, capabilities).fields.find(({ name }) => name === 'cloud')!.options!) assert.ok(facts?.authority?.startsWith('https://'))
})

test('client and tenant pasted from one place', () => {
  assert.deepEqual(errorsOf(graph, { clientId: tenantId }).map(([pointer, code]) => [pointer, code]), [['/settings/tenantId', 'tenant.equals-client']])
})

test('req A069: a scope has to be that of the cloud and of the mode', () => {
  const told = (mode: Mode, change: Record<string, unknown>) => errorsOf(mode, change).map(([pointer, code]) => `${pointer} ${code}`)
  assert.deepEqual(told(graph, { scope: 'https://graph.microsoft.com/.default' }), [])
  assert.deepEqual(told(graph, { scope: 'https://graph.microsoft.us/.default' }), ['/settings/scope scope.cloud'])
  assert.deepEqual(told(graph, { scope: 'https://graph.microsoft.us/.default', cloud: 'usgov-gcc-high' }), [])
  assert.deepEqual(told(graph, { scope: 'https://outlook.office365.com/.default' }), ['/settings/scope scope.api'])
  assert.deepEqual(told(office, { scope: 'https://graph.microsoft.com/.default' }), ['/settings/scope scope.api'])
  assert.deepEqual(told(office, { scope: 'https://outlook.office.com/.default' }), [])
})

test('a mailbox of nobody’s organisation cannot be sent from by an application', () => {
  assert.deepEqual(errorsOf(graph, { from: 'somebody@outlook.com' }).map(([pointer, code]) => [pointer, code]), [['/settings/from', 'from.consumer']])
  assert.deepEqual(errorsOf(graph, { envelopeFrom: 'somebody@hotmail.com' }).map(([pointer, code]) => [pointer, code]), [['/settings/envelopeFrom', 'envelopeFrom.consumer']])
})

test('the end of the secret is a day', () => {
  assert.equal(valuesOf(graph, { clientSecretExpires: '2027-05-01' }).clientSecretExpires, '2027-05-01')
  for (const clientSecretExpires of ['1.5.2027', '2027-13-01', '2027-02-30', 'soon']) assert.equal(errorsOf(graph, { clientSecretExpires })[0]?.[0], '/settings/clientSecretExpires')
})

for (const [what, change] of [['no tenant', { tenantId: '' }], ['a tenant that is a path', { tenantId: '../../evil' }], ['a tenant that is a host with a port', { tenantId: 'evil.example:8443' }], ['a client that is a name', { clientId: 'acme' }], ['a cloud nobody offers', { cloud: 'evil' }], ['no secret', { clientSecret: '' }]] as const) {
  test(`threat T05: ${what} is refused`, () => assert.equal(read(graph, change).ok, false))
}

test('threat T50: no expression runs long on hostile text', () => {
  for (const text of ['https://'.repeat(250), 'a.'.repeat(1000), `https://x/#@${'a'.repeat(2000)}`, `${'a-'.repeat(1000)}@`, '/tenantId='.repeat(200), `https://x/${'appId/'.repeat(300)}`, 'https://graph'.repeat(150), '. '.repeat(1000)]) {
    for (const mode of [graph, office]) for (const name of Object.keys(pasted)) {
      const began = worked()
      repair(mode.settings, { [name]: text })
      withinTime(worked() - began, { to: 50 }, `${name}: ${text.slice(0, 40)}`)
    }
  }
})
