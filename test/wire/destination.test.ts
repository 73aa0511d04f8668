// A stored secret is only ever sent where it was meant for (threats T01, T02).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineMode } from '@mail-gateway/bff'
import type { Mode } from '@mail-gateway/bff'
import { modes } from '../../packages/bff/src/modes/index.ts'
import { destinationOf } from '../../packages/bff/src/settings/schema.ts'
import { record } from '../figures.ts'
import { create, openLab, openPost } from './lab.ts'
import type { Lab, Post } from './lab.ts'

const [smtp] = modes as readonly [Mode]
/** The same protocol under another id: a mode is part of the destination. */
const twin = defineMode({ ...smtp, id: 'smtp-twin' })

const ca = '-----BEGIN CERTIFICATE-----\nMIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5\n-----END CERTIFICATE-----\n'

/** Another value for every destination field; the capture server is what the draft points at wherever it can. */
const moves = (capture: Post): Record<string, { fields: string[]; change: Record<string, unknown>; mode?: string }> => ({
  host: { fields: ['host'], change: { host: 'localhost' } },
  port: { fields: ['port'], change: { port: capture.port } },
  security: { fields: ['security'], change: { security: 'starttls' } },
  tlsVersion: { fields: ['tlsVersion'], change: { tlsVersion: '1.3' } },
  ca: { fields: ['ca'], change: { ca } },
  username: { fields: ['username'], change: { username: 'eve' } },
  mode: { fields: ['mode'], change: {}, mode: twin.id },
})

const setUp = async (t: Parameters<typeof openLab>[0]) => {
  const lab = await openLab(t, { modes: [smtp, twin] })
  const [home, capture] = [await openPost(t, { password: 'canary-T01-secret' }), await openPost(t, { password: 'canary-T01-secret' })]
  const gateway = await create(lab, { mode: 'smtp', settings: home.settings(), secrets: { password: { value: 'canary-T01-secret' } } })
  return { lab, home, capture, gateway }
}

const nothingMoved = async (lab: Lab, id: string, servers: readonly Post[]) => {
  const stored = await lab.json<{ revision: number }>('GET', `/gateways/${id}`, 200)
  assert.equal(stored.revision, 1)
  for (const { seen } of servers) assert.deepEqual(seen, { connections: 0, signIns: [] })
}

test('threat T01: every destination setting of the mode is tried below', async (t) => {
  const { capture } = await setUp(t)
  assert.deepEqual(Object.keys(moves(capture)).filter((name) => name !== 'mode').sort(), destinationOf(smtp.settings).toSorted())
})

for (const field of ['host', 'port', 'security', 'tlsVersion', 'ca', 'username', 'mode']) {
  for (const keep of [{}, { secrets: { password: { keep: true } } }]) {
    test(`threat T01: ${field} changed, secret ${'secrets' in keep ? 'kept aloud' : 'left alone'}: a check to every depth is 409 and nobody is asked`, async (t) => {
      const { lab, home, capture, gateway } = await setUp(t)
      const { fields, change, mode = 'smtp' } = moves(capture)[field]!
      for (const until of ['network', 'identity', 'delivery']) {
        const told = await lab.problem('POST', '/checks', 409, { body: { gatewayId: gateway.id, mode, settings: { ...gateway.settings, ...change }, until, ...keep } })
        assert.equal(told.code, 'secret.destination-changed')
        assert.deepEqual(told.fields, fields)
        assert.deepEqual(told.errors?.map(({ pointer }) => pointer), ['/secrets/password'])
      }
      await nothingMoved(lab, gateway.id, [home, capture])
      record({ of: 'goal G2', mode: 'smtp', field, cases: 3, signIns: home.seen.signIns.length + capture.seen.signIns.length })
    })
  }

  test(`threat T02: ${field} changed: saving with the secret kept is 409, nothing is stored, later mail goes where it always went`, async (t) => {
    const { lab, home, capture, gateway } = await setUp(t)
    const { fields, change, mode = 'smtp' } = moves(capture)[field]!
    const told = await lab.problem('PUT', `/gateways/${gateway.id}`, 409, { body: { mode, settings: { ...gateway.settings, ...change } }, headers: { 'if-match': '"1"' } })
    assert.deepEqual([told.code, told.fields], ['secret.destination-changed', fields])
    await nothingMoved(lab, gateway.id, [home, capture])
    await lab.check({ gatewayId: gateway.id, until: 'delivery' })
    assert.equal(capture.seen.connections, 0)
    assert.equal(home.mails.length, 1)
    record({ of: 'goal G2', mode: 'smtp', field, cases: 2, signIns: capture.seen.signIns.length })
  })
}

