// Why: whoever sets this up for the first time reads the answer and the log, and nothing else. Both must lead to the cure.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Problem } from '@mail-gateway/contract'
import { bundleWorker } from './bundle.ts'
import { basePath, baseURL, startGateway, told } from './gateway.ts'
import type { EdgeGateway } from './gateway.ts'
import { allMigrations } from './start.ts'

let script: string
let gateway: EdgeGateway
before(async () => {
  script = await bundleWorker(new URL('./misled.worker.ts', import.meta.url))
  gateway = await startGateway({ script })
})
after(() => gateway?.close())

const everything = { subject: 'u-1', tenant: 'acme', rights: ['read', 'write', 'test'] }
const draft = { mode: 'smtp', settings: { host: 'smtp.acme.example', port: 587, security: 'starttls', authentication: 'none', from: 'a@acme.example' } }

/** A call of somebody of whom `authorize` says this, from a page at this origin. */
const called = async (to: EdgeGateway, method: string, path: string, says: string, origin = baseURL) => {
  const before = (await to.log()).length
  const response = await to.fetch(`${basePath}${path}`, {
    method, headers: { origin, 'x-says': says, 'content-type': 'application/json', 'x-mail-gateway': '1' }, ...(method === 'POST' && { body: JSON.stringify(draft) }),
  })
  const { code, detail, requestId } = await response.json() as Problem
  return { status: response.status, code, detail, requestId, log: (await to.log()).slice(before) }
}

for (const [what, says, cause] of [
  ['throws', '<!doctype html>', /"error":"SyntaxError"/], ['returns nobody’s name', '{"tenant": "acme", "rights": []}', /authorize returned no subject/],
  ['returns no tenant', '{"subject": "u-1", "rights": []}', /authorize returned no tenant/], ['returns no rights', '{"subject": "u-1", "tenant": "acme"}', /authorize returned no rights/],
] as const) {
  test(`api S13 [workerd]: an authorize that ${what} is named in the log, under the id the caller sees`, async () => {
    const { status, code, detail, requestId, log } = await called(gateway, 'GET', '/gateways', says)
    assert.deepEqual([status, code], [500, 'internal'])
    assert.doesNotMatch(detail, /authorize|doctype/)
    assert.match(log, /"event":"request\.broke".*"during":"authorize"/)
    assert.match(log, cause)
    assert.ok(log.includes(requestId))
  })
}

test('what breaks behind authorize is not laid at its door', async () => {
  const bare = await startGateway({ script, migrate: [] })
  const { code, log } = await called(bare, 'GET', '/gateways', JSON.stringify(everything)).finally(() => bare.close())
  assert.equal(code, 'store.schema')
  assert.doesNotMatch(log, /"during"/)
})

test('api S13 [workerd]: a page the base URL does not name is refused with the setting, and the log has the page’s origin', async () => {
  const { status, code, detail, log } = await called(gateway, 'POST', '/gateways', JSON.stringify(everything), 'http://localhost:3000')
  assert.deepEqual([status, code], [403, 'request.origin'])
  assert.match(detail, /MAIL_GATEWAY_BASE_URL.*MAIL_GATEWAY_TRUSTED_ORIGINS/)
  assert.match(log, /"event":"request".*"code":"request\.origin".*"origin":"http:\/\/localhost:3000"/)
  const accepted = await called(gateway, 'POST', '/gateways', JSON.stringify(everything))
  assert.doesNotMatch(accepted.log, /"event":"request".*"origin"/, 'of those that are let in, it is nobody’s concern')
})

for (const lacking of allMigrations().slice(1)) {
  test(`fault F86 [workerd]: a database without ${lacking} alone: what would be written is refused and the file is named`, async () => {
    const half = await startGateway({ script, migrate: allMigrations().filter((name) => name !== lacking) })
    const { status, code, log } = await called(half, 'POST', '/gateways', JSON.stringify(everything)).finally(() => half.close())
    assert.deepEqual([status, code], [503, 'store.schema'])
    assert.match(log, new RegExp(`"event":"store\\.schema".*${lacking.replaceAll('.', '\\.')}.*apply the package's migrations`))
  })
}

test('fault F86 [workerd]: a database shared with another program: its migrations are named, and where to go', async () => {
  const fresh = await startGateway({ script })
  await (await fresh.miniflare.getD1Database('DB')).prepare("INSERT INTO d1_migrations (name) VALUES ('0001_orders.sql')").run()
  const { status, code, log } = await called(fresh, 'POST', '/gateways', JSON.stringify(everything)).finally(() => fresh.close())
  assert.deepEqual([status, code], [503, 'store.schema'])
  assert.match(log, /0001_orders\.sql.*give the gateway a database of its own/)
})

test('api S13 [workerd]: a resolver that cannot be asked is named in the log: the form can only say that the name was not found', async () => {
  const deaf = await startGateway({ script, bindings: { MAIL_GATEWAY_RESOLVER: 'https://localhost:1/dns-query' } })
  try {
    const response = await deaf.fetch(`${basePath}/checks`, { method: 'POST', headers: { origin: baseURL, 'x-says': JSON.stringify(everything), 'content-type': 'application/json', 'x-mail-gateway': '1' }, body: JSON.stringify({ ...draft, until: 'network' }) })
    const { ended } = await told(response)
    assert.deepEqual([ended?.id, ended?.finding?.code], ['name', 'dns.failed'])
    assert.match(await deaf.log(), /"event":"resolver\.failed","variable":"MAIL_GATEWAY_RESOLVER","resolver":"localhost:1"/)
  } finally {
    await deaf.close()
  }
})

test('api S13 [workerd]: a name that is misspelt is told beside the one that is missing for it', async () => {
  const misspelt = await startGateway({ script, bindings: { MAIL_GATEWAY_SECRETS: '', MAIL_GATEWAY_SECRET: '1:canary' } })
  const { code, log } = await called(misspelt, 'GET', '/gateways', 'null').finally(() => misspelt.close())
  assert.equal(code, 'service.not-set-up')
  assert.match(log, /"event":"variable\.unknown","name":"MAIL_GATEWAY_SECRET"/)
  assert.match(log, /"event":"not-set-up".*MAIL_GATEWAY_SECRETS is missing/)
  assert.doesNotMatch(log, /canary/)
})

test('a cron run that could not do anything fails with words', async () => {
  const unset = await startGateway({ script, bindings: { MAIL_GATEWAY_SECRETS: '1:c2hvcnQ=' } })
  const log = await unset.scheduled().then(unset.log).finally(() => unset.close())
  assert.match(log, /"event":"not-set-up".*MAIL_GATEWAY_SECRETS.*each key holds 32 bytes/)
  assert.doesNotMatch(log, /c2hvcnQ/)
})
