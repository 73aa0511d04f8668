// Why: whatever tells whether a typed secret is the stored one can be asked for the next guess, past the mail server and its limits.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { create, eventsOf, openLab, openPost, statusOf, verdictOf } from '../wire/lab.ts'
import type { Lab } from '../wire/lab.ts'
import { withinTime } from '../within-time.ts'

const password = 'canary-summer-37'
/** More than a minute allows; the right one comes last. */
const guesses = [...Array.from({ length: 45 }, (_, n) => `canary-summer-${50 + n}`), password]
const newKey = () => randomBytes(16).toString('base64url')

/** A gateway that was checked, as anybody who may read sees it. */
const checked = async (t: TestContext, options: Parameters<typeof openPost>[1] = {}) => {
  const [lab, post] = [await openLab(t), await openPost(t, { password, ...options })]
  const { id } = await create(lab, { mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } })
  assert.equal(verdictOf(await lab.check({ gatewayId: id })), 'passed')
  const view = await lab.json<GatewayView>('GET', `/gateways/${id}`, 200, { as: 'second' })
  assert.equal(view.status.state, 'checked')
  const draft = (guess: string) => ({ mode: 'smtp', settings: view.settings, secrets: { password: { value: guess } } })
  return { lab, post, view, draft }
}

/** The answers to every guess, and that the server was asked no more often than before. */
const asked = async ({ lab, post }: { lab: Lab; post: { seen: { connections: number } } }, ask: (guess: string) => Promise<Response>): Promise<readonly (readonly [number, unknown])[]> => {
  const { connections } = post.seen
  const answers: (readonly [number, unknown])[] = []
  for (const guess of guesses) {
    const response = await ask(guess)
    answers.push([response.status, response.headers.get('content-type')?.includes('ndjson') ? await eventsOf(response) : await response.json()])
  }
  assert.equal(post.seen.connections, connections)
  assert.ok(!JSON.stringify([answers, lab.log, lab.audit]).includes(password))
  return answers
}

const counts = (answers: readonly (readonly [number, unknown])[]) => Object.fromEntries(Object.entries(Object.groupBy(answers, ([status]) => String(status))).map(([status, some]) => [status, some!.length]))

test('threat T51: the key of a run that passed is no way to try passwords: thirty a minute, as many as checks', async (t) => {
  const here = await checked(t)
  const { lab, view, draft } = here
  const answers = await asked(here, (guess) => lab.request('POST', '/checks', { as: 'second', body: { ...draft(guess), gatewayId: view.id }, headers: { 'idempotency-key': view.status.runId! } }))
  // One was spent when the gateway was made.
  assert.deepEqual(counts(answers), { 400: 29, 429: 17 })
  assert.equal((answers.at(-1)![1] as { retryAfter: number }).retryAfter, 60)
})

test('threat T51: nor is the id of a gateway, nor the revision of a save', async (t) => {
  const here = await checked(t)
  const { lab, view, draft } = here
  assert.deepEqual(counts(await asked(here, (guess) => lab.request('POST', '/gateways', { body: draft(guess), headers: { 'idempotency-key': view.id } }))), { 412: 29, 429: 17 })
  assert.deepEqual(counts(await asked(here, (guess) => lab.request('PUT', `/gateways/${view.id}`, { body: draft(guess), headers: { 'if-match': '"0"' } }))), { 429: 46 })
  // Nobody is kept from what needs no comparison.
  const kept = { mode: 'smtp', settings: view.settings, secrets: { password: { keep: true } } }
  assert.deepEqual([(await lab.request('PUT', `/gateways/${view.id}`, { body: kept, headers: { 'if-match': '"1"' } })).status, (await lab.request('PUT', `/gateways/${view.id}`, { body: kept, headers: { 'if-match': '"1"' } })).status], [200, 200])
})

test('threat T51: nor is a gateway of one’s own that shows what was proven of another; later saves just count as unproven', async (t) => {
  const here = await checked(t)
  const { lab, draft } = here
  const answers = await asked(here, (guess) => lab.request('POST', '/gateways', { as: 'second', body: draft(guess) }))
  assert.deepEqual(counts(answers), { 201: 46 })
  assert.deepEqual([...new Set(answers.map(([, view]) => (view as GatewayView).status.state))], ['unverified'])
})

test('threat T51: nor is the run that is named while a test email is on its way', async (t) => {
  const held = Promise.withResolvers<void>()
  const here = await checked(t, { onMailFrom: (_, __, go) => { void held.promise.then(() => go()) } })
  const { lab, post, view, draft } = here
  const first = await lab.request('POST', '/checks', { body: { gatewayId: view.id, until: 'delivery' } })
  for (const end = performance.now() + 5000; post.seen.connections < 2 && performance.now() < end;) await new Promise((done) => { setTimeout(done, 10) })
  const answers = await asked(here, (guess) => lab.request('POST', '/checks', { as: 'second', body: { ...draft(guess), gatewayId: view.id, until: 'delivery' } }))
  assert.deepEqual(counts(answers), { 429: 46 })
  assert.deepEqual([...new Set(answers.map(([, told]) => (told as { runId?: string }).runId))], [undefined])
  held.resolve()
  await first.text()
})

test('another tenant is not held up by whoever guesses in this one', async (t) => {
  const here = await checked(t)
  const { lab, view, draft } = here
  await asked(here, (guess) => lab.request('POST', '/gateways', { body: draft(guess), headers: { 'idempotency-key': view.id } }))
  const key = newKey()
  const make = () => lab.request('POST', '/gateways', { as: 'other', body: draft('their-own-pass'), headers: { 'idempotency-key': key } })
  assert.deepEqual([(await make()).status, (await make()).status], [201, 201])
})

test('threat T51: the key of a check answers for that check alone: not for another depth, another recipient, another gateway', async (t) => {
  const { lab, post, view } = await checked(t)
  const key = newKey()
  const ask = (body: object, as = 'admin') => lab.request('POST', '/checks', { as, body: { gatewayId: view.id, ...body }, headers: { 'idempotency-key': key } })
  assert.equal(statusOf(await eventsOf(await ask({})), 'message'), 'skip')
  assert.equal((await ask({ until: 'delivery' })).status, 400, 'a sign-in that passed is no message that was accepted')
  assert.equal(post.mails.length, 0)
  assert.equal((await ask({ gatewayId: undefined, mode: 'smtp', settings: post.settings(), secrets: { password: { value: password } } })).status, 400)
  assert.equal(verdictOf(await eventsOf(await ask({}, 'second'))), 'passed')
})

for (const [what, path] of [['saved', '/gateways'], ['checked', '/checks']] as const) {
  test(`threat T55: a secret of tens of thousands of characters that is ${what} does not hold up everybody else`, async (t) => {
    const [lab, post] = [await openLab(t), await openPost(t)]
    const body = (secret: string) => ({ mode: 'smtp', settings: post.settings({ authentication: 'password', username: 'ada' }), secrets: { password: { value: secret } } })
    await (await lab.request('POST', path, { body: body('of usual length') })).text()
    const before = process.cpuUsage()
    await (await lab.request('POST', path, { body: body(randomBytes(29_000).toString('base64').slice(0, 38_000)) })).text()
    const { user } = process.cpuUsage(before)
    withinTime(user / 1000, { to: 250 }, 'of one core')
  })
}
