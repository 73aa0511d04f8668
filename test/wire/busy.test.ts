// Why: whoever tests while a colleague does sees that test, and causes no second mail.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Problem, RunView } from '@mail-gateway/contract'
import { problem } from '../../packages/bff/src/openapi/answers.ts'
import { create, openLab, openPost } from './lab.ts'

const setUp = async (t: Parameters<typeof openLab>[0]) => {
  const held = Promise.withResolvers<void>()
  const [lab, post] = [await openLab(t), await openPost(t, { onMailFrom: (_, __, go) => { void held.promise.then(() => go()) } })]
  const gateway = await create(lab, { mode: 'smtp', settings: post.settings() })
  const send = (as: string, more: Record<string, unknown> = { gatewayId: gateway.id }) => lab.request('POST', '/checks', { as, body: { ...more, until: 'delivery' } })
  return { lab, post, gateway, send, release: held.resolve }
}

const refusalOf = async (response: Response): Promise<Problem> => {
  assert.equal(response.status, 429)
  const told = problem.parse(await response.json())
  assert.equal(told.code, 'check.busy')
  return told
}

test('fault F92: a second administrator with a recipient of their own is told which test is under way, and can follow it; one mail', async (t) => {
  const { lab, post, send, release } = await setUp(t)
  const first = await send('admin')
  const { runId } = await refusalOf(await send('second'))
  assert.equal(runId, first.headers.get('x-run-id'))
  const under = await lab.json<RunView>('GET', `/runs/${runId}`, 200, { as: 'second' })
  assert.deepEqual([under.state, under.to], ['running', 'ada@acme.example'])
  release()
  await first.text()
  assert.equal((await lab.json<RunView>('GET', `/runs/${runId}`, 200, { as: 'second' })).verdict, 'passed')
  assert.equal(post.mails.length, 1)
})

test('fault F92: whoever tests other settings meanwhile is not shown that test', async (t) => {
  const { post, send, release } = await setUp(t)
  const first = await send('admin')
  assert.equal((await refusalOf(await send('second', { mode: 'smtp', settings: post.settings({ fromName: 'Another' }) }))).runId, undefined)
  release()
  await first.text()
})
