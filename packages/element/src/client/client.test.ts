import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckEvent, GatewayView } from '@mail-gateway/contract'
import { Client } from './client.ts'
import type { ClientOptions, Transport } from './client.ts'
import { asFailure } from './failure.ts'

const json = (body: string, init: ResponseInit = {}) => new Response(body, { ...init, headers: { 'content-type': 'application/json', ...init.headers } })
const stored: GatewayView = {
  id: 'x', name: 'Stored', default: true, mode: 'smtp', settings: {}, secrets: {}, status: { state: 'unverified', since: '2026-01-01T00:00:00Z' }, revision: 3, updatedAt: '2026-01-01T00:00:00Z', updatedBy: 'Ada',
}

/** A client whose requests end in a function of the host, as in a desktop shell. */
const over = (answer: () => Response, options: Partial<ClientOptions> = {}) => {
  const asked: { readonly url: string; readonly init: RequestInit; readonly headers: Headers }[] = []
  const transport: Transport = { request: async (url, init) => { asked.push({ url, init, headers: new Headers(init.headers) }); return answer() } }
  const client = new Client({ base: () => '/api', language: () => 'de', credentials: () => 'same-origin', headers: () => undefined, transport: () => transport, ...options })
  return { client, asked }
}

const codeOf = async (act: Promise<unknown>) => asFailure(await act.then(() => undefined, (error: unknown) => error)).code

/** Reads a run to its end. */
const readAll = async (client: Client) => { const events: CheckEvent[] = []; for await (const event of client.check({ mode: 'smtp', settings: {} }, new AbortController().signal)) events.push(event); return events }

test('a base address that ends in a slash leads to the same endpoints', async () => {
  const { client, asked } = over(() => json('{"gateways":[]}'), { base: () => 'https://acme.example/api//' })
  await client.gateways()
  assert.equal(asked[0]!.url, 'https://acme.example/api/gateways')
})

test('every request carries what the host gives, also where it has to fetch its headers first; no answer is kept', async () => {
  const { client, asked } = over(() => json('{"gateways":[]}'), { headers: () => Promise.resolve({ 'x-csrf': 'token' }), credentials: () => 'include' })
  await client.gateways()
  const { init, headers } = asked[0]!
  assert.deepEqual([headers.get('x-csrf'), headers.get('accept-language'), init.credentials, init.cache], ['token', 'de', 'include', 'no-store'])
})

test('a host that carries requests itself may carry runs another way; its functions keep what they belong to', async () => {
  class Shell implements Transport {
    readonly asked: string[] = []
    request(url: string) { this.asked.push(`request ${url}`); return Promise.resolve(json('{"gateways":[]}')) }
    stream(url: string) { this.asked.push(`stream ${url}`); return Promise.resolve(new Response('{"event":"end","verdict":"passed","until":"identity","ms":1}', { headers: { 'content-type': 'application/x-ndjson' } })) }
  }
  const shell = new Shell()
  const { client } = over(() => json('{}'), { transport: () => shell })
  await client.gateways()
  assert.deepEqual((await readAll(client)).map(({ event }) => event), ['end'])
  assert.deepEqual(shell.asked, ['request /api/gateways', 'stream /api/checks'])
})

test('api B21: an answer that only calls itself JSON, and a page in place of a run, are an answer of somebody else', async () => {
  assert.equal(await codeOf(over(() => json('{"gateways":')).client.gateways()), 'client.answer')
  assert.equal(await codeOf(readAll(over(() => new Response('<h1>Sign in</h1>', { headers: { 'content-type': 'text/html' } })).client)), 'client.answer')
})

test('fault F87: a run that ends before its last line broke off', async () => {
  const plan = '{"event":"plan","runId":"r","rows":[]}\n'
  for (const body of [plan, `${plan}{"event":`]) {
    assert.equal(await codeOf(readAll(over(() => new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })).client)), 'client.stream')
  }
})

test('api B21: seconds to wait that only the header of a refusal names are told; its own body goes first', async () => {
  const refusal = (body: object) => over(() => json(JSON.stringify({ code: 'rate.limited', status: 429, ...body }), { status: 429, headers: { 'retry-after': '7' } })).client.gateways().catch(asFailure)
  const waits = [await refusal({}), await refusal({ retryAfter: 3 })].map((failure) => 'problem' in failure && failure.problem.retryAfter)
  assert.deepEqual(waits, [7, 3])
})

test('a save that the server checks first may take as long as a check; any other answer is missed within ten seconds', async (t) => {
  const timeout = t.mock.method(AbortSignal, 'timeout')
  const { client } = over(() => json(JSON.stringify(stored)))
  const draft = { mode: 'smtp', settings: {} }
  const save = async (proves: boolean) => {
    timeout.mock.resetCalls()
    await client.create(draft, 'made', proves)
    await client.save(stored, draft, proves)
    return timeout.mock.calls.map(({ arguments: [ms] }) => ms)
  }
  const [plain, proven] = [await save(false), await save(true)]
  assert.ok(plain.length === 2 && plain.every((ms) => ms < 10_000), plain.join())
  assert.ok(proven.length === 2 && proven.every((ms) => ms > 20_000), proven.join())
})
