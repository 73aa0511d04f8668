// POST /explain: a failure some program caught, in; what it means and what to do, out.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Explanation } from '@mail-gateway/contract'
import { explanation } from '../../packages/bff/src/openapi/answers.ts'
import { openLab } from './lab.ts'
import type { Lab } from './lab.ts'

interface Sample { readonly name: string; readonly raw: unknown; readonly context: Record<string, unknown>; readonly expect: string }
const { samples } = JSON.parse(readFileSync(new URL('../../packages/bff/src/findings/catalogue.samples.json', import.meta.url), 'utf8')) as { samples: readonly Sample[] }

const ask = async (lab: Lab, body: unknown, as = 'reader'): Promise<Explanation> => explanation.parse(await lab.json('POST', '/explain', 200, { as, body }))

test('must show 3: every sample leads to its entry over HTTP, and every answer is what the contract says', async (t) => {
  const lab = await openLab(t)
  const before = lab.stored()
  for (const { name, raw, context, expect } of samples) assert.equal((await ask(lab, { raw, context })).id, expect, name)
  assert.deepEqual(lab.stored(), before, 'nothing is stored')
})

test('a mode on offer tells its own fields and steps; without one the catalogue speaks', async (t) => {
  const lab = await openLab(t)
  const raw = { error: 'invalid_client', error_description: 'AADSTS7000222: expired', error_codes: [7000222] }
  const graph = await ask(lab, { raw, context: { where: 'entra', mode: 'graph', http: 401 } })
  assert.deepEqual([graph.code, graph.field, graph.step], ['entra.aadsts-7000222', 'clientSecret', 'secret'])
  const plain = await ask(lab, { raw })
  assert.deepEqual([plain.id, plain.step], ['aadsts-7000222', undefined])
  assert.deepEqual(plain.others.map(({ id }) => id), ['entra-unknown'])
})

test('an entry of another mode is shown as what it usually means; what nothing fits has no id', async (t) => {
  const lab = await openLab(t)
  const other = await ask(lab, { raw: '550 5.7.60 SMTP; Client does not have permissions to send as this sender', context: { mode: 'graph' } })
  assert.match(other.title, /^Usually means: /)
  const none = await ask(lab, { raw: 'it does not work' })
  assert.deepEqual([none.id, none.code, none.said, none.others], [null, 'explain.unknown', 'it does not work', []])
})

test('api S8: a wrong body is a problem that points at what is wrong', async (t) => {
  const lab = await openLab(t)
  const pointers = async (body: unknown) => (await lab.problem('POST', '/explain', 422, { body })).errors?.map(({ pointer }) => pointer)
  assert.deepEqual(await pointers({}), ['/raw'])
  assert.deepEqual(await pointers({ raw: 5 }), ['/raw'])
  assert.deepEqual(await pointers({ raw: '' }), ['/raw'])
  assert.deepEqual(await pointers({ raw: 'x', context: { http: '400' } }), ['/context/http'])
  assert.deepEqual(await pointers({ raw: 'x', context: { http: 99 } }), ['/context/http'])
  assert.deepEqual(await pointers({ raw: 'x', context: { mode: 'm'.repeat(65) } }), ['/context/mode'])
  assert.deepEqual(await pointers({ raw: 'x', context: { where: 1, other: 1 } }), ['/context/where', '/context/other'])
  assert.deepEqual(await pointers({ raw: 'x', wrap: 1 }), ['/wrap'])
  assert.equal((await lab.problem('POST', '/explain', 400, { body: '{"raw":' })).code, 'request.malformed')
  assert.equal((await lab.problem('POST', '/explain', 413, { body: { raw: 'x'.repeat(70_000) } })).code, 'request.too-large')
})

test('threat T08: only with the right to read, the header and the type of every other POST', async (t) => {
  const lab = await openLab(t)
  const body = { raw: 'x' }
  await lab.problem('POST', '/explain', 401, { as: 'nobody', body })
  await lab.problem('POST', '/explain', 403, { as: 'nothing', body })
  assert.equal((await lab.problem('POST', '/explain', 403, { body, headers: { 'x-mail-gateway': '0' } })).code, 'request.header-missing')
  assert.equal((await lab.problem('POST', '/explain', 415, { body, headers: { 'content-type': 'text/plain' } })).code, 'request.content-type')
  assert.equal((await lab.problem('POST', '/explain', 403, { body, headers: { origin: 'https://elsewhere.example' } })).code, 'request.origin')
  assert.equal((await lab.request('GET', '/explain')).status, 405)
})

test('threat T02, T28: what is quoted is inert and holds no secret, in the answer and in the log', async (t) => {
  const lab = await openLab(t)
  const token = `eyJ0eXAiOiJKV1QifQ.${'a1B2'.repeat(30)}.c2lnbmF0dXJl`
  const raw = `\u001b[2J\u202E535 5.7.8 <script>alert(1)</script> client_secret=canary-secret-1 Authorization: Bearer ${token}\nC: AUTH PLAIN Y2FuYXJ5LXBhc3N3b3Jk eve@other.example ${'x'.repeat(12_000)}`
  for (const body of [{ raw }, { raw: { error: raw, error_description: raw } }, { raw: { error: { code: raw, message: raw, innererror: { code: raw } } }, context: { where: 'graph', http: 403 } }, { raw: { response: raw, message: raw, code: raw } }]) {
    const text = await (await lab.request('POST', '/explain', { body })).text()
    assert.ok((JSON.parse(text) as Explanation).said!.length <= 512)
    assert.doesNotMatch(text, /canary-secret-1|a1B2a1B2|Y2FuYXJ5|eve@other|[\u001b\u202E]|\\u001b|\\u202e"/i)
    assert.match(text, /\[hidden\]/)
  }
  assert.doesNotMatch(JSON.stringify([lab.log, lab.audit]), /canary-secret-1|a1B2a1B2|Y2FuYXJ5/)
})

test('threat T49: names that reach a prototype, twice or too deep are refused', async (t) => {
  const lab = await openLab(t)
  for (const body of ['{"raw":{"__proto__":{"error":"x"}}}', '{"raw":{"a":1,"a":2}}', `{"raw":${'{"a":'.repeat(9)}1${'}'.repeat(9)}}`]) await lab.problem('POST', '/explain', 400, { body })
})
