// Goal G1: secrets of every kind go through the service as it is run, on both runtimes, against every server and service
// that misbehaves; then everything that came out of it is searched.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { tokenMark } from '../../demo/sandbox/microsoft/ids.ts'
import { microsoftScenarios } from '../../demo/sandbox/microsoft/scenarios.ts'
import { record } from '../figures.ts'
import { Search } from './search.ts'
import { origin, takeSeat } from './seats.ts'
import type { Keys, Seat } from './seats.ts'

let sandbox: Sandbox
before(async () => { sandbox = await startSandbox() })
after(() => sandbox?.close())

const lanes = 6
const typed = (name: string): string => `${name}-Zq7ö%"${randomBytes(9).toString('base64url')}`
const passwords = { saved: typed('saved'), tried: typed('tried'), refused: typed('refused'), broken: typed('broken'), misplaced: typed('misplaced'), moved: typed('moved'), foreign: typed('foreign') }
const makeKeys = (): Keys => ({
  tokens: Object.fromEntries(Array.from({ length: lanes + 1 }, (_, n) => [`t${n}`, `bearer-${n}-${randomBytes(18).toString('base64url')}`])),
  sealing: randomBytes(32).toString('base64'),
})

/** Every secret of one seat by its name. */
const secretsOf = ({ tokens, sealing }: Keys): Record<string, string> => ({
  ...passwords, 'access token': tokenMark, 'sealing key': sealing, bearer: tokens['t0']!, 'another bearer': tokens['t1']!,
  ...Object.fromEntries((['graph', 'smtp-office365'] as const).map((mode) => [`client secret of ${mode}`, sandbox.microsoft.prepared(mode)!.clientSecret])),
})

type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<string>

/** Calls of one tenant; whatever is answered is kept, headers too. */
const calling = (seat: Seat, token: string, heard: string[]): Ask => async (method, path, body, headers = {}) => {
  const response = await seat.fetch(`/api/mail-gateway${path}`, {
    method, headers: { authorization: `Bearer ${token}`, origin, 'content-type': 'application/json', 'x-mail-gateway': '1', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  heard.push([...response.headers].join('\n'), text)
  return text
}

const draftOf = (id: string, password: string): { mode: string; settings: Record<string, unknown>; secrets: Record<string, unknown> } => {
  const prepared = sandbox.microsoft.prepared(id)
  if (prepared) return { mode: prepared.mode, settings: { ...prepared.settings }, secrets: { clientSecret: { value: prepared.clientSecret } } }
  return { mode: 'smtp', settings: { ...sandbox.typed(id).settings }, secrets: { password: { value: password } } }
}

const readAll = async (ask: Ask): Promise<void> => {
  for (const path of ['/meta', '/modes', '/gateways', '/openapi.json', '/docs', '/readyz']) await ask('GET', path)
}

/** One server or service: saved, checked to the end, read back, removed. */
const oneScenario = async (ask: Ask, id: string): Promise<void> => {
  const draft = draftOf(id, passwords.saved)
  const { id: gateway } = JSON.parse(await ask('POST', '/gateways', draft)) as { id: string }
  const lines = await ask('POST', '/checks', { gatewayId: gateway, until: 'delivery', to: 'someone@acme.example' })
  const { runId } = JSON.parse(lines.split('\n')[0]!) as { runId?: string }
  await ask('GET', `/runs/${runId}`)
  await ask('GET', `/gateways/${gateway}`)
  await readAll(ask)
}

/** What a person or a program gets wrong with a secret in hand. */
const mistakes = async (ask: Ask): Promise<void> => {
  const draft = draftOf('starttls', passwords.tried)
  await ask('POST', '/checks', draft)
  await ask('POST', '/gateways', { ...draft, settings: { ...draft.settings, port: 'x' }, secrets: { password: { value: passwords.refused } } })
  await ask('POST', '/gateways', `{"mode":"smtp","secrets":{"password":{"value":${JSON.stringify(passwords.broken)}}`)
  await ask('POST', '/gateways', { ...draft, settings: { ...draft.settings, password: passwords.misplaced } })
  const { id } = JSON.parse(await ask('POST', '/gateways', { ...draft, secrets: { password: { value: passwords.moved } } })) as { id: string }
  await ask('PUT', `/gateways/${id}`, { ...draft, settings: { ...draft.settings, host: '127.0.0.1' }, secrets: {} }, { 'if-match': '"1"' })
}

const inLanes = async (asks: readonly Ask[], ids: readonly string[]): Promise<void> => {
  const waiting = [...ids]
  await Promise.all(asks.map(async (ask) => { for (let id = waiting.shift(); id; id = waiting.shift()) await oneScenario(ask, id) }))
}

const everything = (): string[] => ['relay', 'starttls', 'tls', 'graph', 'smtp-office365', ...sandbox.scenarios.map(({ id }) => id), ...microsoftScenarios.map(({ id }) => id)]

for (const runtime of ['node', 'workerd'] as const) {
  test(`goal G1, threat T07, T09, T10, T14: [${runtime}] secrets of a dozen kinds against every server of the sandbox are in no answer, log line or stored byte`, async () => {
    const keys = makeKeys()
    const seat = await takeSeat(runtime, keys, sandbox)
    const [search, heard] = [new Search(secretsOf(keys)), [] as string[]]
    const asks = Object.values(keys.tokens).map((token) => calling(seat, token, heard))
    try {
      await inLanes(asks.slice(0, lanes), everything())
      await mistakes(asks.at(-1)!)
      await calling(seat, passwords.foreign, heard)('GET', '/gateways')
      const [said, kept] = [await seat.log(), seat.stored()]
      assert.ok(kept.includes('someone@acme.example') && said.includes('"event":"check.end"'), 'the log and the store are what was searched')
      const hits = [...heard.flatMap((text) => search.in(text)), ...search.in(said), ...search.in(kept)]
      record({ of: 'goal G1', runtime, bytes: search.bytes, canaries: runtime === 'node' ? search.names.length : 0, hits: hits.length })
      assert.deepEqual(hits.slice(0, 5), [])
      assert.ok(search.names.length >= 12 && search.bytes > 25e6, `${search.names.length} secrets, ${search.bytes} bytes`)
      assert.ok(heard.join('').includes('•••'), 'a server did repeat a secret, and it was masked')
    } finally {
      await seat.close()
    }
  })
}

test('goal G1: the search finds each secret, in every form, whole or eight bytes of it, at any place', () => {
  const keys = makeKeys()
  const search = new Search(secretsOf(keys))
  for (const [name, secret] of Object.entries(secretsOf(keys))) for (const before of ['', 'x', 'xy', 'xyz']) {
    for (const form of [secret, Buffer.from(before + secret).toString('base64'), Buffer.from(secret).toString('hex'), encodeURIComponent(secret), JSON.stringify(secret), secret.slice(3, 11)]) {
      assert.ok(search.in(`${before}${form} and so on`).some((hit) => hit.name === name), `${name}: ${form}`)
    }
  }
  assert.deepEqual(search.in('an ordinary sentence about a password and a server, twice as long as it had to be'), [])
})
