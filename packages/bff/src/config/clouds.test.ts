import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInClouds } from '../kits/microsoft/clouds.ts'
import { readClouds, readCloudsText } from './clouds.ts'

const contoso = {
  id: 'contoso', label: 'Contoso test cloud', authority: 'https://login.contoso.example', graph: 'https://graph.contoso.example:8443', graphScope: 'https://graph.contoso.example/.default',
  smtpScope: 'https://outlook.contoso.example/.default', smtpHost: 'smtp.contoso.example', smtpPort: 1587, imapHost: 'imap.contoso.example',
}
const read = (...clouds: readonly unknown[]) => {
  const reading = readClouds(clouds)
  return 'value' in reading ? reading.value : assert.fail(reading.problem)
}
const problemOf = (wanted: unknown): string => {
  const reading = readClouds(wanted)
  return 'problem' in reading ? reading.problem : assert.fail('it was taken')
}

test('nothing added: the built-in clouds, which hold by the same rules', () => {
  assert.deepEqual(read(), builtInClouds)
  assert.deepEqual(read(...builtInClouds), builtInClouds)
  assert.ok(builtInClouds.length >= 4)
})

test('no built-in name carries a remark, and no two clouds share an id', () => {
  for (const { authority, graph, smtpHost, detect } of builtInClouds) for (const text of [authority, graph, smtpHost, detect?.graphHost, detect?.instance]) assert.doesNotMatch(text ?? '', /\s/)
  assert.equal(new Set(builtInClouds.map(({ id }) => id)).size, builtInClouds.length)
})

test('an added cloud follows the built-in ones, exactly as written', () => {
  assert.deepEqual(read(contoso).slice(builtInClouds.length), [contoso])
})

test('one of a known id takes its place, whole', () => {
  const own = { ...contoso, id: 'global' }
  const clouds = read(own)
  assert.deepEqual(clouds.map(({ id }) => id), builtInClouds.map(({ id }) => id))
  assert.deepEqual(clouds.find(({ id }) => id === 'global'), own)
})

test('hosts come in the one form in which they are compared and sealed', () => {
  const [cloud] = read({ ...contoso, authority: 'HTTPS://Login.Contoso.Example:443/', smtpHost: 'SMTP.contoso.example.' }).slice(-1)
  assert.deepEqual([cloud!.authority, cloud!.smtpHost], ['https://login.contoso.example', 'smtp.contoso.example'])
})

test('only what a cloud may lack may be left out', () => {
  const { smtpHost: _, smtpPort: __, imapHost: ___, ...least } = contoso
  assert.deepEqual(read(least).slice(-1), [{ ...least, smtpPort: 587 }])
  for (const name of Object.keys(least)) assert.equal(problemOf([contoso, { ...least, [name]: undefined }]).split('; ')[1], `entry 2: ${name} is missing`)
})

const origins = ['http://login.contoso.example', 'https://login.contoso.example/path', 'https://login.contoso.example?x', 'https://login.contoso.example#x', 'https://ada@login.contoso.example', 'https://:word@login.contoso.example', 'login.contoso.example', ' https://login.contoso.example', 'https://login.contoso.example\n', 'ftp://x', '', 5, null, ['https://login.contoso.example']]
const wrong: readonly [name: string, values: readonly unknown[], words: RegExp][] = [
  ['authority', origins, /must be an https address without a path, such as https:\/\/login\.example\.com$/],
  ['graph', origins, /must be an https address without a path/],
  ['graphScope', ['https://graph.contoso.example', 'http://graph.contoso.example/.default', 'Mail.Send', 'https://a.example/.default https://b.example/.default', 'https://ada@a.example/.default', 'https://a.example/.default?x', '.default', 5], /must be one scope such as/],
  ['smtpScope', ['offline_access', 'https://outlook.contoso.example/SMTP.Send'], /must be one scope such as/],
  ['smtpHost', ['https://smtp.contoso.example', 'a b', '', 'smtp.contoso.example:587', 5], /must be a host name$/],
  ['imapHost', ['imap/x', null], /must be a host name$/],
  ['smtpPort', [0, 65_536, '587', 1.5], /must be a port$/],
  ['id', ['Contoso', 'a b', '', '-a', 'x'.repeat(41), 7], /must be (lower-case letters|text)/],
  ['label', ['', 'x'.repeat(81), 'a\u202eb', 'a\nb', 7], /must (be|have)/],
  ['links', [{}, 'https://entra.contoso.example'], /./],
]
for (const [name, values, words] of wrong) {
  test(`${name} that does not hold is named with its entry, and its value is not repeated`, () => {
    for (const value of values) {
      const problem = problemOf([contoso, { ...contoso, id: 'other', [name]: value }])
      const [, where = ''] = problem.split('; ')
      assert.match(where, new RegExp(`^entry 2: ${name}[. ]`), String(value))
      assert.match(where, words)
      if (typeof value === 'string' && value.length > 8) assert.ok(!problem.includes(value), problem)
    }
  })
}

test('a link of a guide is https or nothing', () => {
  const links = { entra: 'https://entra.contoso.example', exchangeAdmin: '', m365Admin: '', pages: { appSecrets: 'https://entra.contoso.example/#/{clientId}' }, mgEnvironment: 'Global', exchangeEnvironment: 'O365Default', azCloud: 'AzureCloud' }
  assert.deepEqual(read({ ...contoso, links }).at(-1)!.links, links)
  const local = { ...links, entra: 'http://127.0.0.1:8787/portal', m365Admin: 'http://localhost/portal' }
  assert.deepEqual(read({ ...contoso, links: local }).at(-1)!.links, local)
  for (const page of ['javascript:alert(1)', 'http://entra.contoso.example', 'http://127.0.0.1.example/', 'http://localhost@example/', 'http://localhost:1@example/', 'data:text/html,x']) {
    assert.match(problemOf([{ ...contoso, links: { ...links, entra: page } }]), /entry 1: links\.entra must be an https address$/)
    assert.match(problemOf([{ ...contoso, links: { ...links, pages: { x: page } } }]), /entry 1: links\.pages\.x must be an https address$/)
  }
})

test('a name that is no part of a cloud is told, at any depth', () => {
  assert.match(problemOf([{ ...contoso, loginHost: 'x' }]), /; entry 1: loginHost is no part of a cloud$/)
  assert.match(problemOf([{ ...contoso, detect: { grahpHost: 'x' } }]), /; entry 1: detect\.grahpHost is no part of a cloud$/)
})

test('one cloud twice, something that is no list, and text that is no JSON', () => {
  assert.equal(problemOf([contoso, { ...contoso, id: 'b' }, contoso]), 'names the cloud contoso twice')
  assert.match(problemOf([contoso, 'global']), /; entry 2 must be one cloud$/)
  for (const other of [contoso, 'global', null, 5]) assert.match(problemOf(other), /^must list clouds \{id, label, authority, graph, graphScope, smtpScope, smtpHost, smtpPort, imapHost\}$/)
  assert.deepEqual(readCloudsText('[{"id": canary'), { problem: 'must be a JSON list; it is not readable as JSON' })
  assert.deepEqual(readCloudsText(JSON.stringify([contoso])), readClouds([contoso]))
})
