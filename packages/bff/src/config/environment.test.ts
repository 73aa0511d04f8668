import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, readEnvironment, strangeVariables } from './environment.ts'
import { readTokens } from './tokens.ts'

const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64')
const good = { MAIL_GATEWAY_BASE_URL: 'https://console.example.com', MAIL_GATEWAY_SECRETS: `1:${key}`, MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_TOKENS: '/run/tokens.json' }

const problemsFor = (environment: Record<string, string>): string[] => {
  try {
    readEnvironment(environment)
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.problems.map(({ option }) => option)
  }
}

test('what holds without being said', () => {
  assert.deepEqual(readEnvironment(good), {
    baseURL: 'https://console.example.com', basePath: '/api/mail-gateway', productName: 'Mail gateway', secrets: `1:${key}`, store: 'sqlite:./data/mail-gateway.db', development: false,
    auth: { kind: 'bearer', tokens: '/run/tokens.json' }, trustedOrigins: [], egress: { allow: [], ports: '', clearText: [] },
    saveRequires: 'nothing', testRecipients: 'any', testRate: { perMinute: 5, perDay: 30 }, logLevel: 'info', host: '127.0.0.1', port: 8787,
  })
})

test('every variable is read', () => {
  const config = readEnvironment({
    ...good, MAIL_GATEWAY_BASE_PATH: '/mail/', MAIL_GATEWAY_PRODUCT_NAME: 'Acme', MAIL_GATEWAY_STORE: 'memory:', MAIL_GATEWAY_TRUSTED_ORIGINS: 'https://a.example, https://b.example',
    MAIL_GATEWAY_EGRESS_ALLOW: '10.0.0.0/8, 127.0.0.1', MAIL_GATEWAY_EGRESS_PORTS: '1025,2600-2660', MAIL_GATEWAY_CLEARTEXT_ALLOW: '10.1.0.0/16',
    MAIL_GATEWAY_SAVE_REQUIRES: 'identity', MAIL_GATEWAY_TEST_RECIPIENTS: 'acme.example,acme.org', MAIL_GATEWAY_TEST_RATE: '1/min,9/day', MAIL_GATEWAY_CLOUDS: './clouds.json', MAIL_GATEWAY_LOG_LEVEL: 'debug', HOST: '0.0.0.0', PORT: '0',
  })
  assert.deepEqual(config, {
    baseURL: 'https://console.example.com', basePath: '/mail', productName: 'Acme', secrets: `1:${key}`, store: 'memory:', development: false, auth: { kind: 'bearer', tokens: '/run/tokens.json' }, clouds: './clouds.json',
    trustedOrigins: ['https://a.example', 'https://b.example'], egress: { allow: ['10.0.0.0/8', '127.0.0.1'], ports: '1025,2600-2660', clearText: ['10.1.0.0/16'] },
    saveRequires: 'identity', testRecipients: ['acme.example', 'acme.org'], testRate: { perMinute: 1, perDay: 9 }, logLevel: 'debug', host: '0.0.0.0', port: 0,
  })
})

test('api S13: with nothing set, all that is needed is named at once, with how to make it', () => {
  assert.deepEqual(problemsFor({}), ['MAIL_GATEWAY_BASE_URL', 'MAIL_GATEWAY_SECRETS', 'MAIL_GATEWAY_AUTH'])
  assert.throws(() => readEnvironment({}), /3 settings must be fixed before it can start\n {2}✖ MAIL_GATEWAY_BASE_URL {2}is missing.*\n {2}✖ MAIL_GATEWAY_SECRETS {3}is missing\. Make one: {2}npx mail-gateway secret\n/)
})

