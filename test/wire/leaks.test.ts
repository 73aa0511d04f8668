// A canary in every secret is looked for in all that leaves: answers, log lines, records, the database file with its log.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { anyDraft, create, openLab, openPost } from './lab.ts'
import type { Ask, Lab } from './lab.ts'

const canary = 'Zq7-canary%/ö"\\xK93vT'

/** The six encodings, base64 at all three alignments, and what AUTH carries. */
const encodings = (secret: string): string[] => {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').slice([0, 2, 3][before]).replace(/=+$/, '').slice(0, -1))
  return [
    secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), encodeURIComponent(secret).toLowerCase(), bytes.toString('hex'), bytes.toString('hex').toUpperCase(),
    ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), Buffer.from(`\0ada\0${secret}`).toString('base64'),
  ]
}

/** Pieces of eight characters of the secret, as they would stand in text or JSON. */
const pieces = (secret: string): string[] => Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8))

const leaksIn = (haystack: Buffer | string, secret = canary): string[] => {
  const text = Buffer.isBuffer(haystack) ? haystack.toString('latin1') : haystack
  const needles = [...encodings(secret), ...pieces(secret)]
  return needles.filter((needle) => text.includes(needle) || text.includes(Buffer.from(needle).toString('latin1')))
}

/** Remembers every byte that was answered, headers included. */
const listening = (lab: Lab) => {
  const heard: string[] = []
  const ask = async (method: string, path: string, more?: Ask): Promise<string> => {
    const response = await lab.request(method, path, more)
    const body = await response.text()
    heard.push([...response.headers].join('\n'), body)
    return body
  }
  return { ask, all: () => heard.join('\n') }
}

const drive = async (t: TestContext, lab: Lab, secret: string): Promise<string> => {
  const post = await openPost(t, { password: secret })
  const { ask, all } = listening(lab)
  const draft = { mode: 'smtp', settings: post.settings(), secrets: { password: { value: secret } } }
  const { id } = JSON.parse(await ask('POST', '/gateways', { body: draft })) as { id: string }
  for (const path of ['/meta', '/modes', '/gateways', `/gateways/${id}`, '/openapi.json', '/docs', '/livez', '/readyz']) await ask('GET', path)
  for (const until of ['input', 'network', 'identity', 'delivery']) {
    const lines = await ask('POST', '/checks', { body: { gatewayId: id, until } })
    const { runId } = JSON.parse(lines.split('\n')[0]!) as { runId: string }
    await ask('GET', `/runs/${runId}`)
  }
  await ask('POST', '/checks', { body: draft })
  await ask('POST', '/checks', { body: { ...draft, settings: { ...draft.settings, from: 'wrong' } } })
  await ask('POST', '/checks', { body: { ...draft, settings: { ...draft.settings, hots: 'x' } } })
  await ask('PUT', `/gateways/${id}`, { body: draft, headers: { 'if-match': '"1"' } })
  await ask('PUT', `/gateways/${id}`, { body: draft, headers: { 'if-match': '"1"' } })
  await ask('PUT', `/gateways/${id}`, { body: { mode: 'smtp', settings: { ...draft.settings, port: 9 } }, headers: { 'if-match': '"2"' } })
  await ask('POST', '/gateways', { body: { ...draft, settings: { ...draft.settings, port: 'x' } } })
  await ask('POST', '/gateways', { body: `{"mode":"smtp","secrets":{"password":{"value":${JSON.stringify(secret)}}` })
  await ask('POST', '/gateways', { body: { ...draft, secrets: { password: secret } } })
  await ask('POST', '/gateways', { body: { ...draft, secrets: { password: { value: [secret] } } } })
  await ask('GET', `/gateways/${id}`)
  return all()
}

test('threat T07, T09, T14: the canary is in no answer, log line, record or stored byte, over every route and many failures', async (t) => {
  const lab = await openLab(t)
  const answers = await drive(t, lab, canary)
  assert.ok(answers.length > 30_000, `only ${answers.length} characters were searched`)
  assert.deepEqual(leaksIn(answers), [])
  assert.deepEqual(leaksIn(JSON.stringify(lab.log)), [])
  assert.deepEqual(leaksIn(JSON.stringify(lab.audit)), [])
  assert.deepEqual(leaksIn(lab.stored()), [])
  assert.ok(lab.stored().includes('ada@acme.example'), 'the database file is what was searched')
})

test('the search finds a planted leak, in every encoding', () => {
  for (const form of [...encodings(canary), ...pieces(canary)]) {
    assert.ok(leaksIn(`before ${form} after`).length > 0, form)
    assert.ok(leaksIn(Buffer.from(`before ${form} after`)).length > 0, form)
  }
  assert.deepEqual(leaksIn('an ordinary sentence about a password and a server'), [])
})

const echoes: [what: string, echo: (secret: string) => string][] = [
  ['as typed', (secret) => `refused: ${secret}`],
  ['as AUTH PLAIN carries it', (secret) => `you sent ${Buffer.from(`\0ada\0${secret}`).toString('base64')}`],
  ['as AUTH LOGIN carries it', (secret) => `you sent ${Buffer.from(secret).toString('base64')}`],
  ['in base64url', (secret) => `you sent ${Buffer.from(`\0ada\0${secret}`).toString('base64url')}`],
  ['in hex', (secret) => `you sent ${Buffer.from(secret).toString('hex')}`],
  ['percent-encoded', (secret) => `you sent ${encodeURIComponent(secret)}`],
  ['JSON-escaped', (secret) => `{"sent":${JSON.stringify(secret)}}`],
  ['cut short', (secret) => `you sent ${secret.slice(0, 12)}...`],
  ['its end alone', (secret) => `you sent ...${secret.slice(-9)}`],
]

