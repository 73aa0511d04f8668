import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../config/environment.ts'
import { optionsFrom, toWorker, workersPorts } from '../workers.ts'

const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64')
const sha256 = 'a'.repeat(64)
/** What a Worker's `env` holds: texts, and bindings that are none. */
const env = (change: Record<string, unknown> = {}) => ({
  MAIL_GATEWAY_BASE_URL: 'https://console.example.com', MAIL_GATEWAY_SECRETS: `1:${key}`, MAIL_GATEWAY_AUTH: 'bearer',
  MAIL_GATEWAY_TOKENS: JSON.stringify([{ sha256, subject: 'ci', tenant: 'acme', rights: ['read'] }]),
  DB: { prepare: () => { throw new Error('nothing is asked yet') } }, ASSETS: {}, ...change,
})

const problemsFor = (bindings: object, ...more: Parameters<typeof optionsFrom> extends [unknown, ...infer Rest] ? Rest : never): string[] => {
  try {
    optionsFrom(bindings, ...more)
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.problems.map(({ option, problem }) => `${option} ${problem}`)
  }
}

test('the names of the environment, read from bindings; what is no text is passed over', () => {
  const { baseURL, basePath, ports, clouds } = optionsFrom(env({ MAIL_GATEWAY_BASE_PATH: '/mail' }))
  assert.deepEqual([baseURL, basePath, clouds], ['https://console.example.com', '/mail', undefined])
  assert.deepEqual(ports.capabilities, { port25: false, privateNetwork: false, tlsDetail: false, customCa: false, tlsVersion: false })
  assert.deepEqual([ports.shared, ports.network.byName], [true, true])
})

test('this machine can be reached in development only, with any kind of sign-in', () => {
  const reach = (change: Record<string, unknown>, ...authorize: [] | [() => null]) => optionsFrom(env(change), ...authorize).ports.capabilities.privateNetwork
  assert.deepEqual([reach({ MAIL_GATEWAY_DEV: '1' }), reach({ MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_AUTH: 'none' }), reach({ MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_AUTH: '' }, () => null), reach({}), reach({}, () => null)], [true, true, true, false, false])
  assert.equal(optionsFrom(env({ MAIL_GATEWAY_DEV: '1' })).ports.capabilities.port25, false)
})

test('threat T51: tokens are the secret’s own text, and are compared as by `serve`', async () => {
  const text = 'canary-token-of-a-script'
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex')
  const { authorize } = optionsFrom(env({ MAIL_GATEWAY_TOKENS: JSON.stringify([{ sha256: hash, subject: 'ci', tenant: 'acme', rights: ['read'] }]) }))
  const by = (token: string) => authorize(new Request('https://console.example.com', { headers: { authorization: `Bearer ${token}` } }))
  assert.deepEqual([(await by(text))?.subject, await by('another')], ['ci', null])
})

test('threat T08: without a sign-in a Worker answers under a name of this machine, as wrangler dev asks it, and a deployed one lets nobody in', async () => {
  const { authorize } = optionsFrom(env({ MAIL_GATEWAY_DEV: '1', MAIL_GATEWAY_AUTH: 'none' }))
  const asked = async (address: string) => (await authorize(new Request(address)))?.tenant
  assert.deepEqual([await asked('http://localhost:8787/x'), await asked('http://127.0.0.1:8787/x'), await asked('http://[::1]:8787/x')], ['dev', 'dev', 'dev'])
  for (const address of ['https://console.example.com/x', 'https://localhost.example.com/x', 'https://127.0.0.1.example.com/x', 'https://mail.acme.workers.dev/x']) {
    await assert.rejects(asked(address), /MAIL_GATEWAY_AUTH may be none only with wrangler dev/, address)
  }
})

test('a host that says who calls needs no kind of sign-in, and is the one who is asked', async () => {
  const asked = optionsFrom(env({ MAIL_GATEWAY_AUTH: undefined, MAIL_GATEWAY_TOKENS: undefined }), () => ({ subject: 'me', tenant: 'acme', rights: ['read'] }))
  assert.equal((await asked.authorize(new Request('https://console.example.com')))?.subject, 'me')
})