test('threat T01: a draft of another gateway cannot borrow the secret', async (t) => {
  const { lab, home, capture, gateway } = await setUp(t)
  const second = await create(lab, { mode: 'smtp', settings: capture.settings(), secrets: { password: { value: 'something-else-1' } } })
  const events = await lab.check({ gatewayId: second.id, settings: second.settings, mode: 'smtp' })
  assert.deepEqual(capture.seen.signIns, ['something-else-1'])
  assert.equal(home.seen.connections, 0)
  assert.ok(events.length > 3)
  assert.equal(gateway.revision, 1)
})

test('threat T01: a draft that does not hold keeps its secret unopened and never leaves the first row', async (t) => {
  const { lab, home, capture, gateway } = await setUp(t)
  const events = await lab.check({ gatewayId: gateway.id, mode: 'smtp', settings: { ...gateway.settings, port: capture.port, from: 'not an address' } })
  const first = events.find((event) => event.event === 'result')
  assert.equal(first?.event === 'result' && first.status, 'fail')
  await nothingMoved(lab, gateway.id, [home, capture])
})

test('threat T04: the same server written differently is the same destination', async (t) => {
  const lab = await openLab(t)
  const gateway = await create(lab, { mode: 'smtp', settings: { host: 'smtp.acme.example', security: 'starttls', authentication: 'password', username: 'ada', from: 'a@acme.example' }, secrets: { password: { value: 'canary-T04-secret' } } })
  for (const [at, change] of [{ host: 'SMTP.ACME.example' }, { host: 'smtp.acme.example.' }, { port: 587 }, { host: ' smtp.acme.example ' }].entries()) {
    await lab.json('PUT', `/gateways/${gateway.id}`, 200, { body: { mode: 'smtp', settings: { ...gateway.settings, ...change } }, headers: { 'if-match': `"${at + 1}"` } })
  }
})

test('fault F82: with the key gone the secret must be typed again, and typing it again is all it takes', async (t) => {
  const { keys } = await import('./lab.ts')
  const lab = await openLab(t)
  const post = await openPost(t, { password: 'canary-F82-secret' })
  const gateway = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: 'canary-F82-secret' } } })
  await lab.restart({ secrets: keys.two })
  for (const [method, path, body, headers] of [
    ['POST', '/checks', { gatewayId: gateway.id }, {}],
    ['PUT', `/gateways/${gateway.id}`, { mode: 'smtp', settings: gateway.settings }, { 'if-match': '"1"' }],
  ] as const) {
    const told = await lab.problem(method, path, 409, { body, headers })
    assert.equal(told.code, 'secret.unreadable')
    assert.match(told.detail, /must be typed again/)
    assert.deepEqual(told.errors?.map(({ pointer }) => pointer), ['/secrets/password'])
  }
  const saved = await lab.json<{ secrets: Record<string, { set: boolean }> }>('PUT', `/gateways/${gateway.id}`, 200, { body: { mode: 'smtp', settings: gateway.settings, secrets: { password: { value: 'canary-F82-secret' } } }, headers: { 'if-match': '"1"' } })
  assert.equal(saved.secrets['password']?.set, true)
})

test('fault F82, api S14: after a key change the old key still opens, a save seals anew, and then the old key may go', async (t) => {
  const { keys } = await import('./lab.ts')
  const lab = await openLab(t)
  const post = await openPost(t, { password: 'canary-S14-secret' })
  const gateway = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: 'canary-S14-secret' } } })
  await lab.check({ gatewayId: gateway.id, until: 'delivery' })
  await lab.restart({ secrets: `${keys.two},${keys.one}` })
  const saved = await lab.json<{ status: { state: string } }>('PUT', `/gateways/${gateway.id}`, 200, { body: { mode: 'smtp', settings: gateway.settings }, headers: { 'if-match': '"1"' } })
  assert.equal(saved.status.state, 'verified', 'what was proven stays proven')
  await lab.restart({ secrets: keys.two })
  const events = await lab.check({ gatewayId: gateway.id })
  assert.equal(events.at(-1)?.event, 'end')
  assert.deepEqual(post.seen.signIns.at(-1), 'canary-S14-secret')
})