for (const [what, echo] of echoes) {
  test(`threat T10, fault F46: a server that repeats the password ${what} is shown and stored with a mask`, async (t) => {
    const lab = await openLab(t)
    const secret = 'Wn4-echo-canary-Pq81'
    const post = await openPost(t, { password: secret, onAuth: (_auth, _session, callback) => callback(new Error(echo(secret))) })
    const { ask, all } = listening(lab)
    const { id } = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: secret } } })
    const lines = await ask('POST', '/checks', { body: { gatewayId: id } })
    await ask('GET', `/gateways/${id}`)
    await ask('GET', `/runs/${(JSON.parse(lines.split('\n')[0]!) as { runId: string }).runId}`)
    assert.match(lines, /"verdict":"failed"/)
    assert.match(lines, /•••/, 'the server’s words are shown, without the secret')
    for (const place of [all(), JSON.stringify(lab.log), lab.stored()]) assert.deepEqual(leaksIn(place, secret), [])
  })
}

test('threat T10: a server that repeats the password after it accepted it is masked in evidence too', async (t) => {
  const lab = await openLab(t)
  const secret = 'Wn4-echo-canary-Pq81'
  const post = await openPost(t, {
    password: secret, authOptional: true,
    onMailFrom: (_address, _session, callback) => callback(new Error(`not with ${secret}`)),
  })
  const lines = await (await lab.request('POST', '/checks', { body: { mode: 'smtp', settings: post.settings(), secrets: { password: { value: secret } }, until: 'delivery' } })).text()
  assert.match(lines, /"verdict":"failed"/)
  assert.deepEqual(leaksIn(lines + JSON.stringify(lab.log), secret), [])
  assert.deepEqual(leaksIn(lab.stored(), secret), [])
})

test('threat T09: an error that carries a secret is logged without it, and without the error object', async (t) => {
  const secret = 'Wn4-thrown-canary-Pq81'
  const { nodePorts } = await import('@mail-gateway/bff/node')
  const ports = nodePorts({ store: 'memory:' })
  const lab = await openLab(t, {
    ports: { ...ports, store: { ...ports.store, putGateway: () => Promise.reject(Object.assign(new Error(`driver said: ${secret} / ${Buffer.from(secret).toString('base64')}`), { config: { password: secret } })) } },
  })
  const told = await lab.problem('POST', '/gateways', 500, { body: anyDraft({ secrets: { password: { value: secret } } }) })
  assert.equal(told.code, 'internal')
  const broke = lab.log.find(({ event }) => event === 'request.broke')
  assert.match(String(broke?.fields?.['message']), /driver said: ••• \/ •••/)
  assert.deepEqual(leaksIn(JSON.stringify([lab.log, told]), secret), [])
})

test('threat T14: the database file is for its owner alone, and so is its log', async (t) => {
  const { statSync } = await import('node:fs')
  const lab = await openLab(t)
  await create(lab)
  for (const name of ['settings.db', 'settings.db-wal', 'settings.db-shm']) assert.equal(statSync(`${lab.folder}/store/${name}`).mode & 0o777, 0o600, name)
  assert.equal(statSync(`${lab.folder}/store`).mode & 0o777, 0o700)
})

test('threat T15: what is stored with a secret does not tell what it belongs to', async (t) => {
  const { DatabaseSync } = await import('node:sqlite')
  const lab = await openLab(t)
  const { id } = await create(lab)
  const database = new DatabaseSync(`${lab.folder}/store/settings.db`, { readOnly: true })
  t.after(() => database.close())
  const { secrets } = database.prepare('SELECT secrets FROM gateway').get() as { secrets: string }
  const { sealed } = (JSON.parse(secrets) as Record<string, { sealed: string }>)['password']!
  assert.equal(sealed.split('.').length, 5)
  const decoded = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1')).join()
  for (const part of ['acme', id, 'smtp.acme.example', '587', 'ada', 'starttls']) assert.ok(!decoded.includes(part), part)
})

test('threat T15: a sealed secret moved to another gateway, tenant or field opens nowhere', async (t) => {
  const { DatabaseSync } = await import('node:sqlite')
  const lab = await openLab(t)
  const mine = await create(lab)
  const neighbour = await create(lab)
  const foreign = await create(lab, anyDraft(), 'other')
  const database = new DatabaseSync(`${lab.folder}/store/settings.db`)
  t.after(() => database.close())
  const { secrets } = database.prepare('SELECT secrets FROM gateway WHERE id = ?').get(mine.id) as { secrets: string }
  // Whoever can rewrite a row can take its hash away as well: what counts is the seal.
  database.prepare('UPDATE gateway SET secrets = ?, digest = NULL WHERE id IN (?, ?)').run(secrets, neighbour.id, foreign.id)
  for (const [id, as] of [[neighbour.id, 'admin'], [foreign.id, 'other']] as const) {
    const told = await lab.problem('POST', '/checks', 409, { as, body: { gatewayId: id } })
    assert.equal(told.code, 'secret.unreadable')
  }
})