test('api S13: everything that is wrong is told at once, in words for a Worker, without its values', () => {
  const problems = problemsFor({ MAIL_GATEWAY_AUTH: 'bearer', MAIL_GATEWAY_STORE: 'sqlite:./x.db', MAIL_GATEWAY_RESOLVER: 'http://resolver.example' })
  assert.deepEqual(problems.map((text) => text.split(' ')[0]), ['MAIL_GATEWAY_BASE_URL', 'MAIL_GATEWAY_SECRETS', 'MAIL_GATEWAY_STORE', 'MAIL_GATEWAY_TOKENS', 'MAIL_GATEWAY_RESOLVER'])
  assert.match(problems.join('\n'), /npx mail-gateway secret , keep it, and hand it in with  npx wrangler secret put MAIL_GATEWAY_SECRETS[^]*d1:BINDING[^]*Put the JSON itself into this secret[^]*application\/dns-json/)
})

for (const [what, change, expected] of [
  ['a database that is not bound', { DB: undefined }, /^MAIL_GATEWAY_STORE cannot be opened: no D1 database is bound as DB/],
  ['tokens that are no list', { MAIL_GATEWAY_TOKENS: '{"canary": 1}' }, /^MAIL_GATEWAY_TOKENS must be a JSON list/],
  ['the path of a file', { MAIL_GATEWAY_CLOUDS: './clouds.json' }, /^MAIL_GATEWAY_CLOUDS must be a JSON list/],
] as const) {
  test(`api S13: ${what} is named, and its value is not`, () => {
    const problems = problemsFor(env(change))
    assert.match(problems.join('\n'), expected)
    assert.doesNotMatch(problems.join('\n'), /canary|clouds\.json/)
  })
}

test('api S13: a name of ours that is bound as something else than text is told as that, and not as missing', () => {
  const problems = problemsFor(env({
    MAIL_GATEWAY_SECRETS: { get: async () => 'canary' }, MAIL_GATEWAY_TOKENS: [{ canary: 1 }], MAIL_GATEWAY_CLOUDS: [], MAIL_GATEWAY_DEV: true, MAIL_GATEWAY_EGRESS_PORTS: 2525,
  }))
  assert.deepEqual(problems.map((text) => text.replace(/ must be text: in quotes in wrangler\.jsonc.*/, ' text')), ['SECRETS', 'TOKENS', 'DEV', 'EGRESS_PORTS', 'CLOUDS'].map((name) => `MAIL_GATEWAY_${name} text`))
  assert.deepEqual(problemsFor(env({ MAIL_GATEWAY_DB: env().DB, MAIL_GATEWAY_STORE: 'd1:MAIL_GATEWAY_DB' })), [], 'a database may be called so')
})

test('a Worker listens nowhere: HOST and PORT are the host’s own, and the usual base URL is where wrangler dev listens', () => {
  const own = { HOST: 'console.example.com', PORT: 'none', MAIL_GATEWAY_DEV: '1' }
  assert.equal(optionsFrom(env({ ...own, MAIL_GATEWAY_BASE_URL: undefined })).baseURL, 'http://localhost:8787')
  assert.deepEqual(problemsFor(env(own)), [])
})

test('api S13: who forgot to hand over who calls is told both ways to say it', () => {
  assert.match(problemsFor(env({ MAIL_GATEWAY_AUTH: undefined })).join(), /^MAIL_GATEWAY_AUTH must be bearer.*or hand optionsFrom a function of your own/)
})

test('a store of the host’s own, another binding, and a wrong form', () => {
  assert.equal(workersPorts({}, { store: 'memory:' }).shared, false)
  assert.ok(workersPorts({ MAIL: env().DB }, { store: 'd1:MAIL' }).store)
  assert.throws(() => workersPorts({}, { store: 'sqlite:x' }), /d1:BINDING or memory:/)
})

test('one gateway for the bindings of an isolate, and the error itself for a host that asks for it', async () => {
  let made = 0
  const worker = toWorker((bindings: object) => { made += 1; return optionsFrom(bindings) })
  const bindings = env({ MAIL_GATEWAY_STORE: 'memory:' })
  const context = { waitUntil: () => {} }
  assert.equal(worker.gateway(bindings), worker.gateway(bindings))
  assert.equal((await worker.fetch(new Request('https://console.example.com/api/mail-gateway/livez'), bindings, context)).status, 200)
  await worker.scheduled({}, bindings, context)
  assert.equal(made, 1)
  assert.throws(() => worker.gateway({}), ConfigError)
})
