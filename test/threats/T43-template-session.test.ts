// Why: the template's own `authorize` is what most vendors begin with; whoever it takes somebody for is who they are.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import worker from '../../templates/worker/src/index.ts'

const ada = { subject: 'u-1', name: 'Ada', tenant: 'acme', rights: ['read'] }
const answers: Record<string, readonly [status: number, body: string, headers?: Record<string, string>]> = {
  ada: [200, JSON.stringify(ada), { 'content-type': 'application/json', 'cache-control': 'public, max-age=600' }],
  nobody: [200, 'null'], ended: [401, JSON.stringify(ada)], broken: [500, JSON.stringify(ada)],
  moved: [302, JSON.stringify(ada), { location: '/elsewhere' }], page: [200, '<!doctype html><p>canary-of-the-page'],
  nameless: [200, JSON.stringify({ ...ada, tenant: '' })], righted: [200, JSON.stringify({ ...ada, rights: 'read' })],
}
const heard: { url: string; headers: IncomingHttpHeaders }[] = []
const product = createServer(({ url = '', headers }, response) => {
  heard.push({ url, headers })
  const [status, body, more = {}] = url === '/elsewhere' ? answers['ada']! : answers[/who=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? 'nobody']!
  response.writeHead(status, more).end(body)
})
before(() => once(product.listen(0, '127.0.0.1'), 'listening'))
after(() => { product.close() })

const env = () => ({
  PRODUCT: `http://127.0.0.1:${(product.address() as AddressInfo).port}`, MAIL_GATEWAY_BASE_URL: 'https://console.example.com', MAIL_GATEWAY_STORE: 'memory:',
  MAIL_GATEWAY_LOG_LEVEL: 'error', MAIL_GATEWAY_SECRETS: `1:${randomBytes(32).toString('base64')}`,
})
const said: string[] = []
const ask = async (who: string, cookie = `who=${who}`): Promise<Response> => {
  heard.length = said.length = 0
  const { log } = console
  console.log = (text: string) => void said.push(text)
  try {
    return await worker.fetch(new Request('https://console.example.com/api/mail-gateway/meta', { headers: { cookie } }), env(), { waitUntil() {} })
  } finally {
    console.log = log
  }
}

test('threat T43: the template asks the product on every call, and past any cache between: what it keeps would be another visitor’s session', async () => {
  const answer = await ask('ada', 'who=ada; __Host-session=abc')
  assert.equal(answer.status, 200)
  assert.deepEqual(((await answer.json()) as { me: unknown }).me, { name: 'Ada' })
  assert.deepEqual(heard.map(({ url, headers }) => [url, headers.cookie, headers['cache-control']]), [['/api/session', 'who=ada; __Host-session=abc', 'no-cache']])
})

for (const [who, status] of Object.entries({ nobody: 401, ended: 401, broken: 401, moved: 401, page: 500, nameless: 500, righted: 500 })) {
  test(`threat T43: a product whose answer is ${who} lets nobody in`, async () => {
    const answer = await ask(who)
    assert.equal(answer.status, status)
    assert.deepEqual(heard.map(({ url }) => url), ['/api/session'])
    assert.doesNotMatch(await answer.text() + said.join(), /canary-of|acme|Ada/)
  })
}