const wrong: [name: string, values: string[]][] = [
  ['MAIL_GATEWAY_BASE_URL', ['http://intranet.acme.example', 'intranet.acme.example', 'https://x.example/path']],
  ['MAIL_GATEWAY_BASE_PATH', ['api', '/a b']], ['MAIL_GATEWAY_PRODUCT_NAME', ['a\nb', 'x'.repeat(81)]],
  ['MAIL_GATEWAY_SECRETS', ['x', `1:${key},1:${key}`]], ['MAIL_GATEWAY_STORE', ['/tmp/x.db', 'sqlite:', 'postgres://user@host/db', 'd1:DB']],
  ['MAIL_GATEWAY_AUTH', ['basic', 'none']], ['MAIL_GATEWAY_TRUSTED_ORIGINS', ['*', 'https://a.example/x']],
  ['MAIL_GATEWAY_EGRESS_ALLOW', ['example.com', '10.0.0.0/33']], ['MAIL_GATEWAY_EGRESS_PORTS', ['0', '70000', '5-1', 'all']], ['MAIL_GATEWAY_CLEARTEXT_ALLOW', ['here']],
  ['MAIL_GATEWAY_SAVE_REQUIRES', ['all']], ['MAIL_GATEWAY_TEST_RECIPIENTS', ['not a domain!']], ['MAIL_GATEWAY_TEST_RATE', ['5', '0/min,1/day']],
  ['MAIL_GATEWAY_CLOUDS', ['{"id": "global"}', '[{"id": "global"}]', '[not JSON', '[{"id":"x","label":"X","authority":"http://login.contoso.example"}]']],
  ['MAIL_GATEWAY_LOG_LEVEL', ['loud']], ['PORT', ['http', '65536', '-1']], ['MAIL_GATEWAY_DEV', ['true']],
]

for (const [name, values] of wrong) {
  test(`api S13: ${name} that does not hold is named, and its value is not printed`, () => {
    for (const value of values) {
      assert.deepEqual(problemsFor({ ...good, [name]: value }), [name], value)
      assert.throws(() => readEnvironment({ ...good, [name]: value }), (error: Error) => value.length < 8 || !error.message.includes(value))
    }
  })
}

test('no sign-in at all is for development only', () => {
  const { MAIL_GATEWAY_TOKENS: _, MAIL_GATEWAY_BASE_URL: __, ...rest } = good
  assert.deepEqual(problemsFor({ ...rest, MAIL_GATEWAY_AUTH: 'none' }), ['MAIL_GATEWAY_BASE_URL', 'MAIL_GATEWAY_AUTH'])
  const config = readEnvironment({ ...rest, MAIL_GATEWAY_AUTH: 'none', MAIL_GATEWAY_DEV: '1', PORT: '9000' })
  assert.deepEqual([config.auth, config.baseURL], [{ kind: 'none' }, 'http://127.0.0.1:9000'])
  assert.deepEqual(problemsFor({ ...rest, MAIL_GATEWAY_BASE_URL: 'https://a.example' }), ['MAIL_GATEWAY_TOKENS'])
})

test('a variable of ours that nobody knows is told apart', () => {
  assert.deepEqual(strangeVariables({ ...good, MAIL_GATEWAY_EGRESS_ALOW: 'x', PATH: '/bin' }), ['MAIL_GATEWAY_EGRESS_ALOW'])
})

test('a token file is read whole, and what is wrong is said without its text', () => {
  const entry = { sha256: 'a'.repeat(64), subject: 'ci', tenant: 'acme', rights: ['read'] }
  assert.ok(readTokens(JSON.stringify([entry, { ...entry, name: 'N', email: 'e@acme.example' }])).ok)
  for (const text of ['', '{}', '[]', 'canary-token', JSON.stringify([{ ...entry, sha256: 'canary-token' }]), JSON.stringify([{ ...entry, rights: ['canary-token'] }]), JSON.stringify([{ ...entry, token: 'canary-token' }]), JSON.stringify([{ ...entry, tenant: '' }])]) {
    const reading = readTokens(text)
    assert.ok(!reading.ok, text)
    assert.doesNotMatch(reading.problem, /canary/)
  }
})
