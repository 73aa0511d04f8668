// Why: whoever sends a request byte by byte holds a connection of all, and needs next to nothing for it. Answers are another matter.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventsOf, openPost, origin, verdictOf } from '../wire/lab.ts'
import { since, withinTime } from '../within-time.ts'
import { folderOf, serve, silence, until } from './service.ts'

interface Sent {
  readonly first: string
  readonly byte: string
}

/** Milliseconds in which a request must have arrived. */
const limit = 20_000

const head = `POST /api/mail-gateway/checks HTTP/1.1\r\nhost: console.example.com\r\norigin: ${origin}\r\ncontent-type: application/json\r\nx-mail-gateway: 1\r\n`

/** Callers by what they take their time with: how each begins, and what it goes on with. */
const callers: Readonly<Record<string, Sent>> = {
  'a body, after a valid token': { first: `${head}authorization: Bearer token-1\r\ncontent-length: 65000\r\n\r\n{`, byte: ' ' },
  headers: { first: `${head}x-more: `, byte: 'x' },
  'a connection on which nothing is sent': { first: '', byte: '' },
}

/** How long a connection is kept for what is sent on it, a byte every one and a half seconds. */
const kept = async (t: TestContext, address: string, { first, byte }: Sent): Promise<number> => {
  const began = performance.now()
  let ms: number | undefined
  const socket = connect(Number(new URL(address).port), '127.0.0.1', () => { socket.write(first) })
  const drip = setInterval(() => { if (socket.writable) socket.write(byte) }, 1_500)
  const end = () => { clearInterval(drip); socket.destroy() }
  t.after(end)
  // It is cut while it sends: how it notices is chance.
  socket.on('error', () => {}).on('end', end).on('close', () => { ms = since(began) }).resume()
  return until(() => ms, 2 * limit)
}

/** Takes nine seconds for a message, and no longer at any stage than a check waits for it, with seconds to spare. */
const slowPost = (t: TestContext) => openPost(t, {
  onConnect: (_, go) => { void pause(2_000).then(() => go()) },
  onRcptTo: (_, __, go) => { void pause(2_000).then(() => go()) },
  onData: (stream, _, go) => { stream.on('end', () => void pause(5_000).then(() => go(null))).resume() },
})

// At the same time: they wait, and compute next to nothing.
describe('what takes its time to arrive, and what takes it to be answered', { concurrency: true }, () => {
  test('threat T55: a caller that sends its request a byte every one and a half seconds is cut off after 20 seconds, not after five minutes', async (t) => {
    const service = serve(t, folderOf(t))
    const address = await service.address()
    await Promise.all(Object.entries(callers).map(async ([what, sent]) => withinTime(await kept(t, address, sent), { from: limit, to: 2 * limit }, what)))
    assert.equal((await service.ask('GET', '/meta')).status, 200)
  })

  test('threat T55: a test email that waits for its turn and is then taken slowly is told to its end, though that is later than any request may arrive', async (t) => {
    const [service, slow, { port }] = [serve(t, folderOf(t)), await slowPost(t), await silence(t)]
    const settings = (n: number) => ({ host: '127.0.0.1', port, security: 'none', authentication: 'none', from: 'a@acme.example', fromName: `n${n}` })
    // Ten at once, five seconds each: whoever comes after them waits for fifteen.
    const ahead = await Promise.all(Array.from({ length: 30 }, (_, n) => service.ask('POST', '/checks', { mode: 'smtp', settings: settings(n) })))
    const began = performance.now()
    const answer = await service.ask('POST', '/checks', { mode: 'smtp', settings: slow.settings(), until: 'delivery', to: 'ops@acme.example' })
    assert.equal(verdictOf(await eventsOf(answer)), 'passed')
    withinTime(since(began), { from: limit + 2_000, to: 2 * limit })
    for (const one of ahead) assert.match(await one.text(), /"event":"end"/)
  })
})
