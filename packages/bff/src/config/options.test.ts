import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailLibrary } from '../adapters/nodemailer/library.ts'
import { createMailGateway } from '../gateway.ts'
import { memoryPorts } from '../memory.ts'
import { OptionsError } from './options.ts'
import type { MailGatewayOptions } from './options.ts'

const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64')
const good = (): MailGatewayOptions => ({ ports: memoryPorts({ mail: mailLibrary }), authorize: () => null, baseURL: 'https://console.example.com', secrets: `1:${key}` })

const problemsFor = (options: object): string[] => {
  try {
    createMailGateway(options as MailGatewayOptions)
    return []
  } catch (error) {
    assert.ok(error instanceof OptionsError, String(error))
    return error.problems.map(({ option }) => option)
  }
}

test('api S6: with nothing given, everything that is needed is named at once', () => {
  assert.deepEqual(problemsFor({}), ['ports', 'authorize', 'baseURL', 'secrets'])
})

test('defaults are enough', () => {
  assert.deepEqual(problemsFor(good()), [])
})

const wrong: [option: keyof MailGatewayOptions, values: unknown[]][] = [
  ['ports', [undefined, {}, 'x']],
  ['authorize', [undefined, 'bearer', {}]],
  ['baseURL', [undefined, '', 'console.example.com', 'http://console.example.com', 'https://console.example.com/path', 'https://user@console.example.com', 'https://x.example/?q', 'ftp://x.example', 7]],
  ['basePath', ['api', '//x', '/a b', '/a/../b', '/a/.', 7]],
  ['secrets', [undefined, '', 'x', '1:short', `1:${key},1:${key}`]],
  ['productName', ['', ' ', 'x'.repeat(81), 'a\nb', 7]],
  ['modes', [[], ['carrier-pigeon'], ['smtp', 'smtp']]],
  ['trustedOrigins', ['https://x.example', ['x.example'], ['https://x.example/path'], ['*'], ['null'], ['http://x.example']]],
  ['egress', [{ allow: ['nonsense'] }, { ports: 'many' }, { ports: '0' }, { clearText: ['10.0.0.0/99'] }, { allow: 'x' }]],
  ['saveRequires', ['everything', true, '']],
  ['testRecipients', ['none', [], ['not a domain!'], 7]],
  ['testRate', ['5', '5/min', { perMinute: 0, perDay: 3 }, '0/min,0/day', { perMinute: 1.5, perDay: 3 }, 7]],
]

for (const [option, values] of wrong) {
  test(`api S13: ${option} that does not hold is named, without its value`, () => {
    for (const value of values) assert.deepEqual(problemsFor({ ...good(), [option]: value }), [option], String(value))
  })
}

test('api S13: several problems come together, each with a cure, none with a value', () => {
  try {
    createMailGateway({ ...good(), secrets: '1:QUJDREVGR0hJSktMTU5PUFFSU1RVVg==', baseURL: 'http://intranet.example', sites: [] } as never)
    assert.fail('it started')
  } catch (error) {
    assert.match((error as Error).message, /^createMailGateway cannot start:\n {2}sites is no option.*\n {2}baseURL must start with https.*\n {2}secrets must be version:base64/)
    assert.doesNotMatch((error as Error).message, /QUJDREVG|intranet/)
  }
})

const fine: [option: keyof MailGatewayOptions, values: unknown[]][] = [
  ['baseURL', ['https://console.example.com/', 'http://localhost:8787', 'http://127.0.0.1', 'http://[::1]:8787']],
  ['basePath', ['', '/', '/x', '/api/mail-gateway/']],
  ['testRate', ['1/min,1/day', ' 5/min , 30/day ', { perMinute: 2, perDay: 3 }]],
  ['testRecipients', ['any', 'self', ['example.com', 'EXAMPLE.org']]],
  ['trustedOrigins', [[], ['https://a.example', 'http://localhost:3000']]],
  ['modes', [['smtp']]],
]

for (const [option, values] of fine) {
  test(`${option}: forms that hold`, () => {
    for (const value of values) assert.deepEqual(problemsFor({ ...good(), [option]: value }), [], String(value))
  })
}
